"""Knowing the master key of a database again: the fingerprint that its first use left there."""

from __future__ import annotations

from typing import LiteralString

from django.db import connection
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

_TABLE: LiteralString = "SELECT to_regclass('master_key_mark') IS NOT NULL"
_FOUND: LiteralString = "SELECT fingerprint FROM master_key_mark"
_LEAVE: LiteralString = "INSERT INTO master_key_mark (is_only, fingerprint) VALUES (true, %s) ON CONFLICT DO NOTHING"


def is_marked() -> bool:
    """Whether a master key was used with this database before."""
    connection.ensure_connection()
    database: Connection[TupleRow] = connection.connection
    with Cursor(database) as pen:
        has_table = pen.execute(_TABLE).fetchone()
        return has_table is not None and bool(has_table[0]) and pen.execute(_FOUND).fetchone() is not None


def marked_fingerprint(fingerprint: str) -> str | None:
    """The fingerprint of the key that this database was first used with; the given one, if there was none.

    None before the tables are made. Of two first uses at once one leaves its mark, and both are told it.
    """
    connection.ensure_connection()
    database: Connection[TupleRow] = connection.connection
    with Cursor(database) as pen:
        has_table = pen.execute(_TABLE).fetchone()
        if has_table is None or not has_table[0]:
            return None
        found = pen.execute(_FOUND).fetchone()
        if found is None:
            pen.execute(_LEAVE, (fingerprint,))
            found = pen.execute(_FOUND).fetchone()
    return None if found is None else str(found[0])
