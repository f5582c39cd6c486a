"""Fills a database with very many cases: the whole histories of some, written again under numbers of their own.

The histories of a few dozen cases in mixed states are made by the product, row by row. Each is then copied with new
numbers for everything that has one: case, order, usage point, meter, customer, account, records and tokens. The hashes
of the entries are computed anew, so that every copy verifies; all other rows are what the fold made. COPY writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from evenroll.quantities.identifiers import OrganizationKey, case_number, order_number, pevid
from evenroll.records.entries import columns_hash

FIRST_ID = 7_000_000_000
"""Rows of the models have ids of ten digits, from here on: as texts they are found wherever they stand."""
IDS_OF_ONE = 100_000
"""So far apart are the ids of two copies."""
PORTION = 500

NUMBERED = ("customer", "customer_account", "service_location")
"""Tables whose ids stand in other rows, and are given out in order."""
DRAWN = ("customer_key", "personal_record")
"""Tables whose ids are drawn: long numbers."""

BY_STREAM = ("journal_entry", "stream_head", "track", "notice")
BY_CASE = ("vehicle", "place", "charging_equipment", "control_device", "program_line", "incentive_entry")
BY_POD = ("point_record", "meter", "service_agreement", "pev_at_point", "supply_registry")

_MARKS = re.compile(
    r"EV-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}|SO-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}|LP-[0-9a-f]{10}|M-[0-9a-f]{10}|"
    r"PEV-[0-9A-Z-]+|\b7[0-9]{9}\b|\b[0-9]{15,19}\b|\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row as COPY writes it, cut at what changes: texts and marks by turns, beginning with a text."""

    parts: tuple[str, ...]

    def copied(self, marks: Mapping[str, str]) -> str:
        """The row of a copy. marks: what stands in the place of each mark."""
        parts = list(self.parts)
        parts[1::2] = [marks[each] for each in parts[1::2]]
        return "".join(parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """All rows of one case: by table and columns; entries apart, with what their hash covers, oldest first.

    marks: what is another in each copy; kept: what looks like it and is the same in all, the hashes of programs.
    """

    rows: Mapping[tuple[str, tuple[str, ...]], tuple[Line, ...]]
    entries: tuple[Entered, ...]
    marks: tuple[str, ...]
    kept: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """One entry of a model. row: its columns in the order of entries.COLUMNS, texts as they are."""

    organization_id: int
    row: tuple[Any, ...]
    key: Line
    data: Line


def give_long_ids(owner_url: str) -> None:
    """From now on ids of the numbered tables are of ten digits; before anything is made that is to be copied."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in NUMBERED:
            owner.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, FIRST_ID))


def read_models(pen: psycopg.Cursor[Any], organization: OrganizationKey, pods: Sequence[str]) -> list[Model]:
    """The models of what stands at these usage points, read as the organization they belong to."""
    return [_model(pen, organization, pod) for pod in pods]


def copies(
    models: Sequence[Model], *, first: int, count: int, organization: OrganizationKey
) -> Iterator[tuple[Mapping[tuple[str, tuple[str, ...]], list[str]], int]]:
    """The rows of so many cases from a first on, by table and columns, in portions; and how many cases are in each."""
    for begin in range(first, first + count, PORTION):
        end = min(begin + PORTION, first + count)
        rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for number in range(begin, end):
            _copy(models[number % len(models)], number, rows, organization)
        yield rows, end - begin


def write(connection: psycopg.Connection[Any], rows: Mapping[tuple[str, tuple[str, ...]], list[str]]) -> None:
    """Write rows by COPY, in the order in which they refer to one another."""
    for (table, columns), lines in sorted(rows.items(), key=lambda each: _rank(each[0][0])):
        statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), SQL(", ").join(map(Identifier, columns)))
        with connection.cursor() as pen, pen.copy(statement) as out:
            out.write("".join(lines))


def _rank(table: str) -> tuple[int, str]:
    order = ("customer_key", "personal_record", "customer", "customer_account", "service_location", "usage_point")
    return (order.index(table) if table in order else len(order), table)


def _copy(
    model: Model, number: int, rows: dict[tuple[str, tuple[str, ...]], list[str]], organization: OrganizationKey
) -> None:
    marks = {mark: mark if mark in model.kept else _mark_of_copy(mark, number) for mark in model.marks}
    for where, lines in model.rows.items():
        rows.setdefault(where, []).extend(line.copied(marks) for line in lines)
    hashes: dict[str, str] = {}
    out = rows.setdefault(("journal_entry", _ENTRY_COLUMNS), [])
    for entry in model.entries:
        key, data = entry.key.copied(marks), entry.data.copied(marks)
        previous = hashes.get(key, "")
        row = (entry.row[0], key, *entry.row[2:9], data, *entry.row[10:14], previous, "")
        hashes[key] = columns_hash(row, organization=organization)
        out.append(_written((entry.organization_id, *row[:-1], hashes[key])))
    heads = rows.setdefault(("stream_head", _HEAD_COLUMNS), [])
    numbers = {entry.key.copied(marks): entry for entry in model.entries}
    for key, last in numbers.items():
        heads.append(_written((last.organization_id, last.row[0], key, last.row[2], hashes[key])))


_ENTRY_COLUMNS = (
    "organization_id", "stream_kind", "stream_key", "number", "row", "actor_key", "actor_role", "actor_organization",
    "event", "version", "data", "business_at", "business_on", "recorded_at", "idempotency_key", "previous_hash", "hash",
)  # fmt: skip
_HEAD_COLUMNS = ("organization_id", "stream_kind", "stream_key", "number", "hash")


def _mark_of_copy(mark: str, number: int) -> str:
    drawn = sha256(f"{mark}/{number}".encode())
    kind, _, rest = mark.partition("-")
    if kind in _NUMBERS:
        return _NUMBERS[kind](drawn.digest()[:16])
    if rest:
        # Short ones would meet among a million if they were drawn whole.
        own = f"{number:05x}"
        return f"{kind}-{sha256(mark.encode()).hexdigest()[: len(rest) - len(own)]}{own}"
    if len(mark) in (32, 64):
        return drawn.hexdigest()[: len(mark)]
    if len(mark) > 10:
        return str(int(drawn.hexdigest()[:15], 16) + 10**15)
    return str(int(mark) + (number + 1) * IDS_OF_ONE)


_NUMBERS: Mapping[str, Callable[[bytes], str]] = {"EV": case_number, "SO": order_number, "PEV": pevid}


def _model(pen: psycopg.Cursor[Any], organization: OrganizationKey, pod: str) -> Model:
    cases = _texts(pen, "SELECT number FROM case_record WHERE pod = %s", pod)
    orders = _texts(pen, "SELECT number FROM service_order WHERE pod = %s", pod)
    streams = [*cases, *orders, pod]
    rows: dict[tuple[str, tuple[str, ...]], tuple[Line, ...]] = {}
    read = partial(_read, pen, rows)
    for table in ("track", "notice"):
        read(table, "stream_key = ANY(%s)", streams)
    for table in BY_CASE:
        read(table, "case_number = ANY(%s)", cases)
    for table in BY_POD:
        read(table, "pod = %s", pod)
    read("case_record", "pod = %s", pod)
    read("service_order", "pod = %s", pod)
    read("bill", "pod = %s", pod)
    for table in ("outbox_message", "inbox_message"):
        read(table, "conversation = ANY(%s)", streams)
    read("usage_point", "pod = %s", pod)
    read("service_location", "id = (SELECT location_id FROM usage_point WHERE pod = %s)", pod)
    account = "(SELECT account_id FROM usage_point WHERE pod = %s)"
    customer = f"(SELECT customer_id FROM customer_account WHERE id = {account})"
    read("customer_account", f"id = {account}", pod)
    read("customer", f"id = {customer}", pod)
    drawn = {int(mark) for lines in rows.values() for line in lines for mark in line.parts[1::2] if mark.isdigit()}
    read("personal_record", "id = ANY(%s)", list(drawn))
    keys = "(SELECT key_id FROM personal_record WHERE id = ANY(%s))"
    for table, column in (("customer_key", "id"), ("search_token", "key_id")):
        read(table, f"{column} IN {keys}", list(drawn))
    entries = _entries(pen, streams)
    marks = {mark for lines in rows.values() for line in lines for mark in line.parts[1::2]}
    marks |= {mark for entry in entries for line in (entry.key, entry.data) for mark in line.parts[1::2]}
    kept = frozenset(str(row[0]) for row in pen.execute("SELECT content_hash FROM program_version").fetchall())
    return Model(rows=rows, entries=tuple(entries), marks=tuple(sorted(marks)), kept=kept)


def _texts(pen: psycopg.Cursor[Any], query: Any, *values: object) -> list[str]:
    return [str(row[0]) for row in pen.execute(query, values).fetchall()]


def _read(
    pen: psycopg.Cursor[Any],
    rows: dict[tuple[str, tuple[str, ...]], tuple[Line, ...]],
    table: str,
    condition: str,
    value: object,
) -> None:
    columns = tuple(
        name
        for name in _texts(
            pen,
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            table,
        )
        # Ids that nobody names are given out by the database.
        if name != "id" or table in NUMBERED + DRAWN
    )
    names = SQL(", ").join(map(Identifier, columns))
    chosen = SQL("SELECT {} FROM {}").format(names, Identifier(table)).as_bytes()
    statement = b"COPY (" + chosen + b" WHERE " + condition.encode() + b") TO STDOUT"
    with pen.copy(statement, (value,)) as out:
        text = b"".join(bytes(each) for each in out).decode()
    lines = tuple(_cut(line) for line in text.splitlines(keepends=True))
    if lines:
        rows[table, columns] = lines


def _cut(text: str) -> Line:
    parts, at = list[str](), 0
    for found in _MARKS.finditer(text):
        parts += [text[at : found.start()], found.group()]
        at = found.end()
    return Line(parts=(*parts, text[at:]))


def _entries(pen: psycopg.Cursor[Any], streams: Sequence[str]) -> list[Entered]:
    found = pen.execute(
        SQL("SELECT {} FROM journal_entry WHERE stream_key = ANY(%s) ORDER BY stream_kind, stream_key, number").format(
            SQL(", ").join(map(Identifier, _ENTRY_COLUMNS))
        ),
        (list(streams),),
    ).fetchall()
    return [Entered(organization_id=row[0], row=tuple(row[1:]), key=_cut(row[2]), data=_cut(row[10])) for row in found]


def _written(row: Iterable[object]) -> str:
    return "\t".join(map(_cell, row)) + "\n"


def _cell(value: object) -> str:
    match value:
        case None:
            return "\\N"
        case str():
            return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
