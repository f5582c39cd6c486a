"""The pure rules of a program's places: counters, offers in order, a cap that is lowered, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evenroll.enrollment.case_events import DecisionMade
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_waiting import SetCap, rank_of, set_cap
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.eligibility import Known, PlaceFact, Verdict
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import Channel
from evenroll.enrollment.program_places import (
    CapBroken,
    CapSet,
    ProgramPlaceFreed,
    ProgramPlaces,
    ProgramPlaceTaken,
    WaitingJoined,
    evolve_places,
    with_moves,
)
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.programs.program_terms import Cap
from evenroll.programs.rules import Outcome
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.world.caps import check_caps
from tests.world.lines import PROGRAM
from tests.world.memory import Key, World
from tests.world.people import days, new_world
from tests.world.programs import UTILITY, world_programs
from tests.world.scenes import apply, case_of, say
from tests.world.waiting import place_key, places_of

NOW = datetime(2026, 3, 1, 15, tzinfo=UTC)
KEY = ProgramKey(PROGRAM)
NUMBERS = tuple(CaseNumber(f"EV-{number}") for number in range(9))


def capped(places: int, *, before: ProgramPlaces | None = None) -> ProgramPlaces:
    cap = CapSet(row=Row.ACTION, program=KEY, program_version=1, places=places, waiting_list=True, offer_days=14)
    return after(before, cap)


def after(places: ProgramPlaces | None, *events: CapSet | ProgramPlaceTaken | ProgramPlaceFreed | WaitingJoined):
    for event in with_moves(places, events, now=NOW):
        places = evolve_places(places, event)
    assert places is not None
    return places


def taken(number: int) -> ProgramPlaceTaken:
    return ProgramPlaceTaken(row=Row.R5, program=KEY, case=NUMBERS[number])


def freed(number: int) -> ProgramPlaceFreed:
    return ProgramPlaceFreed(row=Row.ACTION, program=KEY, case=NUMBERS[number])


def joined(number: int) -> WaitingJoined:
    return WaitingJoined(row=Row.R5, program=KEY, case=NUMBERS[number], ranked_at=NOW)


def three(world: World) -> tuple[Key, Key, Key]:
    """One has the only place, two wait."""
    keys = tuple(_apply(world, pod) for pod in ("POD-1", "POD-6", "POD-2"))
    return keys[0], keys[1], keys[2]


def _apply(world: World, pod: str) -> Key:
    key = apply(world, program=PROGRAM, pod=pod)
    days(world, 0.04)
    return key


def test_nobody_is_taken_above_the_cap() -> None:
    """Invariant 3 in the core."""
    full = after(capped(1), taken(0))
    with pytest.raises(CapBroken, match="has 1 places: 2 taken"):
        after(full, taken(1))
    with pytest.raises(CapBroken, match="before the cap of any program"):
        after(None, taken(0))


def test_a_lowered_cap_throws_nobody_out_and_takes_nobody_in() -> None:
    """Rule 16: what is taken above a lowered cap may stay, and shrinks."""
    lowered = capped(1, before=after(capped(3), taken(0), taken(1), taken(2)))
    assert (lowered.cap, lowered.taken, lowered.ceiling, lowered.free) == (1, 3, 3, 0)
    shrunk = after(lowered, freed(0), joined(3))
    assert (shrunk.taken, shrunk.ceiling, shrunk.state) == (2, 2, State.NOTHING_TO_OFFER)
    with pytest.raises(CapBroken):
        after(shrunk, taken(4))
    assert after(shrunk, freed(1), freed(2)).state is State.PLACE_FREE


def test_the_clock_is_asked_only_where_a_place_is_free_and_somebody_waits() -> None:
    quiet = after(capped(1), taken(0))
    assert quiet.state is State.NOTHING_TO_OFFER
    waiting = after(quiet, joined(1))
    assert waiting.state is State.NOTHING_TO_OFFER
    offering = after(waiting, freed(0))
    track = offering.tracks["admitting"]
    assert (offering.state, track.owner, track.due_at, track.on_lapse) == (
        State.PLACE_FREE,
        Role.SYSTEM,
        NOW,
        C.ADMIT_NEXT,
    )


def test_nobody_overtakes_between_a_free_place_and_its_offer() -> None:
    """Rule 16: a place that is free for an instant is not for whoever is decided at that instant."""
    world = new_world()
    first, second, third = three(world)
    fourth = apply(world, program=PROGRAM, pod="POD-1", until=State.DECIDING)
    household = world.households[CaseNumber(fourth[2])]
    household.flaws = {"live_families": _none()}
    say(world, first, C.WITHDRAW)
    world.settle(until=lambda: case_of(world, first).status is State.WITHDRAWN)
    assert places_of(world, UTILITY, KEY).free == 1
    if case_of(world, fourth).status is State.DECIDING:
        decided = world.give(fourth, C.DECIDE, _nothing(), role=Role.SYSTEM)
        assert isinstance(decided, Decided)
    assert case_of(world, fourth).status is State.WAITLISTED
    world.settle()
    assert case_of(world, second).counted == KEY
    assert case_of(world, third).counted is None
    check_caps(world)


def test_who_is_refused_on_admission_holds_nothing() -> None:
    """Rule 16: facts are checked again on admission."""
    world = new_world()
    first, second, third = three(world)
    say(world, first, C.WITHDRAW)
    days(world, 0.5)
    world.households[CaseNumber(second[2])].flaws = {"in_territory": Known.NO}
    say(world, second, C.ACCEPT_PLACE)
    world.settle()
    assert case_of(world, second).status is State.REFUSED
    assert case_of(world, third).counted == KEY
    check_caps(world)


def test_the_decision_says_why_somebody_waits_and_can_be_computed_again() -> None:
    world = new_world()
    _, second, _ = three(world)
    made = next(event for _, event in world.cases[second].events if isinstance(event, DecisionMade))
    finding = made.findings[-1]
    assert (made.verdict, made.facts.places) == (Verdict.WAITLISTED, PlaceFact.WAIT)
    assert (finding.outcome, finding.evidence.code) == (Outcome.DUE_LATER, EvidenceCode.WAITING_LIST)


def test_paper_counts_from_its_receipt_and_everything_else_from_the_later_instant() -> None:
    """Rule 16: ranked by the time an application became complete and authenticated; paper by its receipt."""
    world = new_world()
    _, second, _ = three(world)
    case = case_of(world, second)
    assert case.form is not None and case.completed_at is not None
    proved_late = replace(case, proof=replace(case.proof, proved_at=case.completed_at + timedelta(days=3)))
    assert rank_of(proved_late) == case.completed_at + timedelta(days=3)
    received_at = case.completed_at - timedelta(days=2)
    paper = replace(proved_late, form=replace(case.form, channel=Channel.MAIL, received_at=received_at))
    assert rank_of(paper) == received_at
    for late in (replace(paper, returned=True), replace(paper, proof=replace(paper.proof, attempts=1))):
        assert rank_of(late) == case.completed_at + timedelta(days=3)
    with pytest.raises(FactMissing):
        rank_of(replace(case, completed_at=None))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetCap(places=0), RefusalCode.CAP_WRONG),
        (SetCap(offer_days=0), RefusalCode.CAP_WRONG),
        (SetCap(places=10**22), RefusalCode.CAP_WRONG),
        (SetCap(offer_days=10**9), RefusalCode.CAP_WRONG),
    ],
)
def test_a_cap_that_no_program_can_have_is_refused(command: SetCap, code: RefusalCode) -> None:
    program = next(each for each in world_programs() if each.key == KEY)
    refused = set_cap(None, command, latest=program)
    assert isinstance(refused, Refusal) and refused.code is code


def test_a_program_without_a_cap_gets_one_by_a_version_and_not_by_hand() -> None:
    program = next(each for each in world_programs() if each.key == KEY)
    refused = set_cap(None, SetCap(places=5), latest=replace(program, cap=None))
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.NO_CAP
    unknown = set_cap(None, SetCap(places=5), latest=None)
    assert isinstance(unknown, Refusal) and unknown.code is RefusalCode.PROGRAM_UNKNOWN


def test_the_manager_overrides_a_version_until_the_next_one() -> None:
    """Rule 16 with a cap that changes: the latest act counts."""
    program = next(each for each in world_programs() if each.key == KEY)
    places = _heeded(None, SetCap(places=7), program=program)
    assert (places.cap, places.offer_days) == (7, 14)
    assert set_cap(places, SetCap(places=7), latest=program) == Decided()
    newer = replace(program, version=program.version + 1, cap=Cap(places=9, offer_days=3))
    places = _heeded(places, SetCap(), program=newer)
    assert (places.cap, places.offer_days, places.program_version) == (9, 3, newer.version)


def _heeded(places: ProgramPlaces | None, command: SetCap, *, program) -> ProgramPlaces:
    decided = set_cap(places, command, latest=program)
    assert isinstance(decided, Decided)
    for event in with_moves(places, decided.place_events, now=NOW):
        places = evolve_places(places, event)
    assert places is not None
    return places


def _none() -> object:
    from evenroll.enrollment.eligibility import told

    return told()


def _nothing() -> object:
    from evenroll.enrollment.case_commands import NoPayload

    return NoPayload()


def test_the_places_of_the_world_stand_under_their_key() -> None:
    world = new_world()
    three(world)
    assert world.caps[place_key(UTILITY, KEY)].state.taken == 1
