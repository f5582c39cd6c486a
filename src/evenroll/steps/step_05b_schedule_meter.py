"""Row 5b: the utility takes the request, schedules the visit, orders the cut-over and tells the in-service date."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.quantities.identifiers import OrderNumber
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import request_facts
from evenroll.records.taking import plain_case, plain_order, take_order, unknown_order
from evenroll.records.unit_of_work import UnitOfWork


def receive_request(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A provider's request opens a service order, or is refused; either is answered."""
    command = asked.command
    pod = command.request.pod if isinstance(command, ReceiveRequest) else None

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if not isinstance(command, ReceiveRequest):
            return unknown_order(asked)
        facts = request_facts(work, request=command.request, number=OrderNumber(asked.number))
        return decide_order(order, CommandName.RECEIVE_REQUEST, command, facts)

    return take_order(work, asked, name=CommandName.RECEIVE_REQUEST, pod=pod, decide=decide)


def book_visit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Three acts, three records: visit scheduled, cut-over ordered, in-service date told."""
    return plain_order(work, asked, name=CommandName.BOOK_VISIT)


def rebook_visit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Another day, before the visit or after one that failed."""
    return plain_order(work, asked, name=CommandName.REBOOK_VISIT)


def hear_visit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider hears of the visit and the in-service date."""
    return plain_case(work, asked, name=CommandName.HEAR_VISIT)
