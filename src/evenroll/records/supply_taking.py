"""Taking a command to a supply request: usage point and request are locked, decided, recorded, answered."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_supply_request import SupplyFacts, decide_supply_request
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.supply_commands import RejectSupply
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.ports.outside import NOTHING, Outside
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.supply_terms import supply_terms
from evenroll.quantities.identifiers import OrganizationKey, PodId, TrackingNumber
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.organizations import OrganizationUnknown, current, kinds_of
from evenroll.records.streams import point_stream, supply_stream
from evenroll.records.supply_registry import has_left, open_request, pod_of_request, registry_row
from evenroll.records.taking import not_due, take
from evenroll.records.unit_of_work import UnitOfWork


def take_supply(work: UnitOfWork, asked: Asked, *, name: CommandName, new: PodId | None = None) -> Answer:
    """Take a command to a supply request. new: its usage point, where the command begins it."""

    def act() -> Answer:
        number = TrackingNumber(asked.number)
        pod = new or pod_of_request(number)
        if pod is None:
            return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": asked.number})
        work.lock(point_stream(pod))
        request = work.supply_request(number)
        early = not_due(asked, request.tracks if request else {})
        return early or recorded(work, request, asked=asked, name=name, pod=pod)

    return take(work, asked, name=name, act=act)


def recorded(work: UnitOfWork, request: SupplyRequest | None, *, asked: Asked, name: CommandName, pod: PodId) -> Answer:
    """Decide about a request whose usage point is locked, record it, and answer."""
    number = TrackingNumber(asked.number)
    facts = supply_facts(work, request, pod=pod, outside=asked.outside)
    decided = decide_supply_request(request, name, asked.command, facts)
    if isinstance(decided, Refusal):
        return decided
    after = work.record_supply(number, decided, expected=request)
    state = after.state.value if after is not None else ""
    return Taken(number=number, state=state, events=tuple(event_kind(each) for each in decided.events))


def supply_facts(
    work: UnitOfWork, request: SupplyRequest | None, *, pod: PodId, outside: Outside = NOTHING
) -> SupplyFacts:
    """The facts of a decision about a request: the registry's own, and what the utility told of meter and reads."""
    premise = outside.premise
    meter = None if premise is None or isinstance(premise, PartnerAway) else premise.meter
    requester = request.requester if request else work.actor.organization
    known, licensed = _standing(work, requester)
    return SupplyFacts(
        now=work.now,
        calendar=current().calendar,
        terms=supply_terms(current().calendar.key),
        row=registry_row(pod, on=work.business_on),
        requester_known=known,
        requester_licensed=licensed,
        first=open_request(pod, before=request.number if request else ""),
        scheduled_reads=meter.scheduled_reads if meter else (),
        has_meter=meter is not None,
        away=premise.partner if isinstance(premise, PartnerAway) else "",
    )


def open_numbers(work: UnitOfWork, pod: PodId) -> tuple[TrackingNumber, ...]:
    """The request of a usage point that may still come into effect, locked after its usage point; () where none may."""
    work.lock(point_stream(pod))
    found = open_request(pod)
    if found is None:
        return ()
    work.lock(supply_stream(found.number))
    return (found.number,)


def reject_request(work: UnitOfWork, pod: PodId, number: TrackingNumber, *, code: RejectCode) -> None:
    """A request ends by what the registrar itself came to know; who asked for it and who supplies there are told."""
    request = work.supply_request(number)
    facts = supply_facts(work, request, pod=pod)
    command = RejectSupply(codes=(code,))
    decided = decide_supply_request(request, CommandName.REJECT_SUPPLY, command, facts)
    if isinstance(decided, Decided):
        work.record_supply(number, decided, expected=request)


def _standing(work: UnitOfWork, requester: OrganizationKey) -> tuple[bool, bool]:
    try:
        kinds = kinds_of(requester)
    except OrganizationUnknown:
        return False, False
    return True, OrganizationKind.SUPPLIER in kinds and not has_left(requester, on=work.business_on)
