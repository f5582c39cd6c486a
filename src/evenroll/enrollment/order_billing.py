"""Deciding row 5d: the day of the switch, the switch itself, the bill that closes and the bill that begins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from evenroll.enrollment import order_commands as c
from evenroll.enrollment import order_events as e
from evenroll.enrollment.bill_check import bill_fault
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.dates import SwitchDateRefused
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import BillTold, SwitchTold
from evenroll.enrollment.order_cut import Cut, closing_from
from evenroll.enrollment.order_dates import latest_day, order_switch_date, too_far_ahead
from evenroll.enrollment.order_ending import last_day_known, service_ended
from evenroll.enrollment.order_facts import OrderFacts, told, wrong_state
from evenroll.enrollment.order_returns import is_served, rates_of_switch
from evenroll.enrollment.point_events import AgreementSwitched, closes_nothing
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import HeldReason, MeterWork, ServiceOrder, Switch
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import Agreement, MeterReads, PointMeter, UsagePoint
from evenroll.enrollment.waits import SUPERVISED, Wait, WaitRule
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.program import ServiceChange

RETRIES_MAX: Final = 5
"""After so many business days on which the clock tried again in vain, a switch goes from billing to the supervisor."""

FIRST_BILL_DAYS: Final = 31
"""The length of the first bill's period where no read of the cycle is known: about one month."""


