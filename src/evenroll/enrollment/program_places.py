"""The places of a program with a cap: how many there are, are taken and are waited for, as the fold of their events.

Counters only: who holds a place and who waits stands in the cases, so thousands in line do not make it grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.event import Event, kinds
from evenroll.enrollment.rows import Row
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import Move, State, TrackState
from evenroll.enrollment.waits import WAITS, Wait
from evenroll.programs.program import ProgramVersion, Track
from evenroll.quantities.identifiers import CaseNumber, ProgramKey


class CapBroken(Exception):
    """More places would be taken than there are, or fewer than none: a defect, never an answer to a person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramPlaces:
    """The places of one program.

    program_version: the version whose cap is the latest that was heeded; 0 before the first. cap: how many there are.
    ceiling: how many may be taken at this moment: the cap, or more where it was lowered beneath what is taken; it
    falls with every place that becomes free. taken: held by enrollments, and by those who were offered one.
    waiting: in line without an offer. offer_days: how long an offer stands, calendar days. options, options_taken: how
    many places there are, and are taken, of each limited option.
    """

    program: ProgramKey
    program_version: int = 0
    cap: int = 0
    waiting_list: bool = True
    offer_days: int = 1
    ceiling: int = 0
    taken: int = 0
    waiting: int = 0
    tracks: Mapping[str, TrackState] = field(default_factory=dict[str, TrackState])
    options: Mapping[str, int] = field(default_factory=dict[str, int])
    options_taken: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def free(self) -> int:
        """How many more may be taken; 0 while more are taken than there are."""
        return max(0, self.cap - self.taken)

    def has_room(self, option: str) -> bool:
        """Whether one more of this option may be taken; always where it is not limited."""
        return option not in self.options or self.options_taken.get(option, 0) < self.options[option]

    @property
    def state(self) -> State | None:
        """Whether a free place is to be offered."""
        found = self.tracks.get(Track.ADMITTING.value)
        return found.state if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceEvent(Event):
    """The base of the events of a program's places."""

    program: ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CapSet(PlaceEvent):
    """How many the program admits from now on: by a new version of it, or by its manager."""

    program_version: int
    places: int
    waiting_list: bool
    offer_days: int
    options: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramPlaceTaken(PlaceEvent):
    """A case enrolled, or was offered a place that is held for it.

    already: it was enrolled before the program had a cap, so that it may stand above
    the cap, and makes no room for more.
    """

    case: CaseNumber
    already: bool = False
    option: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramPlaceFreed(PlaceEvent):
    """A case that held a place ended, was refused or let its offer lapse."""

    case: CaseNumber
    option: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingJoined(PlaceEvent):
    """A case stands in line."""

    case: CaseNumber
    ranked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingLeft(PlaceEvent):
    """A case stands in line no more: it was offered a place, or gave up."""

    case: CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmittingEscalated(PlaceEvent):
    """A free place could not be offered; a named person takes it."""


PLACE_EVENTS = kinds(CapSet, ProgramPlaceTaken, ProgramPlaceFreed, WaitingJoined, WaitingLeft, AdmittingEscalated)
"""Every event that the stream of a program's places may hold, by kind."""


def evolve_places(places: ProgramPlaces | None, event: Event) -> ProgramPlaces:
    """The places after the event. Raises CapBroken for what can never be, and moves.MoveRefused."""
    if isinstance(event, CapSet):
        after = _capped(places or ProgramPlaces(program=event.program), event)
    elif places is None or not isinstance(event, PlaceEvent):
        raise CapBroken(f"{type(event).__name__} comes before the cap of any program, or is no event of its places.")
    else:
        after = _counted(places, event)
    if after.taken < 0 or after.taken > after.ceiling or after.waiting < 0:
        raise CapBroken(
            f"Program {after.program} has {after.cap} places: {after.taken} taken and {after.waiting} waiting is wrong."
        )
    return replace(after, tracks=apply_moves(after.tracks, event.moves)) if event.moves else after


def _capped(places: ProgramPlaces, event: CapSet) -> ProgramPlaces:
    return replace(
        places,
        program_version=event.program_version,
        cap=event.places,
        waiting_list=event.waiting_list,
        offer_days=event.offer_days,
        options=event.options,
        # Nobody is thrown out: what is taken may stay, and shrinks to the cap as places become free.
        ceiling=max(event.places, places.taken),
    )


