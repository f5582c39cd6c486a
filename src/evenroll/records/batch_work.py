"""A unit of work for many cases that begin: locked and read by a few statements, decided in memory, written at once.

The same decisions, folds, entries and rows as one by one; each case's state is written down once, after its last event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from evenroll.enrollment.event import Event
from evenroll.enrollment.roles import Actor
from evenroll.quantities.identifiers import CaseNumber, PodId
from evenroll.records import stream_writer
from evenroll.records.folds import Aggregate
from evenroll.records.foreseen import Unforeseen
from evenroll.records.organizations import Opened
from evenroll.records.row_copy import RowCopy
from evenroll.records.stream_writer import Change, EntryRow
from evenroll.records.streams import StreamId, StreamKind, case_stream, point_stream
from evenroll.records.unit_of_work import UnitOfWork


@dataclass(slots=True)
class _Changed:
    """What was added to one stream in all. head: where it stands now."""

    before: Aggregate | None
    after: Aggregate
    events: list[Event] = field(default_factory=list[Event])
    entries: list[EntryRow] = field(default_factory=list[EntryRow])


class BatchWork(UnitOfWork):
    """What steps work with when many commands are taken together; `actor` is set before each.

    What is neither locked by `lock_first` nor a case that begins here raises Unforeseen, and so does what was to be
    read and was not foreseen. `recorded` counts what was recorded: a command that was refused or unforeseen added
    nothing, or all of it is to be given up. rows: where new rows are put, those of no stream too; of one transaction.
    """

    def __init__(self, opened: Opened, *, actor: Actor, now: datetime, rows: RowCopy) -> None:
        super().__init__(opened, actor=actor, now=now)
        self.rows = rows
        self.recorded = 0

    def _begin(self, opened: Opened) -> None:
        super()._begin(opened)
        self._changed: dict[StreamId, _Changed] = {}
        # Nothing is written before `write_all`: what is read until then was foreseen.
        opened.unwritten.remove(self._write)

    def lock_first(self, points: Iterable[PodId], places: Iterable[StreamId]) -> None:
        """Lock usage points, whose states are read, and places, in the one order of locks."""
        pods = sorted(set(points))
        streams = [point_stream(each) for each in pods]
        self._locks.take_many([*streams, *places])
        states = stream_writer.load_points(self._pen, self._opened.id, pods)
        self._states |= {stream: states.get(stream.key) for stream in streams}

    def begin_case(self, number: CaseNumber) -> None:
        """A case that is not here begins. Nobody knows its number; whoever brings it at once is refused at the end."""
        stream = case_stream(number)
        self._locks.keep_new(stream)
        self._states[stream] = None

    def give_up(self, number: CaseNumber) -> None:
        """Forget a case that began here and cannot be taken with the others."""
        stream = case_stream(number)
        self._changed.pop(stream, None)
        self._states.pop(stream, None)
        self._locks.forget_new(stream)

    def lock(self, *streams: StreamId) -> None:
        """All that is to be locked is locked already. Raises Unforeseen."""
        for stream in streams:
            if not self._locks.holds(stream):
                raise Unforeseen(f"A {stream.kind.value} was to be locked that was not locked for all.")

    def write(self) -> None:
        """Nothing is written before `write_all`."""

    def forget(self) -> None:
        """A refused command recorded nothing."""
        self._places_told = []

    def write_all(self) -> None:
        """Write everything that was recorded: rows of what began here by COPY, the others by one statement."""
        for stream, changed in self._changed.items():
            change = Change(
                stream=stream,
                before=changed.before,
                after=changed.after,
                events=tuple(changed.events),
                entries=tuple(changed.entries),
            )
            begins = changed.before is None and stream.kind is StreamKind.CASE
            stream_writer.write(self._writing(), change, rows=self.rows if begins else self._batch)
        self._changed = {}
        self.rows.flush()
        self._batch.flush()

    def _found(self, stream: StreamId) -> Aggregate | None:
        if stream.kind is StreamKind.PROGRAM_PLACE:
            return super()._found(stream)
        raise Unforeseen(f"A {stream.kind.value} was to be read that was not read for all.")

    def _append(self, stream: StreamId, events: tuple[Event, ...]) -> Aggregate | None:
        before = self._states[stream]
        if not events:
            return before
        if stream.kind is StreamKind.PROGRAM_PLACE:
            self._locks.take(stream)
        head = self._locks.head(stream)
        after = stream_writer.checked_fold(stream, before, events)
        entries = stream_writer.new_entries(self._writing(), stream, head=head, events=events)
        changed = self._changed.setdefault(stream, _Changed(before=before, after=after))
        changed.after = after
        changed.events += events
        changed.entries += entries
        self._locks.advance(stream, stream_writer.head_after(entries))
        self._states[stream] = after
        self.recorded += 1
        return after
