"""The web on the test database, as an installation or as a demo."""

from __future__ import annotations

import pytest

from evenroll.runtime.database import DatabaseUrls
from tests.territory import Territory, new_territory
from tests.web.browsing import ready


@pytest.fixture
def web(django_ready: DatabaseUrls) -> None:
    ready(demo=False)


@pytest.fixture
def demo_web(django_ready: DatabaseUrls) -> None:
    ready(demo=True)


@pytest.fixture(scope="session")
def territory(django_ready: DatabaseUrls) -> Territory:
    return new_territory()
