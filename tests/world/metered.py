"""Scenes of programs that count by a meter of the customer's own: put in, proved, taken away, taken along."""

from __future__ import annotations

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.eligibility import EquipmentListing
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber
from tests.world.memory import Key, World
from tests.world.moving import change
from tests.world.people import days
from tests.world.scenes import Scene, apply, case_of, connect, enroll, say


def _puts_in(world: World, key: Key, kind: EquipmentKind, *, serial: str, choose: bool = True) -> None:
    if choose:
        say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=kind, outlet="store", model="M"))
    today = world.calendar.business_date(world.now)
    said = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=today, serial="", permit="P-1", hard_wired=True
    )
    unsaid = world.give(key, C.RECORD_INSTALLATION, said, role=Role.CUSTOMER)
    assert isinstance(unsaid, Refusal) and unsaid.code is RefusalCode.SERIAL_MISSING
    told = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=today, serial=serial, permit="P-1", hard_wired=True
    )
    say(world, key, C.RECORD_INSTALLATION, told)
    say(world, key, C.RECORD_INSPECTION, c.RecordInspection(passed=True, inspected_on=today))
    world.settle()


def _meter(world: World, key: Key) -> State | None:
    case = case_of(world, key)
    return case.state_of(Track.METER, subject=str(case.pod))


def _device_again(world: World, key: Key, device: str) -> None:
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device=device, kind="evse"))
    say(world, key, C.RECORD_DEVICE_TEST, c.RecordDeviceTest(device=device), role=Role.ENROLLMENT_DESK)
    world.settle()


def submeter(world: World) -> None:
    """A submeter is listed equipment; the meter of the home is left alone, and nobody is asked for anything."""
    key = enroll(world, program="BW-SUBMETER", pod="POD-4")
    assert _meter(world, key) is State.BEFORE_METER and case_of(world, key).state_of(Track.DEVICE) is None
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="M"))
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.UNFIT
    _puts_in(world, key, EquipmentKind.SUBMETER, serial="S-1")
    assert _meter(world, key) is State.BEFORE_METER
    connect(world, key)
    case = case_of(world, key)
    assert (_meter(world, key), case.status, case.order) == (State.ALREADY_THERE, State.ACTIVE, None)


def charger_meter(world: World) -> None:
    """Equipment left open at row 5 is met when it is built in; the charger that goes takes its meter with it."""
    key = apply(world, program="LE-EV-CHARGER", pod="POD-5", until=State.DECIDING)
    flaws = {"equipment": EquipmentListing.NOT_CHOSEN}
    world.households[CaseNumber(key[2])].flaws = flaws
    world.settle()
    assert case_of(world, key).state_of(Track.CONDITION, subject="equipment") is State.DUE
    _puts_in(world, key, EquipmentKind.EVSE, serial="E-1")
    assert case_of(world, key).state_of(Track.CONDITION, subject="equipment") is State.MET
    connect(world, key)
    days(world, 3)
    assert case_of(world, key).status is State.ACTIVE
    swap = mc.SwapEquipment(part=mc.EquipmentPart.CHARGER, kind=EquipmentKind.EVSE, outlet="store", model="N")
    say(world, key, C.SWAP_EQUIPMENT, swap)
    case = case_of(world, key)
    assert (_meter(world, key), case.status) == (State.BEFORE_METER, State.SUSPENDED)
    _puts_in(world, key, EquipmentKind.EVSE, serial="E-2", choose=False)
    assert _meter(world, key) is State.BEFORE_METER
    _device_again(world, key, "D-2")
    assert (_meter(world, key), case_of(world, key).status) == (State.ALREADY_THERE, State.ACTIVE)
    say(world, key, C.REMOVE_EQUIPMENT, mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER))
    days(world, 35)
    assert case_of(world, key).status is State.ENDED


def charger_is_there(world: World) -> None:
    """A charger that reported under the program before is there for the next from its first day."""
    key = enroll(world, program="LE-CHARGER-FREE", pod="POD-5")
    _puts_in(world, key, EquipmentKind.EVSE, serial="E-1")
    connect(world, key)
    days(world, 2)
    new = change(world, key, "LE-CHARGER-NEXT")
    assert _meter(world, new) is State.ALREADY_THERE
    assert case_of(world, new).state_of(Track.DEVICE) is State.REGISTERING


METERED: tuple[Scene, ...] = (submeter, charger_meter, charger_is_there)
"""Every scene of this file."""
