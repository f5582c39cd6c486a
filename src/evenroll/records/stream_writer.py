"""The one writer of streams: entries with their hashes, the fold, and the rows; and the loader of what it wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias, cast

from django.db import transaction
from psycopg import Cursor
from psycopg.errors import UniqueViolation
from psycopg.sql import SQL, Identifier, Literal

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_events import PlaceReserved
from evenroll.enrollment.erasure import Erasure
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.notices import NOTICE_KINDS, NOTICE_WITHIN
from evenroll.enrollment.program_event import ProgramEvent
from evenroll.enrollment.program_places import ProgramPlaces
from evenroll.enrollment.roles import Actor
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import canonical
from evenroll.quantities.identifiers import PodId
from evenroll.records.entries import ENTRY, columns_hash
from evenroll.records.fold_tables import STATE_TABLES
from evenroll.records.folds import FOLDS, Aggregate, StreamForeign, key_of, read_state, written_event
from evenroll.records.locks import Head
from evenroll.records.organizations import Opened, cursor
from evenroll.records.projection import project_case
from evenroll.records.projection_erasure import project_erasure
from evenroll.records.projection_money import project_event, project_ledger
from evenroll.records.projection_places import project_line, project_places
from evenroll.records.projection_service import project_order, project_point
from evenroll.records.projection_supply import project_pevs, project_supply
from evenroll.records.row_batch import Put, RowBatch, Rows
from evenroll.records.streams import StreamId, StreamKind

PLACE_ONCE = "place_taken_once"

_LOAD = {
    kind: SQL("SELECT state FROM {} WHERE organization_id = %s AND {} = %s")
    .format(Identifier(table), Identifier(key))
    .as_bytes()
    for kind, (table, key) in STATE_TABLES.items()
}

_LOAD_MANY = {
    kind: SQL("SELECT {1}, state FROM {0} WHERE organization_id = %s AND {1} = ANY(%s)")
    .format(Identifier(table), Identifier(key))
    .as_bytes()
    for kind, (table, key) in STATE_TABLES.items()
}

# Both rows are locked: of a writer that was waited for, the new head comes with the new state and not with the old.
_LOCK_AND_LOAD = {
    kind: SQL(
        "SELECT head.number, head.hash, record.state FROM stream_head AS head JOIN {} AS record "
        "ON record.organization_id = head.organization_id AND record.{} = head.stream_key "
        "WHERE head.organization_id = %s AND head.stream_kind = {} AND head.stream_key = %s FOR UPDATE"
    )
    .format(Identifier(table), Identifier(key), Literal(kind.value))
    .as_bytes()
    for kind, (table, key) in STATE_TABLES.items()
}

_HEAD = Put(
    table="stream_head",
    columns=(("stream_kind", "text"), ("stream_key", "text"), ("number", "int"), ("hash", "text")),
    keys=2,
)

_NOTICE = Put(
    table="notice",
    columns=(
        ("stream_kind", "text"),
        ("stream_key", "text"),
        ("code", "text"),
        ("parameters", "text"),
        ("noticed_at", "timestamptz"),
        ("due_at", "timestamptz"),
        ("next_at", "timestamptz"),
    ),
    keys=0,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceTaken:
    """A unit that another case has in its family, live or held. holder: that case, of the same organization, or ""."""

    place: Place
    holder: str


class PlaceConflict(Exception):
    """A place was to be reserved and is taken; `taken` says by whom. What was to be written was not."""

    def __init__(self, taken: PlaceTaken) -> None:
        super().__init__(
            f"{taken.place.unit.value} {taken.place.unit_key} is taken in family {taken.place.family} already, by "
            f"case {taken.holder or 'another one'}. Decide again with this fact."
        )
        self.taken = taken


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """What all entries of one unit of work share. is_alone: a place that is taken already undoes all of it."""

    batch: RowBatch
    opened: Opened
    actor: Actor
    now: datetime
    business_on: date
    idempotency_key: str
    is_alone: bool = False


EntryRow: TypeAlias = tuple[object, ...]
"""An entry as its row: see entries.ENTRY."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is added to a stream, one entry at least, and its state before and after."""

    stream: StreamId
    before: Aggregate | None
    after: Aggregate
    events: tuple[Event, ...]
    entries: tuple[EntryRow, ...]


