"""What most tests of the worker begin with: a territory of their own, and a premise that could enroll at once."""

from __future__ import annotations

import pytest

from evenroll.programs.program import MeterCapability
from tests.territory import NIGHT_RATE, Territory, new_territory
from tests.territory_books import Premise


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


@pytest.fixture
def ready(territory: Territory) -> Premise:
    """A premise of the utility whose meter counts by night already: nothing has to be put in."""
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
