"""Scenes of the life after enrollment that changes what is enrolled: program, premise, vehicles, equipment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.eligibility import Known, told
from evenroll.enrollment.form import VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.point_moves import PointVacated
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT
from evenroll.programs.program import ConsentKind, Track
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.moving_known import NOT_LISTED
from tests.world.people import days
from tests.world.scenes import apply, case_of, connect, enroll, equip, order_of, say

Scene = Callable[[World], None]


def _today(world: World):
    return world.calendar.business_date(world.now)


def change(world: World, key: Key, program: str) -> Key:
    """Another program asked for; the key of the new case."""
    said = mc.ChangeProgram(
        program=ProgramKey(program), signed_on=_today(world), consents=frozenset(ConsentKind), answers=1
    )
    say(world, key, C.CHANGE_PROGRAM, said)
    follower = case_of(world, key).followed_by
    assert follower is not None
    world.settle()
    return (key[0], key[1], follower)


def changes_program(world: World) -> None:
    """The old ends on the day on which the new one's price begins."""
    key = enroll(world, program="LE-FREE", pod="POD-2")
    days(world, 80)
    new = change(world, key, "LE-FREE-DAY")
    assert case_of(world, new).status is State.ENROLLED and case_of(world, key).status is State.ACTIVE
    assert not case_of(world, new).live_places and case_of(world, key).live_places
    days(world, 80)
    old, then = case_of(world, key), case_of(world, new)
    assert old.status is State.ENDED and old.ended_because is EndReason.PROGRAM_CHANGED
    assert then.status is State.ACTIVE and old.ended_on == then.price_since == order_of(world, new).switch_on
    assert then.live_places and not old.live_places


def changes_family(world: World) -> None:
    """What the new one is to have is kept for it from its acceptance on: somebody else's application finds it taken."""
    key = enroll(world, program="LE-FREE", pod="POD-2")
    days(world, 80)
    new = change(world, key, "LE-FREE-OTHER")
    (kept,) = case_of(world, new).held
    assert kept.family == "other_price" and not case_of(world, new).live_places and case_of(world, key).live_places
    late = apply(world, program="LE-FREE-OTHER", pod="POD-2")
    world.settle()
    assert not case_of(world, late).held and case_of(world, late).status not in LIVE
    days(world, 80)
    then = case_of(world, new)
    assert case_of(world, key).ended_because is EndReason.PROGRAM_CHANGED and then.status is State.ACTIVE
    assert then.live_places == (kept,) and not then.held


def changes_family_back(world: World) -> None:
    """A change of family that is withdrawn lets go of what was kept: the next application has it."""
    key = enroll(world, program="LE-FREE", pod="POD-2")
    days(world, 80)
    new = change(world, key, "LE-FREE-OTHER")
    assert case_of(world, new).held
    say(world, new, C.WITHDRAW)
    days(world, 40)
    assert case_of(world, new).status is State.WITHDRAWN and not case_of(world, new).held
    assert case_of(world, change(world, key, "LE-FREE-OTHER")).held


def changes_credit(world: World) -> None:
    """A program that switches nothing takes the place of another at once."""
    key = enroll(world, program="LE-FREE-CREDIT", pod="POD-2")
    connect(world, key)
    days(world, 5)
    new = change(world, key, "LE-CREDIT-2")
    assert case_of(world, key).ended_because is EndReason.PROGRAM_CHANGED
    assert case_of(world, new).live_places and case_of(world, new).status is State.ENROLLED
    days(world, 5)


def change_that_comes_to_nothing(world: World) -> None:
    """The new one is withdrawn before the switch: the old one stays as it was."""
    key = enroll(world, program="LE-FREE", pod="POD-2")
    days(world, 80)
    before = case_of(world, key)
    new = change(world, key, "LE-FREE-DAY")
    say(world, new, C.WITHDRAW)
    days(world, 40)
    old: Case = case_of(world, key)
    assert case_of(world, new).status is State.WITHDRAWN and old.status is State.ACTIVE
    assert old.places == before.places and dict(old.tracks) == dict(before.tracks)


