"""When service switches: the first day that rescission, notice, meter, read cycle and business calendar all allow."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, assert_never

from evenroll.programs.program_terms import Span
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.calendars import ServiceCalendar

_CYCLE_DAY_MAX: Final = 31
_MONTHS_IN_YEAR: Final = 12
_DAYS_IN_EVERY_MONTH: Final = 28


class DateReason(StrEnum):
    """What bound a switch date: first what set the earliest day, then what moved it on from there."""

    ASKED = "asked"
    REQUESTED = "requested"
    RESCISSION = "rescission"
    NOTICE = "notice"
    METER_IN_SERVICE = "meter_in_service"
    SCHEDULED_READ = "scheduled_read"
    BUSINESS_DAY = "business_day"


class DateRefusalCode(StrEnum):
    """Why no switch date can be told."""

    NO_SCHEDULED_READ = "no_scheduled_read"
    METER_DATE_MISSING = "meter_date_missing"
    TOO_FAR_AHEAD = "too_far_ahead"


class TimingWrong(ValueError):
    """A read cycle or rescission window that no tariff can mean."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchRequest:
    """All that a switch date depends on, besides the calendar of the territory.

    not_before_on: the customer's wish. rescission_ends_on: the first day on which the window is over (see
    `rescission_end`); None where the law gives none. meter_in_service_on: the day the needed meter is or will be in
    service; None where the meter in place will do. scheduled_reads: days of the read cycle, in any order.
    """

    asked_on: date
    timing: SwitchTiming
    not_before_on: date | None = None
    rescission_ends_on: date | None = None
    meter_in_service_on: date | None = None
    scheduled_reads: tuple[date, ...] = ()
    notice: NoticeWindow = field(default_factory=NoticeWindow)


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchDate:
    """Service switches at the local start of switch_on; the read of read_on, taken then, closes the old service."""

    switch_on: date
    read_on: date
    reasons: tuple[DateReason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchDateRefused:
    """No switch date, and what is missing.

    earliest_on: the day from which a date would do (a read on or after it, a meter date), or the date that is too far.
    latest_on: the last day that the notice window allows, None without limit. reasons: what set earliest_on.
    """

    code: DateRefusalCode
    earliest_on: date
    latest_on: date | None
    reasons: tuple[DateReason, ...]


def add_months(day: date, months: int) -> date:
    """The same day of the month so many calendar months later; the last of the month where it has none such.

    Jan 31 and a month is Feb 28, or Feb 29 in a leap year. months: may be negative.
    """
    year, month = divmod(day.year * _MONTHS_IN_YEAR + day.month - 1 + months, _MONTHS_IN_YEAR)
    # Every month has so many days: the length of the month is asked for where it matters.
    if day.day <= _DAYS_IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def span_end(day: date, *, span: Span) -> date:
    """The first day on which the span that began with that day is over: a year from May 4 ends before May 4."""
    return add_months(day, span.months) if span.months else day + timedelta(days=span.days)


def switch_date(request: SwitchRequest, *, calendar: ServiceCalendar) -> SwitchDate | SwitchDateRefused:
    """The first day on which service may switch, with what bound it; or why there is none.

    Never before asked_on, the customer's wish, the end of the rescission window, the notice or the meter. By timing:
    the first scheduled read from then on; or, where somebody has to act off the cycle (a meter exchange, a read on
    demand), the first business day. An exchange on a business day thus switches the same day if nothing else is later;
    a later input never gives an earlier date. Source: rules of the trade 2.4 and 2.11; use-case row 5d.
    """
    earliest_on, bound_by = _earliest(request, calendar=calendar)
    latest_on = _latest(request, calendar=calendar)

    def refused(code: DateRefusalCode, day: date) -> SwitchDateRefused:
        return SwitchDateRefused(code=code, earliest_on=day, latest_on=latest_on, reasons=bound_by)

    match request.timing:
        case SwitchTiming.NEXT_SCHEDULED_READ:
            reads = [day for day in request.scheduled_reads if day >= earliest_on]
            if not reads:
                return refused(DateRefusalCode.NO_SCHEDULED_READ, earliest_on)
            switch_on, moved_by = min(reads), DateReason.SCHEDULED_READ
        case SwitchTiming.ON_METER_EXCHANGE | SwitchTiming.FIRST_BUSINESS_DAY:
            if request.timing is SwitchTiming.ON_METER_EXCHANGE and request.meter_in_service_on is None:
                return refused(DateRefusalCode.METER_DATE_MISSING, earliest_on)
            # Not simply the day of the exchange: on a day off, or after it, the old service needs a read of its own.
            switch_on, moved_by = calendar.next_business_day(earliest_on), DateReason.BUSINESS_DAY
        case _:
            assert_never(request.timing)
    if latest_on is not None and switch_on > latest_on:
        return refused(DateRefusalCode.TOO_FAR_AHEAD, switch_on)
    reasons = bound_by if switch_on == earliest_on else (*bound_by, moved_by)
    return SwitchDate(switch_on=switch_on, read_on=switch_on, reasons=reasons)


def rescission_end(*, terms_received_on: date, business_days: int, calendar: ServiceCalendar) -> date:
    """The first day on which the rescission window is over: the day after its last business day.

    The day on which the terms were received is not counted. 0 business days is no window and gives that same day.
    Raises TimingWrong for negative days. Source: rules of the trade 2.11; the number is data of the jurisdiction.
    """
    if business_days < 0:
        raise TimingWrong(f"A rescission window of {business_days} business days cannot be; give 0 for none.")
    if business_days == 0:
        return terms_received_on
    return calendar.add_calendar_days(calendar.add_business_days(terms_received_on, business_days), 1)


def scheduled_reads(*, cycle_day: int, from_on: date, months: int, calendar: ServiceCalendar) -> tuple[date, ...]:
    """The next reads of a cycle: one a month, `months` of them, on or after from_on, ascending.

    cycle_day: nominal day of the month, 1 to 31; a shorter month takes its last day. A nominal day that is no business
    day moves to the next one, if need be into the next month. Raises TimingWrong for another cycle_day or months < 0.
    """
    if not 1 <= cycle_day <= _CYCLE_DAY_MAX or months < 0:
        raise TimingWrong(
            f"A read cycle on day {cycle_day} for {months} months cannot be; "
            "give a day from 1 to 31 and 0 or more months."
        )
    # From the month before, whose read may have moved past from_on; at most two of these months give none.
    first = from_on.year * _MONTHS_IN_YEAR + from_on.month - 2
    moved = (
        calendar.next_business_day(_nominal(month, cycle_day=cycle_day)) for month in range(first, first + months + 2)
    )
    return tuple(day for day in moved if day >= from_on)[:months]


def _nominal(month_count: int, *, cycle_day: int) -> date:
    year, month = divmod(month_count, _MONTHS_IN_YEAR)
    return date(year, month + 1, min(cycle_day, monthrange(year, month + 1)[1]))


def _earliest(request: SwitchRequest, *, calendar: ServiceCalendar) -> tuple[date, tuple[DateReason, ...]]:
    limits = (
        (DateReason.ASKED, request.asked_on),
        (DateReason.REQUESTED, request.not_before_on),
        (DateReason.RESCISSION, request.rescission_ends_on),
        (DateReason.NOTICE, _notice_end(request, calendar=calendar)),
        (DateReason.METER_IN_SERVICE, request.meter_in_service_on),
    )
    earliest_on = max(day for _, day in limits if day is not None)
    return earliest_on, tuple(reason for reason, day in limits if day == earliest_on)


def _notice_end(request: SwitchRequest, *, calendar: ServiceCalendar) -> date | None:
    notice = request.notice
    ends: list[date] = []
    if notice.calendar_days_before:
        ends.append(calendar.add_calendar_days(request.asked_on, notice.calendar_days_before))
    if notice.business_days_before:
        ends.append(calendar.add_business_days(request.asked_on, notice.business_days_before))
    return max(ends, default=None)


def _latest(request: SwitchRequest, *, calendar: ServiceCalendar) -> date | None:
    days = request.notice.at_most_days_ahead
    return None if days is None else calendar.add_calendar_days(request.asked_on, days)
