"""Scenes of a vehicle that two customers name: asked, answered, shown by papers, typed wrong, settled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.case import VEHICLE_CONDITION, EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.form import Channel, VinState
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import CaseNumber, PodId, ProgramKey
from tests.world.everyday import mail
from tests.world.memory import Key, World
from tests.world.payloads import a_form
from tests.world.people import days, open_case, supplier_changes
from tests.world.programs import NORTHFORK
from tests.world.scenes import apply, case_of, enroll, say

NIGHT = "LE-EV-NIGHT"
SOLD = mc.AnswerVehicle(answer=VehicleAnswer.SOLD)
MINE = mc.AnswerVehicle(answer=VehicleAnswer.STILL_MINE)
RIGHT_VIN = mc.CorrectVin(vin_state=VinState.GIVEN)
PAPERS = mc.ProveVehicle(document=OwnershipDocument.REGISTRATION, papers=frozenset({"d1" * 32}))
DESK = Role.ENROLLMENT_DESK


def names_it_too(world: World, old: Key, *, pod: str, program: str = NIGHT, by_mail: bool = False) -> Key:
    """Another customer applies with the VIN of that case, is proved, and waits; the desk sees to it."""
    channel = Channel.MAIL if by_mail else Channel.WEB
    key = open_case(world, pod=pod, at=case_of(world, old).organization, program=program, channel=channel)
    world.same_car |= {case_of(world, old).number, case_of(world, key).number}
    form = a_form(world, program=ProgramKey(program), channel=channel)
    if by_mail:
        mail(world, key, form)
    else:
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
    world.settle()
    case = case_of(world, key)
    assert case.status is State.VEHICLE_DISPUTED and case.course.owner is DESK, case.course
    assert case.proof.proved_at is not None and case.decided_at is None
    return key


def question(world: World, key: Key) -> State | None:
    """Where the question about the last vehicle of a case stands."""
    case = case_of(world, key)
    return case.state_of(Track.CONDITION, subject=str(case.vehicles[-1].pevid))


def settle(world: World, key: Key, *, kept: bool) -> None:
    """The desk says whose it is."""
    vehicle = next(each for each in case_of(world, key).vehicles if each.disputed)
    say(world, key, C.SETTLE_VEHICLE, mc.SettleVehicle(pevid=vehicle.pevid, kept=kept), role=DESK)
    world.settle()


def sold(world: World, *, then: str) -> None:
    """The old owner sold it: the application goes on; the old enrollment asks for another vehicle, or ends without."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    new = names_it_too(world, old, pod="POD-1")
    assert question(world, old) is State.DUE
    say(world, old, C.ANSWER_VEHICLE, SOLD)
    world.settle()
    assert case_of(world, new).status is State.ENROLLED and not case_of(world, new).vehicles[0].disputed
    was = case_of(world, old)
    assert was.vehicles == () and was.state_of(Track.CONDITION, subject=VEHICLE_CONDITION) is State.DUE
    if then == "another":
        world.same_car = frozenset()
        say(world, old, C.ADD_VEHICLE, mc.AddVehicle(drivetrain=Drivetrain.BEV, vin_state=VinState.GIVEN))
        assert case_of(world, old).state_of(Track.CONDITION, subject=VEHICLE_CONDITION) is State.MET
        assert case_of(world, old).status is State.ENROLLED
        return
    days(world, 190)
    assert case_of(world, old).status is State.ENDED and case_of(world, old).ended_because is EndReason.CONDITION


def still_there(world: World) -> None:
    """The old owner has it still; papers say otherwise, and the desk settles it."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    new = names_it_too(world, old, pod="POD-1")
    say(world, old, C.ANSWER_VEHICLE, MINE)
    assert question(world, old) is State.MET and case_of(world, new).course.owner is Role.CUSTOMER
    say(world, new, C.PROVE_VEHICLE, PAPERS)
    assert case_of(world, new).course.owner is DESK
    settle(world, new, kept=True)
    assert case_of(world, new).status is State.ENROLLED and case_of(world, old).vehicles == ()


def typed_wrong(world: World, *, found_by: str) -> None:
    """The VIN was another one; the old owner is asked nothing any more, until somebody else names the car."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    new = names_it_too(world, old, pod="POD-1")
    if found_by == "desk":
        settle(world, new, kept=False)
        assert case_of(world, new).course.owner is Role.CUSTOMER and case_of(world, new).vehicles == ()
    world.same_car = frozenset()
    say(world, new, C.CORRECT_VIN, RIGHT_VIN)
    assert question(world, old) is State.MET and case_of(world, old).questions == ()
    world.settle()
    assert case_of(world, new).status is State.ENROLLED and case_of(world, new).vehicles
    third = names_it_too(world, old, pod="POD-6")
    assert question(world, old) is State.DUE and len(case_of(world, third).questions) == 1


