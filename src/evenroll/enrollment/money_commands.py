"""What is said with the commands of row 10's ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from evenroll.enrollment.ledger import EventResult, ReverseReason


@dataclass(frozen=True, kw_only=True, slots=True)
class CallEvent:
    """An event for everyone enrolled in the program; hours: whole hours from its start on."""

    starts_at: datetime
    hours: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelEvent:
    """An announced event will not be. reason: a code."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleEvent:
    """What was measured of an event, by case number; cases left out are settled by what their customer decided."""

    results: Mapping[str, EventResult] = field(default_factory=dict[str, EventResult])


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordCharging:
    """What was measured of a calendar month ("2027-03"), kWh: in all, in the program's window, in peak hours."""

    month: str
    charged_kwh: Decimal
    window_kwh: Decimal = Decimal(0)
    peak_kwh: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class NameCredit:
    """Credits, each by name: one by code and span, or several as "code/span"; or all with which this can be done.

    all_usd: for all of them, what they come to together, USD; whoever says it has seen how much it is.
    """

    code: str = ""
    span: str = ""
    credits: tuple[str, ...] = ()
    all_usd: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPayment:
    """A credit arrived, or what was owed back for it. reference: the number of the payment, or of the bill."""

    code: str
    span: str
    paid_on: date
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReverseCredit:
    """A credit is taken back."""

    code: str
    span: str
    reason: ReverseReason


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageGiven:
    """A billing period as billing knows it: Wh by register of the program's rate, and what was paid, if known, USD."""

    start_on: date
    end_on: date
    wh: Mapping[str, int]
    paid: Decimal | None = None
    is_estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleProtection:
    """Usage that billing gives where our own reads do not cover the protected time; () to use those."""

    usage: tuple[UsageGiven, ...] = ()
