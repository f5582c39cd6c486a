"""The tables that the journal alone makes: their keys, their streams, empty copies, and rows of another release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from django.db import connections
from psycopg import Cursor, IsolationLevel
from psycopg.sql import SQL, Identifier

from evenroll.records.folds import beginning_of
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamKind

OWNER = "owner"

FOLD_TABLES: Mapping[str, tuple[str, ...]] = {
    "case_record": ("number",),
    "service_order": ("number",),
    "point_record": ("pod",),
    "track": ("stream_kind", "stream_key", "track_key"),
    "place": ("case_number", "family", "unit_kind", "unit_id"),
    "meter": ("pod", "position"),
    "service_agreement": ("pod", "start_on"),
    "bill": ("order_number", "kind"),
    "vehicle": ("case_number", "pevid"),
    "charging_equipment": ("case_number",),
    "control_device": ("case_number", "device"),
    "program_place": ("program",),
    "program_line": ("case_number",),
    "supply_request": ("number",),
    "pev_at_point": ("pod", "case_number"),
    "incentive_entry": ("case_number", "code", "span", "device"),
    "program_event": ("number",),
    "erasure": ("number",),
}
"""The tables that the journal alone makes, each with its natural key."""

NOT_COMPARED = frozenset({"id", "organization_id", "tile_number", "claimed_until"})
"""Surrogates, and what workers note for themselves."""

# While streams are folded one after another a place or meter may stand in two of them for a moment that never was.
_ACROSS_STREAMS = (
    "SELECT '', conname, true FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'x' "
    "UNION ALL SELECT relnamespace::regnamespace::text, relname, false "
    "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE indrelid = %(table)s::regclass AND indisunique AND indpred IS NOT NULL"
)

STATE_TABLES: Mapping[StreamKind, tuple[str, str]] = MappingProxyType(
    {
        StreamKind.CASE: ("case_record", "number"),
        StreamKind.SERVICE_ORDER: ("service_order", "number"),
        StreamKind.USAGE_POINT: ("point_record", "pod"),
        StreamKind.PROGRAM_EVENT: ("program_event", "number"),
        StreamKind.SUPPLY_REQUEST: ("supply_request", "number"),
        StreamKind.PROGRAM_PLACE: ("program_place", "program"),
        StreamKind.ERASURE: ("erasure", "number"),
    }
)
"""Where the state of a stream stands, and its key there. A place has none: it is a lock."""

_OF_A_CASE = ("place", "vehicle", "charging_equipment", "control_device", "program_line", "incentive_entry")
_OF_A_POINT = ("meter", "service_agreement", "pev_at_point")

ROWS_OF: Mapping[StreamKind, Mapping[str, str]] = MappingProxyType(
    {
        kind: MappingProxyType(
            {
                table: key,
                "track": "stream_key",
                **(dict.fromkeys(_OF_A_CASE, "case_number") if kind is StreamKind.CASE else {}),
                **({"bill": "order_number"} if kind is StreamKind.SERVICE_ORDER else {}),
                **(dict.fromkeys(_OF_A_POINT, "pod") if kind is StreamKind.USAGE_POINT else {}),
            }
        )
        for kind, (table, key) in STATE_TABLES.items()
    }
)
"""The tables in which streams of a kind have rows, and the column that names the stream there."""


def owner_pen() -> Cursor[Any]:
    """A cursor of the role that owns the tables, outside any organization."""
    wrapper = connections[OWNER]
    wrapper.ensure_connection()
    return Cursor(wrapper.connection)


@contextmanager
def one_instant() -> Iterator[None]:
    """The owner's next transactions each see one instant of the database."""
    connection = connections[OWNER].connection
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        connection.isolation_level = None


def copy_shape(pen: Cursor[Any], copy: Identifier, table: str) -> None:
    """Make an empty copy of a table, without what holds across streams."""
    pen.execute(SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(copy, Identifier("public", table)))
    _drop_what_holds_across(pen, copy)


def copy_for_a_batch(pen: Cursor[Any], table: str) -> None:
    """As `copy_shape`, under the table's own name for this connection alone, and empty again after each transaction."""
    copy = Identifier("pg_temp", table)
    pen.execute(
        SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL) ON COMMIT DELETE ROWS").format(
            Identifier(table), Identifier("public", table)
        )
    )
    _drop_what_holds_across(pen, copy)


def _drop_what_holds_across(pen: Cursor[Any], copy: Identifier) -> None:
    for schema, name, is_constraint in pen.execute(_ACROSS_STREAMS, {"table": copy.as_string()}).fetchall():
        if is_constraint:
            pen.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(copy, Identifier(name)))
        else:
            pen.execute(SQL("DROP INDEX {}").format(Identifier(schema, name)))


def columns_of(table: str, *, but: frozenset[str] = NOT_COMPARED) -> list[str]:
    """The columns of a table, in order, without some of them."""
    rows = cursor().execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "ORDER BY attnum",
        (f"public.{table}",),
    )
    return [row[0] for row in rows if row[0] not in but]


def older_rows() -> int:
    """How many states of the open organization are not written in the form of this release."""
    found = 0
    for kind, (table, _) in STATE_TABLES.items():
        beginning = beginning_of(kind)
        query = SQL("SELECT count(*) FROM {} WHERE organization_id = %s AND left(state, %s) <> %s").format(
            Identifier("public", table)
        )
        row = cursor().execute(query, (current().id, len(beginning), beginning)).fetchone()
        found += 0 if row is None else row[0]
    return found
