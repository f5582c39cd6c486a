"""Staging a load: rows stream into a temporary table, are compared with the books by SQL, and merged at once.

All of it happens inside open_organization, in one transaction: the file is loaded whole or not at all. Temporary
tables go with the transaction, so a load that was broken off leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg import ServerCursor
from psycopg.sql import SQL, Composable, Composed, Identifier

from evenroll.quantities.codec import canonical
from evenroll.records.load_terms import (
    EXAMPLES_MAX,
    LoadDifference,
    LoadFault,
    LoadFaultCode,
    LoadKind,
    Standing,
)
from evenroll.records.organizations import current, cursor

STAGE: Final = "load_stage"
DIFFERENCE: Final = "load_difference"
FETCHED: Final = 5_000
_MEMORY: Final = "64MB"
_LOCK: Final = 0x4C4F41
_BY_BATCHES: Final = frozenset({LoadKind.ACCOUNTS, LoadKind.PREMISES, LoadKind.ENROLLMENTS})
"""Kinds that look up a few rows at a time by their tokens, where joining row by row is right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A table that a kind is merged into, row for row.

    keys: columns by which a row is the same. values: those that may change, with the columns of the file that they
    come from. counts_absent: whether a row of the table that the file does not have is worth a word.
    """

    table: str
    keys: tuple[str, ...]
    values: Mapping[str, str]
    shown: tuple[str, ...]
    counts_absent: bool = True


def begin(kind: LoadKind) -> None:
    """Wait for another load of this kind into this organization, and give this transaction room to sort."""
    with cursor() as pen:
        pen.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, f"{current().id}/{kind.value}"))
        pen.execute("SELECT set_config('work_mem', %s, true)", (_MEMORY,))
        if kind not in _BY_BATCHES:
            # Books that were just filled have no statistics yet, and a staged million joined row by row never ends.
            pen.execute("SELECT set_config('enable_nestloop', 'off', true)")


def newest_as_of(kind: LoadKind) -> date | None:
    """The latest day whose books were loaded of this kind; None if none were."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT max(as_of_on) FROM load_run WHERE organization_id = %s AND kind = %s", (current().id, kind.value)
        ).fetchone()
    return row[0] if row else None


def note_run(kind: LoadKind, *, content_hash: str, as_of_on: date, now: datetime, told: LoadDifference) -> None:
    """Keep that this file was loaded. now: the business clock."""
    counts = canonical({standing.value: count for standing, count in told.counts.items()})
    with cursor() as pen:
        pen.execute(
            "INSERT INTO load_run (organization_id, kind, content_hash, as_of_on, loaded_at, counts) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (current().id, kind.value, content_hash, as_of_on, now, counts),
        )


def make_table(name: str, columns: Mapping[str, str]) -> None:
    """A temporary table of this transaction. columns: name to type of PostgreSQL."""
    told = SQL(", ").join(SQL("{} {}").format(Identifier(column), SQL(type_)) for column, type_ in columns.items())  # pyright: ignore[reportArgumentType]
    with cursor() as pen:
        pen.execute(SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(Identifier(name), told))


