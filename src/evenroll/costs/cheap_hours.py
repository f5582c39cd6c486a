"""When energy is cheapest on a rate: hour by hour over a year to come, and as the rules that a calendar repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.usage import is_rate_holiday
from evenroll.programs.rate import Rate, Season, is_hourly, register_at, season_at
from evenroll.quantities.calendars import ServiceCalendar

DAYS: Final = 365
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class CheapRun:
    """Hours on end at the lowest price of their season. start: the clock of the territory, with its zone."""

    start: datetime
    hours: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CheapRule:
    """Runs that come again. months: 1-12; weekdays: 0 (Monday) to 6, on which they begin; from_hour: of the clock.

    first_on, last_on: of the year that was looked at. left_out: days on which the rule says one and there is none.
    """

    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    from_hour: int
    hours: int
    first_on: date
    last_on: date
    left_out: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheapHours:
    """All runs of a year: those that rules tell, and single ones, as around holidays and where the clocks change."""

    rules: tuple[CheapRule, ...]
    singles: tuple[CheapRun, ...]


def has_cheap_hours(rate: Rate) -> bool:
    """Whether the clock tells when energy costs least: not by the hour's own price, and not the same at all hours."""
    return not is_hourly(rate) and any(len(set(prices_of(each).values())) > 1 for each in rate.seasons)


def prices_of(season: Season) -> dict[str, Decimal]:
    """USD per kWh by register of a season, of the first kWh."""
    return {row.register: row.usd_per_kwh for row in season.prices}


def cheapest_registers(season: Season) -> frozenset[str]:
    """The registers that cost least in a season."""
    least = min(row.usd_per_kwh for row in season.prices)
    return frozenset(row.register for row in season.prices if row.usd_per_kwh == least)


@lru_cache(maxsize=64)
def cheap_hours(rate: Rate, *, calendar: ServiceCalendar, from_on: date) -> CheapHours:
    """When energy costs least over the year from a day on. Empty where `has_cheap_hours` says no."""
    if not has_cheap_hours(rate):
        return CheapHours(rules=(), singles=())
    until_on = from_on + DAYS * _DAY
    runs = [
        each
        for each in cheap_runs(rate, calendar=calendar, from_on=from_on - _DAY, until_on=until_on + 2 * _DAY)
        if from_on <= each.start.date() < until_on
    ]
    return _told(runs, from_on=from_on, until_on=until_on)


def cheap_runs(rate: Rate, *, calendar: ServiceCalendar, from_on: date, until_on: date) -> Iterator[CheapRun]:
    """Every run between two days; the first and the last may be cut by them."""
    zone, begun, hours = ZoneInfo(calendar.zone), None, 0
    at, until_at = calendar.start_of_day(from_on).astimezone(UTC), calendar.start_of_day(until_on).astimezone(UTC)
    while at <= until_at:
        local = at.astimezone(zone)
        is_cheap = at < until_at and _is_cheap(rate, local, calendar)
        if is_cheap:
            begun, hours = begun or local, hours + 1
        elif begun is not None:
            yield CheapRun(start=begun, hours=hours)
            begun, hours = None, 0
        at += _HOUR


def _is_cheap(rate: Rate, local: datetime, calendar: ServiceCalendar) -> bool:
    is_holiday = is_rate_holiday(local.date(), rate=rate, calendar=calendar)
    return register_at(rate, local=local, is_holiday=is_holiday) in cheapest_registers(
        season_at(rate, month=local.month)
    )


def _told(runs: Sequence[CheapRun], *, from_on: date, until_on: date) -> CheapHours:
    alike = defaultdict[tuple[int, int], set[date]](set)
    for each in runs:
        alike[(each.start.hour, each.hours)].add(each.start.date())
    days = [from_on + number * _DAY for number in range((until_on - from_on).days)]
    rules, ruled = list[CheapRule](), set[tuple[date, int, int]]()
    for (from_hour, hours), begun in alike.items():
        for months, weekdays in _patterns(begun, days):
            said = [day for day in days if day.month in months and day.weekday() in weekdays]
            out = tuple(day for day in said if day not in begun)
            rule = CheapRule(
                months=months,
                weekdays=weekdays,
                from_hour=from_hour,
                hours=hours,
                first_on=next(day for day in said if day in begun),
                last_on=said[-1],
                left_out=out,
            )
            rules.append(rule)
            ruled |= {(day, from_hour, hours) for day in said}
    singles = tuple(each for each in runs if (each.start.date(), each.start.hour, each.hours) not in ruled)
    return CheapHours(rules=tuple(rules), singles=singles)


def _patterns(begun: set[date], days: Sequence[date]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Months that have the same weekdays, each with them: those on most of which a run begins."""
    of_month = defaultdict[tuple[int, ...], list[int]](list)
    for month in range(1, 13):
        own = [day for day in days if day.month == month]
        usual = tuple(number for number in range(_WEEK) if _is_usual([d for d in own if d.weekday() == number], begun))
        if usual:
            of_month[usual].append(month)
    for weekdays, months in of_month.items():
        yield tuple(months), weekdays


def _is_usual(days: Sequence[date], begun: set[date]) -> bool:
    return 2 * sum(day in begun for day in days) > len(days)
