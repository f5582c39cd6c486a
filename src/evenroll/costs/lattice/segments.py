"""Billing cycles compiled: which interval of a load falls into which span, type of day and hour."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.usage import LoadWrong, tariff_holidays
from evenroll.programs.tariff_holidays import NO_HOLIDAYS, TERRITORY_HOLIDAYS, listed_holidays
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.periods import DatePeriod

WEEKDAY: Final = 0
WEEKEND: Final = 1
HOLIDAY: Final = 2

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_SATURDAY: Final = 5


class CyclesWrong(ValueError):
    """Billing cycles that do not follow each other without gap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Days of one billing cycle within one calendar month, between two changes of price."""

    cycle: int
    start_on: date
    days: int


DayClass = tuple[int, ...]
"""The type of a day by list of holidays: WEEKDAY, WEEKEND or HOLIDAY."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Lattice:
    """The cells of some billing cycles: for each group of like days in a span, 24 hours.

    cell = 24 x group + clock hour. groups: (span, class of day), by span. A day of 24 hours is a start in day_start,
    those of group g at [group_first[g], group_first[g + 1]). odd: (segment, 4), start, length, group, slot of the day
    (interval of the clock day): days of 23 and 25 hours, cut where the clock jumps. Starts are intervals from start_at.
    lists: the lists of holidays that tell classes apart. span_first: (span + 1,), cycle_first: (cycle + 1,), intervals.
    """

    minutes: int
    zone: str
    start_at: datetime
    cycles: tuple[DatePeriod, ...]
    spans: tuple[Span, ...]
    lists: tuple[str, ...]
    groups: tuple[tuple[int, DayClass], ...]
    group_first: NDArray[np.uint64]
    day_start: NDArray[np.uint64]
    odd: NDArray[np.uint64]
    span_first: NDArray[np.uint64]
    cycle_first: NDArray[np.uint64]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return HOURS * len(self.groups)

    @property
    def slots(self) -> int:
        """Intervals of a day of 24 hours."""
        return HOURS * 60 // self.minutes

    @property
    def intervals(self) -> int:
        """Intervals of all cycles."""
        return int(self.cycle_first[-1])


def lattice_of(
    cycles: Sequence[DatePeriod],
    *,
    calendar: ServiceCalendar,
    minutes: int,
    lists: tuple[str, ...] = (NO_HOLIDAYS,),
    cuts: Iterable[date] = (),
) -> Lattice:
    """The lattice of billing cycles that follow each other. cuts: days on which a price changes.

    Raises CyclesWrong, PeriodOpen, LoadWrong where a day is no whole number of intervals.
    """
    _check_follow(cycles)
    clock = _clock_over(cycles, calendar=calendar, minutes=minutes)
    spans = tuple(span for n, cycle in enumerate(cycles) for span in _spans(cycle, number=n, cuts=frozenset(cuts)))
    listed = [holidays_by(clock.days, key=key, calendar=calendar) for key in lists]
    class_of = {day: _class_of(day, listed=listed) for day in frozenset[date]().union(*listed)}
    weekday, weekend = (WEEKDAY,) * len(lists), (WEEKEND,) * len(lists)
    found: dict[tuple[int, DayClass], list[date]] = {}
    for number, span in enumerate(spans):
        for day in (span.start_on + n * _DAY for n in range(span.days)):
            of_day = class_of.get(day) or (weekend if day.weekday() >= _SATURDAY else weekday)
            found.setdefault((number, of_day), []).append(day)
    groups = tuple(sorted(found))
    first, starts, odd = _days_of_groups([found[group] for group in groups], clock=clock)
    return Lattice(
        minutes=minutes,
        zone=calendar.zone,
        start_at=clock.start_at,
        cycles=tuple(cycles),
        spans=spans,
        lists=lists,
        groups=groups,
        group_first=np.array(first, dtype=np.uint64),
        day_start=np.array(starts, dtype=np.uint64),
        odd=np.array(odd, dtype=np.uint64).reshape(-1, 4),
        span_first=np.array([*(clock.first[span.start_on] for span in spans), clock.end], dtype=np.uint64),
        cycle_first=np.array([*(clock.first[cycle.start_on] for cycle in cycles), clock.end], dtype=np.uint64),
    )


