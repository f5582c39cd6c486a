"""Locks on streams, always taken in one order, so that two units of work never wait for each other in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from evenroll.records.streams import StreamId


class LockBackwards(RuntimeError):
    """A stream was to be locked after one that comes later in the order of locks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where a stream stands: the number and hash of its last entry; 0 and "" before the first."""

    number: int
    hash: str


class Locks:
    """The locks that one unit of work holds, with the heads of the streams."""

    def __init__(self, pen: Cursor[Any], organization_id: int) -> None:
        self._pen = pen
        self._organization_id = organization_id
        self._heads: dict[StreamId, Head] = {}
        self._last: StreamId | None = None

    def take(self, *streams: StreamId) -> None:
        """Lock streams, in order among themselves; one without entries gets a head first. Raises LockBackwards."""
        for stream in sorted(set(streams), key=lambda each: each.rank):
            if not self.take_existing(stream):
                self._pen.execute(
                    "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
                    "VALUES (%s, %s, %s, 0, '') ON CONFLICT (organization_id, stream_kind, stream_key) DO NOTHING",
                    (self._organization_id, stream.kind.value, stream.key),
                )
                self.take_existing(stream)

    def take_existing(self, stream: StreamId) -> bool:
        """Lock a stream if it has a head; whether it has one. Raises LockBackwards."""
        if stream in self._heads:
            return True
        self._refuse_backwards(stream)
        row = self._pen.execute(
            "SELECT number, hash FROM stream_head "
            "WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s FOR UPDATE",
            (self._organization_id, stream.kind.value, stream.key),
        ).fetchone()
        if row is None:
            return False
        self._heads[stream] = Head(number=row[0], hash=row[1])
        self._last = stream
        return True

    def holds(self, stream: StreamId) -> bool:
        """Whether the stream is locked."""
        return stream in self._heads

    def head(self, stream: StreamId) -> Head:
        """The head of a locked stream."""
        return self._heads[stream]

    def advance(self, stream: StreamId, head: Head) -> None:
        """The stream was added to."""
        self._heads[stream] = head

    def _refuse_backwards(self, stream: StreamId) -> None:
        last = self._last
        if last is not None and last.rank > stream.rank:
            raise LockBackwards(
                f"{stream.kind.value} {stream.key} is to be locked after {last.kind.value} {last.key}; "
                "the order is usage point, case, service order, place, places of a program, and by key among equals. "
                "Lock it earlier, or all at once."
            )
