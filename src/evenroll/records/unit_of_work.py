"""The unit of work: one transaction of one organization, in which a step locks, loads, decides and records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.erasure import Erasure
from evenroll.enrollment.event import Event
from evenroll.enrollment.program_event import ProgramEvent
from evenroll.enrollment.program_places import PlaceEvent, ProgramPlaces, told_of_case, with_moves
from evenroll.enrollment.roles import Actor
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import (
    CaseNumber,
    OrderNumber,
    OrganizationKey,
    PodId,
    ProgramKey,
    TrackingNumber,
)
from evenroll.records import answers, inbox, outbox, stream_writer
from evenroll.records.answers import Answer
from evenroll.records.case_locks import lock_case, lock_unit
from evenroll.records.envelope import Envelope
from evenroll.records.folds import Aggregate
from evenroll.records.locks import Head, Locks
from evenroll.records.organizations import Opened, begin_anew, is_open, open_organization, writing_cursor
from evenroll.records.register import PointFound
from evenroll.records.row_batch import Put, RowBatch
from evenroll.records.streams import (
    ANY_FAMILY,
    StreamId,
    StreamKind,
    case_stream,
    erasure_stream,
    order_stream,
    place_stream,
    point_stream,
    program_event_stream,
    program_place_stream,
    supply_stream,
    vin_stream,
)


class StateStale(RuntimeError):
    """A decision was made from another state than the one that this unit of work holds under its lock."""


class LockMissing(RuntimeError):
    """Something was to be recorded in a stream that must have been locked before."""


class PlacesUntold(RuntimeError):
    """A case took or freed a place of a program with a cap, and the decision does not say so."""


@contextmanager
def unit_of_work(
    organization: OrganizationKey, *, actor: Actor, now: datetime, command: str | None = None
) -> Iterator[UnitOfWork]:
    """One transaction; it commits at the end and is rolled back by an exception.

    now: the business clock. command: the key, or "", of the one command that all of it is for: what a refusal leaves
    is then undone by beginning anew, and commands of one key wait for each other from the start.
    Inside open_organization of the same organization it is a savepoint of that transaction, which commits later (the
    bulk door's batches). Raises OrganizationUnknown, OtherOrganizationOpen, InstantNaive.
    """
    is_inside = is_open()
    locked = answers.command_of(actor.key, key=command) if command else ""
    with open_organization(organization, savepoint=True, command=locked) as opened:
        work = UnitOfWork(opened, actor=actor, now=now, command=None if is_inside else command)
        try:
            yield work
            work.settle_places()
            work.write()
        finally:
            work.close()


class UnitOfWork:
    """What a step works with. Everything it reads for a decision is locked first, in one order."""

    def __init__(self, opened: Opened, *, actor: Actor, now: datetime, command: str | None = None) -> None:
        self.organization = opened.key
        self.actor = actor
        self.now = now
        self.business_on = opened.calendar.business_date(now)
        self.command = command or ""
        # Until its command is taken there is nothing that must stay.
        self.may_begin_anew = command is not None
        self.is_shared = False
        self.begun_anew = False
        self._begin(opened)

    def _begin(self, opened: Opened) -> None:
        self._opened = opened
        self._pen = writing_cursor()
        self._batch = RowBatch(self._pen, opened.id)
        self._locks = Locks(self._pen, opened.id)
        self._states: dict[StreamId, Aggregate | None] = {}
        self._key = ""
        self._places_told: list[PlaceEvent] = []
        self._write = self._batch.flush
        opened.unwritten.append(self._write)

    def write(self) -> None:
        """Write what was recorded so far; `organizations.cursor` does so before anything is read."""
        self._batch.flush()

    def close(self) -> None:
        """Nothing is recorded any more; what was not written is forgotten."""
        self._batch.discard()
        if self._write in self._opened.unwritten:
            self._opened.unwritten.remove(self._write)

    def begin_anew(self) -> None:
        """Undo all of it, and let go of every lock, by another transaction in place of this one."""
        locked = answers.command_of(self.actor.key, key=self.command) if self.command else ""
        self.may_begin_anew = False
        self.close()
        self._begin(begin_anew(command=locked))
        self.begun_anew = True

    def hold(self, streams: Collection[StreamId]) -> frozenset[StreamId]:
        """Lock those of these streams that nobody else holds, with their states, for many commands; which ones.

        Nothing is waited for. Before anything else. From here on no command is undone by itself: its door undoes all.
        """
        self.is_shared = True
        held = self._locks.take_free(streams)
        self._states.update(stream_writer.load_many(self._pen, self._opened.id, held))
        return held

    @property
    def tells_places(self) -> bool:
        """Whether something happened to the places of programs that is not written yet."""
        return bool(self._places_told)

    def holds(self, stream: StreamId) -> bool:
        """Whether the stream is locked, with something in it or not."""
        return self._locks.holds(stream)

    def last_number(self, stream: StreamId) -> int:
        """The number of the last entry of a locked stream."""
        return self._locks.head(stream).number

    def lock(self, *streams: StreamId) -> None:
        """Lock streams in the one order, also ones that do not exist yet. Raises locks.LockBackwards."""
        # Where nothing was there, that may have changed until the lock is held.
        for stream in (each for each in streams if not self._locks.holds(each)):
            self._states.pop(stream, None)
        self._locks.take(*streams)

    @property
    def holds_nothing(self) -> bool:
        """Whether no stream is locked yet."""
        return self._locks.is_empty

    def lock_case(self, number: CaseNumber, *, with_point: bool = False, vin: str = "") -> PodId | None:
        """Lock a case with those linked with it, its usage point before them and a VIN after them, by one statement.

        Nothing may be locked yet. Gives the usage point by which it went; the row may name another one by now, as it
        may name other cases: whoever decides looks at that. vin: its token.
        """
        last = vin_stream(vin) if vin else None
        found = lock_case(self._pen, self._opened.id, number, with_point=with_point, vin=last)
        for each in found.held:
            self._locks.keep(each.stream, each.head)
            if each.state is not None or each.head.number == 0:
                self._states[each.stream] = each.state
        return found.pod

    def lock_unit(self, place: Place, *, pod: PodId) -> PointFound | None:
        """Lock a unit in all families, and the location of the usage point, whose row is given back; one statement."""
        unit = place_stream(ANY_FAMILY, unit=place.unit.value, unit_key=place.unit_key)
        held, point = lock_unit(self._pen, self._opened.id, unit, pod=pod)
        for each in held:
            self._locks.keep(each, Head(number=0, hash=""))
        return point

    def case(self, number: CaseNumber) -> Case | None:
        """The case, locked; None if this organization has none of that number."""
        return cast("Case | None", self._load(case_stream(number)))

    def order(self, number: OrderNumber) -> ServiceOrder | None:
        """The service order, locked; None if this organization has none of that number."""
        return cast("ServiceOrder | None", self._load(order_stream(number)))

    def usage_point(self, pod: PodId) -> UsagePoint | None:
        """The usage point, locked; None if this organization has none of that number."""
        return cast("UsagePoint | None", self._load(point_stream(pod)))

    def supply_request(self, number: TrackingNumber) -> SupplyRequest | None:
        """A registrar's supply request, locked; None if this organization has none of that number."""
        return cast("SupplyRequest | None", self._load(supply_stream(number)))

    def record_supply(
        self, number: TrackingNumber, decided: Decided, *, expected: SupplyRequest | None
    ) -> SupplyRequest | None:
        """Record what was decided of a supply request; see `record`."""
        return cast("SupplyRequest | None", self.record(supply_stream(number), decided, expected=expected))

    def erasure(self, subject: str) -> Erasure | None:
        """What was erased and is held of a subject, locked; None if nothing ever was."""
        return cast("Erasure | None", self._load(erasure_stream(subject)))

    def program_event(self, number: str) -> ProgramEvent | None:
        """An event of a program, locked; None if this organization has none of that number."""
        return cast("ProgramEvent | None", self._load(program_event_stream(number)))

    def program_places(self, program: ProgramKey) -> ProgramPlaces:
        """The places of a program, locked; before the first cap was heeded there are none, and version 0 says so.

        No other stream can be locked after it. Ask last.
        """
        stream = program_place_stream(program)
        self._locks.take(stream)
        return cast("ProgramPlaces | None", self._load(stream)) or ProgramPlaces(program=program)

    def tell_places(self, events: Iterable[Event]) -> None:
        """Add to what happened to the places of programs; it is written by `settle_places`."""
        self._places_told += [event for event in events if isinstance(event, PlaceEvent)]

    def settle_places(self) -> None:
        """Write what the records of this unit of work mean for the places of programs, in the order of locks.

        It comes last, because these streams do in the order of locks, and one command may change several cases.
        """
        told, self._places_told = self._places_told, []
        for program in sorted({event.program for event in told}):
            self.program_places(program)
            stream = program_place_stream(program)
            events = tuple(event for event in told if event.program == program)
            before = cast("ProgramPlaces | None", self._states[stream])
            self._append(stream, with_moves(before, events, now=self.now))

    def put(self, how: Put, row: tuple[object, ...]) -> None:
        """Write a row of no stream with what is recorded, by the same statement."""
        self._batch.put(how, row)

    def forget(self) -> None:
        """What was recorded and not written, and told of places, is not written: the command was undone."""
        self._batch.discard()
        self._places_told = []

    def record_case(self, number: CaseNumber, decided: Decided, *, expected: Case | None) -> Case:
        """Record what was decided of a case; see `record`. The decision that opens one must hold an event."""
        return cast("Case", self.record(case_stream(number), decided, expected=expected))

    def record_order(self, number: OrderNumber, decided: Decided, *, expected: ServiceOrder | None) -> ServiceOrder:
        """Record what was decided of a service order; see `record`."""
        return cast("ServiceOrder", self.record(order_stream(number), decided, expected=expected))

    def record_point(self, pod: PodId, decided: Decided, *, expected: UsagePoint | None) -> UsagePoint:
        """Record what was decided of a usage point; see `record`."""
        return cast("UsagePoint", self.record(point_stream(pod), decided, expected=expected))

    def record(self, stream: StreamId, decided: Decided, *, expected: Aggregate | None) -> Aggregate | None:
        """Write entries, rows, messages; give the state after them.

        expected: the state that the decision was made from, as this unit of work gave it; None for a new stream.
        Events of the usage point beside it go into the stream of the state's pod, which must be locked already; those
        of programs' places wait for `settle_places`.
        What is decided of other cases goes into their streams, which must be locked as well.
        Raises StateStale, LockMissing, PlacesUntold, and PlaceConflict: then nothing of this call is written and the
        unit of work goes on, or begins anew where it may.
        """
        self._refuse_stale(stream, expected)
        own, beside = decided.events, decided.point_events
        if stream.kind is StreamKind.USAGE_POINT:
            own, beside = (*own, *beside), ()
        parts = [(stream, own), *((case_stream(each.number), each.events) for each in decided.others)]
        # A unit is let go by the one before the other takes it.
        for each, events in sorted(parts, key=_takes_a_place):
            self._append_part(each, events)
        after = self._states[stream]
        _refuse_untold(expected, after, decided)
        if beside:
            self._append_beside(stream, after, beside)
        self.tell_places(decided.place_events)
        for message in decided.messages:
            outbox.write(self._batch, message, now=self.now)
        if self.may_begin_anew:
            stream_writer.write_reserved(self._batch, tuple(event for _, events in parts for event in events))
        return after

    def answered(self, key: str, payload: JsonValue) -> Answer | None:
        """The answer that this actor's command key was given before, None if it is new. Raises answers.KeyReused.

        Ask before anything else: two commands of one key then wait for each other. From here on entries carry the key.
        """
        # Of the command that it was opened for the lock is held already.
        find = answers.found_answer if self.command == key else answers.kept_answer
        found = find(self.actor.key, key=key, payload=payload)
        self._key = key
        return found

    def keep_answer(self, key: str, payload: JsonValue, answer: Answer) -> None:
        """Keep the answer, a refusal too; it commits with the effect."""
        answers.put(self._batch, self.actor.key, key=key, payload=payload, answer=answer, at=self._opened.wall_at)

    def applied(self, message: Envelope) -> bool:
        """Whether this message had its effect before; if not, the caller gives it now. Raises inbox.NotTheReceiver."""
        return inbox.was_applied(message, at=self._opened.wall_at)

    def _load(self, stream: StreamId) -> Aggregate | None:
        if stream not in self._states:
            self._states[stream] = self._found(stream)
        return self._states[stream]

    def _found(self, stream: StreamId) -> Aggregate | None:
        if not self._locks.holds(stream):
            self._locks.refuse_backwards(stream)
            found = stream_writer.lock_and_load(self._pen, self._opened.id, stream)
            if found is not None:
                self._locks.keep(stream, found[0])
                return found[1]
            if not self._locks.take_existing(stream):
                return None
        # Before the first entry there is no state.
        is_begun = self._locks.head(stream).number > 0
        return stream_writer.load(self._pen, self._opened.id, stream) if is_begun else None

    def _refuse_stale(self, stream: StreamId, expected: Aggregate | None) -> None:
        if expected is None and not self._locks.holds(stream):
            self._locks.take(stream)  # nothing was there to lock when it was looked at; another may have begun it since
            self._states[stream] = self._found(stream)
        if self._states.get(stream) is not expected:
            raise StateStale(
                f"{stream.kind.value} {stream.key} is not in the state that the decision was made from. "
                "Load it in this unit of work and decide again."
            )

    def _append(self, stream: StreamId, events: tuple[Event, ...]) -> Aggregate | None:
        before = self._states[stream]
        if not events:
            return before
        self._locks.take(stream)
        after, head = stream_writer.append(
            self._writing(), stream, head=self._locks.head(stream), before=before, events=events
        )
        self._locks.advance(stream, head)
        self._states[stream] = after
        return after

    def _writing(self) -> stream_writer.Writing:
        return stream_writer.Writing(
            batch=self._batch,
            opened=self._opened,
            actor=self.actor,
            now=self.now,
            business_on=self.business_on,
            idempotency_key=self._key,
            is_alone=self.may_begin_anew,
        )

    def _append_part(self, stream: StreamId, events: tuple[Event, ...]) -> None:
        if not self._locks.holds(stream) and stream not in self._states:
            raise LockMissing(
                f"{stream.kind.value} {stream.key} is changed beside another one and is not locked. "
                "Lock both at once, before either is loaded: they come in the order of their numbers."
            )
        self._load(stream)
        self._append(stream, events)

    def _append_beside(self, stream: StreamId, state: Any, events: tuple[Event, ...]) -> None:
        point = point_stream(state.pod)
        if not self._locks.holds(point):
            raise LockMissing(
                f"{stream.kind.value} {stream.key} changes usage point {state.pod} beside it, which is not locked. "
                "Load the usage point first: it comes before the others in the order of locks."
            )
        self._load(point)
        self._append(point, events)


def _takes_a_place(part: tuple[StreamId, tuple[Event, ...]]) -> bool:
    released = any(isinstance(event, PlaceReleased) for event in part[1])
    return not released and any(isinstance(event, PlaceReserved) for event in part[1])


def _refuse_untold(before: Aggregate | None, after: Aggregate | None, decided: Decided) -> None:
    if not isinstance(after, Case) or decided.place_events:
        return
    if told_of_case(before if isinstance(before, Case) else None, after, row=Row.ACTION):
        raise PlacesUntold(
            f"Case {after.number} changes what its program's places are, and nothing was told of them. "
            "Let decide_case decide it: it adds what the change means."
        )
