"""The places of programs with a cap in the world: what the steps of the waiting list would look up, lock and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evenroll.enrollment import decide_waiting
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import Record
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.program_places import PlaceEvent, ProgramPlaces, evolve_places, with_moves
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.world.programs import world_programs

if TYPE_CHECKING:
    from tests.world.memory import Key, World


def place_key(organization: OrganizationKey, program: ProgramKey) -> Key:
    """The key of a program's places in these books."""
    return Record.PROGRAM_PLACE, organization, program


def places_of(world: World, organization: OrganizationKey, program: ProgramKey) -> ProgramPlaces:
    """The places of a program; before its first cap was heeded there are none."""
    found = world.caps.get(place_key(organization, program))
    return found.state if found else ProgramPlaces(program=program)


def next_in_line(world: World, key: Key) -> Key | None:
    """The case whose turn it is: by rank, then by number."""
    waiting = [
        (each.state.line.ranked_at, case[2], case)
        for case, each in world.cases.items()
        if case[1] == key[1]
        and each.state.line is not None
        and each.state.line.program == key[2]
        and each.state.line.offered_until_on is None
    ]
    return min(waiting)[2] if waiting else None


def decided(world: World, key: Key, name: C, payload: object) -> Decided | Refusal:
    """What a command to a program's places would do now."""
    if name is C.ADMIT_NEXT:
        case = next_in_line(world, key)
        return world.decided(case, name, payload) if case else Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    if not isinstance(payload, SetCap):
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": name.value})
    latest = next((each for each in world_programs() if each.key == key[2] and each.organization == key[1]), None)
    stream = world.caps.get(key)
    return decide_waiting.set_cap(stream.state if stream else None, payload, latest=latest)


def give(world: World, key: Key, name: C, payload: object) -> Decided | Refusal:
    """A command to a program's places; nothing changes if it is refused."""
    if name is C.ADMIT_NEXT:
        case = next_in_line(world, key)
        return world.take(case, name, payload) if case else Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    found = decided(world, key, name, payload)
    if isinstance(found, Decided):
        tell(world, key, found.place_events, name=name)
    return found


def tell(world: World, by: Key, events: tuple[Event, ...], *, name: C = C.DECIDE) -> None:
    """What a change of a case means for the places of its program, at the end of the same transaction."""
    from tests.world.memory import Stream, Taken

    told = [event for event in events if isinstance(event, PlaceEvent)]
    for program in sorted({event.program for event in told}):
        key = place_key(by[1], program)
        stream = world.caps.setdefault(key, Stream(state=None))
        before = stream.state
        happened = with_moves(before, tuple(event for event in told if event.program == program), now=world.now)
        for event in happened:
            stream.state = evolve_places(stream.state, event)
        stream.events += tuple((world.now, event) for event in happened)
        if world.watch is not None:
            world.watch(world, Taken(key=key, name=name, before=before, after=stream.state, events=happened))
