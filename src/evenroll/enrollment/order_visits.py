"""Deciding rows 5b and 5c: the visit, what came of it, the change from afar, and the back office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from evenroll.enrollment import order_commands as c
from evenroll.enrollment import order_events as e
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import CancelResult, MeterTold, VisitTold
from evenroll.enrollment.meter_reading import exchange_fault, unfit
from evenroll.enrollment.order_dates import earliest_visit, latest_day, too_far_ahead
from evenroll.enrollment.order_facts import OrderFacts, told, wrong_state
from evenroll.enrollment.point_events import PointMeterExchanged
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    ChangeResult,
    ServiceOrder,
    Visit,
    VisitResult,
)
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.enrollment.waits import Wait

_REBOOKED_FROM = frozenset({State.SCHEDULED, State.MISSED_BY_CUSTOMER, State.MISSED_BY_UTILITY, State.CANNOT_DO})


def book_visit(order: ServiceOrder, command: c.BookVisit, facts: OrderFacts) -> Decided | Refusal:
    """Row 5b: three acts, three records: visit scheduled, cut-over ordered, in-service date told."""
    if order.meter.state is not State.TO_SCHEDULE:
        return wrong_state(order, CommandName.BOOK_VISIT, state=order.meter.state)
    return _booked(order, command, facts, kind=e.VisitBooked)


def rebook_visit(order: ServiceOrder, command: c.BookVisit, facts: OrderFacts) -> Decided | Refusal:
    """Row 5b: another day, before the visit or after one that failed."""
    if order.meter.state not in _REBOOKED_FROM:
        return wrong_state(order, CommandName.REBOOK_VISIT, state=order.meter.state)
    return _booked(order, command, facts, kind=e.VisitRebooked)


def _booked(
    order: ServiceOrder,
    command: c.BookVisit,
    facts: OrderFacts,
    *,
    kind: type[e.VisitBooked] | type[e.VisitRebooked],
) -> Decided | Refusal:
    day = command.visit_on
    if day > latest_day(facts.today):
        return too_far_ahead(order, day=day, facts=facts)
    earliest_on = earliest_visit(order, now=facts.now, calendar=facts.calendar)
    if day < earliest_on or not facts.calendar.is_business_day(day):
        return Refusal(
            code=RefusalCode.VISIT_DATE_WRONG,
            parameters={
                "order": order.number,
                "visit_on": day.isoformat(),
                "earliest_on": earliest_on.isoformat(),
                "next_on": facts.calendar.next_business_day(max(day, earliest_on)).isoformat(),
            },
        )
    ends_at = facts.calendar.start_of_day(day + timedelta(days=1))
    scheduled = facts.meter(order, State.SCHEDULED, wait=ends_at)
    visit = Visit(visit_on=day, window=command.window)
    return Decided(
        events=(
            kind(row=Row.R5B, visit=visit, moves=(scheduled,)),
            e.CutoverOrdered(row=Row.R5B, cutover_on=day),
            e.InServiceDateTold(row=Row.R5B, in_service_on=day),
        ),
        messages=told(order, VisitTold(order=order.number, visit_on=day, in_service_on=day)),
    )


def record_visit(order: ServiceOrder, command: c.RecordVisit, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: what came of the visit. A meter that is in is recorded even if the order was cancelled meanwhile."""
    state, visit = order.meter.state, order.visit
    # A crew that had not heard of the cancellation: what it did to the meter is a fact all the same.
    unheard = order.cancelled is CancelResult.CANCELLED and state is State.CANCELLED
    too_late = unheard and command.result is VisitResult.EXCHANGED
    if visit is None or not (state is State.SCHEDULED or too_late):
        return wrong_state(order, CommandName.RECORD_VISIT, state=state)
    if not visit.visit_on <= command.visited_on <= facts.today:
        return _day_wrong(command.visited_on, booked_on=visit.visit_on)
    if command.result is VisitResult.EXCHANGED:
        return _exchanged(order, command, facts)
    return _not_exchanged(order, command, facts)


