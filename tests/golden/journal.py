"""A golden journal: what a release wrote, kept as it was, and what its streams came to; lifted, folded and compared."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from evenroll.enrollment.event import Event
from evenroll.quantities.codec import encode
from evenroll.records.folds import FOLDS, Fold, key_of, read_event
from evenroll.records.streams import StreamKind
from evenroll.records.upcasters import UPCASTERS, Upcaster

FOLDER = Path(__file__).parent
JOURNAL, ROWS = ".journal.jsonl.gz", ".rows.jsonl.gz"
"""JSON Lines; `zcat` shows them."""


@dataclass(frozen=True, kw_only=True)
class GoldenEntry:
    """One entry. data: as it stood in the journal, as JSON."""

    event: str
    version: int
    data: Any


@dataclass(frozen=True, kw_only=True)
class GoldenStream:
    """One stream of a release. number: in its file, by which its rows are found."""

    number: int
    kind: StreamKind
    entries: tuple[GoldenEntry, ...]

    def events(
        self,
        folds: Mapping[StreamKind, Fold] = FOLDS,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> tuple[Event, ...]:
        """Its events as this release reads them. Raises what replay would."""
        return tuple(_read(self.kind, each, folds, upcasters) for each in self.entries)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a stream comes to. form: of the release that noted it. rows: by table, as text, but for the state."""

    form: str
    state: Any
    rows: Mapping[str, list[str]]


def releases() -> tuple[str, ...]:
    """The names of all golden journals, in order: a version and a number in it."""
    return tuple(sorted(path.name.removesuffix(JOURNAL) for path in FOLDER.glob(f"*{JOURNAL}")))


def read_journal(name: str) -> tuple[GoldenStream, ...]:
    """The streams of a golden journal."""
    with gzip.open(FOLDER / f"{name}{JOURNAL}", "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return tuple(
        GoldenStream(
            number=number,
            kind=StreamKind(kind),
            entries=tuple(
                GoldenEntry(event=each["event"], version=each["version"], data=each["data"]) for each in grouped
            ),
        )
        for (number, kind), grouped in groupby(lines, key=lambda line: (line["stream"], line["kind"]))
    )


def read_expected(name: str) -> dict[int, Expected]:
    """What the streams of a golden journal come to, by their number."""
    with gzip.open(FOLDER / f"{name}{ROWS}", "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {line["stream"]: Expected(form=line["form"], state=line["state"], rows=line["rows"]) for line in lines}


def folded(kind: StreamKind, events: tuple[Event, ...], folds: Mapping[StreamKind, Fold] = FOLDS) -> Any:
    """The state that events come to."""
    state: Any = None
    for event in events:
        state = folds[kind].evolve(state, event)
    return state


def differing(
    name: str,
    *,
    folds: Mapping[StreamKind, Fold] = FOLDS,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Iterator[str]:
    """One sentence for each stream that this release cannot read, or that comes to another state than it did."""
    expected = read_expected(name)
    for stream in read_journal(name):
        where = f"{name}, stream {stream.number} ({stream.kind.value})"
        try:
            state = folded(stream.kind, stream.events(folds, upcasters), folds)
        except Exception as error:
            yield f"{where} cannot be read: {type(error).__name__}: {error}"
            continue
        if json.loads(json.dumps(encode(state))) != expected[stream.number].state:
            yield f"{where} comes to another state than it did."


def rows_of_stream(stream: GoldenStream) -> dict[str, list[str]]:
    """The rows that a stream comes to, by table, as text without surrogates and without the state.

    In an open organization of the owner, on a connection whose tables are copies for a batch.
    """
    from psycopg.sql import SQL, Identifier

    from evenroll.records.fold_tables import ROWS_OF, STATE_TABLES, columns_of
    from evenroll.records.organizations import current, cursor
    from evenroll.records.row_batch import RowBatch
    from evenroll.records.stream_writer import project

    events = stream.events()
    state = folded(stream.kind, events)
    batch = RowBatch(cursor(), current().id)
    project(batch, current().id, before=None, after=state, events=events)
    batch.flush()
    found: dict[str, list[str]] = {}
    for table, column in ROWS_OF[stream.kind].items():
        # The state is compared as JSON: its text begins with its form.
        left_out = {"state"} if table == STATE_TABLES[stream.kind][0] else set[str]()
        columns = SQL(", ").join(Identifier(each) for each in columns_of(table) if each not in left_out)
        query = SQL("SELECT ROW({})::text FROM {} WHERE {} = %s ORDER BY 1").format(
            columns, Identifier("pg_temp", table), Identifier(column)
        )
        rows = [row[0] for row in cursor().execute(query, (key_of(state),)).fetchall()]
        if rows:
            found[table] = rows
    return found


def _read(
    kind: StreamKind,
    entry: GoldenEntry,
    folds: Mapping[StreamKind, Fold],
    upcasters: Mapping[tuple[str, int], Upcaster],
) -> Event:
    return read_event(
        kind,
        event=entry.event,
        version=entry.version,
        data=json.dumps(entry.data),
        upcasters=upcasters,
        folds=folds,
    )