def load(pen: Cursor[Any], organization_id: int, stream: StreamId) -> Aggregate | None:
    """The state of a stream as its row keeps it; None if it has none. The caller holds the lock."""
    if stream.kind not in STATE_TABLES:
        return None
    row = pen.execute(_LOAD[stream.kind], (organization_id, stream.key)).fetchone()
    return None if row is None else read_state(stream.kind, row[0])


def load_many(
    pen: Cursor[Any], organization_id: int, streams: Collection[StreamId]
) -> Mapping[StreamId, Aggregate | None]:
    """The state of each of these streams, None of one that has none; a statement a kind. The caller holds the locks."""
    states: dict[StreamId, Aggregate | None] = dict.fromkeys(streams)
    for kind in sorted({each.kind for each in streams} & STATE_TABLES.keys()):
        keys = [each.key for each in streams if each.kind is kind]
        for key, state in pen.execute(_LOAD_MANY[kind], (organization_id, keys)).fetchall():
            states[StreamId(kind=kind, key=key)] = read_state(kind, state)
    return states


def lock_and_load(pen: Cursor[Any], organization_id: int, stream: StreamId) -> tuple[Head, Aggregate] | None:
    """Where a stream stands and its state, both locked by one statement; None if it has no state yet."""
    if stream.kind not in STATE_TABLES:
        return None
    row = pen.execute(_LOCK_AND_LOAD[stream.kind], (organization_id, stream.key)).fetchone()
    return None if row is None else (Head(number=row[0], hash=row[1]), read_state(stream.kind, row[2]))


def load_points(pen: Cursor[Any], organization_id: int, pods: Sequence[PodId]) -> dict[str, UsagePoint]:
    """The states of many usage points, by their numbers; of one without there is none. The caller holds the locks."""
    rows = pen.execute(
        "SELECT pod, state FROM point_record WHERE organization_id = %s AND pod = ANY(%s)",
        (organization_id, list(pods)),
    ).fetchall()
    return {pod: read_state(StreamKind.USAGE_POINT, state) for pod, state in rows}


def append(
    writing: Writing, stream: StreamId, *, head: Head, before: Aggregate | None, events: tuple[Event, ...]
) -> tuple[Aggregate, Head]:
    """Add events to a locked stream; the state after them and the new head.

    They are put into the batch. Raises EventForeign, StreamForeign and PlaceConflict: then nothing of this call is.
    """
    after = checked_fold(stream, before, events)
    entries = new_entries(writing, stream, head=head, events=events)
    reserved = next((event.place for event in events if isinstance(event, PlaceReserved)), None)
    change = Change(stream=stream, before=before, after=after, events=events, entries=entries)
    if reserved is None or writing.is_alone:
        write(writing, change, rows=writing.batch)
    else:
        # Only here may a row be refused that the decision could not know of: what came before is safe from that.
        writing.batch.flush()
        try:
            with transaction.atomic(using=writing.opened.alias):
                write(writing, change, rows=writing.batch)
                writing.batch.flush()
        except UniqueViolation as error:
            if error.diag.constraint_name != PLACE_ONCE:
                raise
            raise PlaceConflict(PlaceTaken(place=reserved, holder=_holder(writing, reserved))) from None
    return after, head_after(entries)


def head_after(entries: Sequence[EntryRow]) -> Head:
    """Where a stream stands after these entries, of which there is one at least."""
    number, own_hash = entries[-1][2], entries[-1][-1]
    assert isinstance(number, int)
    return Head(number=number, hash=str(own_hash))


def checked_fold(stream: StreamId, before: Aggregate | None, events: tuple[Event, ...]) -> Aggregate:
    """The state of a stream after these events. Raises StreamForeign where they are another one's."""
    after = fold(stream.kind, before, events)
    if key_of(after) != stream.key:
        raise StreamForeign(
            f"These events are of {stream.kind.value} {key_of(after)} and were to be written to {stream.key}. "
            "Give the number that the first event names."
        )
    return after


