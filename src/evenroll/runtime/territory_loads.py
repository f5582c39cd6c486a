"""What the invented meters count: an hourly load per usage point, summed by register up to the morning of any day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.usage import is_rate_holiday
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import Rate, register_at, registers_of
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import RateKey

COUNTED_FROM_ON: Final = date(2025, 1, 1)
COUNTED_UNTIL_ON: Final = date(2028, 1, 1)
TOTAL: Final = "total"
ROLLOVER_WH: Final = 1_000_000_000

# Wh in each clock hour of a day for a household of scale 1; the territory has some of each shape.
_SHAPES: Final = (
    (4, 3, 3, 3, 3, 4, 6, 8, 8, 6, 5, 5, 6, 6, 6, 7, 9, 12, 13, 12, 10, 9, 7, 5),
    (5, 4, 4, 4, 4, 5, 6, 6, 5, 5, 6, 8, 9, 10, 10, 11, 12, 13, 12, 10, 9, 8, 7, 6),
    (12, 14, 14, 12, 8, 5, 6, 7, 6, 5, 4, 4, 5, 5, 5, 6, 8, 10, 11, 10, 9, 8, 10, 11),
    (6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 7, 7, 6, 6),
)
SHAPES: Final = len(_SHAPES)
# Percent of the shape in each month: heating in January, cooling in July.
_MONTH_PERCENT: Final = (130, 125, 110, 95, 90, 115, 140, 135, 105, 90, 100, 120)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterMap:
    """How a meter sorts what it counts. rate: whose hours its registers follow; none for one total register."""

    rate: RateKey | None = None

    @property
    def registers(self) -> tuple[str, ...]:
        """The names of its registers."""
        return (TOTAL,) if self.rate is None else registers_of(_rate(self.rate))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    """Unit load counted by register up to the morning of each day, Wh of scale 1. (day,) each."""

    days: tuple[date, ...]
    by_register: Mapping[str, tuple[int, ...]] = field(repr=False)


def counted_wh(*, shape: int, scale: int, register_map: RegisterMap, on: date, territory: str) -> dict[str, int]:
    """What a household has drawn from the first counted day to the morning of `on`, Wh by register.

    Raises ValueError outside the counted days: the demo ends before.
    """
    if not COUNTED_FROM_ON <= on < COUNTED_UNTIL_ON:
        raise ValueError(f"Nothing is counted on {on}; the invented meters run from {COUNTED_FROM_ON} on.")
    sums = _sums(shape, register_map.rate, territory)
    day = bisect_right(sums.days, on) - 1
    return {register: scale * counted[day] for register, counted in sums.by_register.items()}


def hours_wh(*, shape: int, scale: int, day: date, territory: str) -> tuple[int, ...]:
    """What a household draws in each hour of a local day, Wh; together it is what its registers count that day."""
    where = calendar(territory)
    percent = _MONTH_PERCENT[day.month - 1]
    return tuple(scale * (_SHAPES[shape][hour] * percent // 10) for hour in _clock_hours(day, where))


@cache
def _sums(shape: int, rate: RateKey | None, territory: str) -> _Sums:
    where = calendar(territory)
    days = tuple(COUNTED_FROM_ON + timedelta(days=n) for n in range((COUNTED_UNTIL_ON - COUNTED_FROM_ON).days))
    registers = RegisterMap(rate=rate).registers
    priced = _rate(rate) if rate else None
    counted = [_day(day, shape=shape, rate=priced, where=where) for day in days]
    by_register = {register: (0, *accumulate(day.get(register, 0) for day in counted[:-1])) for register in registers}
    return _Sums(days=days, by_register=by_register)


def _day(day: date, *, shape: int, rate: Rate | None, where: ServiceCalendar) -> dict[str, int]:
    percent = _MONTH_PERCENT[day.month - 1]
    found: dict[str, int] = {}
    for hour, register in zip(hours := _clock_hours(day, where), _registers(day, hours, rate, where), strict=True):
        found[register] = found.get(register, 0) + _SHAPES[shape][hour] * percent // 10
    return found


def _registers(day: date, hours: tuple[int, ...], rate: Rate | None, where: ServiceCalendar) -> tuple[str, ...]:
    if rate is None:
        return (TOTAL,) * len(hours)
    is_holiday = is_rate_holiday(day, rate=rate, calendar=where)
    # Days of one month and one kind have the same hours: a Saturday stands for every day that counts as weekend.
    return _registers_of_kind(rate.key, day.month, is_holiday or day.weekday() >= 5, hours)


@cache
def _registers_of_kind(key: RateKey, month: int, is_weekend: bool, hours: tuple[int, ...]) -> tuple[str, ...]:
    day = date(2026, month, 1)
    while (day.weekday() >= 5) is not is_weekend:
        day += timedelta(days=1)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return tuple(register_at(_rate(key), local=at.replace(hour=hour), is_holiday=False) for hour in hours)


def _clock_hours(day: date, where: ServiceCalendar) -> tuple[int, ...]:
    """The clock hours of a day in order: one is left out or comes twice when clocks change."""
    count = where.hours_in_day(day)
    if count == 24:
        return tuple(range(24))
    zone, start = ZoneInfo(where.zone), where.start_of_day(day)
    return tuple((start + timedelta(hours=n)).astimezone(zone).hour for n in range(count))


def _rate(key: RateKey) -> Rate:
    return load_catalog().rate(key, on=COUNTED_UNTIL_ON)