def date_switch(order: ServiceOrder, command: c.DateSwitch, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: the day of the switch, told to the provider; without one the order is billing's task."""
    state = order.service.state
    meter_ready = order.meter.state in (State.DONE, State.NOT_NEEDED, State.ALREADY_THERE)
    if state not in (State.WAITING, State.DATED) or not meter_ready:
        return wrong_state(order, CommandName.DATE_SWITCH, state=state)
    wished_on = command.not_before_on
    if wished_on is not None and wished_on > latest_day(facts.today):
        return too_far_ahead(order, day=wished_on, facts=facts)
    found = last_day_known(order) or order_switch_date(order, not_before_on=wished_on, facts=facts)
    if isinstance(found, SwitchDateRefused):
        return _not_dated(order, found, facts)
    if found.switch_on == order.switch_on:
        return Decided()
    reasons = tuple(reason.value for reason in found.reasons)
    kind = e.SwitchDated if state is State.WAITING else e.SwitchRedated
    begins_at = max(facts.now, facts.calendar.start_of_day(found.switch_on))
    dated = kind(
        row=Row.R5D,
        switch_on=found.switch_on,
        reasons=reasons,
        moves=(facts.service(State.DATED, wait=begins_at),),
    )
    body = SwitchTold(order=order.number, state=State.DATED, switch_on=found.switch_on, reasons=reasons)
    return Decided(events=(dated,), messages=told(order, body))


def _not_dated(order: ServiceOrder, found: SwitchDateRefused, facts: OrderFacts) -> Decided | Refusal:
    if order.service.state is State.DATED:
        return Refusal(
            code=RefusalCode.VISIT_DATE_WRONG,
            parameters={"order": order.number, "earliest_on": found.earliest_on.isoformat()},
        )
    event = e.SwitchNotDated(
        row=Row.R5D,
        code=found.code.value,
        earliest_on=found.earliest_on,
        latest_on=found.latest_on,
        reasons=tuple(reason.value for reason in found.reasons),
        moves=(facts.service(State.WAITING, wait=_patience(order)),),
    )
    return Decided(events=(event,))


def switch_service(order: ServiceOrder, _command: NoPayload, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: the old service ends and the new one begins, with the same reads; no day is left out or in twice."""
    switch_on, new_rate = order.switch_on, order.request.new_rate
    if order.service.state is not State.DATED or switch_on is None or new_rate is None:
        return wrong_state(order, CommandName.SWITCH_SERVICE, state=order.service.state)
    if facts.now < facts.calendar.start_of_day(switch_on):
        return Refusal(
            code=RefusalCode.NOT_YET_DUE,
            parameters={"order": order.number, "due_on": switch_on.isoformat()},
        )
    point = facts.need_point()
    cut = (_cut_of_end if order.request.ending else _cut)(order, point=point, switch_on=switch_on, facts=facts)
    if isinstance(cut, HeldReason) and facts.by is not Role.SYSTEM:
        return Refusal(code=RefusalCode.SWITCH_HELD, parameters={"order": order.number, "held_for": cut.value})
    if isinstance(cut, HeldReason):
        moves = (facts.service(State.DATED, wait=_patience(order)),)
        return Decided(events=(e.SwitchHeld(row=Row.R5D, switch_on=switch_on, reason=cut, moves=moves),))
    if order.request.ending:
        return service_ended(order, cut, switch_on=switch_on, facts=facts)
    old_rate, new_rate = rates_of_switch(order.request, cut.before, new_rate=new_rate)
    switch = Switch(
        switch_on=switch_on,
        old_rate=old_rate,
        new_rate=new_rate,
        next_read_on=_next_read(switch_on, facts=facts),
        closing_from_on=closing_from(order.request.service_change, cut.before, switch_on=switch_on, facts=facts),
        closing=cut.closing,
        opening=cut.opening,
        separate=order.is_separate,
    )
    return _switched(order, switch=switch, before=cut.before, facts=facts)


def _cut(order: ServiceOrder, *, point: UsagePoint, switch_on: date, facts: OrderFacts) -> Cut | HeldReason:
    before = point.agreement_on(switch_on)
    if before is None:
        return HeldReason.PERIOD_UNKNOWN
    # A supplier's product needs its supplier: who lost the customer meanwhile may not price the next day.
    product = order.request.service_change is ServiceChange.SUPPLIER_PRODUCT
    if product and before.supplier != order.requester:
        return HeldReason.SUPPLIER_CHANGED
    # Who asked has left: the order is to be stopped, and the next occupant's service is not its business.
    if point.left_on is not None and order.request.asked_on < point.left_on <= switch_on:
        return HeldReason.CUSTOMER_LEFT
    if order.request.returning and not is_served(order.request, before):
        return HeldReason.NOT_SERVED
    work = order.work
    if work is not None and work.done_on == switch_on:
        return _cut_at_exchange(work, before=before)
    meter = point.meter_of(separate=order.is_separate)
    return _cut_at_reads(facts.reads, meter=meter, before=before, switch_on=switch_on)


def _cut_of_end(order: ServiceOrder, *, point: UsagePoint, switch_on: date, facts: OrderFacts) -> Cut | HeldReason:
    # Nobody is served on that day any more: what ends is what was served on the day before.
    before = point.agreement_on(switch_on - timedelta(days=1))
    if before is None:
        return HeldReason.PERIOD_UNKNOWN
    meter = point.meter_of(separate=order.is_separate)
    return _cut_at_reads(facts.reads, meter=meter, before=before, switch_on=switch_on)


def _cut_at_reads(
    reads: MeterReads | None, *, meter: PointMeter | None, before: Agreement, switch_on: date
) -> Cut | HeldReason:
    if meter is None:
        return Cut(before=before, closing=None, opening=None)
    names = {register.name for register in meter.registers}
    if reads is None or (reads.read_on, reads.serial) != (switch_on, meter.serial):
        return HeldReason.READS_MISSING
    if set(reads.values_wh) != names:
        return HeldReason.READS_MISSING
    return Cut(before=before, closing=reads, opening=reads)


def _cut_at_exchange(work: MeterWork, *, before: Agreement) -> Cut:
    done = work.exchange
    opening = MeterReads(serial=done.new_serial, read_on=work.done_on, values_wh=done.opening_wh)
    if done.old_serial is None:
        return Cut(before=before, closing=None, opening=opening)
    closing = MeterReads(serial=done.old_serial, read_on=work.done_on, values_wh=done.closing_wh)
    return Cut(before=before, closing=closing, opening=opening)


def _switched(order: ServiceOrder, *, switch: Switch, before: Agreement, facts: OrderFacts) -> Decided:
    moves = (facts.service(State.SWITCHED),)
    if closes_nothing(before, on=switch.switch_on, change=order.request.service_change):
        moves = (*moves, _first_bill_due(switch, facts=facts))
    change = order.request.service_change
    at_point = AgreementSwitched(
        row=Row.R5D,
        switch_on=switch.switch_on,
        change=change,
        new_rate=switch.new_rate,
        closing=switch.closing,
        opening=switch.opening,
        taken_off=order.request.old_rate if order.request.returning else None,
    )
    body = SwitchTold(order=order.number, state=State.SWITCHED, switch_on=switch.switch_on)
    return Decided(
        events=(e.ServiceSwitched(row=Row.R5D, change=change, switch=switch, moves=moves),),
        messages=told(order, body),
        point_events=(at_point,),
    )


def issue_closing_bill(order: ServiceOrder, _command: NoPayload, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: the bill that closes the old service, if it charges every Wh that was read and none twice."""
    switch = order.switch
    if order.service.state is not State.SWITCHED or switch is None:
        return wrong_state(order, CommandName.ISSUE_CLOSING_BILL, state=order.service.state)
    bill = _checked_bill(order, switch=switch, kind=BillKind.CLOSING, facts=facts)
    if not isinstance(bill, Bill):
        return bill
    moves = (facts.service(State.BILLED) if order.request.ending else _first_bill_due(switch, facts=facts),)
    return Decided(
        events=(e.ClosingBillIssued(row=Row.R5D, bill=bill, moves=moves),),
        messages=told(order, BillTold(order=order.number, bill=bill)),
    )


def issue_first_bill(order: ServiceOrder, _command: NoPayload, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: the first bill of the new service, which begins at the reads that closed the old one."""
    switch = order.switch
    if order.service.state is not State.CLOSING_BILLED or switch is None:
        return wrong_state(order, CommandName.ISSUE_FIRST_BILL, state=order.service.state)
    if facts.today < (facts.bill.end_on if facts.bill else switch.next_read_on):
        return Refusal(
            code=RefusalCode.NOT_YET_DUE,
            parameters={"order": order.number, "due_on": switch.next_read_on.isoformat()},
        )
    bill = _checked_bill(order, switch=switch, kind=BillKind.FIRST, facts=facts)
    if not isinstance(bill, Bill):
        return bill
    moves = (facts.service(State.BILLED),)
    return Decided(
        events=(e.FirstBillIssued(row=Row.R5D, bill=bill, moves=moves),),
        messages=told(order, BillTold(order=order.number, bill=bill)),
    )


def _checked_bill(
    order: ServiceOrder, *, switch: Switch, kind: BillKind, facts: OrderFacts
) -> Bill | Decided | Refusal:
    """The bill to issue; or, first the clock, then the person who tried, learns why it cannot be."""
    bill = facts.bill
    if bill is None:
        fault = facts.bill_lacks
    else:
        fault = bill_fault(bill, kind=kind, switch=switch, spans=facts.spans, point=facts.need_point())
        if fault is None:
            return bill
    if facts.by is not Role.SYSTEM or order.service.owner is not Role.SYSTEM:
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": order.number, "bill": fault.value})
    moves = (facts.service(order.service.state, wait=Wait.RETRY),)
    return Decided(events=(e.BillHeld(row=Row.R5D, reason=fault, moves=moves),))


def _first_bill_due(switch: Switch, *, facts: OrderFacts) -> Move:
    # The read of the morning has to be in: the bill is made the day after.
    due_at = facts.calendar.start_of_day(switch.next_read_on + timedelta(days=1))
    return facts.service(State.CLOSING_BILLED, wait=max(facts.now, due_at))


def _next_read(switch_on: date, *, facts: OrderFacts) -> date:
    later = (day for day in facts.scheduled_reads if day > switch_on)
    known = min(later, default=None)
    return known or facts.calendar.next_business_day(switch_on + timedelta(days=FIRST_BILL_DAYS))


def _patience(order: ServiceOrder) -> Wait | WaitRule:
    return SUPERVISED if order.service.times >= RETRIES_MAX else Wait.STAFF