def _exchanged(order: ServiceOrder, command: c.RecordVisit, facts: OrderFacts) -> Decided | Refusal:
    exchange = command.exchange
    if exchange is None or exchange.new_serial in ("", exchange.old_serial):
        return _serial_wrong(order, exchange)
    # What the order is for says which meter this is: a crew need not know that another one hangs beside it.
    exchange = replace(exchange, separate=order.is_separate)
    fault = exchange_fault(exchange, point=facts.need_point(), last=facts.reads, on=command.visited_on)
    cancelled = order.meter.state is State.CANCELLED
    fault = fault or _unfit(exchange, facts, cancelled=cancelled)
    if fault is not None:
        return fault
    moved = facts.meter(order, State.BACK_OFFICE)
    event = e.MeterExchanged(row=Row.R5C, exchanged_on=command.visited_on, exchange=exchange, moves=(moved,))
    # The provider of a cancelled order has its answer already; the meter is the premise's business now.
    messages = () if cancelled else told(order, _meter_told(order, State.BACK_OFFICE, on=command.visited_on))
    at_point = PointMeterExchanged(row=Row.R5C, exchanged_on=command.visited_on, exchange=exchange)
    return Decided(events=(event,), messages=messages, point_events=(at_point,))


def _unfit(exchange: MeterExchange, facts: OrderFacts, *, cancelled: bool) -> Refusal | None:
    # After a cancellation nothing is billed by the new meter for the program; what hangs there is recorded.
    return unfit(
        exchange,
        needed=None if cancelled else facts.need,
        registers=() if cancelled else facts.rate_registers,
        is_elsewhere=facts.is_elsewhere,
    )


def _not_exchanged(order: ServiceOrder, command: c.RecordVisit, facts: OrderFacts) -> Decided:
    on, state = command.visited_on, _AFTER[command.result]
    moves, reason = (facts.meter(order, state),), ""
    if state is State.CANNOT_DO:
        event: Event = e.VisitFailed(row=Row.R5C, visited_on=on, obstacle=command.obstacle, moves=moves)
        reason = command.obstacle.value
    elif state is State.PERMIT_NEEDED:
        event = e.PermitAsked(row=Row.R5C, visited_on=on, moves=moves)
    else:
        event = e.VisitMissed(row=Row.R5C, visited_on=on, moves=moves)
    return Decided(events=(event,), messages=told(order, _meter_told(order, state, on=on, reason=reason)))


