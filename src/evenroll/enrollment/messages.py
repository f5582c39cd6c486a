"""What organizations tell each other about a case: typed bodies in one envelope, without personal data.

The case of a provider and the service order of a utility are always two records, also where one organization is both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from evenroll.enrollment import supply_messages as supply
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.event_messages import EventCancelTold, EventResultTold, EventTold
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.form import Form, FormField, Language
from evenroll.enrollment.supply import LostReason
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, ServiceChange
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, OrganizationKey, PodId, ProgramKey, RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterRequested:
    """Provider to utility (row 5a): a meter, if one is needed, and the switch of service that follows.

    need NONE or ALREADY_THERE asks for no visit; the switch is then dated at once.
    new_rate: the rate agreement line that begins; service_change: the typed blank of row 5d.
    returning: service only goes back to the standard rate, new_rate, and old_rate, the program's own, ends.
    ending: service ends with its customer, who moved out; not_before_on is then the first day without anybody served.
    """

    case: CaseNumber
    order: OrderNumber
    pod: PodId
    program: ProgramKey
    need: MeterNeedKind
    service_change: ServiceChange
    new_rate: RateKey | None
    timing: SwitchTiming
    notice: NoticeWindow
    asked_on: date
    rescission_ends_on: date | None = None
    not_before_on: date | None = None
    returning: bool = False
    old_rate: RateKey | None = None
    ending: bool = False


class RequestAnswer(StrEnum):
    """How a utility answers a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class RequestRefusal(StrEnum):
    """Why a utility refuses a request."""

    NONE = "none"
    POINT_UNKNOWN = "point_unknown"
    OTHER_ORDER_OPEN = "other_order_open"
    NOT_SUPPLIER_OF_RECORD = "not_supplier_of_record"
    NOT_SUPPLIERS_TO_ASK = "not_suppliers_to_ask"
    """A supplier asked for what only the utility may change."""
    PROGRAM_UNKNOWN = "program_unknown"
    """No published program of who asked has these terms."""
    RESCISSION_UNSAID = "rescission_unsaid"
    """The program may be rescinded, and the request does not say until when."""
    NOTHING_TO_RETURN = "nothing_to_return"
    """Service is to go back to the standard rate, and the program's rate is not in force here."""
    NOTHING_TO_END = "nothing_to_end"
    """Service is to end with its customer, and nobody was served here, or its end was asked for before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestAnswered:
    """Utility to provider (row 5a). meter: the state in which the order's meter track begins."""

    order: OrderNumber
    answer: RequestAnswer
    reason: RequestRefusal = RequestRefusal.NONE
    meter: State | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitTold:
    """Utility to provider (row 5b): the visit and the in-service date that the customer was told."""

    order: OrderNumber
    visit_on: date
    in_service_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterTold:
    """Utility to provider (row 5c): the meter track came to `state`; `reason` is a code where it could not be done."""

    order: OrderNumber
    state: State
    on: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchTold:
    """Utility to provider (row 5d): the switch was dated, made or reversed (`state`), with its day."""

    order: OrderNumber
    state: State
    switch_on: date
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BillTold:
    """Utility to provider (row 5d): the closing bill of the old service or the first bill of the new one."""

    order: OrderNumber
    bill: Bill


class CancelReason(StrEnum):
    """Why a provider takes an order back."""

    WITHDRAWN = "withdrawn"
    RESCINDED = "rescinded"
    SUPPLY_LOST = "supply_lost"
    CONDITION = "condition"
    MOVED = "moved"
    CHANGED = "changed"
    """The customer takes another program of this provider in place of this one."""
    LEFT = "left"
    """The customer leaves the program while the order that brings it is open."""
    STAYS = "stays"
    """The customer stays after all: an order to switch service back is stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelAsked:
    """Provider to utility: stop the order."""

    order: OrderNumber
    reason: CancelReason


class CancelResult(StrEnum):
    """What became of a cancellation."""

    CANCELLED = "cancelled"
    METER_STAYS = "meter_stays"
    """The new meter is in already and stays; service does not switch."""
    TOO_LATE = "too_late"
    """Service has switched already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelAnswered:
    """Utility to provider: what became of the cancellation."""

    order: OrderNumber
    result: CancelResult
    switch_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyLost:
    """Clearinghouse to the old supplier and to the utility: from that day someone else provides the commodity.

    supplier: absent for the utility's own default service.
    """

    pod: PodId
    lost_on: date
    supplier: OrganizationKey | None = None
    reason: LostReason = LostReason.OTHER_SUPPLIER


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveTold:
    """Between those who serve a usage point, wires and supply: its customer has left. moved_on: the last day there."""

    pod: PodId
    moved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseForwarded:
    """Provider to provider (row 2b): the case of a customer who knocked at the wrong door.

    form: as received, with its received date; its answers travel sealed beside the message, for the receiver alone.
    fields: which answers a draft had, where there is no form yet.
    """

    number: CaseNumber
    language: Language
    prompted_by: str
    provider: ProviderAnswer
    postal_code: str
    program: ProgramKey | None = None
    form: Form | None = None
    fields: frozenset[FormField] = frozenset()


Body = (
    MeterRequested
    | RequestAnswered
    | VisitTold
    | MeterTold
    | SwitchTold
    | BillTold
    | CancelAsked
    | CancelAnswered
    | SupplyLost
    | MoveTold
    | CaseForwarded
    | supply.SupplyAsked
    | supply.SupplyAnswered
    | supply.SupplyEffective
    | supply.SupplyCancelAsked
    | supply.SupplyCancelAnswered
    | supply.SupplyNews
    | supply.SupplyDisputed
    | supply.PevTold
    | supply.PevWithdrawn
    | EventTold
    | EventCancelTold
    | EventResultTold
)