_Piece = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clock:
    """Counts intervals from start_at on. first: that with which each day begins, in their order. end: of all days."""

    start_at: datetime
    zone: str
    minutes: int
    first: Mapping[date, int]
    end: int

    @property
    def days(self) -> Collection[date]:
        """The days that are counted over."""
        return self.first.keys()

    def past(self, day: date) -> int:
        """The interval with which the day after begins."""
        return self.first.get(day + _DAY, self.end)


def _clock_over(cycles: Sequence[DatePeriod], *, calendar: ServiceCalendar, minutes: int) -> _Clock:
    first_on = cycles[0].start_on
    days = [first_on + n * _DAY for n in range(sum(cycle.days for cycle in cycles) + 1)]
    start_at, interval = calendar.start_of_day(first_on), minutes * _MINUTE
    counted = [divmod(calendar.start_of_day(day) - start_at, interval) for day in days]
    for day, (_, rest) in zip(days, counted, strict=True):
        if rest:
            raise LoadWrong(
                f"{day} in {calendar.zone} begins inside an interval of {minutes} minutes. Use shorter ones."
            )
    firsts = [count for count, _ in counted]
    return _Clock(
        start_at=start_at,
        zone=calendar.zone,
        minutes=minutes,
        first=dict(zip(days[:-1], firsts, strict=False)),
        end=firsts[-1],
    )


def _days_of_groups(groups: Sequence[Sequence[date]], *, clock: _Clock) -> tuple[list[int], list[int], list[_Piece]]:
    """Where the days of each group begin among all days of 24 hours, those days, and the pieces of the others."""
    starts: list[int] = []
    first = [0]
    odd: list[_Piece] = []
    of_24_hours = HOURS * 60 // clock.minutes
    for number, days in enumerate(groups):
        for day in days:
            start = clock.first[day]
            if clock.past(day) - start == of_24_hours:
                starts.append(start)
            else:
                odd += _pieces(day, group=number, clock=clock)
        first.append(len(starts))
    return first, starts, odd


def _check_follow(cycles: Sequence[DatePeriod]) -> None:
    if not cycles:
        raise CyclesWrong("There is no billing cycle, so nothing can be billed. Give at least one.")
    for one, other in pairwise(cycles):
        if one.start_on + one.days * _DAY != other.start_on:
            raise CyclesWrong(
                f"The cycle from {one.start_on} ends on {one.end_on} and the next begins on {other.start_on}. "
                "Give cycles that follow each other."
            )


def _spans(cycle: DatePeriod, *, number: int, cuts: frozenset[date]) -> list[Span]:
    spans: list[Span] = []
    on, end_on = cycle.start_on, cycle.start_on + cycle.days * _DAY
    while on < end_on:
        month_end = on + (monthrange(on.year, on.month)[1] - on.day + 1) * _DAY
        until = min(end_on, month_end, *(cut for cut in cuts if cut > on))
        spans.append(Span(cycle=number, start_on=on, days=(until - on).days))
        on = until
    return spans


def _class_of(day: date, *, listed: Sequence[frozenset[date]]) -> DayClass:
    plain = WEEKEND if day.weekday() >= _SATURDAY else WEEKDAY
    return tuple(HOLIDAY if day in days else plain for days in listed)


def holidays_by(days: Collection[date], *, key: str, calendar: ServiceCalendar) -> frozenset[date]:
    """Those of some days that a list of holidays holds, the list of the territory included."""
    if key == NO_HOLIDAYS:
        return frozenset()
    if key == TERRITORY_HOLIDAYS:
        return tariff_holidays(days, calendar=calendar)
    named = frozenset[date]().union(*(listed_holidays(year, key=key) for year in {day.year for day in days}))
    return named.intersection(days)


def _pieces(day: date, *, group: int, clock: _Clock) -> list[_Piece]:
    """A day on which the clock jumps, as runs of intervals whose clock times follow each other."""
    zone = ZoneInfo(clock.zone)
    pieces: list[_Piece] = []
    for at in range(clock.first[day], clock.past(day)):
        local = (clock.start_at + at * clock.minutes * _MINUTE).astimezone(zone)
        slot = (local.hour * 60 + local.minute) // clock.minutes
        if pieces and pieces[-1][3] + pieces[-1][1] == slot:
            start, length, _, begun = pieces[-1]
            pieces[-1] = (start, length + 1, group, begun)
        else:
            pieces.append((at, 1, group, slot))
    return pieces
