"""Row 1 on a real database: every visible program with its costs, kept as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Comparison, ScenarioCode
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.offers import HiddenReason
from evenroll.enrollment.roles import Role
from evenroll.programs.program import SupplyStatus
from evenroll.programs.program_terms import MissingPrice
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


def test_who_buys_elsewhere_is_shown_no_figures_of_a_price_for_both_parts(territory: Territory) -> None:
    """Rule 7: a price of supply and delivery together says nothing to a customer of a supplier."""
    from evenroll.costs.program_costs import PriceNotInCatalog
    from evenroll.records.published import publish
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps.step_01_inform import Interest, hidden_from, inform

    both = replace(territory.night, version=2, supply_admitted=territory.night.supply_admitted | {SupplyStatus.ESCO})
    publish(both)
    load = HourlyLoad(start_at=datetime(2025, 12, 31, tzinfo=UTC), wh=(700,) * (24 * 368))
    served = ProviderAnswer(as_of=NOW, kind=ProviderAnswerKind.ESCO, utility=territory.utility, supplier=territory.esco)
    interest = Interest(household=load, pev=PevNeed(annual_wh=3_200_000), year=2026, provider=served)
    actor = territory.actor(territory.utility, Role.CUSTOMER)
    with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
        costs = {each.program.key: each.costs for each in inform(work, interest=interest)}
        assert not hidden_from(work, interest=interest)
    shown = costs[territory.night.key]
    assert isinstance(shown, PriceNotInCatalog)
    assert shown.missing == (MissingPrice.DELIVERY_PART,)


def test_past_its_review_a_program_is_hidden_with_the_reason(territory: Territory) -> None:
    """Rule 21: the catalog ages, and the page says so."""
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps.step_01_inform import Interest, hidden_from, inform

    load = HourlyLoad(start_at=datetime(2025, 12, 31, tzinfo=UTC), wh=(700,) * (24 * 368))
    served = ProviderAnswer(as_of=NOW, kind=ProviderAnswerKind.UTILITY, utility=territory.utility)
    interest = Interest(household=load, pev=PevNeed(annual_wh=3_200_000), year=2026, provider=served)
    actor = territory.actor(territory.utility, Role.CUSTOMER)
    late = datetime(2029, 1, 2, 15, tzinfo=UTC)
    with unit_of_work(territory.utility, actor=actor, now=late) as work:
        assert inform(work, interest=interest) == ()
        (hidden,) = hidden_from(work, interest=interest)
    assert (hidden.program, hidden.reason) == (territory.night.key, HiddenReason.REVIEW_OVERDUE.value)
