"""The receiving door of an organization: each message takes its command once, or is parked in sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from evenroll.actions import ACTIONS
from evenroll.enrollment import supply_messages as supply
from evenroll.enrollment.case_commands import ReceiveCase
from evenroll.enrollment.case_evolve import HistoryBroken
from evenroll.enrollment.decided import FactMissing, Refusal
from evenroll.enrollment.event_messages import EventCancelTold, EventResultTold, EventTold
from evenroll.enrollment.messages import (
    HEARD_BY,
    Body,
    CancelAsked,
    CaseForwarded,
    MeterRequested,
    MoveTold,
    SupplyLost,
    message_kind,
)
from evenroll.enrollment.moves import MoveRefused
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.order_evolve import OrderHistoryBroken
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.supply_commands import ReceiveSupplyRequest
from evenroll.enrollment.supply_request import SupplyHistoryBroken
from evenroll.enrollment.waits import DueUnknown
from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.ports.outside import Outside
from evenroll.quantities.codec import CodecRefused
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrderNumber, OrganizationKey, TrackingNumber
from evenroll.records import inbox, queries
from evenroll.records.asked import Answer, Asked
from evenroll.records.envelope import Envelope
from evenroll.records.log_lines import carried_on
from evenroll.records.organizations import kinds_of, open_organization
from evenroll.records.streams import case_stream
from evenroll.records.supply_registry import requester_of
from evenroll.records.unit_of_work import UnitOfWork, unit_of_work
from evenroll.steps import STEPS
from evenroll.worker.repeating import repeated

UNREADABLE = "unreadable"
NOT_FOR_SENDER = "not_for_sender"
CONTRADICTORY = "contradictory"
NOT_TAKEN = "not_taken"
"""All that a sender is told of a message that could be read: the reason would tell who is a customer here."""

_CANNOT_BE = (MoveRefused, FactMissing, DueUnknown, HistoryBroken, OrderHistoryBroken, SupplyHistoryBroken)
"""What a message raises that says of a record what cannot follow on what stands there."""

_COMMANDS = {**STEPS, **ACTIONS}


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code.value)
        self.refusal = refusal


class _NotForSender(Exception):
    """The sender may not say this."""


def receive(envelope: Envelope, now: datetime) -> Delivered:
    """Take a message into the books of its receiver. now: the business clock.

    It has its effect once however often it comes; what is refused, contradicts what stands here, or cannot be read, is
    parked with the reason. The sender is told that it is parked, never why, unless it could not be read.
    Raises OfNewerRelease, without any effect, where the message or a record that it is about is a newer release's.
    """
    return _received(envelope, now=now, again=False)


def receive_again(envelope: Envelope, now: datetime) -> Delivered:
    """Take a parked message of this receiver once more; why: for its own staff, the true reason if it stays parked."""
    told = _received(envelope, now=now, again=True)
    return replace(told, why=_why_parked(envelope)) if told.outcome is DeliveryOutcome.PARKED else told


def _received(envelope: Envelope, *, now: datetime, again: bool) -> Delivered:
    try:
        body = envelope.decoded()
    except (CodecRefused, ValueError):
        return _park(envelope, why=UNREADABLE)
    try:
        with carried_on(envelope.request):
            return repeated(lambda: _take_once(envelope, body, now=now, again=again))
    except _NotForSender:
        return _park(envelope, why=NOT_FOR_SENDER)
    except _Refused as refused:
        return _park(envelope, why=refused.refusal.code.value)
    except _CANNOT_BE:
        return _park(envelope, why=CONTRADICTORY)


def _take_once(envelope: Envelope, body: Body, *, now: datetime, again: bool) -> Delivered:
    peer = Actor(key=ActorKey(f"org/{envelope.sender}"), role=Role.PEER, organization=envelope.sender)
    with unit_of_work(envelope.receiver, actor=peer, now=now, command="") as work:
        if not is_for_sender(work, envelope, body):
            raise _NotForSender
        if not (again and inbox.take_parked(envelope)) and work.applied(envelope):
            # One that was parked is told as it was at first, or its second coming would tell it from a stranger's.
            if inbox.why_parked(envelope):
                return Delivered(outcome=DeliveryOutcome.PARKED, why=NOT_TAKEN)
            return Delivered(outcome=DeliveryOutcome.TAKEN_BEFORE)
        answer = take_message(work, envelope, body)
        if isinstance(answer, Refusal):
            # Rolled back with the inbox row: the parked copy is written by itself.
            raise _Refused(answer)
    return Delivered(outcome=DeliveryOutcome.TAKEN)


def take_message(work: UnitOfWork, envelope: Envelope, body: Body) -> Answer:
    """Give the command that a message asks for."""
    return _COMMANDS[HEARD_BY[message_kind(body)]](work, asked=asked_by(envelope, body))


def asked_by(envelope: Envelope, body: Body) -> Asked:
    """The command that a message asks for, and the record it is about."""
    number, command, outside = _number_of(envelope, body), body, Outside()
    match body:
        case CaseForwarded():
            command = ReceiveCase(sender=envelope.sender, organization=envelope.receiver, forwarded=body)
            outside = Outside(sealed=envelope.sealed, entropy=_bytes_of(envelope))
        case MeterRequested():
            command = ReceiveRequest(request=body, requester=envelope.sender)
        case supply.SupplyAsked():
            command = ReceiveSupplyRequest(request=body, requester=envelope.sender)
        case _:
            pass
    return Asked(number=number, command=command, outside=outside)


def _bytes_of(envelope: Envelope) -> bytes:
    """Bytes for a number that is given out: the same for the same message, however often it comes.

    Sealed answers are part of them, which nobody knows beforehand.
    """
    named = f"{envelope.sender}/{envelope.receiver}/{envelope.message_id}".encode()
    return sha256(named + (envelope.sealed or b"")).digest()


def _number_of(envelope: Envelope, body: Body) -> str:
    """The record that a message is about; what is about a case says so by its conversation."""
    match body:
        case CaseForwarded():
            return body.number
        case MeterRequested() | CancelAsked():
            return body.order
        case (
            SupplyLost()
            | MoveTold()
            | supply.SupplyNews()
            | supply.SupplyDisputed()
            | supply.PevTold()
            | supply.PevWithdrawn()
        ):
            return body.pod
        case supply.SupplyAsked() | supply.SupplyCancelAsked():
            return body.tracking
        case EventTold() | EventCancelTold() | EventResultTold():
            return body.case
        case _:
            return envelope.conversation


def is_for_sender(work: UnitOfWork, envelope: Envelope, body: Body) -> bool:
    """Whether the sender may say this: supply news comes from a clearinghouse, order news from the order's utility."""
    match body:
        case CaseForwarded() | MeterRequested() | supply.SupplyAsked() | supply.SupplyDisputed():
            # Who is judged by its books; a provider that it does not know is answered so.
            return True
        case supply.PevTold() | supply.PevWithdrawn():
            return True
        case SupplyLost() | supply.SupplyAnswered() | supply.SupplyEffective() | supply.SupplyCancelAnswered():
            return OrganizationKind.CLEARINGHOUSE in kinds_of(envelope.sender)
        case supply.SupplyNews():
            return OrganizationKind.CLEARINGHOUSE in kinds_of(envelope.sender)
        case EventTold() | EventCancelTold() | EventResultTold():
            # A provider's events are its own customers' alone.
            return envelope.sender == envelope.receiver
        case _:
            return _party_to(work, envelope, body) in (envelope.sender, None)


