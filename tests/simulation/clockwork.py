"""When the actors of a simulation act: promptly, late, on the very instant, at the edges of the clock, or never."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from evenroll.quantities.calendars import ServiceCalendar

LENGTH = timedelta(days=400)
"""A year, and what a year later lapses."""

_SECOND = timedelta(seconds=1)
_BEGINNINGS = (
    datetime(2026, 2, 3, 15, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
    datetime(2026, 5, 31, 4, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 12, 30, 12, tzinfo=UTC),
)
"""Ordinary days, the nights on which clocks move, and the ends of years, one of them before a leap year."""


def beginning(chance: Random) -> datetime:
    """The first instant of a history."""
    return chance.choice(_BEGINNINGS)


@cache
def edges(calendar: ServiceCalendar) -> tuple[datetime, ...]:
    """Instants at which computed dates go wrong first: both sides of clock changes, of years, of leap days."""
    found: list[datetime] = []
    for year in range(2026, 2030):
        days = [date(year, 1, 1), date(year, 3, 1), *_clock_changes(calendar, year)]
        for day in days:
            start_at = calendar.start_of_day(day)
            found += [start_at - _SECOND, start_at, start_at + timedelta(hours=1), start_at + timedelta(hours=2)]
    return tuple(sorted(found))


def _clock_changes(calendar: ServiceCalendar, year: int) -> list[date]:
    every = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    return [day for day in every if calendar.hours_in_day(day) != 24]


def next_edge(now: datetime, *, calendar: ServiceCalendar) -> datetime:
    """The first of them after now."""
    known = edges(calendar)
    return known[min(bisect_right(known, now), len(known) - 1)]


def when(now: datetime, *, due_at: datetime | None, chance: Random, calendar: ServiceCalendar) -> datetime | None:
    """When somebody who is waited on gets to it; None: never."""
    turn = chance.random()
    if turn < 0.66:
        return now + timedelta(hours=chance.expovariate(1 / 30))
    if turn < 0.74 and due_at is not None:
        return max(now, due_at + chance.choice((-_SECOND, timedelta(), _SECOND)))
    if turn < 0.84 and due_at is not None:
        return max(now, due_at) + timedelta(hours=chance.expovariate(1 / 90))
    if turn < 0.92:
        return max(now, next_edge(now, calendar=calendar))
    return None if turn < 0.96 else now + timedelta(days=chance.uniform(10, 120))


def some_time(now: datetime, *, until: datetime, chance: Random) -> datetime:
    """Some instant before another, to the second; sometimes on the start of a local day."""
    at = now + timedelta(seconds=chance.randrange(max(1, int((until - now).total_seconds()))))
    return at.replace(hour=6, minute=0, second=0) if chance.random() < 0.1 and at.hour > 6 else at
