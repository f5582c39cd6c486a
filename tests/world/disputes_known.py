"""What steps would look up of a vehicle that two customers name, simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.world.programs import program_of

if TYPE_CHECKING:
    from tests.world.memory import Key, World

_NAMES = LIVE | {State.VEHICLE_DISPUTED, State.DECIDING, State.NEEDS_ANSWER, State.WAITLISTED}


def named_too(world: World, case: Case, *, key: Key) -> dict[str, Any]:
    """The other case of these books that names the VIN, a live one first, by the names of `CaseFacts`."""
    if case.number not in world.same_car:
        return {}
    mine = [_case(world, number, of=key[1]) for number in sorted(world.same_car - {case.number})]
    found = [each for each in mine if each is not None and each.vehicles and each.status in _NAMES]
    first = min(found, key=lambda each: each.status not in LIVE, default=None)
    if first is None:
        return {}
    return {"disputed_with": first.number, "disputed_pevid": first.vehicles[-1].pevid}


def linked(world: World, case: Case, *, key: Key) -> dict[CaseNumber, Case]:
    """The cases that name the VIN, or that a question about a vehicle links with this one."""
    found: dict[CaseNumber, Case] = {}
    todo = {
        *(question.other for question in case.questions),
        *(world.same_car if case.number in world.same_car else ()),
    }
    while todo:
        number = todo.pop()
        other = _case(world, number, of=key[1])
        if other is not None and number != case.number:
            found[number] = other
            todo |= {question.other for question in other.questions} - found.keys() - {case.number}
    return found


def programs(cases: dict[CaseNumber, Case]) -> dict[CaseNumber, ProgramVersion]:
    """The version that decides each."""
    known = {
        number: program_of(each.chosen.program, version=each.chosen.version)
        for number, each in cases.items()
        if each.chosen is not None
    }
    return {number: program for number, program in known.items() if program is not None}


def _case(world: World, number: CaseNumber, *, of: OrganizationKey) -> Case | None:
    return next((each.state for key, each in world.cases.items() if key[1:] == (of, number)), None)
