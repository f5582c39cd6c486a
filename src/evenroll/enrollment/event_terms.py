"""Whether an event may be called: the limits, hours, days, length and notice that customers were promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.money_spans import next_month, season_of
from evenroll.programs.program_terms import EventLimit, EventTerms, Grid
from evenroll.quantities.calendars import ServiceCalendar

_SATURDAY: Final = 5
_HOUR: Final = timedelta(hours=1)


class CountedPer(StrEnum):
    """What a limit counts events in, as a refusal names it; the values are those of `Grid`."""

    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """An event as it would be called. Instants in UTC."""

    starts_at: datetime
    ends_at: datetime


def event_refusal(
    planned: Planned, *, terms: EventTerms, others: Iterable[Planned], now: datetime, calendar: ServiceCalendar
) -> Refusal | None:
    """Why these terms do not allow the event, with the limit; None if they do. others: events that stand."""
    return (
        _length(planned, terms)
        or _notice(planned, terms, now)
        or _day(planned, terms, calendar)
        or _hours(planned, terms, calendar)
        or _number(planned, terms, tuple(others), calendar)
    )


def _length(planned: Planned, terms: EventTerms) -> Refusal | None:
    hours = (planned.ends_at - planned.starts_at) / _HOUR
    if hours < 1 or hours > terms.hours_max:
        parameters = {"hours": f"{hours:g}", "limit": str(terms.hours_max)}
        return Refusal(code=RefusalCode.EVENT_LENGTH, parameters=parameters)
    return None


def _notice(planned: Planned, terms: EventTerms, now: datetime) -> Refusal | None:
    if planned.starts_at < now + terms.notice_hours_min * _HOUR or planned.starts_at <= now:
        return Refusal(code=RefusalCode.EVENT_NOTICE, parameters={"limit": str(terms.notice_hours_min)})
    return None


def _day(planned: Planned, terms: EventTerms, calendar: ServiceCalendar) -> Refusal | None:
    day = calendar.business_date(planned.starts_at)
    if day.month not in terms.months:
        months = ", ".join(str(each) for each in sorted(terms.months))
        return Refusal(code=RefusalCode.EVENT_MONTH, parameters={"date": day.isoformat(), "months": months})
    if terms.weekdays_only and is_off_day(day, calendar):
        return Refusal(code=RefusalCode.EVENT_DAY, parameters={"date": day.isoformat()})
    return None


def is_off_day(day: date, calendar: ServiceCalendar) -> bool:
    """Whether a day is a weekend day or a holiday of the territory; one on which only the office is closed is none."""
    holidays = replace(calendar, extra_closed=frozenset()) if calendar.extra_closed else calendar
    return day.weekday() >= _SATURDAY or not holidays.is_business_day(day)


def _hours(planned: Planned, terms: EventTerms, calendar: ServiceCalendar) -> Refusal | None:
    if (terms.from_hour, terms.to_hour) == (0, 24):
        return None
    zone = ZoneInfo(calendar.zone)
    day = calendar.business_date(planned.starts_at)
    starts, ends = (each.astimezone(zone).replace(tzinfo=None) for each in (planned.starts_at, planned.ends_at))
    midnight = datetime.combine(day, time())
    if starts < midnight + terms.from_hour * _HOUR or ends > midnight + terms.to_hour * _HOUR:
        parameters = {"from_hour": str(terms.from_hour), "to_hour": str(terms.to_hour)}
        return Refusal(code=RefusalCode.EVENT_HOURS, parameters=parameters)
    return None


def _number(
    planned: Planned, terms: EventTerms, others: tuple[Planned, ...], calendar: ServiceCalendar
) -> Refusal | None:
    if any(each.starts_at < planned.ends_at and planned.starts_at < each.ends_at for each in others):
        return Refusal(code=RefusalCode.EVENT_OVERLAPS)
    for limit in terms.limits:
        if events_left(planned.starts_at, limit=limit, terms=terms, others=others, calendar=calendar) < 1:
            parameters = {"limit": str(limit.events_max), "per": limit.per.value}
            return Refusal(code=RefusalCode.EVENT_LIMIT, parameters=parameters)
    return None


def events_left(
    at: datetime, *, limit: EventLimit, terms: EventTerms, others: Iterable[Planned], calendar: ServiceCalendar
) -> int:
    """How many events a limit still allows in the month, season or year of an instant."""
    start_on, end_on = _grid(limit.per, day=calendar.business_date(at), months=terms.months)
    days = (calendar.business_date(each.starts_at) for each in others)
    return limit.events_max - sum(start_on <= day < end_on for day in days)


def _grid(per: Grid, *, day: date, months: tuple[int, ...]) -> tuple[date, date]:
    match per:
        case Grid.MONTH:
            return day.replace(day=1), next_month(day)
        case Grid.SEASON:
            return season_of(months, day=day)
        case Grid.YEAR:
            return date(day.year, 1, 1), date(day.year + 1, 1, 1)
        case _:
            assert_never(per)
