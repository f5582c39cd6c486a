"""The streams that are kept: few lives of the world's tour that together hold every event and every field of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from evenroll.enrollment.erasure import DataErased, ErasureCause, HoldCause, HoldLifted, HoldSet
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.program_event import EventCalled, EventCalledOff, EventMeasured
from evenroll.enrollment.program_places import AdmittingEscalated
from evenroll.enrollment.rows import Row
from evenroll.quantities.codec import encode
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, case_number
from evenroll.records.folds import FOLDS
from evenroll.records.streams import StreamKind
from tests.golden.journal import folded
from tests.world.loaded import events_of_other_territories, events_of_two_cases, loaded_events
from tests.world.tour import histories, tour

Told = tuple[StreamKind, tuple[Event, ...]]
Trait = tuple[str, str]
"""The kind of an event, and a field of it that is not at its default; "" for the event itself."""

KIND_OF = {name: kind for kind, fold in FOLDS.items() for name in fold.events}


def every_kind() -> frozenset[str]:
    """The kinds of all events of this release."""
    return frozenset(KIND_OF)


def chosen_streams(*, but: frozenset[Trait]) -> tuple[Told, ...]:
    """Streams that together have every trait that any history has, beside those that are kept already.

    Greedy: the one that brings most for its length first; of each as much as is needed, since the beginning of a life
    is one.
    """
    kept, chosen = set(but), list[Told]()
    left = [
        _Life(told=told, traits=tuple(frozenset(traits_of((each,))) for each in told[1])) for told in _all_streams()
    ]
    while left := [life for life in left if life.needed(kept)]:
        best = max(left, key=lambda life: life.brings(kept))
        length = best.needed(kept)
        chosen.append((best.told[0], best.told[1][:length]))
        kept = kept.union(*best.traits[:length])
    return tuple(chosen)


@dataclass(frozen=True, kw_only=True)
class _Life:
    """A stream of the tour, with the traits of each of its events."""

    told: Told
    traits: tuple[frozenset[Trait], ...]

    def needed(self, kept: set[Trait]) -> int:
        """How many of the first events hold all that is not kept yet; 0 if nothing is new."""
        return max((at for at, traits in enumerate(self.traits, start=1) if traits - kept), default=0)

    def brings(self, kept: set[Trait]) -> float:
        """New traits for each event."""
        return len(set[Trait]().union(*self.traits) - kept) / self.needed(kept)


def traits_of(events: Iterable[Event]) -> Iterator[Trait]:
    """What events have that a schema could lose."""
    for event in events:
        written = encode(event)
        assert isinstance(written, dict)
        yield event_kind(event), ""
        for name in written:
            yield event_kind(event), name


def _all_streams() -> list[Told]:
    told = [(KIND_OF[event_kind(events[0])], events) for events in histories(tour()) if events]
    told += [*_of_programs(), *_of_erasures()]
    return [*told, *_beyond_the_tour(told)]


def _of_programs() -> list[Told]:
    at = datetime(2026, 7, 6, 20, 0, tzinfo=UTC)
    called = EventCalled(
        row=Row.R10,
        number="EVT-1",
        organization=OrganizationKey("lakeland-electric"),
        program=ProgramKey("LE-EV-PEAK-DAYS"),
        on=date(2026, 7, 6),
        starts_at=at,
        ends_at=at.replace(hour=22),
        told=3,
    )
    ends = (EventCalledOff(row=Row.R10, reason="weather"), EventMeasured(row=Row.R10, results=2))
    return [(StreamKind.PROGRAM_EVENT, (called, end)) for end in ends]


def _of_erasures() -> list[Told]:
    subject, utility = "customer/7", OrganizationKey("lakeland-electric")
    held = HoldSet(row=Row.ACTION, subject=subject, organization=utility, cause=HoldCause.LITIGATION)
    erased = DataErased(
        row=Row.ACTION,
        subject=subject,
        organization=utility,
        cause=ErasureCause.ASKED,
        erased_on=date(2026, 11, 23),
        keys=1,
        records=4,
        cases=(case_number(bytes(range(16))),),
        asked_on=date(2026, 11, 20),
    )
    return [(StreamKind.ERASURE, (held, HoldLifted(row=Row.ACTION, cause=HoldCause.LITIGATION), erased))]


def _beyond_the_tour(told: list[Told]) -> Iterator[Told]:
    """What books bring in, whole; and each event that takes two records, put at the end of a life it can go on with."""
    loaded = loaded_events()
    of_case = tuple(each for each in loaded if KIND_OF[event_kind(each)] is StreamKind.CASE)
    yield StreamKind.CASE, of_case
    rest = [each for each in loaded if each not in of_case]
    escalated = AdmittingEscalated(row=Row.R5, program=ProgramKey("LE-EV-FIRST100"))
    for event in (*rest, *events_of_two_cases(), *events_of_other_territories(), escalated):
        kind = KIND_OF[event_kind(event)]
        yield kind, _with_end(event, kind, told)


def _with_end(event: Event, kind: StreamKind, told: list[Told]) -> tuple[Event, ...]:
    for one, events in sorted(told, key=lambda each: len(each[1])):
        if one is kind and len(events) > 1 and _goes_on(kind, (*events, event)):
            return (*events, event)
    raise AssertionError(f"no life of the tour can go on with {event_kind(event)}")


def _goes_on(kind: StreamKind, events: tuple[Event, ...]) -> bool:
    try:
        after: Any = folded(kind, events)
    except Exception:
        return False
    return after is not None
