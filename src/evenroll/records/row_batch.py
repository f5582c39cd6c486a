"""Rows of many tables put together and written at once: one command writes most of its rows by one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, LiteralString, Protocol

from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier


@dataclass(frozen=True, kw_only=True, eq=False)
class Put:
    """How rows of a table are put; each is made once, as a constant, and is known by itself.

    columns: each with its SQL type, beside the organization, which comes first.
    keys: by how many of the columns, the first ones, a row is known again; put once more it replaces itself. 0 where
    every row is a new one. updated: the columns that a second put changes; absent for all but the key.
    insert: in place of the plain insertion; it reads rows named `put` from `{source}`, a JSON array.
    """

    table: LiteralString
    columns: tuple[tuple[LiteralString, LiteralString], ...]
    keys: int
    updated: tuple[LiteralString, ...] | None = None
    insert: LiteralString = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns of a row, in order."""
        return tuple(name for name, _ in self.columns)


class Rows(Protocol):
    """Where a projection puts the rows of a state."""

    def put(self, how: Put, row: tuple[object, ...]) -> None:
        """Write this row, in the place of one of the same key."""
        ...

    def count(self, how: Put) -> int:
        """How many rows of this kind wait."""
        ...

    def run(self, table: str, statement: LiteralString | Composed, parameters: Sequence[object]) -> None:
        """Run a statement that changes other rows of a table than those it is given, after what was put so far."""
        ...


class RowBatch(Rows):
    """What is to be written in the running transaction. Within one table the order is kept; tables do not wait.

    Every statement that reads or writes beside it must come after `flush`; `organizations.cursor` sees to that.
    """

    def __init__(self, pen: Cursor[Any], organization_id: int) -> None:
        self._pen = pen
        self._organization_id = organization_id
        self._puts: dict[Put, dict[object, tuple[object, ...]]] = {}
        self._runs: list[tuple[LiteralString | Composed, Sequence[object]]] = []
        self._ran: set[str] = set()

    def put(self, how: Put, row: tuple[object, ...]) -> None:
        """Write this row, in the place of one of the same key."""
        if how.table in self._ran:
            self.flush()
        rows = self._puts.setdefault(how, {})
        rows[row[: how.keys] if how.keys else len(rows)] = row

    def count(self, how: Put) -> int:
        """How many rows of this kind wait."""
        return len(self._puts.get(how, ()))

    def run(self, table: str, statement: LiteralString | Composed, parameters: Sequence[object]) -> None:
        """Run a statement that changes other rows of a table than those it is given, after what was put so far."""
        self._runs.append((statement, parameters))
        self._ran.add(table)

    def flush(self) -> None:
        """Write all of it now."""
        puts, runs = self._puts, self._runs
        self.discard()
        if puts:
            hows = tuple(sorted(puts, key=lambda how: how.table))
            parameters: list[object] = []
            for how in hows:
                names = how.names
                rows = [dict(zip(names, row, strict=True)) for row in puts[how].values()]
                parameters += (self._organization_id, _written(rows))
            self._pen.execute(_statement(hows), parameters)
        for statement, values in runs:
            self._pen.execute(statement, values)

    def discard(self) -> None:
        """Forget all of it; nothing was written."""
        self._puts, self._runs, self._ran = {}, [], set()


def _written(rows: list[dict[str, object]]) -> str:
    return _WRITER.encode(rows)


def _text_of(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"A {type(value).__name__} is not put into a row; give it as text, number, truth value or date.")


_WRITER = json.JSONEncoder(ensure_ascii=False, default=_text_of)


@lru_cache(maxsize=512)
def _statement(hows: tuple[Put, ...]) -> bytes:
    # As bytes: a composed statement would be put together again at every write.
    return _composed(hows).as_bytes()


def _composed(hows: tuple[Put, ...]) -> Composed:
    # Arms of one statement see one state of the database and not each other: each table stands in one arm only.
    *arms, last = (_insert(how) for how in hows)
    if not arms:
        return last
    named = [SQL("{} AS ({})").format(Identifier(f"arm_{number}"), arm) for number, arm in enumerate(arms)]
    return SQL("WITH {} {}").format(SQL(", ").join(named), last)


def _insert(how: Put) -> Composed:
    names = [Identifier(name) for name in how.names]
    source = SQL("json_to_recordset(%s::json) AS put ({})").format(
        SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(type_)) for name, type_ in how.columns)
    )
    if how.insert:
        return SQL(how.insert).format(source=source)
    plain = SQL("INSERT INTO {} (organization_id, {}) SELECT %s, put.* FROM {}").format(
        Identifier(how.table), SQL(", ").join(names), source
    )
    if not how.keys:
        return plain
    updated = names[how.keys :] if how.updated is None else [Identifier(name) for name in how.updated]
    return SQL("{} ON CONFLICT (organization_id, {}) DO UPDATE SET {}").format(
        plain, SQL(", ").join(names[: how.keys]), SQL(", ").join(SQL("{0} = excluded.{0}").format(n) for n in updated)
    )