def nobody_answers(world: World, *, by_mail: bool) -> None:
    """The old owner is silent: asked twice, then the desk's to settle, and the supervisor's."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    new = names_it_too(world, old, pod="POD-1", by_mail=by_mail)
    days(world, 11)
    track = next(each for each in case_of(world, old).tracks.values() if each.state is State.DUE)
    assert track.owner is Role.CUSTOMER and case_of(world, new).course.owner is Role.SUPERVISOR
    days(world, 11)
    track = next(each for each in case_of(world, old).tracks.values() if each.state is State.DUE)
    assert track.owner is DESK
    say(world, old, C.ANSWER_VEHICLE, MINE, role=DESK)
    assert case_of(world, new).course.owner is Role.CUSTOMER
    days(world, 50)
    assert case_of(world, new).status is State.EXPIRED


def two_name_it(world: World) -> None:
    """Two name a car that was sold: whoever named it first has it, and is asked by the second."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    first, second = names_it_too(world, old, pod="POD-1"), names_it_too(world, old, pod="POD-6")
    say(world, old, C.ANSWER_VEHICLE, SOLD)
    world.settle()
    assert case_of(world, first).status is State.ENROLLED
    waits = case_of(world, second)
    assert waits.status is State.VEHICLE_DISPUTED and waits.questions[0].other == case_of(world, first).number
    say(world, first, C.ANSWER_VEHICLE, MINE)
    say(world, second, C.PROVE_VEHICLE, PAPERS)
    settle(world, second, kept=True)
    assert case_of(world, second).status is State.ENROLLED and case_of(world, first).vehicles == ()


