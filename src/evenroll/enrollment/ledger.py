"""The ledger of row 10: events, opt-outs, measured charging and credits of one enrollment, as its entries tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from evenroll.quantities.money import ZERO


class CreditState(StrEnum):
    """How far a credit came. A reversed one never counts."""

    EARNED = "earned"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    REVERSED = "reversed"


CREDIT_MOVES: Mapping[CreditState, frozenset[CreditState]] = MappingProxyType(
    {
        CreditState.EARNED: frozenset({CreditState.APPROVED, CreditState.REVERSED}),
        CreditState.APPROVED: frozenset({CreditState.SENT, CreditState.REVERSED}),
        CreditState.SENT: frozenset({CreditState.PAID, CreditState.REVERSED}),
        CreditState.PAID: frozenset({CreditState.REVERSED}),
        CreditState.REVERSED: frozenset(),
    }
)
"""What may follow what."""


class ReverseReason(StrEnum):
    """Why a credit is taken back."""

    CLAWBACK = "clawback"
    ERROR = "error"
    RETURNED = "returned"
    NOT_JOINED = "not_joined"


class MissReason(StrEnum):
    """Why a span earned nothing: the condition that was not met, or that the device earned it before."""

    CONTROL_LIVE = "control_live"
    NO_OPT_OUT = "no_opt_out"
    FEW_OPT_OUTS = "few_opt_outs"
    CHARGED_IN_WINDOW = "charged_in_window"
    NO_PEAK_CHARGING = "no_peak_charging"
    EVENTS_JOINED = "events_joined"
    NOTHING_CHARGED = "nothing_charged"
    DEVICE_EARNED_BEFORE = "device_earned_before"
    EQUIPMENT_DAY_UNKNOWN = "equipment_day_unknown"
    EQUIPMENT_TOO_OLD = "equipment_too_old"


class EventResult(StrEnum):
    """What became of an event at one customer."""

    JOINED = "joined"
    OPTED_OUT = "opted_out"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """Money that an incentive or a protection gives. usd: to the cent, above zero.

    span: the month ("2027-03"), season, year or event that it is for. device: for which it is earned once in its life;
    "" otherwise. at: when it came to its state. first_by: who approved it first, where two must. was: the state from
    which it was reversed: what was sent or paid already is owed back, until it is returned. reason: why it was.
    """

    code: str
    span: str
    device: str = ""
    usd: Decimal
    state: CreditState
    at: datetime
    first_by: str = ""
    was: CreditState | None = None
    returned: bool = False
    reason: ReverseReason | None = None

    @property
    def comes_back_to(self) -> CreditState | None:
        """Where it comes to once its event proves joined; None where it was not taken back for the event.

        What is still owed back stays with the customer, so that it is where it was; what came in is earned anew, to go
        out again.
        """
        if self.state is not CreditState.REVERSED or self.reason is not ReverseReason.NOT_JOINED:
            return None
        return CreditState.EARNED if self.returned else self.was

    @property
    def is_owed_back(self) -> bool:
        """Whether it went out, was taken back, and the money is not here again."""
        return self.was in (CreditState.SENT, CreditState.PAID) and not self.returned


@dataclass(frozen=True, kw_only=True, slots=True)
class EventOfCase:
    """An event that the customer was told of. on: its local day. result: absent until it is settled."""

    number: str
    on: date
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False
    is_opted_out: bool = False
    result: EventResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be settled."""
        return not self.is_cancelled and self.result is None


@dataclass(frozen=True, kw_only=True, slots=True)
class OptOut:
    """The customer left an event, or a day. event: "" where no event was called."""

    on: date
    event: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charging:
    """What was measured of a month's charging, Wh: in all, in the program's window, and in peak hours or events."""

    month: str
    charged_wh: int
    window_wh: int = 0
    peak_wh: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A span for which nothing was earned. device: see `Credit`."""

    code: str
    span: str
    why: MissReason
    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditTotal:
    """The sum of the credits of one code in one state, USD."""

    code: str
    state: CreditState
    usd: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """All of it for one case.

    active_on: since when spans count. stated_on: the day of the last statement.
    """

    active_on: date | None = None
    credits: tuple[Credit, ...] = ()
    missed: tuple[Missed, ...] = ()
    events: tuple[EventOfCase, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    charging: tuple[Charging, ...] = ()
    stated_on: date | None = None

    def credit(self, code: str, *, span: str) -> Credit | None:
        """The credit of a code for a span; None if there is none."""
        return next((each for each in self.credits if (each.code, each.span) == (code, span)), None)

    def event(self, number: str) -> EventOfCase | None:
        """An event that the customer was told of; None if they were not."""
        return next((each for each in self.events if each.number == number), None)

    def charged(self, month: str) -> Charging | None:
        """What was measured of a month; None if nothing was yet."""
        return next((each for each in self.charging if each.month == month), None)


def totals(ledger: Ledger) -> tuple[CreditTotal, ...]:
    """The credits added up by code and state, by code and in the order of states. Each credit counts once."""
    found: dict[tuple[str, CreditState], Decimal] = {}
    for each in ledger.credits:
        key = (each.code, each.state)
        found[key] = found.get(key, ZERO) + each.usd
    order = tuple(CreditState)
    ranked = sorted(found.items(), key=lambda item: (item[0][0], order.index(item[0][1])))
    return tuple(CreditTotal(code=code, state=state, usd=usd) for (code, state), usd in ranked)


def counted_usd(ledger: Ledger) -> Decimal:
    """What the customer has earned and keeps: every credit but the reversed ones, USD."""
    return sum((each.usd for each in ledger.credits if each.state is not CreditState.REVERSED), ZERO)


def owed_back_usd(ledger: Ledger) -> Decimal:
    """What was sent or paid before it was reversed, so that the customer owes it back until it is returned, USD."""
    return sum((each.usd for each in ledger.credits if each.is_owed_back), ZERO)


def device_key(text: str) -> str:
    """A device's number as it is compared: small letters and digits alone, so that W-77231 and w77231 are one."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