def moves_out(world: World) -> None:
    """The day is told ahead; enrollment and service end with it, and the premise stands vacant."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 80)
    last_on = _today(world) + timedelta(days=6)
    say(world, key, C.MOVE_OUT, mc.MoveOut(moved_on=last_on - timedelta(days=1)))
    say(world, key, C.MOVE_OUT, mc.MoveOut(moved_on=last_on))
    days(world, 8)
    case, point = case_of(world, key), world.point(PodId("POD-2"))
    assert case.status is State.ENDED and case.ended_because is EndReason.MOVED and case.ended_on == last_on
    assert point is not None and point.agreements[-1].rate == VACANT
    assert point.agreements[-1].start_on == last_on + timedelta(days=1)


def moves_out_of_a_vacant_place(world: World) -> None:
    """By the utility's books nobody was served on the last day: it ends no service, and nobody waits for a bill."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 80)
    today = _today(world)
    world.tell_point(PodId("POD-2"), PointVacated(row=Row.ACTION, vacant_on=today - timedelta(days=3)))
    say(world, key, C.MOVE_OUT, mc.MoveOut(moved_on=today - timedelta(days=1)))
    days(world, 5)
    assert case_of(world, key).ended_because is EndReason.MOVED and case_of(world, key).ending is None


def moves_out_while_asked(world: World) -> None:
    """An order is open: it is stopped, and the utility is told by a supplier who moved."""
    key = enroll(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    say(world, key, C.MOVE_OUT, mc.MoveOut(moved_on=_today(world)))
    days(world, 6)
    point = world.point(PodId("POD-4"))
    assert case_of(world, key).ended_because is EndReason.MOVED
    assert point is not None and point.agreements[-1].rate == VACANT
    assert order_of(world, key).cancelled is not None


def moves_with_car(world: World) -> None:
    """What is known goes along; there it is asked who provides, the account is proved, and it is decided."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 80)
    last_on = _today(world) + timedelta(days=6)
    said = mc.MoveWithCar(
        moved_on=last_on,
        signed_on=_today(world),
        postal_code="60000",
        pod=PodId("POD-6"),
        consents=frozenset(ConsentKind),
        answers=1,
    )
    say(world, key, C.MOVE_WITH_CAR, said)
    follower = case_of(world, key).followed_by
    assert follower is not None
    new = (key[0], key[1], follower)
    # A second move would leave the first one's application without the place that it waits for.
    again = world.give(key, C.MOVE_WITH_CAR, said, role=Role.CUSTOMER)
    assert isinstance(again, Refusal) and again.code is RefusalCode.CHANGE_PENDING
    world.settle()
    assert case_of(world, new).status is State.ENROLLED and case_of(world, new).pod == "POD-6"
    assert case_of(world, new).vehicles == case_of(world, key).vehicles
    days(world, 10)
    assert case_of(world, key).ended_because is EndReason.MOVED


def vehicles(world: World) -> None:
    """One more, another in its place, and one less; the last one stays."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    say(world, key, C.ADD_VEHICLE, mc.AddVehicle(drivetrain=Drivetrain.PHEV, vin_state=VinState.GIVEN))
    first, second = case_of(world, key).vehicles
    swap = mc.SwapVehicle(pevid=first.pevid, drivetrain=Drivetrain.BEV, vin_state=VinState.GIVEN)
    say(world, key, C.SWAP_VEHICLE, swap)
    say(world, key, C.REMOVE_VEHICLE, mc.RemoveVehicle(pevid=second.pevid))
    assert len(case_of(world, key).vehicles) == 1


def unfit(world: World) -> None:
    """What cannot serve is said before it is bought, when installed, and when inspected; then one that can."""
    key = enroll(world, program="LE-IN-ORDER", pod="POD-1")
    cordset = c.ChooseEquipment(kind=EquipmentKind.CORDSET, outlet="store", model="M")
    good = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="M")
    charger = mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER)
    say(world, key, C.CHOOSE_EQUIPMENT, cordset)
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.UNFIT
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    say(world, key, C.CHOOSE_EQUIPMENT, cordset)
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    installed = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=_today(world), serial="E-1", permit="P-1"
    )
    world.named = NOT_LISTED
    say(world, key, C.RECORD_INSTALLATION, installed)
    world.named = ""
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.UNFIT
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    say(world, key, C.RECORD_INSTALLATION, installed)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    say(world, key, C.RECORD_INSTALLATION, installed)
    say(world, key, C.RECORD_INSPECTION, c.RecordInspection(passed=False, inspected_on=_today(world), unfit=True))
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.UNFIT
    say(world, key, C.WITHDRAW)
    days(world, 5)
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.CANCELLED


