"""Row 1 where prices are not known in advance: past years' regret, events from none to all, rewards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import AssumptionCode, Comparison, ScenarioCode, SeriesTooShort, compare, regret
from evenroll.costs.courses import Course, courses_of
from evenroll.costs.pricing import HourPrices, KnownPrices, Pricing, pricing_of
from evenroll.costs.rewards import events_in_year, rewards_of
from evenroll.costs.typical import typical_household
from evenroll.programs.bill import LineCode
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.program_terms import EventLimit, EventTerms, Grid
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ProgramKey, RateKey

CATALOG = load_catalog()
WHERE = calendar("US-LAKELAND")
YEAR = 2026
HOUR = timedelta(hours=1)
HOUSEHOLD = typical_household(9_000_000, year=YEAR, calendar=WHERE)
PEV = PevNeed(annual_wh=3_650_000)


def program(key: str) -> ProgramVersion:
    return CATALOG.program(ProgramKey(key))


def plain(key: str) -> Pricing:
    return Pricing(rate=CATALOG.rate(RateKey(key), on=date(2026, 3, 2)))


@cache
def series(first: int, last: int) -> HourPrices:
    """Each year's hours cost as many tenths of a cent as its last two digits, and a cent more from noon on."""
    start_at = datetime(first, 1, 1, tzinfo=UTC)
    hours = (datetime(last + 1, 1, 2, tzinfo=UTC) - start_at) // HOUR
    return {
        at: Decimal(at.year % 100) / 1000 + (Decimal("0.01") if at.hour >= 18 else 0)
        for at in (start_at + n * HOUR for n in range(hours))
    }


def compared(today: str, new: Pricing, **changes: Any) -> Comparison:
    given = {"household": HOUSEHOLD, "pev": PEV, "calendar": WHERE, "year": YEAR, **changes}
    found = compare(plain(today), program=new, **given)
    assert isinstance(found, Comparison)
    return found


def live(first: int = 2022, last: int = 2025) -> Pricing:
    return replace(pricing_of(plain("LE-RTP").rate, program=program("LE-EV-HOURLY")), hour_prices=series(first, last))


def test_the_range_covers_past_years_and_each_is_told_with_its_regret() -> None:
    found = compared("LE-R", live())
    assert [each.year for each in found.past] == [2025, 2024, 2023]
    costs = [each.unchanged for each in found.past]
    assert costs == sorted(costs, reverse=True)  # the series rises from year to year
    unchanged = next(each for each in found.scenarios if each.code is ScenarioCode.PROGRAM_UNCHANGED)
    assert unchanged.cost.mid == costs[0]
    assert unchanged.cost.low < costs[-1] and costs[0] < unchanged.cost.high
    for each in found.past:
        assert each.managed < each.unchanged
        assert regret(each) == each.unchanged - each.today
    assert sum(line.amount for line in unchanged.lines) == unchanged.cost.mid
    assert len([line for line in unchanged.lines if line.code is LineCode.HOURLY_PRICES]) == 1
    codes = {each.code for each in found.assumptions}
    assert {AssumptionCode.PRICES_OF_PAST_YEARS, AssumptionCode.PRICES_KNOWN_AT_PLUG_IN} <= codes


def test_what_is_kept_of_known_prices_costs_what_is_worked_out_anew() -> None:
    known = replace(live(), hour_prices=KnownPrices(live().hour_prices))
    anew = compared("LE-R", live())
    assert compared("LE-R", known) == anew == compared("LE-R", known)
    dearer = {at: price + Decimal("0.01") for at, price in live().hour_prices.items()}
    assert compared("LE-R", replace(known, hour_prices=KnownPrices(dearer))) != anew


def test_fewer_years_known_are_fewer_years_told_and_none_is_no_figure() -> None:
    assert [each.year for each in compared("LE-R", live(2025)).past] == [2025]
    given = {"household": HOUSEHOLD, "pev": PEV, "calendar": WHERE, "year": YEAR}
    half = {at: price for at, price in series(2025, 2025).items() if at.month > 6}
    short = compare(plain("LE-R"), program=replace(live(), hour_prices=half), **given)
    assert short == SeriesTooShort(series="le-day-ahead")


def test_a_past_year_gives_a_weekday_the_prices_of_a_weekday() -> None:
    mark = datetime(2025, 7, 7, 20, tzinfo=UTC)  # a Monday, three in the afternoon
    new = live(2025)
    new = replace(new, hour_prices={**new.hour_prices, mark: Decimal(9)})
    [course] = courses_of(plain("LE-R"), program=new, load=HOUSEHOLD, calendar=WHERE, starts_at=HOUSEHOLD.start_at)
    dear = [at for at, price in course.program.hour_prices.items() if price == 9]
    assert dear == [datetime(2026, 7, 6, 20, tzinfo=UTC)]


