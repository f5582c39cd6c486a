"""Action: the registry's operator tells that a supplier leaves; its customers go to the provider of last resort."""

from __future__ import annotations

from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import Message, SupplyLost
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.supply import LostReason
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.asked import Answer, Taken
from evenroll.records.organizations import organization_keys
from evenroll.records.streams import point_stream, supply_stream
from evenroll.records.supply_registry import (
    has_left,
    points_of,
    put_exit,
    put_status,
    put_supplier,
    registry_row,
    requests_of,
)
from evenroll.records.supply_taking import open_numbers, reject_request
from evenroll.records.unit_of_work import UnitOfWork

EXIT, BLOCK = "exit_supplier", "block_supply"


def exit_supplier(work: UnitOfWork, *, supplier: OrganizationKey, to: OrganizationKey | None = None) -> Answer:
    """From today the supplier supplies nobody. to: the provider of last resort; absent: each wires utility itself.

    Given in the registrar's own books by its operator. Every usage point goes over on the same day; the supplier and
    the utility are told of each, so that every case there stops and its customer hears of it. Open requests are
    rejected.
    """
    refused = _not_operator(work, EXIT) or _no_exit(supplier, to=to, work=work)
    if refused is not None:
        return refused
    on = work.business_on
    points, requests = points_of(supplier, on=on), requests_of(supplier)
    work.lock(*(point_stream(pod) for pod in {*points, *(pod for pod, _ in requests)}))
    work.lock(*(supply_stream(number) for _, number in requests))
    put_exit(supplier, exit_on=on)
    for pod, number in requests:
        reject_request(work, pod, number, code=RejectCode.NOT_LICENSED)
    for pod in points:
        _goes_over(work, pod, supplier=supplier, to=to)
    return Taken(number=supplier, state="left", events=("supply_changed",) * len(points))


def exit_preview(work: UnitOfWork, *, supplier: OrganizationKey, to: OrganizationKey | None = None) -> Answer:
    """Whom `exit_supplier` would concern today: each usage point that would go over, by its key. It changes nothing."""
    refused = _not_operator(work, EXIT) or _no_exit(supplier, to=to, work=work)
    if refused is not None:
        return refused
    return Taken(number=supplier, state="preview", events=tuple(points_of(supplier, on=work.business_on)))


def _no_exit(supplier: OrganizationKey, *, to: OrganizationKey | None, work: UnitOfWork) -> Refusal | None:
    """Only a supplier leaves, and only to one that stays."""
    for each in (supplier, *((to,) if to else ())):
        if each not in organization_keys(kind=OrganizationKind.SUPPLIER):
            return Refusal(code=RefusalCode.SUPPLIER_UNKNOWN, parameters={"key": each})
    if to is not None and (to == supplier or has_left(to, on=work.business_on)):
        return Refusal(code=RefusalCode.SUPPLIER_UNKNOWN, parameters={"gone": to})
    return None


def _goes_over(work: UnitOfWork, pod: PodId, *, supplier: OrganizationKey, to: OrganizationKey | None) -> None:
    row = registry_row(pod, on=work.business_on)
    if row is None:
        return
    put_supplier(row, pod=pod, supplier=to, from_on=work.business_on)
    body = SupplyLost(pod=pod, lost_on=work.business_on, supplier=to, reason=LostReason.SUPPLIER_EXIT)
    messages = tuple(Message(to=each, conversation=pod, body=body) for each in sorted({supplier, row.utility}))
    work.record_point(pod, Decided(messages=messages), expected=None)


def block_supply(work: UnitOfWork, *, pod: PodId, blocked: bool = True) -> Answer:
    """The account at a usage point entered an assistance program, or left it: no supplier may take it over meanwhile.

    A request that is open there is rejected, also one that was accepted already. Given by the registry's operator.
    """
    refused = _not_operator(work, BLOCK)
    if refused is not None:
        return refused
    requests, row = open_numbers(work, pod), registry_row(pod, on=work.business_on)
    if row is None:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"registry": pod})
    if row.status == ("blocked" if blocked else "active"):
        return Taken(number=pod, state="unchanged")
    put_status(pod, status="blocked" if blocked else "active", on=work.business_on)
    if blocked:
        for number in requests:
            reject_request(work, pod, number, code=RejectCode.NOT_ELIGIBLE)
    return Taken(number=pod, state="blocked" if blocked else "active", events=("supply_status_changed",))


def _not_operator(work: UnitOfWork, command: str) -> Refusal | None:
    if work.actor.role is Role.REGISTRY_OPERATOR and work.actor.organization == work.organization:
        return None
    return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": command, "role": work.actor.role.value})
