"""Row 1 in numbers: ranges with line items, managed charging never dearer, and no ranking of unlike prices."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind
from evenroll.costs.charging import (
    ChargingYear,
    NeedDoesNotFit,
    NeedWrong,
    PevNeed,
    charge_at_once,
    charge_cheapest,
    charging_year,
)
from evenroll.costs.compare import (
    Comparison,
    CoverageDiffers,
    LoadTooShort,
    ScenarioCode,
    compare,
)
from evenroll.costs.pricing import Pricing
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import Coverage
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod

CATALOG = load_catalog()
CALENDAR = calendar("US-LAKELAND")
YEAR = 2026
NEED = PevNeed(annual_wh=3_500_000)


def _rate(key: str) -> Any:
    return Pricing(rate=CATALOG.rate(RateKey(key), on=date(2026, 1, 1)))


def _household(year: int = YEAR) -> HourlyLoad:
    start_at = CALENDAR.start_of_day(date(year, 1, 1))
    hours = (CALENDAR.start_of_day(date(year + 1, 1, 1)) - start_at) // timedelta(hours=1)
    return HourlyLoad(start_at=start_at, wh=tuple(600 + 40 * (hour % 24) for hour in range(hours)))


def _compared(today: str, program: str, need: PevNeed = NEED) -> Comparison:
    found = compare(
        _rate(today), program=_rate(program), household=_household(), pev=need, calendar=CALENDAR, year=YEAR
    )
    assert isinstance(found, Comparison)
    return found


@pytest.mark.parametrize(("today", "program"), [("LE-R", "LE-EV-TOU"), ("BW-STD", "BW-TOU"), ("NF-STD", "NF-TOU")])
def test_three_scenarios_each_a_range_with_lines_and_assumptions(today: str, program: str) -> None:
    found = _compared(today, program)
    assert [row.code for row in found.scenarios] == list(ScenarioCode)
    for row in found.scenarios:
        assert row.cost.low < row.cost.mid < row.cost.high
        assert row.pev.low <= row.pev.mid <= row.pev.high
        assert sum(line.amount for line in row.lines) == row.cost.mid
        assert sum(line.quantity_wh for line in row.lines) == sum(_household().wh) + NEED.annual_wh
    assert found.assumptions
    _, unchanged, managed = found.scenarios
    assert managed.cost.mid < unchanged.cost.mid


def test_what_the_pev_adds_is_the_difference_of_two_bills() -> None:
    found = _compared("LE-R", "LE-EV-TOU")
    without = _compared("LE-R", "LE-EV-TOU", replace(NEED, annual_wh=0))
    for row, bare in zip(found.scenarios, without.scenarios, strict=True):
        assert row.pev.mid == row.cost.mid - bare.cost.mid
        assert bare.pev.mid == Decimal("0.00")


def test_prices_that_cover_different_parts_are_not_ranked() -> None:
    found = compare(
        _rate("LE-R"),
        program=_rate("BW-TOU"),
        household=_household(),
        pev=NEED,
        calendar=CALENDAR,
        year=YEAR,
    )
    assert found == CoverageDiffers(today=Coverage.BOTH, program=Coverage.SUPPLY)


def test_a_load_or_a_stay_that_is_too_short_is_refused() -> None:
    house = _household()
    rates = {"program": _rate("LE-EV-TOU"), "calendar": CALENDAR, "year": YEAR}
    short = HourlyLoad(start_at=house.start_at, wh=house.wh[:-1])
    late = HourlyLoad(start_at=house.start_at + timedelta(hours=1), wh=house.wh)
    for load in (short, late):
        assert compare(_rate("LE-R"), household=load, pev=NEED, **rates) == LoadTooShort(year=YEAR)
    hour = PevNeed(annual_wh=3_650_000, plug_in_hour=6, unplug_hour=7, power_w=7200)
    found = compare(_rate("LE-R"), household=house, pev=hour, **rates)
    assert found == NeedDoesNotFit(session_wh=7200, daily_wh=10_000)


def test_a_need_that_no_car_has_is_refused() -> None:
    with pytest.raises(NeedWrong, match="clock hours"):
        PevNeed(annual_wh=1, plug_in_hour=24)
    with pytest.raises(NeedWrong, match="power above zero"):
        PevNeed(annual_wh=1, power_w=0)


@given(
    annual_wh=st.integers(0, 5_000_000),
    plug_in=st.integers(0, 23),
    stay=st.integers(3, 20),
    power_w=st.sampled_from((7200, 9600, 11_000)),
    year=st.sampled_from((2026, 2028)),
    key=st.sampled_from(("LE-EV-TOU", "NF-TOU", "BW-TOU")),
)
@settings(max_examples=15, deadline=None)
def test_managed_charging_draws_the_same_within_the_stay_and_costs_no_more(
    annual_wh: int, plug_in: int, stay: int, power_w: int, year: int, key: str
) -> None:
    need = PevNeed(annual_wh=annual_wh, plug_in_hour=plug_in, unplug_hour=(plug_in + stay) % 24, power_w=power_w)
    sessions = charging_year(need, year=year, calendar=CALENDAR)
    assert isinstance(sessions, ChargingYear)
    rate = _rate(key)
    loads = (charge_at_once(sessions), charge_cheapest(sessions, pricing=rate, calendar=CALENDAR))
    plugged_in = {hour for hours, _ in sessions.sessions for hour in hours}
    cost = []
    period = DatePeriod(start_on=date(year, 1, 1), end_on=date(year + 1, 1, 1))
    for load in loads:
        assert sum(load.wh) == annual_wh
        assert max(load.wh) <= power_w
        assert {hour for hour, wh in enumerate(load.wh) if wh} <= plugged_in
        usage = usage_of_load(load, rate=rate.rate, period=period, calendar=CALENDAR)
        cost.append(bill_usage(usage, rate=rate.rate, period=period, kind=BillKind.REGULAR, actual=False).total)
    # One cent a line may come from rounding.
    assert cost[1] <= cost[0] + Decimal("0.06")
