"""Action: the clearinghouse's operator enters a new supplier of record and tells the old one and the utility."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import Message, SupplyLost
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.supply import LostReason
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.asked import Answer, Taken
from evenroll.records.books import NewSupply, add_supply
from evenroll.records.looked_up import Supply, supply_of
from evenroll.records.organizations import organization_keys
from evenroll.records.streams import point_stream
from evenroll.records.unit_of_work import UnitOfWork

COMMAND = "drop_supply"


def drop_supply(
    work: UnitOfWork,
    *,
    pod: PodId,
    lost_on: date,
    supplier: OrganizationKey | None = None,
    reason: LostReason = LostReason.OTHER_SUPPLIER,
) -> Answer:
    """From that day another provides the commodity; supplier absent: the utility itself, by default service.

    Given in the clearinghouse's own books by its operator, on that day or after it: told sooner, it would end at once
    what the registry has for some days yet. The same change once more changes and tells nothing.
    """
    refused = _may_not(work, pod=pod, lost_on=lost_on, supplier=supplier)
    if refused is not None:
        return refused
    work.lock(point_stream(pod))
    before = supply_of(work.organization, pod=pod, on=lost_on)
    if before is None:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"registry": pod})
    if before.supplier == supplier:
        return Taken(number=pod, state="unchanged")
    if before.from_on == lost_on:
        return Refusal(code=RefusalCode.NOT_IN_STATE, parameters={"pod": pod, "from_on": lost_on.isoformat()})
    add_supply(_given_to(before, supplier, from_on=lost_on))
    body = SupplyLost(pod=pod, lost_on=lost_on, supplier=supplier, reason=reason)
    told = sorted({before.utility, before.supplier or before.utility})
    messages = tuple(Message(to=to, conversation=pod, body=body) for to in told)
    work.record_point(pod, Decided(messages=messages), expected=None)
    return Taken(number=pod, state="lost", events=("supply_changed",))


def _may_not(work: UnitOfWork, *, pod: PodId, lost_on: date, supplier: OrganizationKey | None) -> Refusal | None:
    if work.actor.role is not Role.REGISTRY_OPERATOR or work.actor.organization != work.organization:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": COMMAND, "role": work.actor.role.value})
    if lost_on > work.business_on:
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"pod": pod, "lost_on": lost_on.isoformat()})
    if supplier is not None and supplier not in organization_keys(kind=OrganizationKind.SUPPLIER):
        return Refusal(code=RefusalCode.SUPPLIER_UNKNOWN, parameters={"key": supplier})
    return None


def _given_to(before: Supply, supplier: OrganizationKey | None, *, from_on: date) -> NewSupply:
    return NewSupply(
        pod=before.pod,
        postal_code=before.postal_code,
        utility=before.utility,
        supplier=supplier,
        supplier_kind="utility" if supplier is None else "esco",
        from_on=from_on,
        status=before.status,
    )