def copy_into(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Rows into a temporary table by COPY, as they come; how many they were."""
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(name), SQL(", ").join(map(Identifier, columns)))
    count = 0
    with cursor() as pen, pen.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def stage(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> int:
    """Rows of the file into the staging table: their number first, then columns. How many they were."""
    all_columns = {"row_number": "bigint", **columns}
    make_table(STAGE, all_columns)
    count = copy_into(STAGE, tuple(all_columns), rows)
    analyze(STAGE)
    return count


def analyze(name: str) -> None:
    """Tell the planner how big a temporary table has become."""
    with cursor() as pen:
        pen.execute(SQL("ANALYZE {}").format(Identifier(name)))


def run(statement: Composable, *parameters: object) -> int:
    """Run a statement; how many rows it touched.

    Planned anew each time, here as in `rows_of`: a plan that was made for empty books would never end in full ones.
    """
    with cursor() as pen:
        return pen.execute(_composed(statement), parameters, prepare=False).rowcount


def rows_of(statement: Composable, *parameters: object) -> list[tuple[Any, ...]]:
    """What a query gives, all of it."""
    with cursor() as pen:
        return pen.execute(_composed(statement), parameters, prepare=False).fetchall()


def stream_of(name: str, statement: Composable, *parameters: object) -> Iterator[list[tuple[Any, ...]]]:
    """What a query gives, in batches, held by the database meanwhile; other statements may run between them."""
    connection = cursor().connection
    with ServerCursor(connection, name) as pen:
        pen.execute(_composed(statement), parameters)
        while batch := pen.fetchmany(FETCHED):
            yield batch


def stream_named(name: str, statement: Composable, parameters: Mapping[str, object]) -> Iterator[list[tuple[Any, ...]]]:
    """As `stream_of`, with parameters by name."""
    with ServerCursor(cursor().connection, name) as pen:
        pen.execute(_composed(statement), parameters)
        while batch := pen.fetchmany(FETCHED):
            yield batch


def duplicates(keys: Sequence[str], *, column: str, source: str = STAGE) -> Iterator[LoadFault]:
    """Every row whose key stood in an earlier row; both are named."""
    names = SQL(", ").join(map(Identifier, keys))
    found = rows_of(
        SQL(
            "SELECT each.row_number, twice.first_row FROM {source} AS each JOIN (SELECT {names}, min(row_number) AS "
            "first_row FROM {source} GROUP BY {names} HAVING count(*) > 1) AS twice USING ({names}) "
            "WHERE each.row_number <> twice.first_row ORDER BY 1"
        ).format(source=Identifier(source), names=names)
    )
    for row, first in found:
        yield LoadFault(row=row, column=column, code=LoadFaultCode.DUPLICATE, choices=(str(first),))


def compare(target: Target, *, present: frozenset[str], source: str = STAGE) -> LoadDifference:
    """How the staged rows stand to the table; they are then in DIFFERENCE with `standing` and `target_id`.

    present: the columns that the file has; what it does not have is not compared.
    """
    changed = [name for name, column in target.values.items() if column in present] or list(target.keys[:1])
    run(
        SQL(
            "CREATE TEMPORARY TABLE {difference} ON COMMIT DROP AS SELECT staged.*, target.id AS target_id, "
            "CASE WHEN target.id IS NULL THEN 'new' WHEN ({new}) IS DISTINCT FROM ({old}) THEN 'changed' "
            "ELSE 'unchanged' END AS standing FROM {source} AS staged LEFT JOIN {table} AS target "
            "ON target.organization_id = %s AND {same}"
        ).format(
            difference=Identifier(DIFFERENCE),
            new=_columns("staged", changed),
            old=_columns("target", changed),
            source=Identifier(source),
            table=Identifier("public", target.table),
            same=_same(target.keys, "staged", "target"),
        ),
        current().id,
    )
    analyze(DIFFERENCE)
    counts = _counts()
    examples = {standing: _examples(target, standing) for standing in counts if standing is not Standing.UNCHANGED}
    if target.counts_absent:
        counts[Standing.ABSENT], examples[Standing.ABSENT] = _absent(target)
    return LoadDifference(counts=counts, examples=examples)


def merge(target: Target, *, present: frozenset[str]) -> None:
    """Bring the table to what the staged rows say. What the file does not have stays as it is."""
    columns = (*target.keys, *target.values)
    run(
        SQL(
            "INSERT INTO {table} (organization_id, {columns}) SELECT %s, {columns} FROM {difference} "
            "WHERE standing = 'new' ORDER BY row_number"
        ).format(
            table=Identifier("public", target.table),
            columns=SQL(", ").join(map(Identifier, columns)),
            difference=Identifier(DIFFERENCE),
        ),
        current().id,
    )
    changed = [name for name, column in target.values.items() if column in present]
    if changed:
        run(
            SQL(
                "UPDATE {table} AS target SET {set} FROM {difference} AS staged "
                "WHERE target.organization_id = %s AND target.id = staged.target_id AND staged.standing = 'changed'"
            ).format(
                table=Identifier("public", target.table),
                set=SQL(", ").join(SQL("{0} = staged.{0}").format(Identifier(name)) for name in changed),
                difference=Identifier(DIFFERENCE),
            ),
            current().id,
        )


def _counts() -> dict[Standing, int]:
    counts = {Standing.NEW: 0, Standing.CHANGED: 0, Standing.UNCHANGED: 0}
    statement = SQL("SELECT standing, count(*) FROM {} GROUP BY standing").format(Identifier(DIFFERENCE))
    return {**counts, **{Standing(row[0]): row[1] for row in rows_of(statement)}}


def _examples(target: Target, standing: Standing) -> tuple[str, ...]:
    found = rows_of(
        SQL("SELECT {} FROM {} WHERE standing = %s ORDER BY row_number LIMIT %s").format(
            SQL(", ").join(map(Identifier, target.shown)), Identifier(DIFFERENCE)
        ),
        standing.value,
        EXAMPLES_MAX,
    )
    return tuple(_written(row) for row in found)


def _absent(target: Target) -> tuple[int, tuple[str, ...]]:
    absent = SQL(
        "FROM {table} AS target WHERE target.organization_id = %s "
        "AND NOT EXISTS (SELECT 1 FROM {source} AS staged WHERE {same})"
    ).format(
        table=Identifier("public", target.table),
        source=Identifier(DIFFERENCE),
        same=_same(target.keys, "staged", "target"),
    )
    count = rows_of(SQL("SELECT count(*) {}").format(absent), current().id)[0][0]
    shown = [name for name in target.shown if name in (*target.keys, *target.values)]
    statement = SQL("SELECT {shown} {absent} ORDER BY {shown} LIMIT %s").format(
        shown=SQL(", ").join(Identifier("target", name) for name in shown), absent=absent
    )
    found = rows_of(statement, current().id, EXAMPLES_MAX) if count else []
    return count, tuple(_written(row) for row in found)


def _written(row: Sequence[object]) -> str:
    return " ".join(str(each) for each in row if each not in (None, ""))


def _columns(table: str, names: Iterable[str]) -> Composed:
    # As a row also where it is one column: IS DISTINCT FROM takes NULL for a value.
    return SQL("ROW({})").format(SQL(", ").join(Identifier(table, name) for name in names))


def _same(keys: Iterable[str], one: str, other: str) -> Composed:
    return SQL(" AND ").join(SQL("{} = {}").format(Identifier(one, key), Identifier(other, key)) for key in keys)


def _composed(statement: Composable) -> Any:
    return statement
