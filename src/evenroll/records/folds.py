"""How each kind of stream is folded: the type of its state, its evolve, and the events it may hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_evolve import CASE_EVENTS
from evenroll.enrollment.case_evolve import evolve as evolve_case
from evenroll.enrollment.erasure import ERASURE_EVENTS, Erasure, evolve_erasure
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.order_events import ORDER_EVENTS
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.point_events import POINT_EVENTS, evolve_point
from evenroll.enrollment.program_event import PROGRAM_EVENTS, ProgramEvent, evolve_program_event
from evenroll.enrollment.program_places import PLACE_EVENTS, ProgramPlaces, evolve_places
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_request import SUPPLY_REQUEST_EVENTS, SupplyRequest, evolve_supply
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import NotKnown, decode, text_of
from evenroll.records.journal import read_stream
from evenroll.records.organizations import current, is_open
from evenroll.records.state_form import FORM, schema_of
from evenroll.records.streams import StreamId, StreamKind
from evenroll.records.upcasters import UPCASTERS, OfNewerRelease, Upcaster, lift

STATES_KEPT = 1024

_NO_FORM = f'{{"{FORM}":"",'

Aggregate = Case | ServiceOrder | UsagePoint | ProgramPlaces | ProgramEvent | SupplyRequest | Erasure


class EventForeign(LookupError):
    """An event does not belong to the kind of stream it was to be written to or read from."""


class EventNewer(EventForeign, OfNewerRelease):
    """An event in the journal is of no kind that this release knows."""


class ShapeNewer(NotKnown, OfNewerRelease):
    """An event in the journal has fields or codes that this release does not know."""


class StreamForeign(ValueError):
    """The events of a stream fold to a state that names another stream; nothing was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fold:
    """The fold of one kind of stream.

    number: raised by one where the same journal gives other states or rows than before, though the state has the same
    fields; a golden journal shows where that was forgotten.
    """

    state_type: type[Any]
    evolve: Callable[[Any, Event], Any]
    events: Mapping[str, type[Event]]
    number: int = 1


FOLDS: Mapping[StreamKind, Fold] = MappingProxyType(
    {
        StreamKind.CASE: Fold(state_type=Case, evolve=evolve_case, events=CASE_EVENTS),
        StreamKind.SERVICE_ORDER: Fold(state_type=ServiceOrder, evolve=evolve_order, events=ORDER_EVENTS),
        StreamKind.USAGE_POINT: Fold(state_type=UsagePoint, evolve=evolve_point, events=POINT_EVENTS),
        StreamKind.PROGRAM_PLACE: Fold(state_type=ProgramPlaces, evolve=evolve_places, events=PLACE_EVENTS),
        StreamKind.SUPPLY_REQUEST: Fold(state_type=SupplyRequest, evolve=evolve_supply, events=SUPPLY_REQUEST_EVENTS),
        StreamKind.ERASURE: Fold(state_type=Erasure, evolve=evolve_erasure, events=ERASURE_EVENTS),
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
    return text_of(event)


def read_event(
    kind: StreamKind,
    *,
    event: str,
    version: int,
    data: str,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    folds: Mapping[StreamKind, Fold] = FOLDS,
) -> Event:
    """The event of a journal entry, lifted to today's schema. Raises EventForeign, VersionUnknown, CodecRefused."""
    type_ = folds[kind].events.get(event)
    if type_ is None:
        raise EventNewer(
            f"The journal names an event {event!r} that no {kind.value} has in this release. "
            "It was written by a newer release: read it with that one."
        )
    lifted = lift(json.loads(data), kind=event, version=version, to=type_.version, upcasters=upcasters)
    try:
        return decode(type_, lifted)
    except NotKnown as refused:
        # Whoever wrote the entry could read it, and older schemas were lifted.
        raise ShapeNewer(
            f"The journal has an event {event!r} with fields or codes that this release does not know. "
            "It was written by a newer release: read it with that one."
        ) from refused


def written_state(state: Aggregate) -> str:
    """The canonical text of a state, as its row keeps it, with the form in which this release writes it.

    Where another release wrote the row before, only this text is of today and the rows beside it are not: then it has
    no form, so that `rebuild` still writes it anew with all that belongs to it.
    """
    kind = _KIND_OF[type(state)]
    whole = not (is_open() and (kind.value, key_of(state)) in current().folded_anew)
    return f"{beginning_of(kind) if whole else _NO_FORM}{text_of(state).removeprefix('{')}"


def form_of(kind: StreamKind) -> str:
    """How this release writes the states of a kind: a text that changes with their fields and with their fold."""
    fold = FOLDS[kind]
    return f"{fold.number}.{schema_of(fold.state_type)}"


def is_own_form(kind: StreamKind, text: str) -> bool:
    """Whether a row was written in the form of this release."""
    return text.startswith(beginning_of(kind))


def read_state(kind: StreamKind, text: str) -> Any:
    """The state that a row of the open organization keeps.

    A row of another form, older or newer, is not believed: what it does not say would get a default that may be wrong.
    Its stream is folded from the journal instead, until `rebuild` has written the row anew.
    Raises OrganizationNotOpen for such a row outside an organization; VersionUnknown, EventForeign and CodecRefused
    where a newer release added to the stream what this one cannot read.
    """
    return _decoded(kind, text) if is_own_form(kind, text) else _folded_anew(kind, text)


@cache
def beginning_of(kind: StreamKind) -> str:
    """How the text of every state of a kind begins that was written in the form of this release."""
    # The name of the form sorts before all others, so that it comes first: the text stays canonical.
    return f'{{"{FORM}":"{form_of(kind)}",'


@lru_cache(maxsize=STATES_KEPT)
def _decoded(kind: StreamKind, text: str) -> Any:
    # A state is a value made of nothing but its text, so an equal text gives it again.
    written = json.loads(text)
    del written[FORM]
    return decode(FOLDS[kind].state_type, written)


def _folded_anew(kind: StreamKind, text: str) -> Any:
    stream = StreamId(kind=kind, key=json.loads(text)[_KEY_FIELD.get(kind, "number")])
    current().folded_anew.add((kind.value, stream.key))
    return fold_of(
        kind,
        (read_event(kind, event=entry.event, version=entry.version, data=entry.data) for entry in read_stream(stream)),
    )


def fold_of(kind: StreamKind, events: Iterable[Event]) -> Any:
    """The state that a stream's events come to, from nothing."""
    state: Any = None
    for event in events:
        state = FOLDS[kind].evolve(state, event)
    assert state is not None, f"a {kind.value} without events has no state"
    return state


_KIND_OF: Mapping[type[Any], StreamKind] = MappingProxyType({fold.state_type: kind for kind, fold in FOLDS.items()})
_KEY_FIELD: Mapping[StreamKind, str] = MappingProxyType(
    {StreamKind.USAGE_POINT: "pod", StreamKind.PROGRAM_PLACE: "program"}
)


def key_of(state: Aggregate) -> str:
    """The key of the stream to which a state belongs: its number, its usage point's identifier, or its program."""
    match state:
        case UsagePoint():
            return state.pod
        case ProgramPlaces():
            return state.program
        case _:
            return state.number
