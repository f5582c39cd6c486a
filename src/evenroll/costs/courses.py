"""The courses that a year may take where prices are not known in advance: past years' prices, few or many events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.charging import ChargingYear
from evenroll.costs.pricing import HourPrices, KnownPrices, Pricing
from evenroll.costs.usage import HourlyLoad, is_rate_holiday
from evenroll.programs.program_terms import EventTerms, Grid
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.calendars import ServiceCalendar

PAST_YEARS: Final = 3
"""So many past years of a series are looked at, where they are known."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# A year of whole weeks, so that a Monday takes the prices of a Monday.
_WEEKS: Final = 364
_WEEK: Final = timedelta(days=7)
_SATURDAY: Final = 5
# A multiplier without a common divisor with the modulus spreads days over their span in any number.
_SPREAD: Final = 6180339887
_SPREAD_OVER: Final = 10**10


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One course of the year. year: the past one whose prices of hours it takes; events: how many are called.

    is_usual: whether its events are those of the middle course.
    """

    today: Pricing
    program: Pricing
    year: int | None = None
    events: int | None = None
    is_usual: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseLoads:
    """What is billed: the household, and its vehicle charging at once in its sessions. year: a calendar year."""

    household: HourlyLoad
    at_once: HourlyLoad
    sessions: ChargingYear
    year: int
    calendar: ServiceCalendar


def courses_of(
    today: Pricing, *, program: Pricing, load: HourlyLoad, calendar: ServiceCalendar, starts_at: datetime
) -> tuple[Course, ...]:
    """The courses of the year from starts_at, the one to tell first; none where a series has no whole past year.

    load: household and PEV over that year; the worst course has its events on the days on which it draws most.
    """
    years = _by_past_year(today, program=program, load=load, calendar=calendar)
    return tuple(course for each in years for course in _by_events(each, load=load, calendar=calendar))


def _by_past_year(
    today: Pricing, *, program: Pricing, load: HourlyLoad, calendar: ServiceCalendar
) -> tuple[Course, ...]:
    if not any(is_hourly(each.rate) for each in (today, program)):
        return (Course(today=today, program=program),)
    year = calendar.business_date(load.start_at).year
    found: list[Course] = []
    for back in range(1, PAST_YEARS + 1):
        parts = [_of_past(each, load=load, back=back, calendar=calendar) for each in (today, program)]
        then_today, then_program = parts
        if then_today is None or then_program is None:
            break
        found.append(Course(today=then_today, program=then_program, year=year - back))
    return tuple(found)


def _of_past(pricing: Pricing, *, load: HourlyLoad, back: int, calendar: ServiceCalendar) -> Pricing | None:
    """The pricing with the prices that the same clock hours had so many years of whole weeks before."""
    if not is_hourly(pricing.rate):
        return pricing
    known, hours = pricing.hour_prices, len(load.wh)
    if isinstance(known, KnownPrices):
        prices = _kept_then(known, start_at=load.start_at, hours=hours, back=back, calendar=calendar)
    else:
        prices = _prices_then(known, start_at=load.start_at, hours=hours, back=back, calendar=calendar)
    return None if prices is None else replace(pricing, hour_prices=prices)


def _prices_then(
    known: HourPrices, *, start_at: datetime, hours: int, back: int, calendar: ServiceCalendar
) -> KnownPrices | None:
    """By hour of the year what its clock hour cost then; None where the price of one is not known."""
    zone = ZoneInfo(calendar.zone)
    prices: dict[datetime, Decimal] = {}
    for at in (start_at + hour * _HOUR for hour in range(hours)):
        price = _then(at.astimezone(zone), back=back, zone=zone, prices=known)
        if price is None:
            return None
        prices[at] = price
    return KnownPrices(prices)


# The same for every household that is compared at one series.
_kept_then = lru_cache(maxsize=4 * PAST_YEARS)(_prices_then)


def _then(local: datetime, *, back: int, zone: ZoneInfo, prices: HourPrices) -> Decimal | None:
    clock = local.replace(tzinfo=None) - back * _WEEKS * _DAY
    # Whole weeks are a little less than a year: its last days would take prices of the year after the one that is told.
    if clock.year > local.year - back:
        clock -= _WEEK
    # A clock hour that was left out then takes the price of the hour in its place.
    return prices.get(clock.replace(tzinfo=zone, fold=local.fold).astimezone(UTC))


def _by_events(course: Course, *, load: HourlyLoad, calendar: ServiceCalendar) -> tuple[Course, ...]:
    terms = course.program.events
    if terms is None or terms.usd_per_kwh == 0:
        return (course,)
    days = _event_days(terms, rate=course.program.rate, load=load, calendar=calendar)
    drawn = {day: _drawn(day, terms=terms, load=load, calendar=calendar) for day in days}
    spread = sorted(range(len(days)), key=lambda n: n * _SPREAD % _SPREAD_OVER)
    usual = _within_limits((days[n] for n in spread), terms=terms)
    worst = _within_limits(sorted(days, key=lambda day: (-drawn[day], day)), terms=terms)
    return (
        _with_events(course, days=usual, terms=terms, calendar=calendar, is_usual=True),
        _with_events(course, days=(), terms=terms, calendar=calendar, is_usual=False),
        _with_events(course, days=worst, terms=terms, calendar=calendar, is_usual=False),
    )


def _with_events(
    course: Course, *, days: tuple[date, ...], terms: EventTerms, calendar: ServiceCalendar, is_usual: bool
) -> Course:
    hours = frozenset(at for day in days for at in _hours_of(day, terms=terms, calendar=calendar))
    return replace(course, program=replace(course.program, event_hours=hours), events=len(days), is_usual=is_usual)


def _event_days(terms: EventTerms, *, rate: Rate, load: HourlyLoad, calendar: ServiceCalendar) -> tuple[date, ...]:
    """The days of the year on which an event may be called, ascending."""
    first = calendar.business_date(load.start_at)
    days = (first + n * _DAY for n in range((date(first.year + 1, 1, 1) - date(first.year, 1, 1)).days))
    return tuple(
        day
        for day in days
        if day.month in terms.months
        and not (
            terms.weekdays_only and (day.weekday() >= _SATURDAY or is_rate_holiday(day, rate=rate, calendar=calendar))
        )
    )


def _hours_of(day: date, *, terms: EventTerms, calendar: ServiceCalendar) -> tuple[datetime, ...]:
    """The hours of an event of full length on a day, from the first hour in which one may lie, UTC."""
    zone = ZoneInfo(calendar.zone)
    last = min(terms.to_hour, terms.from_hour + terms.hours_max)
    clocks = (datetime.combine(day, time(hour), tzinfo=zone) for hour in range(terms.from_hour, last))
    return tuple(dict.fromkeys(at.astimezone(UTC) for at in clocks))


def _drawn(day: date, *, terms: EventTerms, load: HourlyLoad, calendar: ServiceCalendar) -> int:
    places = ((at - load.start_at) // _HOUR for at in _hours_of(day, terms=terms, calendar=calendar))
    return sum(load.wh[place] for place in places if 0 <= place < len(load.wh))


def _within_limits(days: Iterable[date], *, terms: EventTerms) -> tuple[date, ...]:
    """The first of these days that the limits admit."""
    if not terms.limits:
        return ()
    counts: dict[tuple[Grid, int], int] = {}
    found: list[date] = []
    for day in days:
        places = [(each.per, day.month if each.per is Grid.MONTH else 0) for each in terms.limits]
        if all(counts.get(place, 0) < each.events_max for place, each in zip(places, terms.limits, strict=True)):
            found.append(day)
            for place in dict.fromkeys(places):
                counts[place] = counts.get(place, 0) + 1
    return tuple(found)
