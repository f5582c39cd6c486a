"""The sealer: puts committed entries of all organizations into one Merkle tree, each after its predecessor.

An entry's predecessor in its stream was committed before the entry was written and has the smaller id; whatever shows
the one shows the other. So the entries that a sealer sees, taken by id, never leave one behind. Writers wait for
nothing: the sealer only remembers from which id on it has to look, and moves that floor when all who were adding
entries at some moment have ended. Their locks say so, for a transaction draws its ids under the lock of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import Cursor
from psycopg.sql import SQL

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.merkle import leaf_hash
from evenroll.records.organizations import current, cursor, open_organization, organization_keys
from evenroll.records.seal_tiles import grow

BATCH: Final = 10_000

_ADDING: LiteralString = (
    "SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks "
    "WHERE locktype = 'relation' AND relation = 'public.journal_entry'::regclass AND granted "
    "AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid() "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_GIVEN: LiteralString = (
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('public.journal_entry', 'id')::regclass), 0)"
)
_PROGRESS: LiteralString = "SELECT floor, seen, writers FROM seal_progress WHERE organization_id = %s"
_KEEP_PROGRESS: LiteralString = (
    "INSERT INTO seal_progress (organization_id, floor, seen, writers) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (organization_id) DO UPDATE SET floor = excluded.floor, seen = excluded.seen, "
    "writers = excluded.writers"
)
_UNSEALED = SQL(
    "FROM journal_entry WHERE organization_id = %(organization)s AND id > %(floor)s "
    # The floor twice: two indexes walked side by side both begin there, and not at the first leaf of all.
    "AND NOT EXISTS (SELECT FROM seal_leaf WHERE seal_leaf.entry_id = journal_entry.id "
    "AND seal_leaf.entry_id > %(floor)s)"
)
_NEXT = SQL("SELECT id, hash {} ORDER BY id LIMIT %(limit)s").format(_UNSEALED)
_WAITING = SQL(
    "SELECT count(*), min(recorded_at), extract(epoch FROM clock_timestamp() - min(recorded_at))::bigint {}"
).format(_UNSEALED)
_WITHIN = SQL("SELECT count(*) FROM (SELECT {} LIMIT %(limit)s) AS unsealed").format(_UNSEALED)
_PLACE: LiteralString = (
    "INSERT INTO seal_leaf (organization_id, position, entry_id) "
    "SELECT %s, %s + ordinality - 1, id FROM unnest(%s::bigint[]) WITH ORDINALITY AS given(id, ordinality)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What of an organization's journal is not sealed yet. oldest_at: by its own word; seconds: its age, 0 if none."""

    entries: int
    oldest_at: datetime | None
    seconds: int


def seal(organization: OrganizationKey, *, limit: int = BATCH) -> int:
    """Seal up to `limit` committed entries of one organization, in one transaction; how many there were.

    Several at once wait for each other: the tree grows at one end.
    """
    with open_organization(organization) as opened, cursor() as pen:
        size = _lock_tree(pen)
        known, seen, writers = _progress(pen, opened.id)
        floor = known
        adding: list[str] = _one(pen, _ADDING)
        # Whoever drew an id up to `seen` held the lock then: with all of them gone nothing can come beneath it.
        if not set(writers) & set(adding):
            floor, seen, writers = seen, _one(pen, _GIVEN), _one(pen, _ADDING)
        rows = pen.execute(_NEXT, {"organization": opened.id, "floor": known, "limit": limit}).fetchall()
        if rows:
            pen.execute(_PLACE, (opened.id, size, [row[0] for row in rows]))
            grow(pen, [leaf_hash(bytes.fromhex(row[1])) for row in rows], size=size)
            pen.execute("UPDATE public.seal_tree SET size = %s", (size + len(rows),))
        if len(rows) == limit and rows[-1][0] < floor:
            # The next look begins behind what this one sealed: from the same place each would pass over all the ones
            # before, and a long log would cost its square. That nothing comes beneath the floor is kept for it.
            floor, seen, writers = rows[-1][0], floor, []
        # All that could be seen up to this floor is sealed now.
        pen.execute(_KEEP_PROGRESS, (opened.id, floor, seen, writers))
    return len(rows)


def seal_all(*, limit: int = BATCH) -> int:
    """Seal everything that is committed now, of every organization; how many entries there were."""
    sealed = 0
    for organization in organization_keys():
        while found := seal(organization, limit=limit):
            sealed += found
            if found < limit:
                break
    return sealed


def waiting(organization: OrganizationKey) -> Waiting:
    """What of an organization's journal is committed and not sealed."""
    with open_organization(organization) as opened, cursor() as pen:
        floor = _progress(pen, opened.id)[0]
        row = pen.execute(_WAITING, {"organization": opened.id, "floor": floor}).fetchone()
    assert row is not None
    return Waiting(entries=row[0], oldest_at=row[1], seconds=row[2] or 0)


def unsealed_within(limit: int) -> int:
    """How many entries of the open organization are committed and not sealed, counted up to a limit."""
    with cursor() as pen:
        floor = _progress(pen, current().id)[0]
        row = pen.execute(_WITHIN, {"organization": current().id, "floor": floor, "limit": limit}).fetchone()
    assert row is not None
    return row[0]


def _lock_tree(pen: Cursor[Any]) -> int:
    row = pen.execute("SELECT size FROM public.seal_tree FOR UPDATE").fetchone()
    assert row is not None
    return row[0]


def _progress(pen: Cursor[Any], organization_id: int) -> tuple[int, int, list[str]]:
    row = pen.execute(_PROGRESS, (organization_id,)).fetchone()
    return (0, 0, []) if row is None else (row[0], row[1], row[2])


def _one(pen: Cursor[Any], query: LiteralString) -> Any:
    row = pen.execute(query).fetchone()
    assert row is not None
    return row[0]
