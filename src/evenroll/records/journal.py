"""The journal: reading a stream, and finding where its chain of hashes does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from psycopg.sql import SQL

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import COLUMNS, Entry, entry_hash, from_columns
from evenroll.records.locks import Head
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.streams import StreamId, StreamKind

FETCHED_AT_ONCE = 2000


class FaultKind(StrEnum):
    """How a stream can fail to hold."""

    NUMBER = "number"
    PREVIOUS = "previous"
    CONTENT = "content"
    HEAD = "head"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Where a stream does not hold. number: of the entry, or of the head."""

    stream: StreamId
    number: int
    kind: FaultKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the check of one or more streams found; no faults if it holds."""

    streams: int
    entries: int
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


def read_stream(stream: StreamId) -> Sequence[Entry]:
    """The entries of a stream of the open organization, in order; () if it has none."""
    opened = current()
    with cursor() as pen:
        rows = pen.execute(
            SQL(
                "SELECT {} FROM journal_entry "
                "WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s ORDER BY number"
            ).format(COLUMNS),
            (opened.id, stream.kind.value, stream.key),
        ).fetchall()
    return tuple(from_columns(row, organization=opened.key) for row in rows)


def read_entries(stream: StreamId, *, numbers: Sequence[int]) -> Sequence[Entry]:
    """Some entries of a stream of the open organization, by their numbers, in order; without those it does not have."""
    opened = current()
    with cursor() as pen:
        rows = pen.execute(
            SQL(
                "SELECT {} FROM journal_entry WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s "
                "AND number = ANY(%s) ORDER BY number"
            ).format(COLUMNS),
            (opened.id, stream.kind.value, stream.key, list(numbers)),
        ).fetchall()
    return tuple(from_columns(row, organization=opened.key) for row in rows)


def verify_stream(stream: StreamId) -> Verdict:
    """Check numbers, contents and links of one stream of the open organization, and its head."""
    entries = read_stream(stream)
    faults = check_chain(stream, entries, head=stream_heads(stream).get(stream))
    return Verdict(streams=1, entries=len(entries), faults=tuple(faults))


def verify_organization(organization: OrganizationKey, *, alias: str = "default") -> Verdict:
    """Check every stream of an organization, one pass over its journal."""
    streams, count, faults = 0, 0, list[Fault]()
    with open_organization(organization, alias=alias):
        heads = {stream: head for stream, head in stream_heads().items() if head.number}
        for stream, grouped in groupby(all_entries(), key=lambda entry: entry.stream):
            entries = tuple(grouped)
            streams, count = streams + 1, count + len(entries)
            faults += check_chain(stream, entries, head=heads.pop(stream, None))
        # A head that is left has lost its whole stream.
        faults += [Fault(stream=stream, number=head.number, kind=FaultKind.HEAD) for stream, head in heads.items()]
    return Verdict(streams=streams, entries=count, faults=tuple(faults))


def check_chain(stream: StreamId, entries: Iterable[Entry], *, head: Head | None) -> Iterator[Fault]:
    """Every place where entries, in order, and their head do not follow from each other."""
    number, previous = 0, ""
    for entry in entries:
        number += 1
        if entry.number != number:
            yield Fault(stream=stream, number=entry.number, kind=FaultKind.NUMBER)
        if entry.previous_hash != previous:
            yield Fault(stream=stream, number=entry.number, kind=FaultKind.PREVIOUS)
        if entry_hash(entry) != entry.hash:
            yield Fault(stream=stream, number=entry.number, kind=FaultKind.CONTENT)
        number, previous = entry.number, entry.hash
    if head != Head(number=number, hash=previous) and (head is not None or number):
        yield Fault(stream=stream, number=number, kind=FaultKind.HEAD)


def all_entries() -> Iterator[Entry]:
    """Every entry of the open organization, stream by stream, each in order; streamed."""
    opened = current()
    pen = cursor().connection.cursor(name="all_entries")
    with pen:
        pen.itersize = FETCHED_AT_ONCE
        pen.execute(
            SQL(
                "SELECT {} FROM public.journal_entry WHERE organization_id = %s "
                "ORDER BY stream_kind, stream_key, number"
            ).format(COLUMNS),
            (opened.id,),
        )
        for row in pen:
            yield from_columns(row, organization=opened.key)


def stream_heads(stream: StreamId | None = None) -> dict[StreamId, Head]:
    """The heads of all streams of the open organization, or of one; a lock without entries has one of number 0."""
    opened = current()
    with cursor() as pen:
        rows = pen.execute(
            "SELECT stream_kind, stream_key, number, hash FROM public.stream_head WHERE organization_id = %(org)s "
            "AND (%(kind)s::text IS NULL OR (stream_kind = %(kind)s AND stream_key = %(key)s))",
            {
                "org": opened.id,
                "kind": stream.kind.value if stream else None,
                "key": stream.key if stream else None,
            },
        ).fetchall()
    return {
        StreamId(kind=StreamKind(kind), key=key): Head(number=number, hash=own_hash)
        for kind, key, number, own_hash in rows
    }
