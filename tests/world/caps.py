"""Invariant 3 over the world: no program is over its cap, and the waiting list keeps its published order."""

from __future__ import annotations

from datetime import datetime

from evenroll.enrollment.program_places import (
    ProgramPlaceFreed,
    ProgramPlaces,
    ProgramPlaceTaken,
    WaitingJoined,
    WaitingLeft,
    evolve_places,
)
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber
from tests.world.memory import Key, Stream, World


def check_caps(world: World) -> None:
    """The counters tell what the cases say, now and at every moment of the history, and nobody overtook."""
    for key, stream in world.caps.items():
        check_counts(world, key, stream.state)
        check_order(stream, brought=_brought(world))
    for key, stream in world.cases.items():
        case = stream.state
        if case.counted is not None or case.line is not None:
            program = case.counted or case.line.program
            assert (key[0].PROGRAM_PLACE, key[1], program) in world.caps, f"{case.number} is counted nowhere"


def check_counts(world: World, key: Key, places: ProgramPlaces) -> None:
    """Places taken and waited for are those of the cases; a free place that is waited for is being offered."""
    mine = [each.state for case, each in world.cases.items() if case[1] == key[1]]
    taken = [case.number for case in mine if case.counted == key[2]]
    waiting = [
        case.number for case in mine if case.line and case.line.program == key[2] and not case.line.offered_until_on
    ]
    assert (places.taken, places.waiting) == (len(taken), len(waiting)), f"{key}: {places}, {taken}, {waiting}"
    assert (places.state is State.PLACE_FREE) == bool(places.free and places.waiting)
    for case in mine:
        if case.counted is not None:
            assert not case.is_ended and case.status is not State.REFUSED, f"{case.number} holds a place for nobody"


def _brought(world: World) -> frozenset[CaseNumber]:
    """The cases at another premise that bring the place of the enrollment which they go on from."""
    return frozenset(each.state.number for each in world.cases.values() if each.state.opening.continues is not None)


def check_order(stream: Stream, *, brought: frozenset[CaseNumber] = frozenset()) -> None:
    """Nobody is admitted above the cap, past those in line, or before one who ranks higher.

    A member who moves takes no place of anybody: the one that is freed in the same moment goes along.
    """
    places: ProgramPlaces | None = None
    line: dict[CaseNumber, datetime] = {}
    left: CaseNumber | None = None
    freed_at: datetime | None = None
    for at, event in stream.events:
        before, places = places, evolve_places(places, event)
        match event:
            case WaitingJoined():
                line[event.case] = event.ranked_at
            case WaitingLeft():
                first = min((rank, number) for number, rank in line.items())[1]
                left = event.case if first == event.case else None
                del line[event.case]
            case ProgramPlaceTaken():
                assert places.taken <= places.cap, f"{event.case} is above the cap"
                goes_along = event.case in brought and freed_at == at
                in_turn = before is not None and (left == event.case or before.waiting == 0)
                assert in_turn or goes_along, f"{event.case} overtook"
            case ProgramPlaceFreed():
                freed_at = at
            case _:
                pass
    assert places is None or places.waiting == len(line)


def check_cap_folds(world: World) -> None:
    """Invariant 10 in the small: the places are the fold of their events."""
    for stream in world.caps.values():
        places: ProgramPlaces | None = None
        for _, event in stream.events:
            places = evolve_places(places, event)
        assert places == stream.state