def two_are_settled(world: World) -> None:
    """The desk gives it to the second who names it; the first asks that one from then on."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    first, second = names_it_too(world, old, pod="POD-1"), names_it_too(world, old, pod="POD-6")
    settle(world, second, kept=True)
    assert case_of(world, first).questions[0].other == case_of(world, second).number
    assert case_of(world, old).questions == () and case_of(world, second).questions[0].asked
    settle(world, first, kept=False)
    assert case_of(world, second).questions == ()


def applied_before(world: World) -> None:
    """Two apply with one VIN: the first says it is not theirs, and that application is withdrawn."""
    first = apply(world, program=NIGHT, pod="POD-2", until=State.PROVING)
    world.households[CaseNumber(first[2])].flaws = {"good_standing": Known.NO}
    world.settle()
    assert case_of(world, first).status is State.NEEDS_ANSWER
    second = names_it_too(world, first, pod="POD-1")
    say(world, first, C.ANSWER_VEHICLE, SOLD)
    world.settle()
    assert case_of(world, first).status is State.WITHDRAWN and case_of(world, second).status is State.ENROLLED


def refused_meanwhile(world: World, *, appealed: bool) -> None:
    """The first is asked whose the car is, is refused, and then says that it was sold: nothing is left to appeal."""
    first, second = _refused_when_asked(world)
    if appealed:
        say(world, first, C.OPEN_APPEAL)
    say(world, first, C.ANSWER_VEHICLE, SOLD)
    world.settle()
    assert case_of(world, first).status is State.WITHDRAWN and case_of(world, second).status is State.ENROLLED


def _refused_when_asked(world: World) -> tuple[Key, Key]:
    """An application that another one asks for its vehicle, and that is refused then; and that other one."""
    first = apply(world, program=NIGHT, pod="POD-2", until=State.PROVING)
    household = world.households[CaseNumber(first[2])]
    household.flaws = {"good_standing": Known.NO}
    world.settle()
    second = names_it_too(world, first, pod="POD-1")
    household.flaws = {"in_territory": Known.NO}
    say(world, first, C.GIVE_CURE, c.SubmitForm(form=a_form(world, program=ProgramKey(NIGHT))))
    world.settle()
    assert case_of(world, first).status is State.REFUSED
    household.flaws = {}
    return first, second


def appealed_later(world: World) -> None:
    """The car of a refused application is enrolled by another; the appeal is granted, and whose it is comes first."""
    first = apply(world, program=NIGHT, pod="POD-2", until=State.DECIDING)
    household = world.households[CaseNumber(first[2])]
    household.flaws = {"in_territory": Known.NO}
    world.settle()
    second = enroll(world, program=NIGHT, pod="POD-1")
    world.same_car = frozenset({case_of(world, first).number, case_of(world, second).number})
    household.flaws = {}
    _granted(world, first)
    assert case_of(world, first).status is State.VEHICLE_DISPUTED and question(world, second) is State.DUE
    settle(world, first, kept=True)
    assert case_of(world, first).status is State.ENROLLED and case_of(world, second).vehicles == ()


def asked_before_the_appeal(world: World) -> None:
    """Whoever is asked for the vehicle of a refused application asks nobody back when its appeal is granted."""
    first, second = _refused_when_asked(world)
    _granted(world, first)
    assert case_of(world, first).status is State.ENROLLED and not case_of(world, first).vehicles[0].disputed
    settle(world, second, kept=False)
    assert case_of(world, first).questions == ()


def _granted(world: World, key: Key) -> None:
    say(world, key, C.OPEN_APPEAL)
    say(world, key, C.SETTLE_APPEAL, c.SettleAppeal(reopened=True), role=Role.SUPERVISOR)
    world.settle()


def added(world: World, *, kept: bool) -> None:
    """A second car of an enrollment stands on another one: both go on, and the desk settles it."""
    old, new = enroll(world, program=NIGHT, pod="POD-2"), enroll(world, program=NIGHT, pod="POD-1")
    world.same_car = frozenset({case_of(world, old).number, case_of(world, new).number})
    say(world, new, C.ADD_VEHICLE, mc.AddVehicle(drivetrain=Drivetrain.BEV, vin_state=VinState.GIVEN))
    assert question(world, new) is State.DUE and question(world, old) is State.DUE
    assert case_of(world, new).status is State.ENROLLED
    settle(world, new, kept=kept)
    assert len(case_of(world, new).vehicles) == (2 if kept else 1)
    assert len(case_of(world, old).vehicles) == (0 if kept else 1)


def came_later(world: World) -> None:
    """The VIN of a car on order turns out to stand on another enrollment."""
    old = enroll(world, program=NIGHT, pod="POD-2")
    new = apply(world, program=NIGHT, pod="POD-1", vin=VinState.ON_ORDER)
    world.same_car = frozenset({case_of(world, old).number, case_of(world, new).number})
    form = a_form(world, program=ProgramKey(NIGHT))
    say(world, new, C.MEET_CONDITION, c.MeetCondition(rule="vin", form=form))
    assert case_of(world, new).vehicles[0].disputed and question(world, new) is State.DUE
    say(world, old, C.ANSWER_VEHICLE, SOLD)
    assert question(world, new) is State.MET and not case_of(world, new).vehicles[0].disputed


def left(world: World, *, how: str) -> None:
    """An application that waits for the answer is withdrawn, ends with its program, or changes the provider."""
    program, pods = (NIGHT, ("POD-2", "POD-1")) if how != "supplier" else ("BW-NIGHT-DRIVE", ("POD-4", "POD-3"))
    old = enroll(world, program=program, pod=pods[0])
    new = names_it_too(world, old, pod=pods[1], program=program)
    today = world.calendar.business_date(world.now)
    match how:
        case "withdrawn":
            say(world, new, C.WITHDRAW)
        case "closed":
            closes = lc.CloseProgram(program=ProgramKey(program), closes_on=today)
            say(world, new, C.CLOSE_PROGRAM, closes, role=Role.SYSTEM)
        case _:
            supplier_changes(world, pod=PodId(pods[1]), to=NORTHFORK)
            days(world, 1)
    assert case_of(world, new).status in (State.WITHDRAWN, State.ENDED, State.HANDED_OVER)
    say(world, old, C.ANSWER_VEHICLE, MINE)
    assert question(world, old) is State.MET


DISPUTES: tuple[Callable[[World], None], ...] = (
    *(partial(sold, then=each) for each in ("another", "nothing")),
    still_there,
    *(partial(typed_wrong, found_by=each) for each in ("customer", "desk")),
    *(partial(nobody_answers, by_mail=each) for each in (True, False)),
    two_name_it,
    two_are_settled,
    applied_before,
    *(partial(refused_meanwhile, appealed=each) for each in (False, True)),
    appealed_later,
    asked_before_the_appeal,
    *(partial(added, kept=each) for each in (True, False)),
    came_later,
    *(partial(left, how=each) for each in ("withdrawn", "closed", "supplier")),
)
"""Every scene of this file."""
