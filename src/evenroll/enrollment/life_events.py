"""The events of a case after the decision (rows 5a to 10) and of its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger import CreditTotal
from evenroll.enrollment.messages import CancelReason, CancelResult, RequestRefusal
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, Track
from evenroll.quantities.identifiers import OrderNumber, OrganizationKey, Pevid, PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterAsked(Event):
    """Row 5a: the utility was asked. Where the provider is the utility itself, row 5: it asks itself."""

    order: OrderNumber
    utility: OrganizationKey
    need: MeterNeedKind


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterRequestAnswered(Event):
    """Row 5a: accepted, or refused with the reason."""

    accepted: State | None
    reason: RequestRefusal = RequestRefusal.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitHeard(Event):
    """Row 5b: the visit and the in-service date, as the utility told them."""

    visit_on: date
    in_service_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterHeard(Event):
    """Row 5c: how the meter work stands, as the utility told it."""

    on: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchHeard(Event):
    """Row 5d: the switch was dated, made or reversed."""

    switch_on: date
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BillHeard(Event):
    """Row 5d: the closing bill of the old service or the first of the new."""

    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceStarted(Event):
    """Row 5d: the new price is live from that day, whether or not a timer was set (rule 1)."""

    since_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlStarted(Event):
    """Row 8: control is live from that day."""

    since_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Activated(Event):
    """What makes this program active is there."""

    active_on: date


class EquipmentKind(StrEnum):
    """Row 6. A premise unit is read as an EVSE that holds the charger itself (use case S3); see docs/decisions.

    A submeter is the customer's own meter in the circuit of the charging, beside whatever charges there.
    """

    CORDSET = "cordset"
    EVSE = "evse"
    PREMISE_UNIT = "premise_unit"
    SUBMETER = "submeter"


class Installer(StrEnum):
    """Row 7: who installs."""

    SELF = "self"
    CONTRACTOR = "contractor"


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentChosen(Event):
    """Row 6: the customer's choice; warnings are codes that were shown before a purchase."""

    kind: EquipmentKind
    outlet: str
    model: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentBought(Event):
    """Row 6: the purchase. price: USD."""

    outlet: str
    bought_on: date
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallationRecorded(Event):
    """Row 7: installed; a hard-wired unit has a permit, also when self-installed."""

    installer: Installer
    installed_on: date
    serial: str
    permit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectionRecorded(Event):
    """Row 7: the inspection's result."""

    passed: bool
    inspected_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceRegistered(Event):
    """Row 8: a control device was named to the program. subject: of its track, "" for the first device.

    vehicle: in which it sits, where it sits in one.
    """

    device: str
    kind: str
    subject: str = ""
    vehicle: Pevid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceTested(Event):
    """Row 8: the test charge's result; cause is a code where it failed."""

    device: str
    cause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParametersSet(Event):
    """Row 9: the program that governs this vehicle here, and its parameters (codes and numbers as text)."""

    program: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParametersConfirmed(Event):
    """Row 9: the device, or the customer for it, says that the parameters are in place."""

    by_device: bool


class UseKind(StrEnum):
    """Row 10: what the customer decided."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    OVERRIDE = "override"


@dataclass(frozen=True, kw_only=True, slots=True)
class UseRecorded(Event):
    """Row 10: the customer decided when and why.

    event: that it is about, "" where none was called. is_over: over the program's limit. left: the opt-outs that are
    left after it; absent where there is no limit.
    """

    kind: UseKind
    on: date
    reason: str
    event: str = ""
    is_over: bool = False
    left: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementIssued(Event):
    """Row 10: the yearly statement: credits by code and state since the enrollment began, and since
    `since_on` (the one before) the events told of, those joined, and the opt-outs.
    """

    on: date
    since_on: date | None = None
    credits: tuple[CreditTotal, ...] = ()
    events: int = 0
    joined: int = 0
    opt_outs: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawAsked(Event):
    """Action: the customer withdraws while an order is open; the utility's answer settles it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(Event):
    """Action: withdrawn before the enrollment was active."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawTooLate(Event):
    """Action: service had switched already; the customer may unenroll instead."""

    switch_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Rescinded(Event):
    """Action: the customer used the rescission window."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired(Event):
    """Action: nobody answered in time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminded(Event):
    """Action: the one who is waited on was reminded."""

    track: Track
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalated(Event):
    """Action: a wait lapsed and a named person takes it."""

    track: Track
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelSent(Event):
    """Action: the utility was asked to stop the order."""

    order: OrderNumber
    reason: CancelReason


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelHeard(Event):
    """Action: what became of the cancellation."""

    result: CancelResult


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyLostHeard(Event):
    """Action: someone else provides the commodity from that day."""

    pod: PodId
    lost_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended(Event):
    """Action: the enrollment, or the way to it, ended."""

    reason: EndReason
    ended_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedAtProof(Event):
    """Row 4a: a person looked and the identity could not be settled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedByProvider(Event):
    """Row 2a: this usage point cannot be enrolled here; row 2b: no program is for its customer. code says why."""

    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealOpened(Event):
    """Action: the customer asks for another look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealDecided(Event):
    """Action: upheld, or back to the decision."""

    reopened: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalClosed(Event):
    """Action: the time to appeal is over."""
