"""Many new rows of many tables, written by COPY: staged in a temporary table each, and inserted by one statement each.

Row-level security takes no COPY, so the walls are passed by an INSERT as every other row passes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, LiteralString
from zlib import crc32

from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier

from evenroll.records.row_batch import Put, RowBatch, Rows


class RowCopy(Rows):
    """Rows that are new, of streams that begin. A row that is there already refuses all of them at `flush`.

    What is more than a new row, such as a statement that changes others, goes by a RowBatch after them.
    """

    def __init__(self, pen: Cursor[Any], organization_id: int) -> None:
        self._pen = pen
        self._organization_id = organization_id
        self._rows: dict[Put, dict[object, tuple[object, ...]]] = {}
        self._batch = RowBatch(pen, organization_id)
        self._staged: set[Put] = set()

    def put(self, how: Put, row: tuple[object, ...]) -> None:
        """Write this row, in the place of one of the same key in hand."""
        if how.insert:
            self._batch.put(how, row)
            return
        rows = self._rows.setdefault(how, {})
        rows[row[: how.keys] if how.keys else len(rows)] = row

    def count(self, how: Put) -> int:
        """How many rows of this kind wait."""
        return self._batch.count(how) if how.insert else len(self._rows.get(how, ()))

    def run(self, table: str, statement: LiteralString | Composed, parameters: Sequence[object]) -> None:
        """Run a statement after all rows."""
        self._batch.run(table, statement, parameters)

    def flush(self) -> None:
        """Write all of it now."""
        rows, self._rows = self._rows, {}
        for how in sorted(rows, key=lambda each: each.table):
            make, empty, copy, insert = _statements(how)
            # The stage is emptied by the end of the transaction, and before it where it is used once more.
            self._pen.execute(empty if how in self._staged else make)
            self._staged.add(how)
            with self._pen.copy(copy) as staged:
                for row in rows[how].values():
                    staged.write_row(row)
            self._pen.execute(insert, (self._organization_id,))
        self._batch.flush()


@lru_cache(maxsize=64)
def _statements(how: Put) -> tuple[bytes, bytes, bytes, bytes]:
    """Make the stage if this connection has none; empty it; copy into it; insert from it.

    Its name tells its columns: a connection that a pooler keeps may have one of another release.
    """
    shape = crc32(repr(how.columns).encode())
    stage, names = Identifier(f"stage_{how.table}_{shape:08x}"), SQL(", ").join(map(Identifier, how.names))
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(type_)) for name, type_ in how.columns)
    make = SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {} ({}) ON COMMIT DELETE ROWS").format(stage, columns)
    copy = SQL("COPY {} ({}) FROM STDIN").format(stage, names)
    insert = SQL("INSERT INTO {} (organization_id, {}) SELECT %s, {} FROM {}").format(
        Identifier(how.table), names, names, stage
    )
    empty = SQL("TRUNCATE {}").format(stage)
    return make.as_bytes(), empty.as_bytes(), copy.as_bytes(), insert.as_bytes()
