"""What turns out to be wrong at a meter or a switch: facts, payloads and scenes of putting it right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.messages import MeterTold, SwitchTold
from evenroll.enrollment.order_facts import BillAnew
from evenroll.enrollment.reversal_commands import CorrectRead, QuestionRead, ReversalReason, ReverseSwitch
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder, VisitResult
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.programs.bill import Bill, BillKind, BillLine, LineCode
from evenroll.programs.program import Track
from evenroll.quantities.energy import register_advance
from evenroll.quantities.identifiers import MeterSerial, PodId
from tests.world.premises import Premise

if TYPE_CHECKING:
    from tests.world.memory import Key, World

_OLD_PRICE = Decimal("0.09870")
POD = PodId("POD-2")


def bills_anew(order: ServiceOrder, *, point: UsagePoint, premise: Premise) -> tuple[BillAnew, ...]:
    """The wrong bills of an order as a biller would compute them now."""
    switch = order.switch
    if switch is None or premise.spoiled == "missing":
        return ()
    back = order.service.state is State.REVERSED
    wrong = (order.first_bill,) if back else (order.closing_bill, order.first_bill)
    made: list[BillAnew] = []
    for was in wrong:
        if was is None:
            continue
        old = back or was.kind is BillKind.CLOSING
        spans = premise.spans(point, start_on=was.start_on, end_on=was.end_on, cut_at=switch.opening)
        wh = sum(register_advance(each.from_wh, each.to_wh, rollover_wh=each.rollover_wh) for each in spans)
        amount = (Decimal(wh) / 1000 * _OLD_PRICE).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        line = BillLine(code=LineCode.ENERGY, register="total", quantity_wh=wh, price=_OLD_PRICE, amount=amount)
        bill = Bill(
            kind=BillKind.CORRECTION,
            rate=switch.old_rate if old else switch.new_rate,
            start_on=was.start_on,
            end_on=was.end_on,
            lines=(line,),
            total=amount,
        )
        made.append(BillAnew(was=was, bill=bill, spans=spans))
    return tuple(made)


def _doubted(_world: World, order: ServiceOrder, _chance: Random) -> object:
    return QuestionRead(serial=order.work.exchange.new_serial if order.work else MeterSerial("NONE"))


def _settled(_world: World, order: ServiceOrder, _chance: Random) -> object:
    done = order.work.exchange if order.work else None
    return CorrectRead(closing_wh=done.closing_wh if done else {}, opening_wh=done.opening_wh if done else {})


REVERSAL_SAID: Mapping[C, Callable[[World, Any, Random], object]] = {
    C.QUESTION_READ: _doubted,
    C.CORRECT_READ: _settled,
    C.REVERSE_SWITCH: lambda w, s, r: ReverseSwitch(reason=r.choice(list(ReversalReason))),
}


def taken_back(world: World, *, at: State, late: bool = False) -> None:
    """Row 5d: the switch was wrong; service goes on as before, the bill that was out is corrected, the case ends."""
    from tests.world.people import days
    from tests.world.scenes import asked_of, case_of, enroll, order_of, say

    premise = world.premises[POD]
    key = enroll(world, program="LE-EV-NIGHT", pod=str(POD))
    before = world.points[POD].state.agreements
    premise.spoiled = "missing" if at is State.SWITCHED else ""
    while order_of(world, key).service.state is not at:
        days(world, 1)
    premise.spoiled = "missing" if late else ""
    say(
        world,
        asked_of(world, key),
        C.REVERSE_SWITCH,
        ReverseSwitch(reason=ReversalReason.WRONG_RATE),
        role=Role.BILLING,
    )
    world.settle()
    if late:
        assert order_of(world, key).service.owner is Role.BILLING
        days(world, 12)
        assert order_of(world, key).service.owner is Role.SUPERVISOR
        premise.spoiled = ""
        say(world, asked_of(world, key), C.CORRECT_BILL, role=Role.BILLING)
        world.settle()
    case, order = case_of(world, key), order_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.SWITCH_REVERSED
    assert case.state_of(Track.SERVICE) is State.CANCELLED and order.service.state is State.CANCELLED
    assert world.points[POD].state.agreements == before
    assert len(order.corrections) == (1 if at is State.BILLED else 0)


def estimated(world: World, *, at: State) -> None:
    """Row 5d: the switch was made at an estimate; when somebody has read the meter, the bills are trued up."""
    from tests.world.people import days
    from tests.world.scenes import asked_of, case_of, enroll, order_of, say

    premise = world.premises[POD]
    premise.guessed = True
    key = enroll(world, program="LE-EV-NIGHT", pod=str(POD))
    while order_of(world, key).service.state is not at:
        days(world, 1)
    premise.guessed = False
    say(world, asked_of(world, key), C.CORRECT_BILL, role=Role.BILLING)
    world.settle()
    order = order_of(world, key)
    assert order.switch is not None and order.switch.closing is not None and not order.switch.closing.estimated
    assert len(order.corrections) == (2 if at is State.BILLED else 1)
    assert case_of(world, key).status is State.ACTIVE
    days(world, 40)


def doubted(world: World) -> None:
    """Row 5c: a read is questioned in the back office, and settled before service switches at it."""
    from tests.world.people import days
    from tests.world.scenes import asked_of, enroll, finish_meter, order_of, say, visit

    key = enroll(world, program="LE-EV-NIGHT", pod="POD-1")
    visit(world, key, VisitResult.EXCHANGED)
    order: Key = asked_of(world, key)
    work = order_of(world, key).work
    assert work is not None
    doubt = QuestionRead(serial=work.exchange.new_serial, register="total")
    say(world, order, C.QUESTION_READ, doubt, role=Role.METER_OFFICE)
    settled = CorrectRead(closing_wh=work.exchange.closing_wh, opening_wh=work.exchange.opening_wh)
    say(world, order, C.CORRECT_READ, settled, role=Role.METER_OFFICE)
    finish_meter(world, key)
    world.advance(to=world.now + timedelta(days=70))
    assert order_of(world, key).first_bill is not None
    days(world, 1)


def told_only_the_end(world: World, *, afar: bool) -> None:
    """A utility elsewhere tells nothing between its acceptance and the end: the meter is done, service has switched."""
    from tests.world.scenes import asked_of, case_of, enroll, say

    key = enroll(world, program="LE-EV-NIGHT", pod="POD-6" if afar else "POD-1")
    link, today = case_of(world, key).order, world.calendar.business_date(world.now)
    assert link is not None
    say(world, key, C.HEAR_METER, MeterTold(order=link.number, state=State.DONE, on=today), role=Role.PEER)
    if afar:
        say(world, key, C.WITHDRAW)
        world.settle()
        assert case_of(world, key).status is State.WITHDRAWN
        return
    del world.orders[asked_of(world, key)]
    switched = SwitchTold(order=link.number, state=State.SWITCHED, switch_on=today)
    say(world, key, C.HEAR_SWITCH, switched, role=Role.PEER)
    assert case_of(world, key).status is State.ACTIVE


REVERSING: tuple[Callable[[World], None], ...] = (
    *(partial(taken_back, at=state) for state in (State.SWITCHED, State.CLOSING_BILLED, State.BILLED)),
    partial(taken_back, at=State.BILLED, late=True),
    *(partial(estimated, at=state) for state in (State.CLOSING_BILLED, State.BILLED)),
    doubted,
    partial(told_only_the_end, afar=True),
    partial(told_only_the_end, afar=False),
)
