"""Deciding about a service order: the request, its end, what the clock does, and the table of all its commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import order_billing, order_visits
from evenroll.enrollment import order_commands as c
from evenroll.enrollment import order_events as e
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import Message, MeterRequested, RequestAnswer, RequestAnswered, RequestRefusal
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.order_stop import cancel_order, end_condition, escalate, remind
from evenroll.enrollment.plain_words import refuse_prose
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import NO_WORK, ServiceOrder
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import MeterNeedKind, ServiceChange, Track

Decider = Callable[[ServiceOrder, Any, OrderFacts], Decided | Refusal]


def decide_order(
    order: ServiceOrder | None, name: CommandName, command: object, facts: OrderFacts
) -> Decided | Refusal:
    """What a command does to an order: events and messages, or a named refusal.

    command: the payload of that name (see `order_commands`). Raises FactMissing if the facts lack what it needs.
    """
    if name is CommandName.RECEIVE_REQUEST and isinstance(command, c.ReceiveRequest):
        return receive_request(order, command, facts)
    decider = ORDER_DECIDERS.get(name)
    if decider is None:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": name.value})
    if order is None:
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"command": name.value})
    return refuse_prose(name, command) or decider(order, command, facts)


def receive_request(order: ServiceOrder | None, command: c.ReceiveRequest, facts: OrderFacts) -> Decided | Refusal:
    """Row 5b: a provider's request opens an order, or is refused by a reason; either is kept and answered."""
    request, requester = command.request, command.requester
    if order is not None:
        if order.request == request and order.requester == requester:
            return Decided()
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": order.number})
    reason = _request_refusal(command, facts)
    if reason is not RequestRefusal.NONE:
        moves = _begin(request, meter=State.CANCELLED, service=State.CANCELLED, facts=facts)
        refused = e.RequestRefused(row=Row.R5B, request=request, requester=requester, reason=reason, moves=moves)
        answer = RequestAnswered(order=request.order, answer=RequestAnswer.REFUSED, reason=reason)
        return Decided(events=(refused,), messages=(_answer(command, answer),))
    meter, service = _first_meter(request), _first_service(request)
    moves = _begin(request, meter=meter, service=service, facts=facts)
    opened = e.OrderOpened(row=Row.R5B, request=request, requester=requester, moves=moves)
    answer = RequestAnswered(order=request.order, answer=RequestAnswer.ACCEPTED, meter=meter)
    return Decided(events=(opened,), messages=(_answer(command, answer),))


def _request_refusal(command: c.ReceiveRequest, facts: OrderFacts) -> RequestRefusal:
    point = facts.point
    if point is None or point.pod != command.request.pod:
        return RequestRefusal.POINT_UNKNOWN
    agreement = point.agreement_on(facts.today)
    supplies = agreement is not None and agreement.supplier == command.requester
    if not supplies and command.requester != facts.utility:
        return RequestRefusal.NOT_SUPPLIER_OF_RECORD
    return RequestRefusal.OTHER_ORDER_OPEN if facts.other_open_order else RequestRefusal.NONE


def _first_meter(request: MeterRequested) -> State:
    if request.need is MeterNeedKind.ALREADY_THERE:
        return State.ALREADY_THERE
    if request.need in NO_WORK:
        return State.NOT_NEEDED
    return State.REMOTE_CHANGE if request.need is MeterNeedKind.REMOTE_CHANGE else State.TO_SCHEDULE


def _first_service(request: MeterRequested) -> State:
    # A program that only pays a credit switches nothing: the order is about the meter alone.
    switches = request.new_rate is not None and request.service_change is not ServiceChange.CREDIT_ONLY
    return State.WAITING if switches else State.NOT_NEEDED


def _begin(request: MeterRequested, *, meter: State, service: State, facts: OrderFacts) -> tuple[Move, ...]:
    at_once = Wait.SYSTEM if service is State.WAITING and request.need in NO_WORK else Wait.FIRST
    return (
        move(Track.METER, meter, subject=request.pod, now=facts.now, calendar=facts.calendar),
        facts.service(service, wait=at_once),
    )


def _answer(command: c.ReceiveRequest, answer: RequestAnswered) -> Message:
    return Message(to=command.requester, conversation=command.request.case, body=answer)


ORDER_DECIDERS: Mapping[CommandName, Decider] = MappingProxyType(
    {
        CommandName.BOOK_VISIT: order_visits.book_visit,
        CommandName.REBOOK_VISIT: order_visits.rebook_visit,
        CommandName.RECORD_VISIT: order_visits.record_visit,
        CommandName.RECORD_REMOTE_CHANGE: order_visits.record_remote_change,
        CommandName.SHOW_PERMIT: order_visits.show_permit,
        CommandName.COMPLETE_BACK_OFFICE: order_visits.complete_back_office,
        CommandName.DATE_SWITCH: order_billing.date_switch,
        CommandName.SWITCH_SERVICE: order_billing.switch_service,
        CommandName.ISSUE_CLOSING_BILL: order_billing.issue_closing_bill,
        CommandName.ISSUE_FIRST_BILL: order_billing.issue_first_bill,
        CommandName.CANCEL_ORDER: cancel_order,
        CommandName.REMIND: remind,
        CommandName.ESCALATE: escalate,
        CommandName.END_CONDITION: end_condition,
    }
)
"""Every command to an order that stands; RECEIVE_REQUEST, which begins one, has `receive_request`."""
