"""Row 1 on a real database: every visible program with its costs, kept as shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Comparison, ScenarioCode
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.roles import Role
from tests.territory import NOW, Territory, new_territory


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_what_was_shown_is_kept_under_its_number(territory: Territory) -> None:
    from evenroll.records.offers_shown import OfferMissing, read_offer
    from evenroll.records.organizations import open_organization
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps.step_01_inform import Interest, inform

    load = HourlyLoad(start_at=datetime(2025, 12, 31, tzinfo=UTC), wh=(700,) * (24 * 368))
    interest = Interest(household=load, pev=PevNeed(annual_wh=3_200_000), year=2026)
    actor = territory.actor(territory.utility, Role.CUSTOMER)
    with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
        shown = inform(work, interest=interest)
    assert [each.program.key for each in shown] == [territory.night.key]
    costs = shown[0].costs
    assert isinstance(costs, Comparison)
    by_code = {each.code: each for each in costs.scenarios}
    managed, unchanged = by_code[ScenarioCode.PROGRAM_MANAGED], by_code[ScenarioCode.PROGRAM_UNCHANGED]
    assert managed.pev.mid < unchanged.pev.mid
    with open_organization(territory.utility):
        kept = read_offer(shown[0].offer)
    assert isinstance(kept, dict) and kept["kind"] == "Comparison"
    with open_organization(territory.esco), pytest.raises(OfferMissing, match="compare anew"):
        read_offer(shown[0].offer)
