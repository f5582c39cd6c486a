"""Deciding row 5b: whether a utility takes a provider's request, and the work at the meter that it then does.

A request is a peer's word. Who may ask, for what, and with which meter is looked up in the utility's own books and
among the published programs; what the request says counts only where it asks for more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from evenroll.enrollment import order_commands as c
from evenroll.enrollment import order_events as e
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import Message, MeterRequested, RequestAnswer, RequestAnswered, RequestRefusal
from evenroll.enrollment.meter_need import meter_need
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.order_returns import rate_in_force
from evenroll.enrollment.rescission import must_name_window
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import NO_WORK, ServiceOrder
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import VACANT, UsagePoint
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import MeterNeedKind, ProgramVersion, ServiceChange, Track

_STRENGTH: Final[Mapping[MeterNeedKind, int]] = MappingProxyType(
    {
        MeterNeedKind.NONE: 0,
        MeterNeedKind.SUBMETER: 1,
        MeterNeedKind.EVSE_METER: 1,
        MeterNeedKind.ALREADY_THERE: 2,
        MeterNeedKind.REMOTE_CHANGE: 3,
        MeterNeedKind.EXCHANGE: 4,
        MeterNeedKind.SECOND_METER: 5,
    }
)
"""How much a utility does at its own meter for each need."""


def receive_request(order: ServiceOrder | None, command: c.ReceiveRequest, facts: OrderFacts) -> Decided | Refusal:
    """Row 5b: a provider's request opens an order, or is refused by a reason; either is kept and answered."""
    request, requester = command.request, command.requester
    if order is not None:
        if order.request == request and order.requester == requester:
            return Decided()
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": order.number})
    found = _judged(command, facts)
    if isinstance(found, RequestRefusal):
        moves = _begin(request, meter=State.CANCELLED, service=State.CANCELLED, at_once=False, facts=facts)
        refused = e.RequestRefused(row=Row.R5B, request=request, requester=requester, reason=found, moves=moves)
        answer = RequestAnswered(order=request.order, answer=RequestAnswer.REFUSED, reason=found)
        return Decided(events=(refused,), messages=(_answer(command, answer),))
    meter, service = _first_meter(found), _first_service(request)
    moves = _begin(request, meter=meter, service=service, at_once=found in NO_WORK, facts=facts)
    opened = e.OrderOpened(row=Row.R5B, request=request, requester=requester, need=found, moves=moves)
    answer = RequestAnswered(order=request.order, answer=RequestAnswer.ACCEPTED, meter=meter)
    return Decided(events=(opened,), messages=(_answer(command, answer),))


def _judged(command: c.ReceiveRequest, facts: OrderFacts) -> MeterNeedKind | RequestRefusal:
    """What has to happen to the meter, or why the request is refused."""
    request, point = command.request, facts.point
    if point is None or point.pod != request.pod:
        return RequestRefusal.POINT_UNKNOWN
    if request.ending:
        return _ending(command, point=point, facts=facts)
    stranger = _stranger(command, point=point, facts=facts)
    if stranger is not None:
        return stranger
    judge = _returning if request.returning else _enrolling
    return judge(command, point=point, facts=facts)


def _enrolling(command: c.ReceiveRequest, *, point: UsagePoint, facts: OrderFacts) -> MeterNeedKind | RequestRefusal:
    """What has to happen to the meter for a program, or why its terms are not taken."""
    request = command.request
    program = next((each for each in facts.programs if _terms(each) == _asked_terms(command)), None)
    if program is None:
        return RequestRefusal.PROGRAM_UNKNOWN
    if must_name_window(program) and request.rescission_ends_on is None:
        return RequestRefusal.RESCISSION_UNSAID
    if facts.other_open_order:
        return RequestRefusal.OTHER_ORDER_OPEN
    return max(request.need, _own_need(program, point=point, facts=facts), key=_STRENGTH.__getitem__)


