"""Action, in a registrar's books: a request about supply is received, judged, comes into effect, or ends before."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.supply import SupplyTransaction
from evenroll.enrollment.supply_commands import ReceiveSupplyRequest
from evenroll.enrollment.supply_messages import SupplyDisputed
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import TrackingNumber
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.streams import point_stream, supply_stream
from evenroll.records.supply_registry import last_request, pod_of_request, put_supplier, registry_row
from evenroll.records.supply_taking import recorded, take_supply
from evenroll.records.taking import not_due, take
from evenroll.records.unit_of_work import UnitOfWork


def receive_supply_request(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A provider's request; it is judged at once."""
    command = asked.command
    if not isinstance(command, ReceiveSupplyRequest):
        return take_supply(work, asked, name=CommandName.RECEIVE_SUPPLY_REQUEST)
    return take_supply(work, asked, name=CommandName.RECEIVE_SUPPLY_REQUEST, new=command.request.pod)


def judge_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Accepted with its day, or rejected with every code; the utility was asked for its reads before."""
    return take_supply(work, asked, name=CommandName.JUDGE_SUPPLY)


def reject_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """By the operator, for what no rule of the registry could see."""
    return take_supply(work, asked, name=CommandName.REJECT_SUPPLY)


def cancel_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider takes its request back."""
    return take_supply(work, asked, name=CommandName.CANCEL_SUPPLY)


def make_supply_effective(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The registry's row and the news to all concerned, in one transaction."""
    number = TrackingNumber(asked.number)

    def act() -> Answer:
        pod = pod_of_request(number)
        if pod is None:
            return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": asked.number})
        work.lock(point_stream(pod))
        request = work.supply_request(number)
        early = not_due(asked, request.tracks if request else {})
        if early is not None:
            return early
        answer = recorded(work, request, asked=asked, name=CommandName.MAKE_SUPPLY_EFFECTIVE, pod=pod)
        if isinstance(answer, Taken) and answer.events and request is not None:
            _supply_changes(work, request)
        return answer

    return take(work, asked, name=CommandName.MAKE_SUPPLY_EFFECTIVE, act=act)


def _supply_changes(work: UnitOfWork, request: SupplyRequest) -> None:
    row = registry_row(request.pod, on=work.business_on)
    switch = request.request.transaction is SupplyTransaction.SWITCH
    supplier = request.requester if switch else None
    if row is not None and request.effective_on is not None and row.supplier != supplier:
        put_supplier(row, pod=request.pod, supplier=supplier, from_on=max(request.effective_on, row.from_on))


def reverse_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. A contested switch ends, or is reversed: the supplier before supplies again."""
    command = asked.command

    def act() -> Answer:
        if not isinstance(command, SupplyDisputed):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.REVERSE_SUPPLY.value})
        work.lock(point_stream(command.pod))
        number = command.tracking or last_request(command.pod)
        row = registry_row(command.pod, on=work.business_on)
        serves = row is not None and work.actor.organization in (row.supplier, row.utility)
        if number is None and serves:
            return Taken(number=asked.number, state="nothing_to_reverse")
        if number is None or pod_of_request(number) != command.pod:
            return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": asked.number})
        work.lock(supply_stream(number))
        request = work.supply_request(number)
        concerned = {request.requester, request.incumbent, request.utility} if request else set[str | None]()
        if request is None or row is None or work.actor.organization not in {*concerned, row.supplier, row.utility}:
            return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": asked.number})
        to_it = Asked(number=number, command=command, outside=asked.outside)
        answer = recorded(work, request, asked=to_it, name=CommandName.REVERSE_SUPPLY, pod=command.pod)
        if request.state is State.EFFECTIVE and isinstance(answer, Taken) and answer.events:
            put_supplier(row, pod=command.pod, supplier=request.incumbent, from_on=work.business_on)
        return answer

    return take(work, asked, name=CommandName.REVERSE_SUPPLY, act=act)