def equipment_goes(world: World) -> None:
    """A charger is swapped, and removed from where one is needed; the device too, and another comes."""
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    equip(world, key)
    connect(world, key)
    days(world, 3)
    charger = mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER)
    swap = mc.SwapEquipment(part=mc.EquipmentPart.CHARGER, kind=EquipmentKind.EVSE, outlet="store", model="N")
    say(world, key, C.SWAP_EQUIPMENT, swap)
    _installs(world, key)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.CHOOSING_EQUIPMENT
    device = mc.SwapEquipment(part=mc.EquipmentPart.DEVICE, old="D-1", device="D-2", use="evse")
    say(world, key, C.SWAP_EQUIPMENT, device)
    assert case_of(world, key).state_of(Track.DEVICE) is State.TESTING
    _tests(world, key, "D-2")
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-3", kind="evse"))
    _tests(world, key, "D-3")
    gone = mc.RemoveEquipment(part=mc.EquipmentPart.DEVICE, device="D-3")
    say(world, key, C.REMOVE_EQUIPMENT, gone)
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-3", kind="evse"))
    _tests(world, key, "D-3")
    say(world, key, C.REMOVE_EQUIPMENT, gone)
    assert case_of(world, key).status is State.ACTIVE
    say(world, key, C.REMOVE_EQUIPMENT, mc.RemoveEquipment(part=mc.EquipmentPart.DEVICE, device="D-2"))
    assert case_of(world, key).status is State.SUSPENDED
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-4", kind="evse"))
    _tests(world, key, "D-4")
    assert case_of(world, key).status is State.ACTIVE


def equipment_that_is_not_needed_goes(world: World) -> None:
    """Where the program needs no equipment, what was chosen beside it goes without a trace."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    charger = mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER)
    good = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="M")
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.NOT_NEEDED
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    installed = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=_today(world), serial="E-1", permit="P-1"
    )
    say(world, key, C.RECORD_INSTALLATION, installed)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    say(world, key, C.CHOOSE_EQUIPMENT, good)
    _installs(world, key)
    say(world, key, C.REMOVE_EQUIPMENT, charger)
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.NOT_NEEDED


def _installs(world: World, key: Key) -> None:
    installed = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=_today(world), serial="E-9", hard_wired=False
    )
    say(world, key, C.RECORD_INSTALLATION, installed)


def _tests(world: World, key: Key, device: str) -> None:
    said = c.RecordDeviceTest(device=device)
    say(world, key, C.RECORD_DEVICE_TEST, said, role=Role.ENROLLMENT_DESK)
    world.settle()


def changes_with_equipment(world: World) -> None:
    """What is installed at the premise serves the next program as well: it is ready from the start."""
    key = enroll(world, program="LE-FREE-GEAR", pod="POD-2")
    equip(world, key)
    connect(world, key)
    days(world, 5)
    new = change(world, key, "LE-GEAR-2")
    assert case_of(world, new).state_of(Track.EQUIPMENT) is State.READY


def merged(world: World, *, at: State) -> None:
    """Two applications of one customer for one usage point: the later goes on in the earlier, wherever it stands."""
    program = "LE-CAPPED" if at is State.WAITLISTED else "LE-EV-NIGHT"
    if at is State.WAITLISTED:
        enroll(world, program=program, pod="POD-6")
    first = apply(world, program=program, pod="POD-2")
    days(world, 1)
    second = apply(world, program=program, pod="POD-2", until=State.COMPLETING)
    one, other = world.households[case_of(world, first).number], world.households[case_of(world, second).number]
    other.customer = one.customer
    if at is State.DECIDING:
        other.flaws = {"life_support": Known.YES, "live_families": told()}
    world.settle()
    assert case_of(world, second).status is at, case_of(world, second).status
    before = case_of(world, first).status
    into = mc.MergeCase(into=case_of(world, first).number)
    say(world, second, C.MERGE_CASE, into, role=Role.ENROLLMENT_DESK)
    assert case_of(world, second).status is State.MERGED and case_of(world, first).status is before


MOVING: tuple[Scene, ...] = (
    changes_program,
    changes_family,
    changes_family_back,
    changes_credit,
    change_that_comes_to_nothing,
    moves_out,
    moves_out_of_a_vacant_place,
    moves_out_while_asked,
    moves_with_car,
    vehicles,
    unfit,
    equipment_goes,
    equipment_that_is_not_needed_goes,
    changes_with_equipment,
    *(partial(merged, at=state) for state in (State.NEEDS_ANSWER, State.DECIDING, State.WAITLISTED)),
)
"""Every scene of this file."""
