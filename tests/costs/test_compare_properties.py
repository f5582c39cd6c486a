"""What holds of any comparison: it turns round with its sides, and what is the same in another guise costs the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Comparison, Scenario, ScenarioCode, compare
from evenroll.costs.pricing import Pricing, pricing_of
from evenroll.costs.usage import HourlyLoad
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ProgramKey, RateKey

CATALOG = load_catalog()
HERE = calendar("US-LAKELAND")
YEAR, ON = 2026, date(2026, 6, 1)
HOUR = timedelta(hours=1)
START_AT = HERE.start_of_day(date(YEAR, 1, 1))
HOURS = (HERE.start_of_day(date(YEAR + 1, 1, 1)) - START_AT) // HOUR


def _household(seed: int) -> HourlyLoad:
    dice = Random(seed)
    return HourlyLoad(start_at=START_AT, wh=tuple(dice.randrange(4000) for _ in range(HOURS)))


def _compared(today: Pricing, program: Pricing, seed: int = 1) -> dict[ScenarioCode, Scenario]:
    found = compare(
        today,
        program=program,
        household=_household(seed),
        pev=PevNeed(annual_wh=3_650_000),
        calendar=HERE,
        year=YEAR,
    )
    assert isinstance(found, Comparison)
    return {each.code: each for each in found.scenarios}


def _pricing(key: str) -> Pricing:
    return Pricing(rate=CATALOG.rate(RateKey(key), on=ON))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("one", "other"), [("LE-R", "LE-EV-TOU"), ("LE-R", "LE-EV-SEP"), ("BW-STD", "BW-TOU")])
def test_a_comparison_turned_round_is_the_same_with_the_other_sign(one: str, other: str, seed: int) -> None:
    there = _compared(_pricing(one), _pricing(other), seed)
    back = _compared(_pricing(other), _pricing(one), seed)
    now, then = ScenarioCode.TODAY, ScenarioCode.PROGRAM_UNCHANGED
    assert there[now].cost == back[then].cost
    assert there[then].cost == back[now].cost
    saved = there[now].cost.mid - there[then].cost.mid
    assert saved == -(back[now].cost.mid - back[then].cost.mid)
    assert saved


@pytest.mark.parametrize("key", ["LE-R", "LE-EV-TOU"])
def test_what_is_compared_with_itself_saves_nothing(key: str) -> None:
    found = _compared(_pricing(key), _pricing(key))
    assert found[ScenarioCode.TODAY].cost == found[ScenarioCode.PROGRAM_UNCHANGED].cost
    assert found[ScenarioCode.TODAY].lines == found[ScenarioCode.PROGRAM_UNCHANGED].lines


def test_one_price_for_all_hours_is_a_flat_price() -> None:
    flat = _pricing("LE-R")
    season = flat.rate.seasons[0]
    bare = replace(season, prices=(replace(season.prices[0], usd_per_kwh=Decimal(0)),))
    by_hour = replace(flat.rate, hourly_series="one-price", seasons=(bare,))
    begun = HERE.start_of_day(date(YEAR - 2, 1, 1))
    prices = {begun + n * HOUR: season.prices[0].usd_per_kwh for n in range((START_AT - begun) // HOUR)}
    found = _compared(flat, Pricing(rate=by_hour, hour_prices=prices))
    for code in ScenarioCode:
        # The energy of the register costs nothing, that of the hours all: cents are rounded on the same energy.
        assert found[code].cost.mid == found[ScenarioCode.TODAY].cost.mid
        assert found[code].pev.mid == found[ScenarioCode.TODAY].pev.mid


def test_critical_peaks_without_an_event_are_the_rate_beneath() -> None:
    program = CATALOG.program(ProgramKey("LE-EV-PEAK-DAYS"))
    assert program.rate is not None and program.events is not None
    new = CATALOG.rate(program.rate, on=ON)
    base = CATALOG.rate(new.rides_on[0] if new.rides_on else new.key, on=ON)
    laid_on = replace(pricing_of(base, program=program), credits=())
    none_called = replace(laid_on, events=replace(program.events, limits=()))
    found = _compared(Pricing(rate=base), none_called)
    assert found[ScenarioCode.PROGRAM_UNCHANGED].cost == found[ScenarioCode.TODAY].cost
    called = _compared(Pricing(rate=base), laid_on)
    assert called[ScenarioCode.PROGRAM_UNCHANGED].cost.high > found[ScenarioCode.PROGRAM_UNCHANGED].cost.high
    assert called[ScenarioCode.PROGRAM_UNCHANGED].cost.low == found[ScenarioCode.PROGRAM_UNCHANGED].cost.low
