"""Asking for costs while nobody can say who serves the usage point, and where the point is nobody's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from evenroll.enrollment.facts import PartnerAway, ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Language
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.runtime.informing import CostQuestion, NotServed, ask_costs
from tests.territory import NOW, Territory, new_territory


@dataclass(frozen=True)
class Saying:
    """A clearinghouse that gives one answer."""

    answer: ProviderAnswer | PartnerAway

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        assert question.pod == "POD7"
        return self.answer


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def _question(territory: Territory) -> CostQuestion:
    return CostQuestion(
        organization=territory.utility,
        household_wh=9_000_000,
        miles=12_000,
        wh_per_100_miles=30_000,
        pod=PodId("POD7"),
    )


@pytest.mark.parametrize("language", Language)
def test_away_is_said_and_only_own_programs_are_shown(territory: Territory, language: Language) -> None:
    from evenroll.runtime.output_inform import told_informed

    question = _question(territory)
    away = Saying(PartnerAway(partner="clearinghouse", detail="not_reached"))
    found = ask_costs(question, clearinghouse=away, now=NOW)
    assert {each.program.organization for each in found.shown} == {territory.utility}
    assert found.hidden == ()
    told = told_informed(found, question=question, language=language)
    assert told["clearinghouse_away"] is True
    assert told["provider"] is None
    assert territory.utility in told["provider_sentence"]


def test_where_nobody_serves_nothing_is_shown_and_nothing_is_kept(territory: Territory) -> None:
    from evenroll.records.models import OfferShown
    from evenroll.records.organizations import open_organization

    blocked = Saying(ProviderAnswer(kind=ProviderAnswerKind.BLOCKED, as_of=NOW.date()))
    with pytest.raises(NotServed, match="blocked"):
        ask_costs(_question(territory), clearinghouse=blocked, now=NOW)
    with open_organization(territory.utility):
        assert OfferShown.objects.count() == 0


def test_another_suppliers_customer_is_not_shown_this_suppliers_product(territory: Territory) -> None:
    """Row 1 says what row 2b will: only those who serve the usage point have programs for it."""
    served = ProviderAnswer(
        kind=ProviderAnswerKind.ESCO,
        as_of=NOW.date(),
        utility=territory.utility,
        supplier=OrganizationKey("some-other-supplier"),
        pod=PodId("POD7"),
    )
    question = replace(_question(territory), organization=territory.esco)
    found = ask_costs(question, clearinghouse=Saying(served), now=NOW)
    assert territory.esco not in {each.program.organization for each in found.shown}
    assert "not_your_provider" in {each.reason for each in found.hidden if each.organization == territory.esco}