def show_permit(order: ServiceOrder, command: c.ShowPermit, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: the permit that the crew asked for was shown; a visit can be booked again."""
    if order.meter.state is not State.PERMIT_NEEDED:
        return wrong_state(order, CommandName.SHOW_PERMIT, state=order.meter.state)
    if command.seen_on > facts.today:
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": command.seen_on.isoformat()})
    to_schedule = facts.meter(order, State.TO_SCHEDULE)
    seen = e.PermitSeen(row=Row.R5C, seen_on=command.seen_on, document=command.document, moves=(to_schedule,))
    return Decided(events=(seen,), messages=told(order, _meter_told(order, State.TO_SCHEDULE, on=command.seen_on)))


def record_remote_change(order: ServiceOrder, command: c.RecordRemoteChange, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: what came of the change from afar; one that failed becomes an exchange."""
    if order.meter.state is not State.REMOTE_CHANGE:
        return wrong_state(order, CommandName.RECORD_REMOTE_CHANGE, state=order.meter.state)
    if command.result is ChangeResult.FAILED:
        return to_exchange(order, facts, reason=command.reason or ChangeResult.FAILED.value)
    exchange, on = command.exchange, command.changed_on
    not_before_on = order.request.rescission_ends_on or order.request.asked_on
    if not not_before_on <= on <= facts.today:
        return _day_wrong(on, booked_on=not_before_on)
    if exchange is None or exchange.new_serial != exchange.old_serial:
        return _serial_wrong(order, exchange)
    fault = exchange_fault(exchange, point=facts.need_point(), last=facts.reads, on=on)
    fault = fault or _unfit(exchange, facts, cancelled=False)
    if fault is not None:
        return fault
    moves = (facts.meter(order, State.BACK_OFFICE),)
    return Decided(
        events=(e.RemoteChangeRecorded(row=Row.R5C, changed_on=on, exchange=exchange, moves=moves),),
        messages=told(order, _meter_told(order, State.BACK_OFFICE, on=on)),
        point_events=(PointMeterExchanged(row=Row.R5C, exchanged_on=on, exchange=exchange),),
    )


def to_exchange(order: ServiceOrder, facts: OrderFacts, *, reason: str) -> Decided:
    """The change from afar is given up, and a crew goes there."""
    moves = (facts.meter(order, State.TO_SCHEDULE),)
    failed = e.RemoteChangeFailed(row=Row.R5C, reason=reason, moves=moves)
    heard = _meter_told(order, State.TO_SCHEDULE, on=facts.today, reason=reason)
    return Decided(events=(failed,), messages=told(order, heard))


def complete_back_office(order: ServiceOrder, command: c.CompleteBackOffice, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: all of the checklist is done, so the meter is; only then may the switch of service be dated."""
    work = order.work
    if order.meter.state is not State.BACK_OFFICE or work is None:
        return wrong_state(order, CommandName.COMPLETE_BACK_OFFICE, state=order.meter.state)
    if order.questioned is not None:
        parameters = {"order": order.number, "serial": order.questioned}
        return Refusal(code=RefusalCode.READ_QUESTIONED, parameters=parameters)
    open_items = checklist(work.exchange) - command.done
    if open_items:
        return Refusal(
            code=RefusalCode.CHECKLIST_OPEN,
            parameters={"order": order.number, "open": ", ".join(sorted(open_items))},
        )
    # Service that was cancelled meanwhile, or that never switches, stays as it is.
    waits = order.service.state is State.WAITING
    service = (facts.service(State.WAITING, wait=Wait.SYSTEM),) if waits else ()
    done = e.MeterDone(row=Row.R5C, in_service_on=work.done_on, moves=(facts.meter(order, State.DONE), *service))
    # As for the visit: a provider whose cancellation was answered with "cancelled" hears no more of the meter.
    heard = order.cancelled is not CancelResult.CANCELLED
    messages = told(order, _meter_told(order, State.DONE, on=work.done_on)) if heard else ()
    return Decided(events=(e.BackOfficeDone(row=Row.R5C, done=command.done), done), messages=messages)


def checklist(exchange: MeterExchange) -> frozenset[BackOfficeItem]:
    """What the back office has to do after this work: no old meter comes back where none was taken away."""
    taken_away = exchange.old_serial not in (None, exchange.new_serial)
    return frozenset(BackOfficeItem) - (frozenset() if taken_away else {BackOfficeItem.OLD_METER_RETURNED})


_AFTER: Mapping[VisitResult, State] = MappingProxyType(
    {
        VisitResult.MISSED_BY_CUSTOMER: State.MISSED_BY_CUSTOMER,
        VisitResult.MISSED_BY_UTILITY: State.MISSED_BY_UTILITY,
        VisitResult.CANNOT_DO: State.CANNOT_DO,
        VisitResult.PERMIT_NEEDED: State.PERMIT_NEEDED,
    }
)


def _meter_told(order: ServiceOrder, state: State, *, on: date, reason: str = "") -> MeterTold:
    return MeterTold(order=order.number, state=state, on=on, reason=reason)


def _day_wrong(on: date, *, booked_on: date) -> Refusal:
    parameters = {"visited_on": on.isoformat(), "booked_on": booked_on.isoformat()}
    return Refusal(code=RefusalCode.DATE_WRONG, parameters=parameters)


def _serial_wrong(order: ServiceOrder, exchange: MeterExchange | None) -> Refusal:
    if exchange is None:
        return Refusal(code=RefusalCode.EXCHANGE_MISSING, parameters={"order": order.number})
    parameters = {"order": order.number, "serial": str(exchange.new_serial)}
    return Refusal(code=RefusalCode.SERIAL_WRONG, parameters=parameters)
