"""The events of a service order, one per fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.event import Event, kinds
from evenroll.enrollment.messages import CancelReason, CancelResult, MeterRequested, RequestRefusal
from evenroll.enrollment.reversal_events import REVERSAL_EVENTS
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    HeldReason,
    Switch,
    Visit,
    VisitObstacle,
)
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, ServiceChange, Track
from evenroll.quantities.identifiers import OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderOpened(Event):
    """Row 5b: a provider's request was accepted. need: what the utility does at its meter, where it says so itself."""

    request: MeterRequested
    requester: OrganizationKey
    need: MeterNeedKind | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRefused(Event):
    """Row 5b: a provider's request was refused; nothing follows."""

    request: MeterRequested
    requester: OrganizationKey
    reason: RequestRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitBooked(Event):
    """Row 5b, first act."""

    visit: Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitRebooked(Event):
    """Row 5b: another day in place of the one before."""

    visit: Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class CutoverOrdered(Event):
    """Row 5b, second act: the crew has its order for the day."""

    cutover_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class InServiceDateTold(Event):
    """Row 5b, third act: the day from which the meter will be in service was told."""

    in_service_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitMissed(Event):
    """Row 5c: the customer or the crew was not there; the state of the meter track says who."""

    visited_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitFailed(Event):
    """Row 5c: the crew was there and could not do it."""

    visited_on: date
    obstacle: VisitObstacle


@dataclass(frozen=True, kw_only=True, slots=True)
class PermitAsked(Event):
    """Row 5c: the work needs a permit first."""

    visited_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PermitSeen(Event):
    """Row 5c: the permit was shown. document: reference to it, absent where it was seen on paper."""

    seen_on: date
    document: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterExchanged(Event):
    """Row 5c: the crew exchanged the meter, or set one where none was."""

    exchanged_on: date
    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteChangeRecorded(Event):
    """Row 5c: the meter in place was changed from afar."""

    changed_on: date
    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteChangeFailed(Event):
    """Row 5c: the change from afar failed, or nothing was heard of it in time; it becomes an exchange."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BackOfficeDone(Event):
    """Row 5c: the checklist is done."""

    done: frozenset[BackOfficeItem]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterDone(Event):
    """Row 5c: the meter is in service since that day; the switch of service may be dated."""

    in_service_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterOrderCancelled(Event):
    """The order was stopped. result: absent where no provider asked for it; obstacle: what it ended for."""

    reason: CancelReason
    result: CancelResult | None = None
    obstacle: VisitObstacle | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelTooLate(Event):
    """A cancellation came after service had switched; nothing changes."""

    reason: CancelReason
    switch_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchDated(Event):
    """Row 5d: the day on which service switches. reasons: what bound it (`dates.DateReason`)."""

    switch_on: date
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchRedated(Event):
    """Row 5d: another day in place of the one before."""

    switch_on: date
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchNotDated(Event):
    """Row 5d: no day could be found. code: of `dates.DateRefusalCode`; days as there."""

    code: str
    earliest_on: date
    latest_on: date | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchHeld(Event):
    """Row 5d: the day has come and service cannot switch yet."""

    switch_on: date
    reason: HeldReason


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSwitched(Event):
    """Row 5d: the old service ended and the new one began, at the same reads."""

    change: ServiceChange
    switch: Switch


@dataclass(frozen=True, kw_only=True, slots=True)
class BillHeld(Event):
    """Row 5d: a bill could not be issued as it was computed."""

    reason: HeldReason


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosingBillIssued(Event):
    """Row 5d: the bill that closes the old service."""

    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstBillIssued(Event):
    """Row 5d: the first bill of the new service."""

    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderReminded(Event):
    """The one who is waited on was reminded."""

    track: Track
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEscalated(Event):
    """A wait lapsed; the move says whose task it became."""

    track: Track


ORDER_EVENTS = kinds(
    OrderOpened,
    RequestRefused,
    VisitBooked,
    VisitRebooked,
    CutoverOrdered,
    InServiceDateTold,
    VisitMissed,
    VisitFailed,
    PermitAsked,
    PermitSeen,
    MeterExchanged,
    RemoteChangeRecorded,
    RemoteChangeFailed,
    BackOfficeDone,
    MeterDone,
    MeterOrderCancelled,
    CancelTooLate,
    SwitchDated,
    SwitchRedated,
    SwitchNotDated,
    SwitchHeld,
    ServiceSwitched,
    BillHeld,
    ClosingBillIssued,
    FirstBillIssued,
    OrderReminded,
    OrderEscalated,
    *REVERSAL_EVENTS,
)