class MessageKind(StrEnum):
    """The name of each body on the wire."""

    METER_REQUESTED = "meter_requested"
    REQUEST_ANSWERED = "request_answered"
    VISIT_TOLD = "visit_told"
    METER_TOLD = "meter_told"
    SWITCH_TOLD = "switch_told"
    BILL_TOLD = "bill_told"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_ANSWERED = "cancel_answered"
    SUPPLY_LOST = "supply_lost"
    MOVE_TOLD = "move_told"
    CASE_FORWARDED = "case_forwarded"
    SUPPLY_ASKED = "supply_asked"
    SUPPLY_ANSWERED = "supply_answered"
    SUPPLY_EFFECTIVE = "supply_effective"
    SUPPLY_CANCEL_ASKED = "supply_cancel_asked"
    SUPPLY_CANCEL_ANSWERED = "supply_cancel_answered"
    SUPPLY_NEWS = "supply_news"
    SUPPLY_DISPUTED = "supply_disputed"
    PEV_TOLD = "pev_told"
    PEV_WITHDRAWN = "pev_withdrawn"
    EVENT_TOLD = "event_told"
    EVENT_CANCEL_TOLD = "event_cancel_told"
    EVENT_RESULT_TOLD = "event_result_told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message to send. conversation: the case it is about, or the usage point where it is about no case.

    sealed: reference to stored personal answers that go along, encrypted for the receiver.
    """

    to: OrganizationKey
    conversation: str
    body: Body
    sealed: int | None = None


BODIES: Mapping[MessageKind, type[Body]] = MappingProxyType(
    {
        MessageKind.METER_REQUESTED: MeterRequested,
        MessageKind.REQUEST_ANSWERED: RequestAnswered,
        MessageKind.VISIT_TOLD: VisitTold,
        MessageKind.METER_TOLD: MeterTold,
        MessageKind.SWITCH_TOLD: SwitchTold,
        MessageKind.BILL_TOLD: BillTold,
        MessageKind.CANCEL_ASKED: CancelAsked,
        MessageKind.CANCEL_ANSWERED: CancelAnswered,
        MessageKind.SUPPLY_LOST: SupplyLost,
        MessageKind.MOVE_TOLD: MoveTold,
        MessageKind.CASE_FORWARDED: CaseForwarded,
        MessageKind.SUPPLY_ASKED: supply.SupplyAsked,
        MessageKind.SUPPLY_ANSWERED: supply.SupplyAnswered,
        MessageKind.SUPPLY_EFFECTIVE: supply.SupplyEffective,
        MessageKind.SUPPLY_CANCEL_ASKED: supply.SupplyCancelAsked,
        MessageKind.SUPPLY_CANCEL_ANSWERED: supply.SupplyCancelAnswered,
        MessageKind.SUPPLY_NEWS: supply.SupplyNews,
        MessageKind.SUPPLY_DISPUTED: supply.SupplyDisputed,
        MessageKind.PEV_TOLD: supply.PevTold,
        MessageKind.PEV_WITHDRAWN: supply.PevWithdrawn,
        MessageKind.EVENT_TOLD: EventTold,
        MessageKind.EVENT_CANCEL_TOLD: EventCancelTold,
        MessageKind.EVENT_RESULT_TOLD: EventResultTold,
    }
)

HEARD_BY: Mapping[MessageKind, CommandName] = MappingProxyType(
    {
        MessageKind.METER_REQUESTED: CommandName.RECEIVE_REQUEST,
        MessageKind.REQUEST_ANSWERED: CommandName.HEAR_REQUEST_ANSWER,
        MessageKind.VISIT_TOLD: CommandName.HEAR_VISIT,
        MessageKind.METER_TOLD: CommandName.HEAR_METER,
        MessageKind.SWITCH_TOLD: CommandName.HEAR_SWITCH,
        MessageKind.BILL_TOLD: CommandName.HEAR_BILL,
        MessageKind.CANCEL_ASKED: CommandName.CANCEL_ORDER,
        MessageKind.CANCEL_ANSWERED: CommandName.HEAR_CANCEL,
        MessageKind.SUPPLY_LOST: CommandName.LOSE_SUPPLY,
        MessageKind.MOVE_TOLD: CommandName.HEAR_MOVE,
        MessageKind.CASE_FORWARDED: CommandName.RECEIVE_CASE,
        MessageKind.SUPPLY_ASKED: CommandName.RECEIVE_SUPPLY_REQUEST,
        MessageKind.SUPPLY_ANSWERED: CommandName.HEAR_SUPPLY_ANSWER,
        MessageKind.SUPPLY_EFFECTIVE: CommandName.HEAR_SUPPLY_EFFECTIVE,
        MessageKind.SUPPLY_CANCEL_ASKED: CommandName.CANCEL_SUPPLY,
        MessageKind.SUPPLY_CANCEL_ANSWERED: CommandName.HEAR_SUPPLY_CANCEL,
        MessageKind.SUPPLY_NEWS: CommandName.HEAR_SUPPLY_NEWS,
        MessageKind.SUPPLY_DISPUTED: CommandName.REVERSE_SUPPLY,
        MessageKind.PEV_TOLD: CommandName.HEAR_PEV,
        MessageKind.PEV_WITHDRAWN: CommandName.HEAR_PEV,
        MessageKind.EVENT_TOLD: CommandName.HEAR_EVENT,
        MessageKind.EVENT_CANCEL_TOLD: CommandName.HEAR_EVENT,
        MessageKind.EVENT_RESULT_TOLD: CommandName.HEAR_EVENT,
    }
)
"""The command with which the receiver takes each message."""


def message_kind(body: Body) -> MessageKind:
    """The kind of a body."""
    return next(kind for kind, type_ in BODIES.items() if isinstance(body, type_))
