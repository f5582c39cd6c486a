"""The day on which supply changes hands: rescission, notice, read cycle and business calendar all allow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rescission import DayKind, RescissionRule
from evenroll.programs.supply_terms import SupplyReads, SupplyTerms
from evenroll.quantities.calendars import ServiceCalendar


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyDateRequest:
    """All that the day depends on, besides the terms and the calendar of the territory.

    requested_on: the customer's wish, absent for the first day possible. rescission_ends_on: first day after the
    window. off_cycle: a special read is wished for. notice_days_before_read: calendar days that a drop must be told
    before the read. scheduled_reads: days of the read cycle, in any order.
    """

    asked_on: date
    requested_on: date | None = None
    rescission_ends_on: date | None = None
    off_cycle: bool = False
    notice_days_before_read: int = 0
    scheduled_reads: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyDate:
    """Supply changes at the local start of effective_on. special_read: nobody reads the meter then by its cycle.

    statuses: what is told beside it, such as that a special read was refused and the usual one is taken.
    """

    effective_on: date
    special_read: bool = False
    statuses: tuple[RejectCode, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyDateRefused:
    """No day, by which code. retry_on: the day from which the day wished for can be taken, where waiting helps."""

    code: RejectCode
    retry_on: date | None = None


def window_end(rule: RescissionRule, *, sent_on: date, calendar: ServiceCalendar) -> date:
    """The first day on which a window is over. The day on which the terms were received is not counted."""
    received_on = sent_on + timedelta(days=rule.receipt_days)
    match rule.day_kind:
        case DayKind.CALENDAR:
            last_on = received_on + timedelta(days=rule.days)
        case DayKind.BUSINESS:
            last_on = calendar.add_business_days(received_on, rule.days)
        case _:
            assert_never(rule.day_kind)
    return last_on + timedelta(days=1)


def supply_date(
    request: SupplyDateRequest, *, terms: SupplyTerms, calendar: ServiceCalendar
) -> SupplyDate | SupplyDateRefused:
    """The day on which supply changes hands, or the code by which the registrar refuses the request.

    Never before the request, the wish or the end of the rescission window. Source: rules of the trade 2.11; dates of
    each territory are `supply_terms`.
    """
    refused = _too_far(request, terms)
    if refused is not None:
        return refused
    hard_on = max(day for day in (request.asked_on, request.requested_on, request.rescission_ends_on) if day)
    notice_on = max(
        hard_on,
        request.asked_on + timedelta(days=terms.first_calendar_days),
        calendar.add_business_days(request.asked_on, terms.first_business_days),
    )
    if request.off_cycle and terms.special_reads:
        return SupplyDate(effective_on=calendar.next_business_day(notice_on), special_read=True)
    statuses = (RejectCode.SPECIAL_READ_REFUSED,) if request.off_cycle else ()
    match terms.reads:
        case SupplyReads.BUSINESS_DAY:
            return SupplyDate(effective_on=calendar.next_business_day(notice_on), special_read=True, statuses=statuses)
        case SupplyReads.NEXT_READ:
            told_on = request.asked_on + timedelta(days=request.notice_days_before_read)
            reads = [day for day in request.scheduled_reads if day >= max(notice_on, told_on)]
            if not reads:
                return SupplyDateRefused(code=RejectCode.OTHER)
            return SupplyDate(effective_on=min(reads), statuses=statuses)
        case SupplyReads.NEAR_READ:
            return _near(request, terms, calendar, hard_on=hard_on, first_on=notice_on)
        case _:
            assert_never(terms.reads)


def _too_far(request: SupplyDateRequest, terms: SupplyTerms) -> SupplyDateRefused | None:
    if request.requested_on is None:
        return None
    ahead = (request.requested_on - request.asked_on).days
    if terms.ahead_days_max is not None and ahead > terms.ahead_days_max:
        retry_on = request.requested_on - timedelta(days=terms.ahead_days_max)
        return SupplyDateRefused(code=RejectCode.DATE_WRONG, retry_on=retry_on)
    if terms.back_days_max is not None and -ahead > terms.back_days_max:
        return SupplyDateRefused(code=RejectCode.INFORMATION_MISSING)
    return None


def _near(
    request: SupplyDateRequest, terms: SupplyTerms, calendar: ServiceCalendar, *, hard_on: date, first_on: date
) -> SupplyDate:
    """A scheduled read around the first day serves, unless it lies before what the customer may rely on."""
    near = [day for day in request.scheduled_reads if abs((day - first_on).days) <= terms.near_days and day >= hard_on]
    if near:
        return SupplyDate(effective_on=min(near, key=lambda day: (abs((day - first_on).days), day)))
    return SupplyDate(effective_on=calendar.next_business_day(first_on), special_read=True)
