"""A statement: what was credited and sent over a span of days, with what stood before and stands after, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from evenroll.enrollment import money_events as m
from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger import CreditState, ReverseReason
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.money import ZERO

_GONE = (CreditState.SENT, CreditState.PAID)


class StatementMove(StrEnum):
    """What a line of a statement is about."""

    EARNED = "earned"
    SENT = "sent"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    RESTORED = "restored"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementLine:
    """One movement. credited, sent: USD, what it adds to each of the two sums, or takes off."""

    on: date
    move: StatementMove
    code: str
    span: str
    credited: Decimal = ZERO
    sent: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """A billing period that was compared: what was paid and what the rate before would have cost, USD."""

    start_on: date
    end_on: date
    paid: Decimal
    shadow: Decimal

    @property
    def saved(self) -> Decimal:
        """How much less was paid, USD; negative where it was more."""
        return self.shadow - self.paid


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Sums up to a day, USD. credited: earned and not taken back; sent: what went out and did not come back."""

    credited: Decimal = ZERO
    sent: Decimal = ZERO

    @property
    def to_come(self) -> Decimal:
        """What is still to be sent, USD; negative where something is owed back."""
        return self.credited - self.sent

    def after(self, lines: Iterable[StatementLine]) -> Balance:
        """The sums after these movements."""
        credited, sent = self.credited, self.sent
        for each in lines:
            credited, sent = credited + each.credited, sent + each.sent
        return Balance(credited=credited, sent=sent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The days [since_on, until_on] of one enrollment. charged_wh: measured of months that begin in them."""

    since_on: date
    until_on: date
    before: Balance
    lines: tuple[StatementLine, ...]
    savings: tuple[Saving, ...]
    charged_wh: int = 0

    @property
    def after(self) -> Balance:
        """The sums at the end of the last day."""
        return self.before.after(self.lines)

    @property
    def saved(self) -> Decimal:
        """What all compared billing periods that ended in these days saved together, USD."""
        return sum((each.saved for each in self.savings), ZERO)


def statement_of(events: Iterable[Event], *, since_on: date, until_on: date, calendar: ServiceCalendar) -> Statement:
    """The statement over the days from since_on to until_on, both included.

    events: of the case's stream, in order. Every movement counts once: before the days, in them, or not at all.
    """
    told = tuple(events)
    lines = [line for each in told for line in _lines(each, calendar)]
    return Statement(
        since_on=since_on,
        until_on=until_on,
        before=Balance().after(each for each in lines if each.on < since_on),
        lines=tuple(each for each in lines if since_on <= each.on <= until_on),
        savings=tuple(each for each in _savings(told) if since_on <= each.end_on <= until_on),
        charged_wh=sum(_charged(each, since_on=since_on, until_on=until_on) for each in told),
    )


def _lines(event: Event, calendar: ServiceCalendar) -> tuple[StatementLine, ...]:
    match event:
        case m.IncentiveEarned():
            move, credited, sent = StatementMove.EARNED, event.usd, ZERO
        case m.IncentiveSent():
            move, credited, sent = StatementMove.SENT, ZERO, event.usd
        case m.IncentiveReversed():
            came_back = event.reason is ReverseReason.RETURNED and event.was in _GONE
            move, credited, sent = StatementMove.TAKEN_BACK, -event.usd, -event.usd if came_back else ZERO
        case m.IncentiveReturned():
            move, credited, sent = StatementMove.RETURNED, ZERO, -event.usd
        case m.IncentiveRestored():
            # What did not come back meanwhile is sent still; what did is sent anew, with a line of its own.
            move, credited, sent = StatementMove.RESTORED, event.usd, ZERO
        case _:
            return ()
    on = calendar.business_date(event.at)
    return (StatementLine(on=on, move=move, code=event.code, span=event.span, credited=credited, sent=sent),)


def _savings(events: tuple[Event, ...]) -> tuple[Saving, ...]:
    return tuple(
        Saving(start_on=span.start_on, end_on=span.end_on, paid=span.paid, shadow=span.shadow)
        for event in events
        if isinstance(event, m.ProtectionSettled)
        for span in event.spans
    )


def _charged(event: Event, *, since_on: date, until_on: date) -> int:
    if not isinstance(event, m.ChargingMeasured):
        return 0
    return event.charged_wh if since_on <= date.fromisoformat(f"{event.month}-01") <= until_on else 0
