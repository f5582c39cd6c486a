"""Locks on streams, always taken in one order, so that two units of work never wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Cursor

from evenroll.records.streams import StreamId, StreamKind, leaves_nothing

# What another holds is left out, so nothing waits here in an order that nobody has chosen.
_TAKE_FREE: LiteralString = (
    "SELECT head.stream_kind, head.stream_key, head.number, head.hash FROM unnest(%s::text[], %s::text[]) "
    "AS wanted (kind, key) JOIN stream_head AS head ON head.organization_id = %s "
    "AND head.stream_kind = wanted.kind AND head.stream_key = wanted.key FOR UPDATE OF head SKIP LOCKED"
)

_BEGIN_MISSING: LiteralString = (
    "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
    "SELECT told.id, wanted.kind, wanted.key, 0, '' FROM (SELECT %s::bigint AS id) AS told, "
    "unnest(%s::text[], %s::text[]) WITH ORDINALITY AS wanted (kind, key, place) WHERE NOT EXISTS ("
    "SELECT 1 FROM stream_head AS head WHERE head.organization_id = told.id AND head.stream_kind = wanted.kind "
    "AND head.stream_key = wanted.key) ORDER BY wanted.place "
    "ON CONFLICT (organization_id, stream_kind, stream_key) DO NOTHING"
)


_TAKE_PLACES: LiteralString = (
    "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
    "SELECT %s, %s, place.key, 0, '' FROM unnest(%s::text[]) AS place (key) "
    # What is there is locked and stays as it is.
    "ON CONFLICT (organization_id, stream_kind, stream_key) DO UPDATE SET number = 0 WHERE false"
)

_TAKE_PASSING: LiteralString = (
    "SELECT pg_advisory_xact_lock(hashtextextended(wanted.key, 0)) "
    "FROM (SELECT key FROM unnest(%s::text[]) WITH ORDINALITY AS each (key, place) ORDER BY place) AS wanted"
)


class LockBackwards(RuntimeError):
    """A stream was to be locked after one that comes later in the order of locks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where a stream stands: the number and hash of its last entry; 0 and "" before the first."""

    number: int
    hash: str


def passing_key(organization_id: int, stream: StreamId) -> str:
    """By what a lock that stands in no table is known to the database."""
    return f"{organization_id}/{stream.key}"


class Locks:
    """The locks that one unit of work holds, with the heads of the streams."""

    def __init__(self, pen: Cursor[Any], organization_id: int) -> None:
        self._pen = pen
        self._organization_id = organization_id
        self._heads: dict[StreamId, Head] = {}
        self._last: StreamId | None = None

    def take(self, *streams: StreamId) -> None:
        """Lock streams, in order among themselves; one without entries gets a head first. Raises LockBackwards."""
        ordered = sorted(set(streams), key=lambda each: each.rank)
        places = [each for each in ordered if each.kind is StreamKind.PLACE and each not in self._heads]
        for stream in ordered:
            if stream.kind is StreamKind.PLACE:
                if stream in places[:1]:
                    self._take_places(places)
            elif not self.take_existing(stream) and not self._begin(stream):
                # Somebody else began it meanwhile.
                self.take_existing(stream)

    def take_existing(self, stream: StreamId) -> bool:
        """Lock a stream if it has a head; whether it has one. Raises LockBackwards."""
        if stream in self._heads:
            return True
        self.refuse_backwards(stream)
        row = self._pen.execute(
            "SELECT number, hash FROM stream_head "
            "WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s FOR UPDATE",
            (self._organization_id, stream.kind.value, stream.key),
        ).fetchone()
        if row is None:
            return False
        self.keep(stream, Head(number=row[0], hash=row[1]))
        return True

    def take_free(self, streams: Collection[StreamId]) -> frozenset[StreamId]:
        """Lock, by one statement, those of these streams that nobody else holds; which ones. One that is new is begun.

        Before anything else is locked. Raises LockBackwards.
        """
        ordered = sorted(set(streams), key=lambda each: each.rank)
        if not ordered:
            return frozenset()
        self.refuse_backwards(ordered[0])
        kinds, keys = [each.kind.value for each in ordered], [each.key for each in ordered]
        # A plan from when there were few heads would go through all of them after a load, until they are counted.
        self._pen.execute(_BEGIN_MISSING, (self._organization_id, kinds, keys), prepare=False)
        rows = self._pen.execute(_TAKE_FREE, (kinds, keys, self._organization_id), prepare=False).fetchall()
        heads = {(kind, key): Head(number=number, hash=hash_) for kind, key, number, hash_ in rows}
        free = [each for each in ordered if (each.kind.value, each.key) in heads]
        for stream in free:
            self.keep(stream, heads[stream.kind.value, stream.key])
        return frozenset(free)

    def take_many(self, streams: Sequence[StreamId]) -> None:
        """Lock many streams before any other, in the one order, by two statements. Raises LockBackwards."""
        wanted = sorted(set(streams), key=lambda each: each.rank)
        if not wanted:
            return
        self.refuse_backwards(wanted[0])
        ordered = [each for each in wanted if not leaves_nothing(each)]
        kinds, keys = [each.kind.value for each in ordered], [each.key for each in ordered]
        self._pen.execute(
            "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
            "SELECT %s, put.kind, put.key, 0, '' FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY "
            "AS put (kind, key, place) ORDER BY put.place "
            # What is there is locked and stays as it is.
            "ON CONFLICT (organization_id, stream_kind, stream_key) DO UPDATE SET number = 0 WHERE false",
            (self._organization_id, kinds, keys),
        )
        rows = self._pen.execute(
            "SELECT head.stream_kind, head.stream_key, head.number, head.hash FROM unnest(%s::text[], %s::text[]) "
            "AS put (kind, key) JOIN stream_head AS head ON head.organization_id = %s "
            "AND head.stream_kind = put.kind AND head.stream_key = put.key",
            (kinds, keys, self._organization_id),
            prepare=False,
        ).fetchall()
        heads = {(kind, key): Head(number=number, hash=own_hash) for kind, key, number, own_hash in rows}
        self._take_passing([each for each in wanted if leaves_nothing(each)])
        for stream in wanted:
            self.keep(stream, heads.get((stream.kind.value, stream.key), Head(number=0, hash="")))

    def keep_new(self, stream: StreamId) -> None:
        """A stream begins whose key nobody else knows: its head is written with its first entries, and not before."""
        self._heads[stream] = Head(number=0, hash="")

    def forget_new(self, stream: StreamId) -> None:
        """A stream of which nothing was written does not begin after all."""
        self._heads.pop(stream, None)

    def _take_places(self, streams: list[StreamId]) -> None:
        """Lock places, in the order given, by one statement. Nothing is written to them, so they need no head."""
        self.refuse_backwards(streams[0])
        kept = [each for each in streams if not leaves_nothing(each)]
        if kept:
            self._pen.execute(
                _TAKE_PLACES, (self._organization_id, StreamKind.PLACE.value, [each.key for each in kept])
            )
        self._take_passing([each for each in streams if leaves_nothing(each)])
        for stream in streams:
            self.keep(stream, Head(number=0, hash=""))

    def _take_passing(self, streams: Sequence[StreamId]) -> None:
        """Hold, until the transaction ends, locks that stand in no table. Those that come last among places."""
        if streams:
            keys = [passing_key(self._organization_id, each) for each in streams]
            self._pen.execute(_TAKE_PASSING, (keys,))

    def keep(self, stream: StreamId, head: Head) -> None:
        """The stream was locked by the statement that gave its head. Ask `refuse_backwards` before that."""
        self._heads[stream] = head
        self._last = stream

    def _begin(self, stream: StreamId) -> bool:
        row = self._pen.execute(
            "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
            "VALUES (%s, %s, %s, 0, '') ON CONFLICT (organization_id, stream_kind, stream_key) DO NOTHING "
            "RETURNING number",
            (self._organization_id, stream.kind.value, stream.key),
        ).fetchone()
        if row is None:
            return False
        self.keep(stream, Head(number=0, hash=""))
        return True

    @property
    def is_empty(self) -> bool:
        """Whether nothing is locked."""
        return not self._heads

    def holds(self, stream: StreamId) -> bool:
        """Whether the stream is locked."""
        return stream in self._heads

    def head(self, stream: StreamId) -> Head:
        """The head of a locked stream."""
        return self._heads[stream]

    def advance(self, stream: StreamId, head: Head) -> None:
        """The stream was added to."""
        self._heads[stream] = head

    def refuse_backwards(self, stream: StreamId) -> None:
        """Raises LockBackwards for a stream that comes before the last one that was locked."""
        last = self._last
        if last is not None and last.rank > stream.rank:
            raise LockBackwards(
                f"{stream.kind.value} {stream.key} is to be locked after {last.kind.value} {last.key}; "
                "the order is usage point, case, service order, place, places of a program, and by key among equals. "
                "Lock it earlier, or all at once."
            )
