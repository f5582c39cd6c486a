"""The days of an order: the earliest visit, and the switch of service, through the one rule for switch dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from evenroll.enrollment import dates
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.programs.timing import SwitchTiming
from evenroll.quantities.calendars import ServiceCalendar

AHEAD_DAYS_MAX: Final = 366
"""How far ahead a visit is booked or a switch is put off: a year, a leap day included."""


def latest_day(today: date) -> date:
    """The last day that anybody may name for something to come."""
    return today + timedelta(days=AHEAD_DAYS_MAX)


def too_far_ahead(order: ServiceOrder, *, day: date, facts: OrderFacts) -> Refusal:
    """The refusal of a day after the last one."""
    parameters = {"order": order.number, "date": day.isoformat(), "latest_on": latest_day(facts.today).isoformat()}
    return Refusal(code=RefusalCode.VISIT_DATE_WRONG, parameters=parameters)


def earliest_visit(order: ServiceOrder, *, now: datetime, calendar: ServiceCalendar) -> date:
    """The first business day on which a crew may change the meter.

    Not before the window of rescission is over; and where the exchange itself switches service, not before the notice
    that the program owes. A visit is always a promise of an in-service date, so it keeps the same limits.
    """
    request, today = order.request, calendar.business_date(now)
    limits = [today, request.rescission_ends_on or today]
    if request.timing is SwitchTiming.ON_METER_EXCHANGE:
        notice = request.notice
        limits.append(calendar.add_calendar_days(request.asked_on, notice.calendar_days_before))
        if notice.business_days_before:
            limits.append(calendar.add_business_days(request.asked_on, notice.business_days_before))
    return calendar.next_business_day(max(limits))


def order_switch_date(
    order: ServiceOrder, *, not_before_on: date | None, facts: OrderFacts
) -> dates.SwitchDate | dates.SwitchDateRefused:
    """The day on which the order's service switches, or why there is none yet."""
    request = order.request
    timing, in_service_on = _timing(order), order.work.done_on if order.work else None
    wishes = [day for day in (request.not_before_on, not_before_on) if day is not None]
    if timing is not SwitchTiming.ON_METER_EXCHANGE:
        # Only an exchange brings reads of a day that has passed.
        wishes.append(facts.today)
    asked = dates.SwitchRequest(
        asked_on=request.asked_on,
        timing=timing,
        not_before_on=max(wishes, default=None),
        rescission_ends_on=request.rescission_ends_on,
        meter_in_service_on=in_service_on,
        scheduled_reads=facts.scheduled_reads,
        notice=request.notice,
    )
    return dates.switch_date(asked, calendar=facts.calendar)


def _timing(order: ServiceOrder) -> SwitchTiming:
    # Where the meter in place will do there is no exchange to wait for: its next scheduled read does as well.
    if order.request.timing is SwitchTiming.ON_METER_EXCHANGE and order.work is None:
        return SwitchTiming.NEXT_SCHEDULED_READ
    return order.request.timing
