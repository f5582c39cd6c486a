"""The one writer of streams: entries with their hashes, the fold, and the rows; and the loader of what it wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, LiteralString

from psycopg import Cursor
from psycopg.errors import UniqueViolation

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_events import PlaceReserved
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.notices import NOTICE_KINDS, NOTICE_WITHIN
from evenroll.enrollment.program_event import ProgramEvent
from evenroll.enrollment.program_places import ProgramPlaces
from evenroll.enrollment.roles import Actor
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import canonical
from evenroll.records.entries import INSERT, Entry, entry_hash, to_columns
from evenroll.records.folds import FOLDS, Aggregate, StreamForeign, key_of, read_state, written_event
from evenroll.records.locks import Head
from evenroll.records.organizations import Opened
from evenroll.records.projection import project_case
from evenroll.records.projection_money import project_event, project_ledger
from evenroll.records.projection_places import project_line, project_places
from evenroll.records.projection_service import project_order, project_point
from evenroll.records.projection_supply import project_pevs, project_supply
from evenroll.records.streams import StreamId, StreamKind

LIVE_PLACE = "place_live_once"

_STATE: dict[StreamKind, LiteralString] = {
    StreamKind.CASE: "SELECT state FROM case_record WHERE organization_id = %s AND number = %s",
    StreamKind.SERVICE_ORDER: "SELECT state FROM service_order WHERE organization_id = %s AND number = %s",
    StreamKind.USAGE_POINT: "SELECT state FROM point_record WHERE organization_id = %s AND pod = %s",
    StreamKind.PROGRAM_EVENT: "SELECT state FROM program_event WHERE organization_id = %s AND number = %s",
    StreamKind.SUPPLY_REQUEST: "SELECT state FROM supply_request WHERE organization_id = %s AND number = %s",
    StreamKind.PROGRAM_PLACE: "SELECT state FROM program_place WHERE organization_id = %s AND program = %s",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceTaken:
    """A unit that another live enrollment of its family holds. holder: that case, of the same organization."""

    place: Place
    holder: str


class PlaceConflict(Exception):
    """A place was to be reserved and is taken; `taken` says by whom. What was to be written was not."""

    def __init__(self, taken: PlaceTaken) -> None:
        super().__init__(
            f"{taken.place.unit.value} {taken.place.unit_key} is enrolled in family {taken.place.family} already, by "
            f"case {taken.holder}. Decide again with this fact."
        )
        self.taken = taken


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """What all entries of one unit of work share."""

    pen: Cursor[Any]
    opened: Opened
    actor: Actor
    now: datetime
    business_on: date
    idempotency_key: str


def load(pen: Cursor[Any], organization_id: int, stream: StreamId) -> Aggregate | None:
    """The state of a stream as its row keeps it; None if it has none. The caller holds the lock."""
    if stream.kind not in _STATE:
        return None
    row = pen.execute(_STATE[stream.kind], (organization_id, stream.key)).fetchone()
    return None if row is None else read_state(stream.kind, row[0])


def append(
    writing: Writing, stream: StreamId, *, head: Head, before: Aggregate | None, events: tuple[Event, ...]
) -> tuple[Aggregate, Head]:
    """Add events to a locked stream; the state after them and the new head.

    Raises EventForeign, StreamForeign and PlaceConflict: then nothing of this call is written.
    """
    after = fold(stream.kind, before, events)
    if key_of(after) != stream.key:
        raise StreamForeign(
            f"These events are of {stream.kind.value} {key_of(after)} and were to be written to {stream.key}. "
            "Give the number that the first event names."
        )
    entries = _entries(writing, stream, head, events)
    reserved = next((event.place for event in events if isinstance(event, PlaceReserved)), None)
    if reserved is None:
        _write(writing, stream, entries, before=before, after=after, events=events)
    else:
        try:
            with writing.pen.connection.transaction():
                _write(writing, stream, entries, before=before, after=after, events=events)
        except UniqueViolation as error:
            if error.diag.constraint_name != LIVE_PLACE:
                raise
            raise PlaceConflict(PlaceTaken(place=reserved, holder=_holder(writing, reserved))) from None
    return after, Head(number=entries[-1].number, hash=entries[-1].hash)


def fold(kind: StreamKind, before: Aggregate | None, events: tuple[Event, ...]) -> Aggregate:
    """The state after these events."""
    state = before
    for event in events:
        state = FOLDS[kind].evolve(state, event)
    assert state is not None
    return state


def project(
    pen: Cursor[Any],
    organization_id: int,
    *,
    before: Aggregate | None,
    after: Aggregate,
    events: tuple[Event, ...],
) -> None:
    """Bring the rows from one state to the other. Unit of work and replay share it."""
    match after:
        case Case():
            assert before is None or isinstance(before, Case)
            project_case(pen, organization_id, before=before, after=after, events=events)
            project_line(pen, organization_id, before=before, after=after)
            project_ledger(pen, organization_id, before=before, after=after)
        case ServiceOrder():
            assert before is None or isinstance(before, ServiceOrder)
            project_order(pen, organization_id, before=before, after=after)
        case UsagePoint():
            assert before is None or isinstance(before, UsagePoint)
            project_point(pen, organization_id, before=before, after=after)
            project_pevs(pen, organization_id, before=before, after=after)
        case SupplyRequest():
            assert before is None or isinstance(before, SupplyRequest)
            project_supply(pen, organization_id, before=before, after=after)
        case ProgramPlaces():
            assert before is None or isinstance(before, ProgramPlaces)
            project_places(pen, organization_id, before=before, after=after)
        case ProgramEvent():
            project_event(pen, organization_id, after=after)


def _entries(writing: Writing, stream: StreamId, head: Head, events: tuple[Event, ...]) -> list[Entry]:
    entries: list[Entry] = []
    number, previous = head.number, head.hash
    for event in events:
        number += 1
        bare = Entry(
            organization=writing.opened.key,
            stream=stream,
            number=number,
            row=event.row.value,
            actor_key=writing.actor.key,
            actor_role=writing.actor.role,
            actor_organization=writing.actor.organization,
            event=event_kind(event),
            version=type(event).version,
            data=written_event(stream.kind, event),
            business_at=writing.now,
            business_on=writing.business_on,
            recorded_at=writing.opened.wall_at,
            idempotency_key=writing.idempotency_key,
            previous_hash=previous,
        )
        entry = replace(bare, hash=entry_hash(bare))
        entries.append(entry)
        previous = entry.hash
    return entries


def _write(
    writing: Writing,
    stream: StreamId,
    entries: list[Entry],
    *,
    before: Aggregate | None,
    after: Aggregate,
    events: tuple[Event, ...],
) -> None:
    pen, organization_id = writing.pen, writing.opened.id
    pen.executemany(INSERT, [to_columns(entry, organization_id=organization_id) for entry in entries])
    pen.execute(
        "UPDATE stream_head SET number = %s, hash = %s "
        "WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s",
        (entries[-1].number, entries[-1].hash, organization_id, stream.kind.value, stream.key),
    )
    project(pen, organization_id, before=before, after=after, events=events)
    if stream.kind is StreamKind.CASE:
        _owe_notices(writing, entries)


_OWE: LiteralString = (
    "INSERT INTO notice (organization_id, stream_kind, stream_key, code, parameters, noticed_at, due_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def _owe_notices(writing: Writing, entries: list[Entry]) -> None:
    """A notice names the entry it tells of; its sentence is made where it is sent, in the customer's language."""
    pen, organization_id, now = writing.pen, writing.opened.id, writing.now
    owed = [
        (organization_id, each.stream.kind.value, each.stream.key, each.event, canonical({"entry": each.number}))
        for each in entries
        if each.event in NOTICE_KINDS
    ]
    if owed:
        pen.executemany(_OWE, [(*row, now, now + NOTICE_WITHIN) for row in owed])


def _holder(writing: Writing, place: Place) -> str:
    row = writing.pen.execute(
        "SELECT case_number FROM place "
        "WHERE organization_id = %s AND family = %s AND unit_kind = %s AND unit_id = %s AND live",
        (writing.opened.id, place.family, place.unit.value, place.unit_key),
    ).fetchone()
    return "" if row is None else str(row[0])
