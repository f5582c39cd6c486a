"""Row 1 over every kind of program: figures, ranges of past years, rewards, and the sentence of what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from evenroll.costs.compare import Comparison, CoverageDiffers, SeriesTooShort
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.form import Language
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program_terms import MissingPrice
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey
from evenroll.runtime.informing import CostQuestion, Informed, ask_costs
from tests.territory import NOW, Territory, new_territory

KINDS = ("LE-EV-HOURLY", "LE-EV-PEAK-DAYS", "LE-EV-PAUSE", "LE-EV-BALANCE", "LE-EV-METER")


@dataclass(frozen=True)
class Flat:
    """A series at six cents for the hours asked for."""

    away: bool = False

    def prices(
        self, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, Decimal] | PartnerAway:
        if self.away:
            return PartnerAway(partner="price_series")
        hours = (until_at - from_at) // timedelta(hours=1)
        return {from_at + n * timedelta(hours=1): Decimal("0.06") for n in range(hours)}


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def publish_as(territory: Territory, key: str, **changes: Any) -> None:
    from evenroll.records.published import publish

    program = load_catalog().program(ProgramKey(key))
    own = ProgramKey(f"{key}-{territory.tag}")
    publish(replace(program, key=own, organization=territory.utility, **changes))


def asked(territory: Territory, *, prices: Flat | None, rates: tuple[RateKey, ...] = ()) -> Informed:
    question = CostQuestion(
        organization=territory.utility, household_wh=9_000_000, miles=12_000, wh_per_100_miles=30_000, rates=rates
    )
    return ask_costs(question, clearinghouse=None, now=NOW, prices=prices)


def told(territory: Territory, found: Informed, language: Language = Language.EN) -> dict[str, dict[str, Any]]:
    from evenroll.runtime.output_inform import told_informed

    question = CostQuestion(
        organization=territory.utility, household_wh=9_000_000, miles=12_000, wh_per_100_miles=30_000
    )
    shown = told_informed(found, question=question, language=language)["shown"]
    return {each["program"].removesuffix(f"-{territory.tag}"): each for each in shown}


@pytest.mark.parametrize("language", Language)
def test_every_kind_is_shown_with_what_it_has(territory: Territory, language: Language) -> None:
    for key in KINDS:
        publish_as(territory, key)
    found = asked(territory, prices=Flat())
    by_key = told(territory, found, language)
    assert set(KINDS) < set(by_key)
    hourly = by_key["LE-EV-HOURLY"]
    assert [each["year"] for each in hourly["past"]] == [2025, 2024, 2023]
    assert all(each["regret_usd"] == each["unchanged_usd"] - each["today_usd"] for each in hourly["past"])
    peak = by_key["LE-EV-PEAK-DAYS"]
    assert peak["scenarios"] and peak["no_figures"] is None
    assert any("12" in each and "15:00" in each for each in peak["terms"])
    assert any("$0.62" in each for each in peak["terms"])
    for key in ("LE-EV-PAUSE", "LE-EV-BALANCE"):
        assert by_key[key]["no_figures"] == "RewardsOnly"
        assert by_key[key]["reward_sentences"] and by_key[key]["scenarios"] == []
    assert any("40 kW" in each for each in by_key["LE-EV-BALANCE"]["terms"])
    second = by_key["LE-EV-METER"]
    assert second["scenarios"][0]["rate"] == "LE-R" and second["scenarios"][2]["rate"] == "LE-EV-SEP"


def test_an_unpriced_program_is_listed_with_the_sentence_of_what_is_missing(territory: Territory) -> None:
    """What is not in the catalog may be enrolled in and is never compared."""
    missing = (MissingPrice.CAPACITY_CHARGE, MissingPrice.DELIVERY_PART)
    publish_as(territory, "LE-EV-HOURLY", unpriced=missing)
    found = asked(territory, prices=Flat())
    for language, words in (
        (Language.EN, ("the capacity charge", "the price of the delivery")),
        (Language.ES, ("el cargo por capacidad", "el precio de la entrega")),
    ):
        shown = told(territory, found, language)["LE-EV-HOURLY"]
        assert shown["missing"] == ["capacity_charge", "delivery_part"] and shown["scenarios"] == []
        assert all(word in shown["no_figures_sentence"] for word in words)


@pytest.mark.parametrize("prices", [None, Flat(away=True)])
def test_without_past_years_of_its_series_no_range_is_guessed(territory: Territory, prices: Flat | None) -> None:
    publish_as(territory, "LE-EV-HOURLY")
    found = asked(territory, prices=prices)
    [hourly] = [each for each in found.shown if each.program.key.startswith("LE-EV-HOURLY")]
    assert hourly.costs == SeriesTooShort(series="le-day-ahead")
    assert "a guess" in told(territory, found)["LE-EV-HOURLY"]["no_figures_sentence"]


def test_a_price_of_another_part_of_the_bill_is_never_ranked(territory: Territory) -> None:
    publish_as(territory, "LE-EV-PEAK-DAYS")
    found = asked(territory, prices=None, rates=(RateKey("BW-STD"),))
    for each in found.shown:
        priced = isinstance(each.costs, Comparison)
        assert not priced or each.costs.coverage.value == "both"  # today's rate of the same part stood in
    assert any(isinstance(each.costs, CoverageDiffers) for each in found.shown) or found.shown


def test_what_was_shown_is_printed_for_people(territory: Territory) -> None:
    from evenroll.runtime.output_console import Output
    from evenroll.runtime.output_inform import show_informed

    for key in KINDS:
        publish_as(territory, key)
    found = asked(territory, prices=Flat())
    question = CostQuestion(
        organization=territory.utility, household_wh=9_000_000, miles=12_000, wh_per_100_miles=30_000
    )
    for language in Language:
        show_informed(found, question=question, output=Output(json=False), language=language, explain=True)
    assert found.on == date(2026, 11, 2)
