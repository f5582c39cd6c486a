"""Replay: every row built again from the journal alone, whose hashes are checked as it is read, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connections
from psycopg.sql import SQL, Composed, Identifier

from evenroll.enrollment.event import Event
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import Entry
from evenroll.records.fold_tables import FOLD_TABLES, OWNER, columns_of, copy_shape, older_rows, one_instant, owner_pen
from evenroll.records.folds import FOLDS, Fold, key_of, read_event
from evenroll.records.journal import Fault, FaultKind, all_entries, check_chain, stream_heads
from evenroll.records.organizations import current, cursor, open_organization, organization_keys
from evenroll.records.row_batch import RowBatch
from evenroll.records.stream_writer import project
from evenroll.records.streams import StreamKind
from evenroll.records.upcasters import UPCASTERS, Upcaster

DIFFERENCES_MAX = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A row that the fold and the tables do not have alike. key: natural key; where: "tables" or "journal" alone.

    table "journal_entry": a stream whose entries tell of another one; key: that under which they stand.
    """

    organization: OrganizationKey
    table: str
    key: str
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayResult:
    """What replay found. differences: the first ones of each table. faults: where the chain of hashes does not hold.

    older: how many rows were written in the form of another release; they may differ for no other reason.
    """

    entries: int
    rows: int
    differences: tuple[Difference, ...]
    faults: tuple[tuple[OrganizationKey, Fault], ...] = ()
    older: int = 0

    @property
    def equal(self) -> bool:
        """Whether tables and journal agree to the byte."""
        return not self.differences

    @property
    def holds(self) -> bool:
        """Whether every entry follows from the one before it, to the head of its stream."""
        return not self.faults


def replay(
    schema: str,
    *,
    organizations: Iterable[OrganizationKey] | None = None,
    folds: Mapping[StreamKind, Fold] = FOLDS,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> ReplayResult:
    """Fold the journal of these organizations into a new schema as the owner role, compare, and drop the schema.

    Entries are checked against their hashes, and streams against their heads, as they are read.
    organizations: absent for all of them. Each is seen at one instant, so writers need not stop. Raises
    DuplicateSchema if the schema is there already.
    """
    pen = owner_pen()
    pen.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    try:
        for table in FOLD_TABLES:
            copy_shape(pen, Identifier(schema, table), table)
        entries, rows, differences, faults = 0, 0, list[Difference](), list[tuple[OrganizationKey, Fault]]()
        older = 0
        for organization in organization_keys() if organizations is None else organizations:
            with one_instant(), open_organization(organization, alias=OWNER):
                cursor().execute("SELECT set_config('search_path', %s, true)", (f"{schema}, public",))
                folded, foreign, broken = _fold_all(folds, upcasters)
                entries += folded
                faults += [(organization, each) for each in broken]
                differences += foreign
                for table, key in FOLD_TABLES.items():
                    rows += _count(table)
                    differences += _compare(schema, table, key)
                differences += _miscounted(schema)
                older += older_rows()
        return ReplayResult(
            entries=entries, rows=rows, differences=tuple(differences), faults=tuple(faults), older=older
        )
    finally:
        owner_pen().execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))
        connections[OWNER].close()


def _fold_all(
    folds: Mapping[StreamKind, Fold], upcasters: Mapping[tuple[str, int], Upcaster]
) -> tuple[int, list[Difference], list[Fault]]:
    """How many entries were folded, the streams whose entries tell of another stream, and the faults of the chain.

    A stream that tells of another one makes no rows.
    """
    count, foreign, faults = 0, list[Difference](), list[Fault]()
    organization_id = current().id
    batch = RowBatch(cursor(), organization_id)
    heads = {stream: head for stream, head in stream_heads().items() if head.number}
    for stream, grouped in groupby(all_entries(), key=lambda entry: entry.stream):
        entries = tuple(grouped)
        faults += check_chain(stream, entries, head=heads.pop(stream, None))
        events = tuple(_events(stream.kind, entries, upcasters))
        state: Any = None
        for event in events:
            state = folds[stream.kind].evolve(state, event)
        count += len(events)
        if key_of(state) == stream.key:
            project(batch, organization_id, before=None, after=state, events=events)
            batch.flush()
        else:
            foreign.append(
                Difference(organization=current().key, table="journal_entry", key=stream.key, where="journal")
            )
    # A head that is left has lost its whole stream.
    faults += [Fault(stream=stream, number=head.number, kind=FaultKind.HEAD) for stream, head in heads.items()]
    return count, foreign, faults


def _events(
    kind: StreamKind, entries: Iterable[Entry], upcasters: Mapping[tuple[str, int], Upcaster]
) -> Iterator[Event]:
    for entry in entries:
        yield read_event(kind, event=entry.event, version=entry.version, data=entry.data, upcasters=upcasters)


def _count(table: str) -> int:
    query = SQL("SELECT count(*) FROM {} WHERE organization_id = %s").format(Identifier("public", table))
    row = cursor().execute(query, (current().id,)).fetchone()
    return 0 if row is None else row[0]


def _compare(schema: str, table: str, key: tuple[str, ...]) -> Iterator[Difference]:
    columns = SQL(", ").join(map(Identifier, columns_of(table)))
    of = {
        name: SQL("SELECT {} FROM {} WHERE organization_id = {}").format(
            columns, Identifier(where, table), current().id
        )
        for name, where in (("tables", "public"), ("journal", schema))
    }
    for name, other in (("tables", "journal"), ("journal", "tables")):
        yield from _only(of[name], of[other], table=table, key=key, where=name)


def _miscounted(schema: str) -> Iterator[Difference]:
    """Programs whose counters are not what their cases say: two streams that tell of one thing must agree."""
    query = SQL(
        "SELECT place.program FROM {places} AS place LEFT JOIN {lines} AS line "
        "ON line.organization_id = place.organization_id AND line.program = place.program "
        "WHERE place.organization_id = %s GROUP BY place.id, place.program, place.taken, place.waiting "
        "HAVING place.taken <> count(line.id) FILTER (WHERE line.standing <> 'waiting') "
        "OR place.waiting <> count(line.id) FILTER (WHERE line.standing = 'waiting') ORDER BY 1 LIMIT %s"
    ).format(places=Identifier(schema, "program_place"), lines=Identifier(schema, "program_line"))
    for row in cursor().execute(query, (current().id, DIFFERENCES_MAX)).fetchall():
        yield Difference(organization=current().key, table="program_place", key=row[0], where="journal")


def _only(one: Composed, other: Composed, *, table: str, key: tuple[str, ...], where: str) -> Iterator[Difference]:
    query = SQL("SELECT concat_ws('/', {}) FROM ({} EXCEPT ALL {}) AS rest ORDER BY 1 LIMIT {}").format(
        SQL(", ").join(map(Identifier, key)), one, other, DIFFERENCES_MAX
    )
    for row in cursor().execute(query).fetchall():
        yield Difference(organization=current().key, table=table, key=row[0], where=where)