def _returning(command: c.ReceiveRequest, *, point: UsagePoint, facts: OrderFacts) -> MeterNeedKind | RequestRefusal:
    """Why service may not go back to the standard rate; nothing is done at the meter for it.

    The program's rate must be in force, and the other one be one that the program replaces or that was served before.
    """
    request = command.request
    asked = (request.program, command.requester, request.old_rate, request.service_change)
    programs = [
        each
        for each in facts.programs
        if (each.key, each.organization, each.rate, each.service_change) == asked and each.rate is not None
    ]
    if not programs:
        return RequestRefusal.PROGRAM_UNKNOWN
    named = {rate for each in programs for rate in each.replaces_rates}
    served = {rate for each in point.agreements for rate in (each.rate, each.supply_rate) if rate is not None}
    if not rate_in_force(request, point=point, on=facts.today) or request.new_rate not in named | served:
        return RequestRefusal.NOTHING_TO_RETURN
    return RequestRefusal.OTHER_ORDER_OPEN if facts.other_open_order else MeterNeedKind.NONE


def _ending(command: c.ReceiveRequest, *, point: UsagePoint, facts: OrderFacts) -> MeterNeedKind | RequestRefusal:
    """Why service does not end with a customer: who asks serves nobody here, nobody was served, or it ended before.

    An order that is open beside it is no hindrance: it is to be stopped, or bills what it switched.
    """
    request = command.request
    vacant_on = request.not_before_on
    served = point.agreement_on(vacant_on - timedelta(days=1)) if vacant_on else None
    if served is None or command.requester not in (facts.utility, served.supplier):
        return RequestRefusal.NOT_SUPPLIER_OF_RECORD if served else RequestRefusal.NOTHING_TO_END
    before = (each for each in facts.others if each.request.ending and each.request.not_before_on == vacant_on)
    if served.rate == VACANT or request.new_rate != VACANT or any(before):
        return RequestRefusal.NOTHING_TO_END
    return MeterNeedKind.NONE


def _stranger(command: c.ReceiveRequest, *, point: UsagePoint, facts: OrderFacts) -> RequestRefusal | None:
    """Why this requester may not ask this; the wires' own rates are the utility's alone."""
    if command.requester == facts.utility:
        return None
    agreement = point.agreement_on(facts.today)
    if agreement is None or agreement.supplier != command.requester:
        return RequestRefusal.NOT_SUPPLIER_OF_RECORD
    product = command.request.service_change is ServiceChange.SUPPLIER_PRODUCT
    return None if product else RequestRefusal.NOT_SUPPLIERS_TO_ASK


def _terms(program: ProgramVersion) -> tuple[object, ...]:
    """What of a published program a request repeats, and by whom it may be asked for."""
    return (
        program.key,
        program.organization,
        program.rate,
        program.service_change,
        program.timing,
        program.notice,
    )


def _asked_terms(command: c.ReceiveRequest) -> tuple[object, ...]:
    # Which version was chosen is the provider's business; that one of them has these terms is ours.
    request = command.request
    return (
        request.program,
        command.requester,
        request.new_rate,
        request.service_change,
        request.timing,
        request.notice,
    )


def _own_need(program: ProgramVersion, *, point: UsagePoint, facts: OrderFacts) -> MeterNeedKind:
    meter = point.meter
    if meter is None:
        return MeterNeedKind.NONE if program.meter_capability is None else MeterNeedKind.EXCHANGE
    return meter_need(
        program,
        meter_capability=meter.capability,
        remote_changeable=meter.remote_changeable,
        interval_opt_out=facts.interval_opt_out,
    ).kind


def _first_meter(need: MeterNeedKind) -> State:
    if need is MeterNeedKind.ALREADY_THERE:
        return State.ALREADY_THERE
    if need in NO_WORK:
        return State.NOT_NEEDED
    return State.REMOTE_CHANGE if need is MeterNeedKind.REMOTE_CHANGE else State.TO_SCHEDULE


def _first_service(request: MeterRequested) -> State:
    # A program that only pays a credit switches nothing: the order is about the meter alone.
    switches = request.new_rate is not None and request.service_change is not ServiceChange.CREDIT_ONLY
    return State.WAITING if switches else State.NOT_NEEDED


def _begin(
    request: MeterRequested, *, meter: State, service: State, at_once: bool, facts: OrderFacts
) -> tuple[Move, ...]:
    wait = Wait.SYSTEM if service is State.WAITING and at_once else Wait.FIRST
    return (
        move(Track.METER, meter, subject=request.pod, now=facts.now, calendar=facts.calendar),
        facts.service(service, wait=wait),
    )


def _answer(command: c.ReceiveRequest, answer: RequestAnswered) -> Message:
    return Message(to=command.requester, conversation=command.request.case, body=answer)
