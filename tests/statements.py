"""Counting what goes over the wire to the database: every statement, as libpq itself traces it, nothing left out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.pq import Trace

# A statement may run over several lines of the trace; each message begins with its side and its length.
_MESSAGE = re.compile(r"^([FB])\t\d+\t(\w+)(?:\t|$)", re.MULTILINE)
_PARSED = re.compile(r'^ ?"([^"]*)" "(.*)" \d+', re.DOTALL)
_QUERIED = re.compile(r'^ ?"(.*)"\s*$', re.DOTALL)
_BOUND = re.compile(r'^ ?"[^"]*" "([^"]*)"')
_ENDS = ("BEGIN", "COMMIT", "ROLLBACK")
_WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|FOR UPDATE)\b")


@dataclass(kw_only=True)
class Traffic:
    """What went over the wire. texts: of each statement but BEGIN, COMMIT and ROLLBACK, in order.

    commits: of transactions that wrote or locked; reads: transactions that only read; trips: waits for an answer.
    """

    texts: list[str] = field(default_factory=list)
    commits: int = 0
    reads: int = 0
    trips: int = 0

    @property
    def statements(self) -> int:
        return len(self.texts)


@contextmanager
def counted_traffic() -> Iterator[Traffic]:
    """Everything that this thread says to the database in this block, over a connection that is new to it."""
    from django.db import connection

    # What was prepared before would be run without its text.
    connection.close()
    connection.ensure_connection()
    wire = connection.connection.pgconn
    traffic = Traffic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace"
        with path.open("wb") as file:
            wire.trace(file.fileno())
            wire.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
            try:
                yield traffic
            finally:
                wire.untrace()
        _read(path.read_text("utf-8", errors="replace"), traffic)


def _read(trace: str, traffic: Traffic) -> None:
    wrote = False
    for text in _told(trace, traffic):
        word = text.split(None, 1)[0].upper()
        if word == "COMMIT":
            traffic.commits += wrote
            traffic.reads += not wrote
        if word in _ENDS:
            wrote = False
            continue
        wrote = wrote or bool(_WRITES.search(text))
        traffic.texts.append(text)


def _told(trace: str, traffic: Traffic) -> Iterator[str]:
    prepared: dict[str, str] = {}
    bound = ""
    for side, kind, rest in _messages(trace):
        match side, kind:
            case "F", "Query":
                yield _group(_QUERIED, rest)[0]
            case "F", "Parse":
                name, text = _group(_PARSED, rest)
                prepared[name] = text
            case "F", "Bind":
                bound = prepared[_group(_BOUND, rest)[0]]
            case "F", "Execute":
                yield bound
            case "B", "ReadyForQuery":
                traffic.trips += 1
            case _:
                pass


def _messages(trace: str) -> Iterator[tuple[str, str, str]]:
    found = list(_MESSAGE.finditer(trace))
    ends = [*(each.start() for each in found[1:]), len(trace)]
    # Nothing at all may have been said: then there is an end and no beginning.
    for each, end in zip(found, ends[: len(found)], strict=True):
        yield each[1], each[2], trace[each.end() : end]


def _group(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.match(text)
    assert found is not None, text[:200]
    return tuple(str(each) for each in found.groups())
