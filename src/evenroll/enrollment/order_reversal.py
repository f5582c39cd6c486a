"""Deciding row 5d where a switch or a bill was wrong: service goes on as before, and bills are put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from evenroll.enrollment.bill_check import correction_fault
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import BillTold, SwitchTold
from evenroll.enrollment.order_events import BillHeld
from evenroll.enrollment.order_facts import BillAnew, OrderFacts, told, wrong_state
from evenroll.enrollment.reversal_commands import ReversalFault, ReverseSwitch
from evenroll.enrollment.reversal_events import BillCorrected, PointSwitchReversed, SwitchReversed
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import SWITCHED, HeldReason, ServiceOrder, Switch
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterReads
from evenroll.enrollment.waits import Wait
from evenroll.programs.bill import Bill, BillKind, BillLine, LineCode

REVERSED_WITHIN: Final = timedelta(days=25)
"""How long after the first bill's last day a switch can be taken back: the bill after it is not made here."""


def reverse_switch(order: ServiceOrder, command: ReverseSwitch, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: a switch that should not have been made is taken back; the provider's case hears it.

    The periods tile as before the switch. Where a bill of the new service is out, billing corrects it.
    """
    switch = order.switch
    if order.service.state not in SWITCHED or switch is None:
        return wrong_state(order, CommandName.REVERSE_SWITCH, state=order.service.state)
    fault = _stands(order, switch=switch, facts=facts)
    if fault is not None:
        return Refusal(code=RefusalCode.CANNOT_REVERSE, parameters={"order": order.number, "reversal": fault.value})
    moves = (facts.service(State.REVERSED),)
    if order.first_bill is None:
        moves = (*moves, facts.service(State.CANCELLED))
    event = SwitchReversed(row=Row.R5D, switch_on=switch.switch_on, reason=command.reason, moves=moves)
    body = SwitchTold(
        order=order.number, state=State.REVERSED, switch_on=switch.switch_on, reasons=(command.reason.value,)
    )
    return Decided(
        events=(event,),
        messages=told(order, body),
        point_events=(PointSwitchReversed(row=Row.R5D, switch_on=switch.switch_on),),
    )


def _stands(order: ServiceOrder, *, switch: Switch, facts: OrderFacts) -> ReversalFault | None:
    """Why the switch stands all the same; absent where it can be taken back."""
    agreements = facts.need_point().agreements
    began = next((each for each in agreements if each.start_on == switch.switch_on), None)
    changed = began is None or began.end_on is not None
    nothing_before = all(each.end_on != switch.switch_on for each in agreements)
    faults = (
        (ReversalFault.RETURNING, order.request.returning or order.request.ending),
        (ReversalFault.SEPARATE_METER, order.is_separate),
        (ReversalFault.OTHER_ORDER, facts.other_open_order),
        (ReversalFault.PROGRAM_BEFORE, facts.program_before),
        (ReversalFault.LATER_CHANGE, changed or nothing_before),
        (ReversalFault.BILLED_SINCE, facts.today > switch.next_read_on + REVERSED_WITHIN),
    )
    return next((fault for fault, stands in faults if stands), None)


def correct_bill(order: ServiceOrder, _command: NoPayload, facts: OrderFacts) -> Decided | Refusal:
    """Row 5d: bills in place of those that a reversed switch, or an estimated read, made wrong.

    What was charged already stands as a line, so that the total is what is still owed, or given back.
    """
    switch = order.switch
    state = order.service.state
    if switch is None or state not in (State.REVERSED, State.CLOSING_BILLED, State.BILLED):
        return wrong_state(order, CommandName.CORRECT_BILL, state=state)
    read = None if state is State.REVERSED else _read_since(switch, facts=facts)
    if state is not State.REVERSED and read is None:
        return Refusal(code=RefusalCode.NOTHING_TO_CORRECT, parameters={"order": order.number})
    cut = switch if read is None else replace(switch, closing=read, opening=read)
    fault = _wrong(order, cut=cut, facts=facts)
    if fault is not None:
        return _held(order, fault, facts)
    if not facts.bills_anew:
        return Refusal(code=RefusalCode.NOTHING_TO_CORRECT, parameters={"order": order.number})
    made = [(each.was.kind, correction(each.bill, was=each.was)) for each in facts.bills_anew]
    moves = (facts.service(State.CANCELLED),) if state is State.REVERSED else ()
    events: list[Event] = [
        BillCorrected(row=Row.R5D, corrects=kind, bill=bill, read=read, moves=moves if n == 0 else ())
        for n, (kind, bill) in enumerate(made)
    ]
    messages = [message for _, bill in made for message in told(order, BillTold(order=order.number, bill=bill))]
    return Decided(events=tuple(events), messages=tuple(messages))


def correction(bill: Bill, *, was: Bill) -> Bill:
    """The bill that puts another right: what is right, less what was charged. total: USD, negative where it is due."""
    charged = BillLine(code=LineCode.ALREADY_CHARGED, price=Decimal(0), amount=-was.total)
    return replace(bill, kind=BillKind.CORRECTION, lines=(*bill.lines, charged), total=bill.total - was.total)


def _read_since(switch: Switch, *, facts: OrderFacts) -> MeterReads | None:
    """The read of the day of the switch that somebody took, where the switch was made at an estimate."""
    estimated = switch.closing is not None and switch.closing.estimated
    known = facts.reads
    if not estimated or known is None or known.estimated or switch.closing is None:
        return None
    return known if (known.serial, known.read_on) == (switch.closing.serial, switch.switch_on) else None


def _wrong(order: ServiceOrder, *, cut: Switch, facts: OrderFacts) -> HeldReason | None:
    wanted = [bill for bill in _bills_wrong(order) if bill is not None]
    if [each.was for each in facts.bills_anew] != wanted:
        return facts.bill_lacks
    faults = (_fault(order, each, cut=cut, facts=facts) for each in facts.bills_anew)
    return next((fault for fault in faults if fault is not None), None)


def _bills_wrong(order: ServiceOrder) -> tuple[Bill | None, ...]:
    """A reversed switch makes the first bill wrong; an estimate at the cut makes both so."""
    return (order.first_bill,) if order.service.state is State.REVERSED else (order.closing_bill, order.first_bill)


def _fault(order: ServiceOrder, each: BillAnew, *, cut: Switch, facts: OrderFacts) -> HeldReason | None:
    old = order.service.state is State.REVERSED or each.was.kind is BillKind.CLOSING
    rate = cut.old_rate if old else cut.new_rate
    return correction_fault(each, rate=rate, switch=cut, point=facts.need_point())


def _held(order: ServiceOrder, fault: HeldReason, facts: OrderFacts) -> Decided | Refusal:
    if facts.by is not Role.SYSTEM:
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": order.number, "bill": fault.value})
    moves = (facts.service(order.service.state, wait=Wait.RETRY),)
    return Decided(events=(BillHeld(row=Row.R5D, reason=fault, moves=moves),))
