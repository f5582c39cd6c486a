"""How each kind of stream is folded: the type of its state, its evolve, and the events it may hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_evolve import CASE_EVENTS
from evenroll.enrollment.case_evolve import evolve as evolve_case
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.order_events import ORDER_EVENTS
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.point_events import POINT_EVENTS, evolve_point
from evenroll.enrollment.program_event import PROGRAM_EVENTS, ProgramEvent, evolve_program_event
from evenroll.enrollment.program_places import PLACE_EVENTS, ProgramPlaces, evolve_places
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_request import SUPPLY_REQUEST_EVENTS, SupplyRequest, evolve_supply
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import canonical, decode, encode
from evenroll.records.streams import StreamKind
from evenroll.records.upcasters import UPCASTERS, Upcaster, lift

STATES_KEPT = 1024

Aggregate = Case | ServiceOrder | UsagePoint | ProgramPlaces | ProgramEvent | SupplyRequest


class EventForeign(LookupError):
    """An event does not belong to the kind of stream it was to be written to or read from."""


class StreamForeign(ValueError):
    """The events of a stream fold to a state that names another stream; nothing was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fold:
    """The fold of one kind of stream."""

    state_type: type[Any]
    evolve: Callable[[Any, Event], Any]
    events: Mapping[str, type[Event]]


FOLDS: Mapping[StreamKind, Fold] = MappingProxyType(
    {
        StreamKind.CASE: Fold(state_type=Case, evolve=evolve_case, events=CASE_EVENTS),
        StreamKind.SERVICE_ORDER: Fold(state_type=ServiceOrder, evolve=evolve_order, events=ORDER_EVENTS),
        StreamKind.USAGE_POINT: Fold(state_type=UsagePoint, evolve=evolve_point, events=POINT_EVENTS),
        StreamKind.PROGRAM_PLACE: Fold(state_type=ProgramPlaces, evolve=evolve_places, events=PLACE_EVENTS),
        StreamKind.SUPPLY_REQUEST: Fold(state_type=SupplyRequest, evolve=evolve_supply, events=SUPPLY_REQUEST_EVENTS),
        StreamKind.PROGRAM_EVENT: Fold(state_type=ProgramEvent, evolve=evolve_program_event, events=PROGRAM_EVENTS),
    }
)


def written_event(kind: StreamKind, event: Event) -> str:
    """The canonical text of an event. Raises EventForeign if its stream may not hold it."""
    if FOLDS[kind].events.get(event_kind(event)) is not type(event):
        raise EventForeign(
            f"{type(event).__name__} is no event of a {kind.value}; write it to the stream it belongs to, "
            "or add it to the events of this one."
        )
    return canonical(encode(event))


def read_event(
    kind: StreamKind,
    *,
    event: str,
    version: int,
    data: str,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Event:
    """The event of a journal entry, lifted to today's schema. Raises EventForeign, VersionUnknown, CodecRefused."""
    type_ = FOLDS[kind].events.get(event)
    if type_ is None:
        raise EventForeign(f"The journal names an event {event!r} that no {kind.value} has in this release.")
    lifted = lift(json.loads(data), kind=event, version=version, to=type_.version, upcasters=upcasters)
    return decode(type_, lifted)


def written_state(state: Aggregate) -> str:
    """The canonical text of a state, as its row keeps it."""
    return canonical(encode(state))


@lru_cache(maxsize=STATES_KEPT)
def read_state(kind: StreamKind, text: str) -> Any:
    """The state that a row keeps. A state is a value made of nothing but its text, so an equal text gives it again."""
    return decode(FOLDS[kind].state_type, json.loads(text))


def key_of(state: Aggregate) -> str:
    """The key of the stream to which a state belongs: its number, its usage point's identifier, or its program."""
    match state:
        case UsagePoint():
            return state.pod
        case ProgramPlaces():
            return state.program
        case _:
            return state.number
