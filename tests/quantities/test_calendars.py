"""Business days and local days: holidays, leap years, the days on which clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.quantities.calendars import (
    CalendarUnknown,
    DayUneven,
    InstantNaive,
    ServiceCalendar,
    calendar,
    calendar_keys,
)
from tests.quantities.closed_days import TABLE, YEARS, table

LAKELAND = calendar("US-LAKELAND")
CALENDARS = st.sampled_from([calendar(key) for key in calendar_keys()])
DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))
ONE = timedelta(days=1)
# The first look at a year computes its holidays, which takes longer than the usual deadline allows.
steady = settings(deadline=None)


@pytest.mark.parametrize(
    ("key", "spring", "fall", "spring_start"),
    [
        ("US-TX", date(2026, 3, 8), date(2026, 11, 1), datetime(2026, 3, 8, 6, tzinfo=UTC)),
        ("US-NY", date(2026, 3, 8), date(2026, 11, 1), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("US-NY", date(2028, 3, 12), date(2028, 11, 5), datetime(2028, 3, 12, 5, tzinfo=UTC)),
        ("US-CA", date(2027, 3, 14), date(2027, 11, 7), datetime(2027, 3, 14, 8, tzinfo=UTC)),
    ],
)
def test_days_on_which_clocks_change(key: str, spring: date, fall: date, spring_start: datetime) -> None:
    territory = calendar(key)
    assert territory.start_of_day(spring) == spring_start
    assert territory.start_of_day(spring + ONE) == spring_start + timedelta(hours=23)
    assert [territory.hours_in_day(spring + n * ONE) for n in (-1, 0, 1)] == [24, 23, 24]
    assert [territory.hours_in_day(fall + n * ONE) for n in (-1, 0, 1)] == [24, 25, 24]


@steady
@given(territory=CALENDARS, year=st.integers(2015, 2045))
def test_a_year_has_its_hours(territory: ServiceCalendar, year: int) -> None:
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    days = [first + n * ONE for n in range((last - first).days)]
    hours = [territory.hours_in_day(day) for day in days]
    assert sum(hours) == 24 * len(days)
    assert (min(hours), max(hours)) == (23, 25)


@steady
@given(territory=CALENDARS, at=st.datetimes(datetime(2015, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC)))
def test_an_instant_lies_in_its_business_date(territory: ServiceCalendar, at: datetime) -> None:
    day = territory.business_date(at)
    assert territory.start_of_day(day) <= at < territory.start_of_day(day + ONE)
    elsewhere = at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert territory.business_date(elsewhere) == day


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        # Midnight did not exist: clocks went from 00:00 to 01:00.
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("America/Havana", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        # Midnight came twice: the first one counts.
        ("America/Havana", date(2025, 11, 2), datetime(2025, 11, 2, 4, tzinfo=UTC)),
        # From 23:30 to 00:30: the day begins at half past midnight.
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
        # The whole day was skipped: it starts, and ends, with the next one.
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_start_of_a_day_whose_midnight_is_odd(zone: str, day: date, start: datetime) -> None:
    assert ServiceCalendar(key="odd", zone=zone).start_of_day(day) == start


def test_a_day_without_whole_hours_is_refused() -> None:
    with pytest.raises(DayUneven, match="no whole number of hours"):
        ServiceCalendar(key="odd", zone="Australia/Lord_Howe").hours_in_day(date(2026, 4, 5))


@steady
@given(territory=CALENDARS, day=DAYS, n=st.integers(0, 25))
def test_business_days_count(territory: ServiceCalendar, day: date, n: int) -> None:
    later = territory.add_business_days(day, n)
    assert territory.is_business_day(later)
    between = sum(territory.is_business_day(day + k * ONE) for k in range(1, (later - day).days + 1))
    if n:
        assert between == n
        assert territory.add_business_days(later + ONE, -1) == later
        assert territory.add_business_days(territory.next_business_day(day), -n) < day + ONE
    else:
        assert later == territory.next_business_day(day)
        assert not any(territory.is_business_day(day + k * ONE) for k in range((later - day).days))


@steady
@given(territory=CALENDARS, day=DAYS, later=st.integers(0, 20), n=st.integers(-15, 15))
def test_business_days_are_monotone(territory: ServiceCalendar, day: date, later: int, n: int) -> None:
    assert territory.add_business_days(day, n) <= territory.add_business_days(day + later * ONE, n)


@steady
@given(day=DAYS, n=st.integers(1, 15))
def test_business_days_go_back(day: date, n: int) -> None:
    start = LAKELAND.next_business_day(day)
    assert LAKELAND.add_business_days(LAKELAND.add_business_days(start, n), -n) == start


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 7, 3),  # observed on Friday
        date(2027, 12, 31),  # New Year's Day of the next year, observed
        date(2028, 11, 23),  # Thanksgiving in a leap year
        date(2026, 11, 28),  # a Saturday
        date(2026, 10, 12),
    ],
)
def test_closed_days(closed: date) -> None:
    assert not LAKELAND.is_business_day(closed)


def test_leap_day_is_a_business_day() -> None:
    assert date(2028, 2, 29).weekday() == 1
    assert LAKELAND.add_business_days(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert LAKELAND.add_business_days(date(2028, 3, 1), -1) == date(2028, 2, 29)
    assert LAKELAND.add_calendar_days(date(2028, 2, 28), 2) == date(2028, 3, 1)


def test_states_differ_and_offices_close() -> None:
    day_after_thanksgiving = date(2026, 11, 27)
    assert LAKELAND.is_business_day(day_after_thanksgiving)
    assert not calendar("US-TX").is_business_day(day_after_thanksgiving)
    storm = replace(LAKELAND, extra_closed=frozenset({day_after_thanksgiving}))
    assert storm.next_business_day(day_after_thanksgiving) == date(2026, 11, 30)


def test_unknown_calendar_and_naive_instant_are_refused() -> None:
    with pytest.raises(CalendarUnknown, match=r"'US-ZZ'.*US-LAKELAND"):
        calendar("US-ZZ")
    with pytest.raises(InstantNaive, match="has no zone"):
        LAKELAND.business_date(datetime(2026, 1, 1))


def test_the_table_of_closed_days_is_that_of_the_library() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "Write it anew: python -m tests.quantities.closed_days"


def test_a_year_beyond_the_table_is_asked_of_the_library() -> None:
    last = YEARS[-1]
    for year in (YEARS[0] - 1, last, last + 1):
        assert not LAKELAND.is_business_day(date(year, 12, 25))
        assert calendar("US-TX").is_business_day(date(year, 7, 7)) == (date(year, 7, 7).weekday() < 5)