def events(key: str = "LE-EV-PEAK-DAYS", rate: str = "LE-R") -> tuple[Course, ...]:
    pricing = pricing_of(plain(rate).rate, program=program(key))
    return courses_of(plain(rate), program=pricing, load=HOUSEHOLD, calendar=WHERE, starts_at=HOUSEHOLD.start_at)


def test_events_go_from_none_to_as_many_as_the_terms_allow() -> None:
    usual, none, worst = events()
    assert (usual.events, none.events, worst.events) == (12, 0, 12)
    assert usual.is_usual and not none.is_usual and not worst.is_usual
    for course in (usual, worst):
        days = {WHERE.business_date(at) for at in course.program.event_hours}
        assert len(days) == 12 and len(course.program.event_hours) == 48
        assert all(day.month in (6, 7, 8, 9) and WHERE.is_business_day(day) for day in days)
    assert len({WHERE.business_date(at).month for at in usual.program.event_hours}) == 4  # spread over the season


def test_limits_by_month_and_by_year_hold_together() -> None:
    _, _, worst = events("BW-PEAK-SAVER", "BW-CPP")
    days = [day for day in {WHERE.business_date(at) for at in worst.program.event_hours}]
    assert len(days) == 15
    assert max(sum(day.month == month for day in days) for month in range(1, 13)) == 5


def test_a_rider_ranges_from_its_credit_alone_to_all_events() -> None:
    pricing = pricing_of(plain("LE-R").rate, program=program("LE-EV-PEAK-DAYS"))
    found = compared("LE-R", pricing)
    today, unchanged, managed = found.scenarios
    assert unchanged.cost.low < today.cost.low  # no event, and the credit
    assert today.cost.high < unchanged.cost.high
    assert managed.cost.mid <= unchanged.cost.mid
    codes = {line.code for line in unchanged.lines}
    assert {LineCode.EVENT, LineCode.CREDIT} <= codes
    assert found.past == ()


def test_a_service_of_its_own_leaves_the_household_where_it_is() -> None:
    """A second meter: the household's bill is today's, and the vehicle pays its own fixed charge too."""
    new = pricing_of(plain("LE-EV-SEP").rate, program=program("LE-EV-METER"))
    found = compared("LE-R", new)
    bare = compared("LE-R", new, pev=replace(PEV, annual_wh=0))
    today, _, managed = found.scenarios
    own = managed.pev.mid
    assert bare.scenarios[2].pev.mid == Decimal("51.00")  # 12 months at 4.25
    assert managed.cost.mid == today.cost.mid - today.pev.mid + own
    assert own < today.pev.mid


def test_rewards_are_a_range_from_what_is_certain_to_all_that_can_be_earned() -> None:
    paid = {each.code: each for each in rewards_of(program("LE-EV-PAUSE"), pev_wh=3_650_000)}
    assert (paid["welcome"].low, paid["welcome"].high) == (Decimal("50.00"), Decimal("50.00"))
    assert (paid["monthly"].low, paid["monthly"].high) == (Decimal("0.00"), Decimal("48.00"))
    assert paid["summer-bonus"].high == Decimal("25.00")
    shifted = {each.code: each for each in rewards_of(program("LE-EV-BALANCE"), pev_wh=3_650_000)}
    assert shifted["shifted"].high == Decimal("36.50") and shifted["monthly"].low == Decimal("90.00")
    [event, _] = rewards_of(program("BW-PAUSE"), pev_wh=0)
    assert (event.low, event.high) == (Decimal("0.00"), Decimal("144.00"))  # 8 a month at 1.50
    assert rewards_of(program("LE-EV-PEAK-DAYS"), pev_wh=1) == ()  # its credit stands on the bill


@pytest.mark.parametrize(
    ("limits", "most"),
    [((), 0), (((6, Grid.MONTH),), 24), (((6, Grid.MONTH), (20, Grid.YEAR)), 20), (((9, Grid.SEASON),), 9)],
)
def test_the_most_events_of_a_year(limits: tuple[tuple[int, Grid], ...], most: int) -> None:
    terms = EventTerms(
        limits=tuple(EventLimit(events_max=count, per=per) for count, per in limits),
        months=(6, 7, 8, 9),
        from_hour=15,
        to_hour=19,
        weekdays_only=True,
        hours_max=4,
        notice_hours_min=0,
    )
    assert events_in_year(terms) == most
