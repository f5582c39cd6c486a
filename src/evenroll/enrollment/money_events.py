"""What happens in row 10's ledger, for the journal of a case: events noticed, spans counted, credits on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger import CreditState, EventResult, MissReason, ReverseReason
from evenroll.programs.program_terms import ProtectionKind


@dataclass(frozen=True, kw_only=True, slots=True)
class EventNoticed(Event):
    """Row 10: an event was announced to the customer. on: its local day."""

    event: str
    on: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EventCancelled(Event):
    """Row 10: an announced event will not be."""

    event: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSettled(Event):
    """Row 10: what became of an event here. measured: by what was measured, else by what the customer decided."""

    event: str
    result: EventResult
    measured: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingMeasured(Event):
    """Row 10: what was measured of a month's charging, Wh."""

    month: str
    charged_wh: int
    window_wh: int = 0
    peak_wh: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveEarned(Event):
    """Row 10: a credit was earned for a span. usd: to the cent, above zero."""

    code: str
    span: str
    device: str = ""
    usd: Decimal
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveMissed(Event):
    """Row 10: a span earned nothing, and why. device: for which, where it is earned once in the life of one."""

    code: str
    span: str
    why: MissReason
    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerCounted(Event):
    """Row 10: everything up to that day is counted; awaited: months whose charging nobody has measured yet."""

    on: date
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveApproved(Event):
    """Row 10: a person approved a credit. is_first: of a large one, which another person must approve as well."""

    code: str
    span: str
    by: str
    at: datetime
    is_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveSent(Event):
    """Row 10: a credit went out, to the bill or to whoever pays."""

    code: str
    span: str
    usd: Decimal
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentivePaid(Event):
    """Row 10: a credit arrived. reference: the number of the payment or bill."""

    code: str
    span: str
    paid_on: date
    reference: str = ""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveReversed(Event):
    """Row 10: a credit was taken back. was: how far it had come; one that was sent or paid is owed back."""

    code: str
    span: str
    usd: Decimal
    reason: ReverseReason
    was: CreditState
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveReturned(Event):
    """Row 10: what was owed back for a credit that was taken back is here again. reference: of that payment."""

    code: str
    span: str
    usd: Decimal
    returned_on: date
    reference: str = ""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveRestored(Event):
    """Row 10: a credit that was taken back for an event is given back, for the event was joined.

    to: how far it has come with it: where it was, or earned anew where the money came back meanwhile.
    """

    code: str
    span: str
    usd: Decimal
    to: CreditState
    at: datetime


class PaidSource(StrEnum):
    """Where it is known from what was paid over a billing period."""

    BILL = "bill"
    READS = "reads"
    GIVEN = "given"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectedSpan:
    """One billing period of a protection: what was paid, and what the replaced rate would have cost, USD."""

    start_on: date
    end_on: date
    paid: Decimal
    shadow: Decimal
    source: PaidSource
    is_estimated: bool = False


class UsageMissing(StrEnum):
    """Why a protection cannot be settled yet."""

    READ_TO_COME = "read_to_come"
    READ_MISSING = "read_missing"
    METER_ELSEWHERE = "meter_elsewhere"
    PRICE_UNKNOWN = "price_unknown"
    RATE_UNKNOWN = "rate_unknown"
    INTERVALS_MISSING = "intervals_missing"
    INTERVALS_WRONG = "intervals_wrong"
    HOUR_PRICES_MISSING = "hour_prices_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionHeld(Event):
    """Row 10: a protection cannot be settled yet; the reason is a code.

    start_on, end_on: the billing period, [start, end), that lacks it, where it is one.
    """

    reason: UsageMissing
    start_on: date | None = None
    end_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionSettled(Event):
    """Row 10: what was paid against what the replaced rate would have cost; credit: the difference, or zero. USD."""

    kind: ProtectionKind
    paid: Decimal
    shadow: Decimal
    credit: Decimal
    spans: tuple[ProtectedSpan, ...]
    is_estimated: bool = False
