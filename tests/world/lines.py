"""Scenes of the waiting list: who waits, who is offered a place, who lets it go by, and a cap that changes."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.people import days, supplier_changes
from tests.world.programs import BRIGHTWATER, UTILITY
from tests.world.scenes import Scene, apply, case_of, say
from tests.world.waiting import place_key, places_of

PROGRAM = "LE-CAPPED"
PODS = ("POD-1", "POD-6", "POD-2")


def _queue(world: World, *, program: str = PROGRAM) -> tuple[Key, Key, Key]:
    """Three applications an hour apart: one has the only place, two wait."""
    first, second, third = (_apply(world, pod, program) for pod in PODS)
    assert [case_of(world, key).status for key in (first, second, third)] == [
        State.ENROLLED,
        State.WAITLISTED,
        State.WAITLISTED,
    ]
    return first, second, third


def _apply(world: World, pod: str, program: str) -> Key:
    key = apply(world, program=program, pod=pod)
    days(world, 0.04)
    return key


def _give_up(world: World, key: Key) -> None:
    """Withdrawn, and the utility's word heard."""
    say(world, key, C.WITHDRAW)
    days(world, 0.5)
    assert case_of(world, key).counted is None


def _is_offered(world: World, key: Key) -> bool:
    line = case_of(world, key).line
    return line is not None and line.offered_until_on is not None


def accepted(world: World) -> None:
    """A place becomes free; the next in line takes it, and the one after takes the next."""
    first, second, third = _queue(world)
    _give_up(world, first)
    assert _is_offered(world, second) and not _is_offered(world, third)
    say(world, second, C.ACCEPT_PLACE)
    world.settle()
    assert case_of(world, second).status is State.ENROLLED
    _give_up(world, second)
    assert _is_offered(world, third)
    say(world, third, C.ACCEPT_PLACE, role=Role.ENROLLMENT_DESK)
    days(world, 100)
    assert case_of(world, third).status is State.ACTIVE


def lapsed(world: World) -> None:
    """Nobody answers: the place passes on, then back, and the second time the application ends."""
    first, second, third = _queue(world)
    _give_up(world, first)
    days(world, 15)
    assert _is_offered(world, third) and not _is_offered(world, second)
    days(world, 60)
    assert {case_of(world, key).status for key in (second, third)} == {State.EXPIRED}


def asked_every_year(world: World) -> None:
    """Whoever answers stays with the rank; whoever does not leaves the line."""
    _, second, third = _queue(world)
    ranked = case_of(world, third).line
    days(world, 370)
    say(world, third, C.CONFIRM_INTEREST)
    days(world, 40)
    assert case_of(world, second).status is State.EXPIRED
    assert case_of(world, third).line == ranked
    say(world, third, C.WITHDRAW)


def not_eligible_any_more(world: World) -> None:
    """Facts are looked up anew on admission: who does not fit any more frees the place for the next."""
    first, second, third = _queue(world)
    _give_up(world, first)
    household = world.households[CaseNumber(second[2])]
    household.flaws = {"in_territory": Known.NO}
    say(world, second, C.ACCEPT_PLACE)
    world.settle()
    assert case_of(world, second).status is State.REFUSED
    assert _is_offered(world, third)
    household.flaws = {}
    say(world, second, C.OPEN_APPEAL)
    say(world, second, C.SETTLE_APPEAL, _reopened(), role=Role.SUPERVISOR)
    world.settle()
    assert case_of(world, second).status is State.WAITLISTED


def _reopened() -> object:
    from evenroll.enrollment.case_commands import SettleAppeal

    return SettleAppeal(reopened=True)


def supply_lost_in_line(world: World) -> None:
    """Another supplier from today: the clearinghouse is asked anew, and the line closes up."""
    _, second, third = _queue(world)
    supplier_changes(world, pod=PodId("POD-6"), to=BRIGHTWATER)
    world.settle()
    assert case_of(world, second).line is None
    assert case_of(world, third).line is not None


def cap_changes(world: World) -> None:
    """More places are offered at once; fewer throw nobody out."""
    first, second, third = _queue(world)
    key = place_key(UTILITY, ProgramKey(PROGRAM))
    say(world, key, C.SET_CAP, SetCap(places=3), role=Role.PROGRAM_MANAGER)
    world.settle()
    assert _is_offered(world, second) and _is_offered(world, third)
    say(world, second, C.ACCEPT_PLACE)
    say(world, key, C.SET_CAP, SetCap(places=1), role=Role.PROGRAM_MANAGER)
    world.settle()
    assert places_of(world, UTILITY, ProgramKey(PROGRAM)).taken == 3
    _give_up(world, first)
    days(world, 30)
    assert case_of(world, second).status in (State.ENROLLED, State.ACTIVE)
    assert places_of(world, UTILITY, ProgramKey(PROGRAM)).taken == 1


def no_list(world: World) -> None:
    """A full program without a list refuses, and takes the next who comes once a place is free."""
    first = _apply(world, "POD-1", "LE-NO-LIST")
    second = _apply(world, "POD-2", "LE-NO-LIST")
    assert case_of(world, second).status is State.REFUSED
    _give_up(world, first)
    third = _apply(world, "POD-6", "LE-NO-LIST")
    assert case_of(world, third).status is State.ENROLLED


IN_LINE: tuple[Scene, ...] = (
    accepted,
    lapsed,
    asked_every_year,
    not_eligible_any_more,
    supply_lost_in_line,
    cap_changes,
    no_list,
)
