"""A measured load laid onto a calendar year: weekday on weekday; nothing where it is too short."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evenroll.costs.usage import HourlyLoad
from evenroll.costs.years_of_use import years_of_use
from evenroll.quantities.calendars import calendar

HERE = calendar("US-LAKELAND")
ZONE = ZoneInfo(HERE.zone)
HOUR = timedelta(hours=1)


def _numbered(first: date, last: date) -> HourlyLoad:
    """Every hour draws its own number, so that where it came from can be told."""
    start_at = HERE.start_of_day(first).astimezone(UTC)
    hours = (HERE.start_of_day(last + timedelta(days=1)) - start_at) // HOUR
    return HourlyLoad(start_at=start_at, wh=tuple(range(hours)))


def _came_from(load: HourlyLoad, number: int) -> datetime:
    return (load.start_at + number * HOUR).astimezone(ZONE)


def test_the_calendar_year_itself_is_taken_as_it_was_measured() -> None:
    load = _numbered(date(2026, 1, 1), date(2026, 12, 31))
    assert years_of_use(load, year=2026, calendar=HERE) == (load,)


@pytest.mark.parametrize(("weeks", "years"), [(51, 0), (52, 1), (103, 1), (104, 2), (160, 3)])
def test_each_52_weeks_are_a_year(weeks: int, years: int) -> None:
    load = _numbered(date(2023, 5, 10), date(2023, 5, 9) + timedelta(weeks=weeks))
    assert len(years_of_use(load, year=2027, calendar=HERE)) == years


def test_every_hour_comes_from_its_weekday_and_clock_hour_and_season() -> None:
    load = _numbered(date(2023, 5, 10), date(2025, 6, 1))
    found = years_of_use(load, year=2026, calendar=HERE)
    assert len(found) == 2
    for back, year in enumerate(found):
        at, moved = year.start_at, 0
        for n, number in enumerate(year.wh):
            told, came = (at + n * HOUR).astimezone(ZONE), _came_from(load, number)
            assert told.weekday() == came.weekday()
            # A clock hour that did not exist then takes the hour in its place.
            moved += told.hour != came.hour
            apart = abs((came.replace(year=2024, tzinfo=None) - told.replace(year=2024, tzinfo=None)).days) % 364
            assert min(apart, 364 - apart) <= 8, (back, told, came)
        assert moved <= 2


def test_what_lies_after_the_year_is_not_looked_at() -> None:
    load = _numbered(date(2026, 7, 1), date(2028, 12, 31))
    assert years_of_use(load, year=2026, calendar=HERE) == ()