def write_reserved(batch: RowBatch, events: tuple[Event, ...]) -> None:
    """Write what waits, if a place is reserved by it. Raises PlaceConflict: the transaction can only be undone then."""
    reserved = next((event.place for event in events if isinstance(event, PlaceReserved)), None)
    if reserved is None:
        return
    try:
        batch.flush()
    except UniqueViolation as error:
        if error.diag.constraint_name != PLACE_ONCE:
            raise
        # Nobody can be asked who holds it: the database hears nothing more in this transaction.
        raise PlaceConflict(PlaceTaken(place=reserved, holder="")) from None


def fold(kind: StreamKind, before: Aggregate | None, events: tuple[Event, ...]) -> Aggregate:
    """The state after these events."""
    state = before
    for event in events:
        state = FOLDS[kind].evolve(state, event)
    assert state is not None
    return state


def project(
    batch: Rows,
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
            project_case(batch, organization_id, before=before, after=after, events=events)
            project_line(batch, organization_id, before=before, after=after)
            project_ledger(batch, before=before, after=after)
        case ServiceOrder():
            assert before is None or isinstance(before, ServiceOrder)
            project_order(batch, organization_id, before=before, after=after)
        case UsagePoint():
            assert before is None or isinstance(before, UsagePoint)
            project_point(batch, organization_id, before=before, after=after)
            project_pevs(batch, organization_id, before=before, after=after)
        case SupplyRequest():
            assert before is None or isinstance(before, SupplyRequest)
            project_supply(batch, organization_id, before=before, after=after)
        case ProgramPlaces():
            assert before is None or isinstance(before, ProgramPlaces)
            project_places(batch, organization_id, before=before, after=after)
        case ProgramEvent():
            project_event(batch, after=after)
        case Erasure():
            project_erasure(batch, after=after)


def new_entries(writing: Writing, stream: StreamId, *, head: Head, events: tuple[Event, ...]) -> tuple[EntryRow, ...]:
    """The entries of events that are added to a stream, each with the hash of the one before. Raises EventForeign."""
    actor, opened = writing.actor, writing.opened
    made: list[EntryRow] = []
    number, previous = head.number, head.hash
    for event in events:
        number += 1
        row = (
            *(stream.kind.value, stream.key, number, event.row.value),
            *(actor.key, actor.role.value, actor.organization),
            *(event_kind(event), type(event).version, written_event(stream.kind, event)),
            *(writing.now, writing.business_on, opened.wall_at, writing.idempotency_key, previous),
        )
        previous = columns_hash((*row, ""), organization=opened.key)
        made.append((*row, previous))
    return tuple(made)


def write(writing: Writing, change: Change, *, rows: Rows) -> None:
    """Put what a change leaves in the tables: entries, the head, the rows of the state, the notices it owes."""
    for entry in change.entries:
        rows.put(ENTRY, entry)
    stream, head = change.stream, head_after(change.entries)
    rows.put(_HEAD, (stream.kind.value, stream.key, head.number, head.hash))
    project(rows, writing.opened.id, before=change.before, after=change.after, events=change.events)
    if stream.kind is StreamKind.CASE:
        _owe_notices(writing, change, rows)


def _owe_notices(writing: Writing, change: Change, rows: Rows) -> None:
    """A notice names the entry it tells of; its sentence is made where it is sent, in the customer's language."""
    now, stream = writing.now, change.stream
    for each in change.entries:
        if each[7] in NOTICE_KINDS:
            told = (stream.kind.value, stream.key, each[7], canonical({"entry": cast("int", each[2])}))
            rows.put(_NOTICE, (*told, now, now + NOTICE_WITHIN, now))


def _holder(writing: Writing, place: Place) -> str:
    with cursor() as pen:
        row = pen.execute(
            "SELECT case_number FROM place "
            "WHERE organization_id = %s AND family = %s AND unit_kind = %s AND unit_id = %s AND (live OR held)",
            (writing.opened.id, place.family, place.unit.value, place.unit_key),
        ).fetchone()
    return "" if row is None else str(row[0])
