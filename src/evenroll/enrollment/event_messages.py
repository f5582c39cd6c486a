"""What a provider's event tells the cases of its customers: called, cancelled, or what was measured of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.ledger import EventResult
from evenroll.quantities.identifiers import CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTold:
    """An event is called. on: its local day."""

    case: CaseNumber
    event: str
    on: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EventCancelTold:
    """A called event will not be."""

    case: CaseNumber
    event: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventResultTold:
    """What was measured of an event at this customer."""

    case: CaseNumber
    event: str
    result: EventResult


EventBody = EventTold | EventCancelTold | EventResultTold


def conversation_of(case: CaseNumber) -> str:
    """The conversation in which a case hears of events: one of its own, so that they come in order."""
    return f"{case}/events"
