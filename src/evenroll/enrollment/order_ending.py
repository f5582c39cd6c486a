"""The end of service with a customer who moved out: its day is theirs, its read the last, its bill the final one."""

from __future__ import annotations

from datetime import date, timedelta

from evenroll.enrollment import order_events as e
from evenroll.enrollment.dates import DateReason, SwitchDate
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import SwitchTold
from evenroll.enrollment.order_cut import Cut, closing_from
from evenroll.enrollment.order_facts import OrderFacts, told
from evenroll.enrollment.point_moves import vacated
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder, Switch
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT
from evenroll.programs.program import ServiceChange


def last_day_known(order: ServiceOrder) -> SwitchDate | None:
    """The day on which service ends with its customer, past or not; None for an order of another kind."""
    request = order.request
    if not request.ending or request.not_before_on is None:
        return None
    day = request.not_before_on
    return SwitchDate(switch_on=day, read_on=day, reasons=(DateReason.REQUESTED,))


def service_ended(order: ServiceOrder, cut: Cut, *, switch_on: date, facts: OrderFacts) -> Decided:
    """The final read is here: service ended on that day, and what is not billed yet goes into the final bill.

    Where an order's first bill covers the last days already, that one is the final bill: no day is billed twice.
    """
    change = ServiceChange.REPLACED_RATE
    from_on = closing_from(change, cut.before, switch_on=switch_on, facts=facts)
    switch = Switch(
        switch_on=switch_on,
        old_rate=cut.before.rate,
        new_rate=VACANT,
        next_read_on=switch_on,
        closing_from_on=from_on,
        closing=cut.closing,
        opening=cut.opening,
    )
    moves = (facts.service(State.SWITCHED),)
    if from_on is None or _billed_by_another(facts, began_on=cut.before.start_on, from_on=from_on):
        moves = (*moves, facts.service(State.BILLED))
    body = SwitchTold(order=order.number, state=State.SWITCHED, switch_on=switch_on)
    return Decided(
        events=(e.ServiceSwitched(row=Row.R5D, change=change, switch=switch, moves=moves),),
        messages=told(order, body),
        point_events=vacated(facts.point, switch_on - timedelta(days=1)),
    )


def _billed_by_another(facts: OrderFacts, *, began_on: date, from_on: date) -> bool:
    if from_on != began_on:
        return False
    wires = (each for each in facts.others if each.request.service_change is not ServiceChange.SUPPLIER_PRODUCT)
    return any(each.switch and each.switch.switch_on == began_on and each.reversed_for is None for each in wires)