def _counted(places: ProgramPlaces, event: PlaceEvent) -> ProgramPlaces:
    match event:
        case ProgramPlaceTaken():
            if not event.already and not places.has_room(event.option):
                raise CapBroken(f"Program {places.program} has no place left of option {event.option}.")
            taken = places.taken + 1
            ceiling = max(places.ceiling, taken) if event.already else places.ceiling
            return replace(places, taken=taken, ceiling=ceiling, options_taken=_by_option(places, event.option, 1))
        case ProgramPlaceFreed():
            taken = places.taken - 1
            freed = _by_option(places, event.option, -1)
            return replace(places, taken=taken, ceiling=max(places.cap, taken), options_taken=freed)
        case WaitingJoined():
            return replace(places, waiting=places.waiting + 1)
        case WaitingLeft():
            return replace(places, waiting=places.waiting - 1)
        case _:
            return places


def _by_option(places: ProgramPlaces, option: str, more: int) -> Mapping[str, int]:
    """How many of each option are taken, with one more or less of this one; whoever took none counts in none."""
    if not option:
        return places.options_taken
    return {**places.options_taken, option: places.options_taken.get(option, 0) + more}


def option_of(program: ProgramVersion, selections: Mapping[str, str]) -> str:
    """The limited option that these selections choose, as it is counted by; "" where none of them is limited."""
    limited = program.cap.options if program.cap else ()
    return next((each.key for each in limited if selections.get(each.selection) == each.option), "")


def cap_of_version(program: ProgramVersion, *, places: ProgramPlaces, row: Row) -> tuple[Event, ...]:
    """The new cap, where this version of the program is newer than the one that was heeded last; () if it is not."""
    cap = program.cap
    if cap is None or program.version <= places.program_version:
        return ()
    return (
        CapSet(
            row=row,
            program=program.key,
            program_version=program.version,
            places=cap.places,
            waiting_list=cap.waiting_list,
            offer_days=cap.offer_days,
            options={each.key: each.places for each in cap.options},
        ),
    )


def told_of_case(before: Case | None, after: Case, *, row: Row) -> tuple[Event, ...]:
    """What the change of a case means for the places of its program: nobody has to remember to say it."""
    held, holds = _holds(before), _holds(after)
    waited, waits = _waits_for(before), _waits_for(after)
    number = after.number
    events: list[Event] = []
    if waited is not None and waits != waited:
        events.append(WaitingLeft(row=row, program=waited, case=number))
    if held is not None and holds != held:
        events.append(ProgramPlaceFreed(row=row, program=held[0], case=number, option=held[1]))
    if holds is not None and holds != held:
        events.append(ProgramPlaceTaken(row=row, program=holds[0], case=number, option=holds[1]))
    if waits is not None and waits != waited and after.line is not None:
        events.append(WaitingJoined(row=row, program=waits, case=number, ranked_at=after.line.ranked_at))
    return tuple(events)


def _holds(case: Case | None) -> tuple[ProgramKey, str] | None:
    """The program of which the case takes a place, and the limited option that this is of."""
    return (case.counted, case.counted_option) if case is not None and case.counted is not None else None


def _waits_for(case: Case | None) -> ProgramKey | None:
    """The program for which a case stands in line, without an offer."""
    line = case.line if case else None
    return line.program if line is not None and line.offered_until_on is None else None


def with_moves(places: ProgramPlaces | None, events: tuple[Event, ...], *, now: datetime) -> tuple[Event, ...]:
    """These events in a row, the last with the move that follows: a free place that is waited for is offered."""
    after = places
    for event in events:
        after = evolve_places(after, event)
    if after is None or any(event.moves for event in events):
        return events
    to = State.PLACE_FREE if after.free and after.waiting else State.NOTHING_TO_OFFER
    offered = to is State.PLACE_FREE and any(isinstance(event, ProgramPlaceTaken | CapSet) for event in events)
    if to is after.state and not offered:
        return events
    return (*events[:-1], replace(events[-1], moves=(_move(to, now=now),)))


def _move(to: State, *, now: datetime) -> Move:
    if to is State.NOTHING_TO_OFFER:
        return Move(track=Track.ADMITTING, to=to, at=now)
    rule = WAITS[Track.ADMITTING, State.PLACE_FREE][Wait.FIRST]
    return Move(track=Track.ADMITTING, to=to, at=now, owner=rule.owner, due_at=now, on_lapse=rule.on_lapse)