def _party_to(work: UnitOfWork, envelope: Envelope, body: Body) -> str | None:
    """Whose record a message is about: of who asked for it, or of the utility that does the work; None if unknown."""
    viewer = queries.Viewer(organization=envelope.receiver, role=Role.SYSTEM)
    match body:
        case supply.SupplyCancelAsked():
            return _asked_by(envelope.receiver, body.tracking)
        case CancelAsked():
            return _requester(viewer, body.order)
        case _:
            return _utility(work, viewer, envelope.conversation)


def _asked_by(registrar: OrganizationKey, number: TrackingNumber) -> str | None:
    with open_organization(registrar):
        return requester_of(number)


def _requester(viewer: queries.Viewer, number: OrderNumber) -> str | None:
    try:
        return queries.order(viewer, number=number).requester
    except queries.NotForViewer:
        return None


def _utility(work: UnitOfWork, viewer: queries.Viewer, conversation: str) -> str | None:
    number = CaseNumber(conversation)
    if work.holds(case_stream(number)):
        case = work.case(number)
        return case.order.utility if case and case.order else None
    try:
        order = queries.case(viewer, number=number).order
    except queries.NotForViewer:
        return None
    return order.utility if order else None


def _park(envelope: Envelope, *, why: str) -> Delivered:
    with open_organization(envelope.receiver) as opened:
        inbox.park(envelope, why=why, at=opened.wall_at)
    return Delivered(outcome=DeliveryOutcome.PARKED, why=why if why == UNREADABLE else NOT_TAKEN)


def _why_parked(envelope: Envelope) -> str:
    with open_organization(envelope.receiver):
        return inbox.why_parked(envelope)
