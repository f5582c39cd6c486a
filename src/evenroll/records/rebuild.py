"""Rows of another release written anew from the journal, in small batches, while work goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, LiteralString

from django.db import connections
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg.sql import SQL, Composable, Composed, Identifier

from evenroll.enrollment.event import Event
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import COLUMNS, Entry, from_columns
from evenroll.records.fold_tables import (
    FOLD_TABLES,
    NOT_COMPARED,
    OWNER,
    ROWS_OF,
    STATE_TABLES,
    columns_of,
    copy_for_a_batch,
    older_rows,
    owner_pen,
)
from evenroll.records.folds import EventForeign, beginning_of, fold_of, key_of, read_event
from evenroll.records.journal import check_chain
from evenroll.records.locks import Head
from evenroll.records.organizations import current, cursor, open_organization, organization_keys
from evenroll.records.row_batch import RowBatch
from evenroll.records.stream_writer import project
from evenroll.records.streams import StreamId, StreamKind
from evenroll.records.upcasters import VersionUnknown

BATCH = 50
ROUNDS_MAX = 20
LOCK_TIMEOUT = "1s"
PAUSE_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """What was done. written: streams whose rows were written anew. busy: still to do, somebody works on them.

    failed: streams whose journal this release cannot read, or that does not hold; their rows were left alone.
    """

    written: int = 0
    busy: int = 0
    failed: tuple[tuple[OrganizationKey, StreamId], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Folded:
    stream: StreamId
    state: Any
    events: tuple[Event, ...]


def rows_left(organizations: Iterable[OrganizationKey] | None = None) -> int:
    """How many states of these organizations, or of all, are not written in the form of this release."""
    left = 0
    for organization in organization_keys() if organizations is None else organizations:
        with open_organization(organization):
            left += older_rows()
    return left


def rebuild(
    *,
    organizations: Iterable[OrganizationKey] | None = None,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> Rebuilt:
    """Fold every stream anew whose row is not in the form of this release, and write what differs.

    As the owner role, each batch of streams in a transaction of its own, under their locks: a run that is ended goes on
    where it was, and what somebody works on is passed over and tried again, up to ROUNDS_MAX times.
    organizations: absent for all of them. progress: told how many streams each batch wrote.
    """
    every = organization_keys() if organizations is None else organizations
    keys = tuple(key for key in every if rows_left((key,)))
    done = Rebuilt()
    if not keys:
        return done
    connections[OWNER].close()
    try:
        for table in FOLD_TABLES:
            copy_for_a_batch(owner_pen(), table)
        for organization in keys:
            for kind in STATE_TABLES:
                done = _rebuild_kind(done, organization, kind, batch, progress)
        return done
    finally:
        # The copies have the names of the tables: this connection may do nothing else.
        connections[OWNER].close()


def _rebuild_kind(
    done: Rebuilt, organization: OrganizationKey, kind: StreamKind, batch: int, progress: Callable[[int], None]
) -> Rebuilt:
    failed, written = set[StreamId](), 0
    for attempt in range(ROUNDS_MAX):
        if attempt:
            # Once more from the beginning: who held streams may be done with them.
            time.sleep(PAUSE_SECONDS)
        passed_over, after = 0, ""
        while True:
            try:
                keys, wrote, wrong = _rebuild_batch(organization, kind, after=after, limit=batch)
            except (DeadlockDetected, LockNotAvailable):
                passed_over += 1
                break
            if not keys:
                break
            failed |= wrong
            written, after = written + wrote, keys[-1]
            passed_over += len(keys) - wrote - len(wrong)
            progress(wrote)
        if not passed_over:
            break
    with open_organization(organization, alias=OWNER):
        left = len(_older_keys(kind, after="", limit=None)) - len(failed)
    found = tuple((organization, each) for each in sorted(failed, key=lambda each: each.key))
    return replace(done, written=done.written + written, busy=done.busy + left, failed=done.failed + found)


def _rebuild_batch(
    organization: OrganizationKey, kind: StreamKind, *, after: str, limit: int
) -> tuple[list[str], int, set[StreamId]]:
    """The streams that were looked at, how many of them were written, and which cannot be folded."""
    with open_organization(organization, alias=OWNER):
        cursor().execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
        keys = _older_keys(kind, after=after, limit=limit)
        heads = _locked_heads(kind, keys)
        folded = [each for each in _folded(kind, heads) if each is not None]
        _write(kind, folded)
    wrong = {StreamId(kind=kind, key=key) for key in heads} - {each.stream for each in folded}
    return keys, len(folded), wrong


def _write(kind: StreamKind, folded: list[_Folded]) -> None:
    batch = RowBatch(cursor(), current().id)
    for each in folded:
        project(batch, current().id, before=None, after=each.state, events=each.events)
        batch.flush()
    for table, column in ROWS_OF[kind].items():
        _merge(kind, table, column, [each.stream.key for each in folded])


def _older_keys(kind: StreamKind, *, after: str, limit: int | None) -> list[str]:
    table, key = STATE_TABLES[kind]
    beginning = beginning_of(kind)
    query = SQL(
        "SELECT {key} FROM {table} WHERE organization_id = %s AND {key} > %s AND left(state, %s) <> %s "
        "ORDER BY {key} LIMIT %s"
    ).format(key=Identifier(key), table=Identifier("public", table))
    rows = cursor().execute(query, (current().id, after, len(beginning), beginning, limit)).fetchall()
    return [row[0] for row in rows]


def _locked_heads(kind: StreamKind, keys: list[str]) -> dict[str, Head]:
    # What somebody holds is passed over, so that this never waits for a stream while it holds another.
    rows = cursor().execute(
        "SELECT stream_key, number, hash FROM stream_head WHERE organization_id = %s AND stream_kind = %s "
        "AND stream_key = ANY(%s) ORDER BY stream_key FOR UPDATE SKIP LOCKED",
        (current().id, kind.value, keys),
    )
    return {key: Head(number=number, hash=own_hash) for key, number, own_hash in rows.fetchall()}


def _folded(kind: StreamKind, heads: Mapping[str, Head]) -> Iterator[_Folded | None]:
    query = SQL(
        "SELECT {} FROM journal_entry WHERE organization_id = %s AND stream_kind = %s AND stream_key = ANY(%s) "
        "ORDER BY stream_key, number"
    ).format(COLUMNS)
    rows = cursor().execute(query, (current().id, kind.value, list(heads))).fetchall()
    entries = (from_columns(row, organization=current().key) for row in rows)
    for stream, grouped in groupby(entries, key=lambda entry: entry.stream):
        yield _fold(stream, tuple(grouped), heads[stream.key])


def _fold(stream: StreamId, entries: tuple[Entry, ...], head: Head) -> _Folded | None:
    """None where the chain does not hold, or tells of another stream, or a newer release wrote it."""
    if any(True for _ in check_chain(stream, entries, head=head)):
        return None
    try:
        events = tuple(
            read_event(stream.kind, event=each.event, version=each.version, data=each.data) for each in entries
        )
    except (EventForeign, VersionUnknown, ValueError):
        return None
    state = fold_of(stream.kind, events)
    return _Folded(stream=stream, state=state, events=events) if key_of(state) == stream.key else None


_DELETE = SQL("DELETE FROM {public} AS had WHERE {theirs} AND NOT EXISTS (SELECT 1 FROM {made} AS made WHERE {same})")
_UPDATE = SQL(
    "UPDATE {public} AS had SET {sets} FROM {made} AS made "
    "WHERE {theirs} AND {same} AND ({had}) IS DISTINCT FROM ({new})"
)
_INSERT = SQL(
    "INSERT INTO {public} ({columns}) SELECT {columns} FROM {made} AS made "
    "WHERE NOT EXISTS (SELECT 1 FROM {public} AS had WHERE {theirs} AND {same})"
)


def _merge(kind: StreamKind, table: str, column: str, keys: list[str]) -> None:
    """Bring the rows of these streams to what the copy has.

    In place where the key is there: whoever waits for the lock of a row finds it again. A row that is not needed goes
    first and a new one comes last, so that what must be unique is so all the time.
    """
    key = FOLD_TABLES[table]
    told = [name for name in columns_of(table) if name not in key]
    theirs = SQL("had.organization_id = %(org)s AND had.{} = ANY(%(keys)s)").format(Identifier(column))
    if table == "track":
        theirs = SQL("{} AND had.stream_kind = %(kind)s").format(theirs)
    parts: dict[str, Composable] = {
        "public": Identifier("public", table),
        "made": Identifier("pg_temp", table),
        "same": SQL(" AND ").join(SQL("had.{0} IS NOT DISTINCT FROM made.{0}").format(Identifier(k)) for k in key),
        "theirs": theirs,
        "columns": _listed("{}", columns_of(table, but=NOT_COMPARED - {"organization_id", "tile_number"})),
        "sets": _listed("{0} = made.{0}", told),
        "had": _listed("had.{}", told),
        "new": _listed("made.{}", told),
    }
    values = {"org": current().id, "keys": keys, "kind": kind.value}
    for statement in (_DELETE, _UPDATE, _INSERT) if told else (_DELETE, _INSERT):
        cursor().execute(statement.format(**parts), values)


def _listed(how: LiteralString, names: list[str]) -> Composed:
    return SQL(", ").join(SQL(how).format(Identifier(name)) for name in names)
