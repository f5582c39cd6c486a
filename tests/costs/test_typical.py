"""The typical household: no watt-hour lost, every day with its own hours, and a need that follows the miles."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.charging import NeedWrong
from evenroll.costs.compare import AssumptionCode, Comparison, compare
from evenroll.costs.pricing import Pricing
from evenroll.costs.typical import (
    UseWrong,
    annual_of_monthly,
    miles_assumed,
    need_of_miles,
    shares,
    typical_day_assumed,
    typical_household,
)
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey

CALENDAR = calendar("US-LAKELAND")
ZONE = ZoneInfo(CALENDAR.zone)
HOUR = timedelta(hours=1)


@given(annual_wh=st.integers(0, 200_000_000), year=st.sampled_from((2025, 2026, 2028)))
@settings(max_examples=25, deadline=None)
def test_the_year_has_all_its_hours_and_every_watt_hour(annual_wh: int, year: int) -> None:
    load = typical_household(annual_wh, year=year, calendar=CALENDAR)
    assert sum(load.wh) == annual_wh
    assert min(load.wh) >= 0
    assert load.start_at == CALENDAR.start_of_day(date(year, 1, 1))
    assert load.start_at + len(load.wh) * HOUR == CALENDAR.start_of_day(date(year + 1, 1, 1))


@given(whole=st.integers(0, 10**12), weights=st.lists(st.integers(0, 500), min_size=1, max_size=60).filter(any))
def test_shares_lose_nothing_and_lie_within_one_of_their_due(whole: int, weights: list[int]) -> None:
    parts = shares(whole, weights=tuple(weights))
    assert sum(parts) == whole
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * total - whole * weight) < total


@given(less=st.integers(0, 50_000_000), more=st.integers(0, 50_000_000))
@settings(max_examples=10, deadline=None)
def test_more_energy_draws_no_less_in_any_hour_but_for_the_rounding(less: int, more: int) -> None:
    one = typical_household(less, year=2026, calendar=CALENDAR)
    other = typical_household(less + more, year=2026, calendar=CALENDAR)
    assert all(before <= after + 1 for before, after in zip(one.wh, other.wh, strict=True))


def test_days_on_which_clocks_change_have_their_own_hours() -> None:
    load = typical_household(8_760_000, year=2026, calendar=CALENDAR)
    instants = [load.start_at + hour * HOUR for hour in range(len(load.wh))]
    local = [at.astimezone(ZONE) for at in instants]
    hours = Counter(at.date() for at in local)
    assert hours[date(2026, 3, 8)] == 23
    assert hours[date(2026, 11, 1)] == 25
    assert set(hours.values()) == {23, 24, 25}
    twice = [wh for at, wh in zip(local, load.wh, strict=True) if at.date() == date(2026, 11, 1) and at.hour == 1]
    assert len(twice) == 2
    assert abs(twice[0] - twice[1]) <= 1
    assert not [at for at in local if at.date() == date(2026, 3, 8) and at.hour == 2]


def test_a_holiday_is_a_day_of_the_weekend() -> None:
    load = typical_household(9_000_000, year=2026, calendar=CALENDAR)

    def drawn(day: date) -> list[int]:
        first = (CALENDAR.start_of_day(day) - load.start_at) // HOUR
        return list(load.wh[first : first + 24])

    holiday, weekend, weekday = drawn(date(2026, 9, 7)), drawn(date(2026, 9, 12)), drawn(date(2026, 9, 9))
    assert all(abs(one - other) <= 1 for one, other in zip(holiday, weekend, strict=True))
    assert holiday != weekday


def test_a_month_counts_twelve_times_and_less_than_nothing_is_refused() -> None:
    assert annual_of_monthly(750_000) == 9_000_000
    with pytest.raises(UseWrong, match="zero or more"):
        typical_household(-1, year=2026, calendar=CALENDAR)


@given(miles=st.integers(0, 60_000), wh_per_100_miles=st.integers(0, 60_000))
def test_the_need_follows_the_miles(miles: int, wh_per_100_miles: int) -> None:
    need = need_of_miles(miles, wh_per_100_miles=wh_per_100_miles)
    assert need.annual_wh * 100 <= miles * wh_per_100_miles < (need.annual_wh + 1) * 100


def test_a_need_below_nothing_is_refused() -> None:
    with pytest.raises(NeedWrong, match="zero miles or more"):
        need_of_miles(-1, wh_per_100_miles=30_000)


def test_what_is_assumed_is_said_with_its_figures() -> None:
    day = typical_day_assumed(9_000_000)
    assert (day.code, dict(day.parameters)) == (AssumptionCode.TYPICAL_DAY, {"kwh": "9,000"})
    miles = miles_assumed(12_000, wh_per_100_miles=28_500)
    assert dict(miles.parameters) == {"miles": "12,000", "rating": "28.5"}
    assert dict(miles_assumed(5, wh_per_100_miles=30_000).parameters)["rating"] == "30"


def test_a_typical_household_can_be_compared() -> None:
    catalog, on = load_catalog(), date(2026, 3, 2)
    found = compare(
        Pricing(rate=catalog.rate(RateKey("LE-R"), on=on)),
        program=Pricing(rate=catalog.rate(RateKey("LE-EV-TOU"), on=on)),
        household=typical_household(9_000_000, year=2026, calendar=CALENDAR),
        pev=need_of_miles(12_000, wh_per_100_miles=30_000),
        calendar=CALENDAR,
        year=2026,
    )
    assert isinstance(found, Comparison)
    assert sum(line.quantity_wh for line in found.scenarios[0].lines) == 9_000_000 + 3_600_000
