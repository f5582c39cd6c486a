"""A service order: what a utility does at a usage point for a case, its own or that of a supplier (rows 5b to 5d)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evenroll.enrollment.messages import CancelResult, MeterRequested, RequestRefusal
from evenroll.enrollment.next_commands import DueCommand, due_commands
from evenroll.enrollment.reversal_commands import ReversalReason
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.enrollment.usage_point import MeterExchange, MeterReads
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, ServiceChange, Track
from evenroll.quantities.identifiers import MeterSerial, OrderNumber, OrganizationKey, PodId, RateKey


class VisitWindow(StrEnum):
    """The part of the day in which the crew comes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    ALL_DAY = "all_day"


class VisitResult(StrEnum):
    """What became of a visit."""

    EXCHANGED = "exchanged"
    MISSED_BY_CUSTOMER = "missed_by_customer"
    MISSED_BY_UTILITY = "missed_by_utility"
    CANNOT_DO = "cannot_do"
    PERMIT_NEEDED = "permit_needed"


class VisitObstacle(StrEnum):
    """Why the crew could not do its work, or why the order ended for it."""

    NO_ACCESS = "no_access"
    SOCKET_UNSAFE = "socket_unsafe"
    WIRING_UNFIT = "wiring_unfit"
    NO_SPACE = "no_space"
    PERMIT = "permit"
    OTHER = "other"


class ChangeResult(StrEnum):
    """What became of a change from afar."""

    DONE = "done"
    FAILED = "failed"


class BackOfficeItem(StrEnum):
    """The checklist of row 5c; service is not switched before all of it is done."""

    PREMISE_METER_LINK = "premise_meter_link"
    REGISTER_MAP = "register_map"
    READ_CYCLE = "read_cycle"
    RATE_CODE = "rate_code"
    INTERVAL_VALIDATION = "interval_validation"
    OLD_METER_RETURNED = "old_meter_returned"


class HeldReason(StrEnum):
    """Why a switch or a bill waits for the billing office."""

    READS_MISSING = "reads_missing"
    SUPPLIER_CHANGED = "supplier_changed"
    CUSTOMER_LEFT = "customer_left"
    NOT_SERVED = "not_served"
    """Service was to go back from the program's rate, and by then another is in force."""
    PERIOD_UNKNOWN = "period_unknown"
    BILL_MISSING = "bill_missing"
    INTERVALS_MISSING = "intervals_missing"
    """The price changes by the hour, and some hours of the period were not read."""
    INTERVALS_WRONG = "intervals_wrong"
    """What the hours counted is not what the registers moved by."""
    PRICES_MISSING = "prices_missing"
    """The price changes by the hour, and the prices of some hours, or the events, are not known."""
    KIND_WRONG = "kind_wrong"
    RATE_WRONG = "rate_wrong"
    DAYS_WRONG = "days_wrong"
    AGREEMENT_EXCEEDED = "agreement_exceeded"
    """The bill has days on which what it bills was not served: the supply was lost, or the customer had left."""
    TOTAL_WRONG = "total_wrong"
    SPANS_WRONG = "spans_wrong"
    ENERGY_WRONG = "energy_wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A visit as the customer was told."""

    visit_on: date
    window: VisitWindow


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterWork:
    """What was done to the meter, and on which day."""

    done_on: date
    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """The switch of service as it was made. next_read_on: the read that ends the first bill's period, if service lasts.

    closing_from_on: where the closing bill begins, as the bill before it ended there; absent where nothing closes.
    closing, opening: the reads at which the old service ends and the new one begins; absent where nothing is metered.
    separate: it is about the service behind the separate meter alone.
    """

    switch_on: date
    old_rate: RateKey
    new_rate: RateKey
    next_read_on: date
    closing_from_on: date | None = None
    closing: MeterReads | None = None
    opening: MeterReads | None = None
    separate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceOrder:
    """A service order as its stream tells it.

    refused: why it was refused on receipt, NONE if it was accepted. done_on: the day of the meter's new service.
    switch_on: the day that service switches, once dated. cancelled: what was answered to the provider's cancellation.
    questioned: the meter whose read is doubted. reversed_for: why the switch was taken back. corrections: the bills in
    place of those that were wrong.
    """

    number: OrderNumber
    requester: OrganizationKey
    request: MeterRequested
    tracks: Mapping[str, TrackState]
    refused: RequestRefusal = RequestRefusal.NONE
    visit: Visit | None = None
    obstacle: VisitObstacle | None = None
    work: MeterWork | None = None
    checklist: frozenset[BackOfficeItem] = frozenset()
    switch_on: date | None = None
    switch: Switch | None = None
    closing_bill: Bill | None = None
    first_bill: Bill | None = None
    cancelled: CancelResult | None = None
    questioned: MeterSerial | None = None
    reversed_for: ReversalReason | None = None
    corrections: tuple[Bill, ...] = ()

    @property
    def pod(self) -> PodId:
        """The usage point that the order is about."""
        return self.request.pod

    @property
    def is_separate(self) -> bool:
        """Whether it is about a service of its own behind a meter of its own."""
        return self.request.service_change is ServiceChange.NEW_SEPARATE_SERVICE

    @property
    def meter(self) -> TrackState:
        """Where the work at the meter stands."""
        return self.tracks[track_key(Track.METER, subject=self.request.pod)]

    @property
    def service(self) -> TrackState:
        """Where the switch of service stands."""
        return self.tracks[Track.SERVICE.value]

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return any(each.owner is not None for each in self.tracks.values())


NO_WORK = frozenset({MeterNeedKind.NONE, MeterNeedKind.ALREADY_THERE, MeterNeedKind.SUBMETER, MeterNeedKind.EVSE_METER})
"""Needs for which the utility does nothing at its own meter."""

SWITCHED = frozenset({State.SWITCHED, State.CLOSING_BILLED, State.BILLED})
"""States of the service track in which service has switched."""


def order_next_commands(order: ServiceOrder, now: datetime) -> tuple[DueCommand, ...]:
    """The commands that the lapsed waits of an order ask for, the longest overdue first."""
    return due_commands(order.tracks, now=now)
