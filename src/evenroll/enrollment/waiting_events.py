"""The events of a case about the places of a program with a cap, and how each changes the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.case import LIVE, Case, InLine
from evenroll.enrollment.event import Event
from evenroll.enrollment.tracks import State
from evenroll.quantities.changed import changed
from evenroll.quantities.identifiers import ProgramKey

Changes = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceCounted(Event):
    """Row 5: one of the program's places is this case's. option: the limited one that it is of."""

    program: ProgramKey
    option: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waitlisted(Event):
    """Row 5: nothing bars the enrollment but that all places are taken, or others were there before.

    ranked_at: when the application was complete and authenticated; paper counts from its receipt.
    """

    program: ProgramKey
    ranked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceOffered(Event):
    """Action: a place is free and held for this customer up to and with that day."""

    program: ProgramKey
    until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceAccepted(Event):
    """Action: the customer wants the place; every rule is judged again on facts that are looked up anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceLapsed(Event):
    """Action: the offer went by unanswered and the place to the next. ranked_at: at the end of the line from now on."""

    ranked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InterestAsked(Event):
    """Action: whoever waits is asked, once a year, whether a place is still wanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InterestConfirmed(Event):
    """Action: the customer still wants a place, and keeps the rank."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Admitted(Event):
    """Row 5: from the waiting list into the program. option: the limited one that the place is of."""

    program: ProgramKey
    option: str = ""


WAITING_EVENTS: tuple[type[Event], ...] = (
    PlaceCounted,
    Waitlisted,
    PlaceOffered,
    PlaceAccepted,
    PlaceLapsed,
    InterestAsked,
    InterestConfirmed,
    Admitted,
)
"""Those that the stream of a case may hold."""


def _counted(_case: Case, event: PlaceCounted) -> Changes:
    return {"counted": event.program, "counted_option": event.option}


def _admitted(_case: Case, event: Admitted) -> Changes:
    return {"counted_option": event.option}


def _waitlisted(_case: Case, event: Waitlisted) -> Changes:
    return {"line": InLine(program=event.program, ranked_at=event.ranked_at)}


def _offered(case: Case, event: PlaceOffered) -> Changes:
    if case.line is None:
        return {}
    return {"line": changed(case.line, offered_until_on=event.until), "counted": event.program, "counted_option": ""}


def _accepted(_case: Case, _event: PlaceAccepted) -> Changes:
    return {"line": None}


def _lapsed(case: Case, event: PlaceLapsed) -> Changes:
    if case.line is None:
        return {}
    line = changed(case.line, ranked_at=event.ranked_at, offered_until_on=None, lapses=case.line.lapses + 1)
    return {"line": line, "counted": None}


WAITING_CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = MappingProxyType(
    {
        PlaceCounted: _counted,
        Waitlisted: _waitlisted,
        PlaceOffered: _offered,
        PlaceAccepted: _accepted,
        PlaceLapsed: _lapsed,
        Admitted: _admitted,
    }
)
"""Those that change more than tracks."""

_MAY_HOLD = LIVE | {State.WAITLISTED, State.DECIDING, State.NEEDS_ANSWER}


def let_go(case: Case) -> Case:
    """The case without its place and its rank, where it has come to a state that holds neither, such as any end."""
    if (case.counted is None and case.line is None) or case.status in _MAY_HOLD:
        return case
    return changed(case, counted=None, line=None)
