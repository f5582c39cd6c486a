"""A vehicle in dispute that comes to a case which waits for the end of another: kept for it, and not taken yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment.case import Case, VehicleOfCase
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.form import Drivetrain
from evenroll.enrollment.moving_events import VehicleAnswer
from evenroll.enrollment.tracks import State
from evenroll.enrollment.vehicle_question import VehicleQuestion
from evenroll.programs.program import Track, Unit
from evenroll.quantities.identifiers import Pevid, case_number
from tests.world import facts as f
from tests.world.people import new_world
from tests.world.scenes import case_of, whole_life

NIGHT = "LE-EV-NIGHT"
THEIRS, MINE = Pevid("PEV-THEIRS"), Pevid("PEV-MINE")
OLDER = case_number(b"older-case-12345")


@pytest.mark.parametrize(("replaces", "held"), [(OLDER, True), (None, False)])
def test_a_car_that_was_sold_is_kept_for_who_waits_to_change_the_program(replaces, held) -> None:
    """Invariant 2: an enrollment that has not begun takes no unit, though the answer comes from another case."""
    world = new_world()
    key = whole_life(world, program=NIGHT, pod="POD-2")
    first = case_of(world, key)
    claims = _live(case_of(world, whole_life(world, program=NIGHT, pod="POD-1")), first, replaces=replaces)
    asked = VehicleQuestion(pevid=THEIRS, other=claims.number, other_pevid=MINE, asked=True)
    first = replace(first, vehicles=(_vehicle(THEIRS),), questions=(asked,))
    known = f.case_facts(world, first, key=key)
    program = replace(known.need_program(), unit=Unit.VEHICLE)
    facts = replace(
        known,
        others={claims.number: claims},
        other_programs={claims.number: program},
    )
    answer = c.AnswerVehicle(pevid=THEIRS, answer=VehicleAnswer.SOLD)
    decided = decide_case(first, C.ANSWER_VEHICLE, answer, facts)
    assert isinstance(decided, Decided)
    for event in next(each.events for each in decided.others if each.number == claims.number):
        claims = evolve(claims, event)
    assert [str(each.unit_key) for each in claims.held] == ([MINE] if held else [])
    assert (MINE in {str(each.unit_key) for each in claims.live_places}) is not held


def _vehicle(pevid: Pevid, *, disputed: bool = False) -> VehicleOfCase:
    return VehicleOfCase(pevid=pevid, drivetrain=Drivetrain.BEV, vin_known=True, answers=0, disputed=disputed)


def _live(case: Case, holder: Case, *, replaces: object) -> Case:
    """An enrollment that names a vehicle of the holder too, and has not begun."""
    assert case.status in (State.ACTIVE, State.ENROLLED) and case.state_of(Track.CASE) is case.status
    question = VehicleQuestion(pevid=MINE, other=holder.number, other_pevid=THEIRS, asked=False)
    return replace(
        case,
        opening=replace(case.opening, replaces=replaces),
        vehicles=(_vehicle(MINE, disputed=True),),
        questions=(question,),
        places=(),
        price_since=None,
    )
