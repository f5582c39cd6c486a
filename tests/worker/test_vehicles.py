"""Vehicles, chargers and devices of an enrollment that come and go, on the real database."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import FormField
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Activation, MeterCapability, ProgramVersion, ServiceChange, Track, Unit
from evenroll.programs.rules import Drivetrain, Outcome, Rule, RuleId, RuleKind
from evenroll.quantities.identifiers import CaseNumber, Pevid, ProgramKey
from tests.territory import NIGHT_RATE, NOW, Territory

VIN_A, VIN_B, VIN_C = "1M8GDM9AXKP042788", "5YJSA1E27HF000337", "11111111111111111"


def a_program(territory: Territory, name: str, **changes: object) -> ProgramVersion:
    """A credit for control, whose unit is as told."""
    from evenroll.records.published import publish

    made = replace(
        territory.night,
        key=ProgramKey(f"{name}-{territory.tag}"),
        family=f"{name.lower()}_credit",
        excluded_families=(),
        service_change=ServiceChange.CREDIT_ONLY,
        activation=Activation.CONTROL,
        meter_capability=None,
        rate=None,
        replaces_rates=(),
        device_needed=True,
        prerequisites=(),
        **changes,
    )
    publish(made)
    return made


def enrolled(territory: Territory, program: ProgramVersion, *, vin: str = VIN_C) -> CaseNumber:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=program, answers={**premise.answers(), FormField.VIN: vin})
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED
    return number


def say(territory: Territory, name: CommandName, number: str, command: object, **how: object):
    return territory.give(territory.utility, name, number, command, **{"role": Role.CUSTOMER, **how})


def comes(territory: Territory, number: CaseNumber, vin: str, *, old: Pevid | None = None):
    if old is None:
        said: object = mc.AddVehicle(drivetrain=Drivetrain.PHEV)
        name = CommandName.ADD_VEHICLE
    else:
        said, name = mc.SwapVehicle(drivetrain=Drivetrain.PHEV, pevid=old), CommandName.SWAP_VEHICLE
    return say(territory, name, number, said, answers={FormField.VIN: vin})


def held(territory: Territory, number: CaseNumber) -> set[str]:
    from evenroll.records.models import Place
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return set(Place.objects.filter(case_number=number, live=True).values_list("unit_id", flat=True))


def test_each_vehicle_holds_a_place_of_its_own_up_to_the_limit(territory: Territory) -> None:
    """Rules 2, 10: several vehicles, each a unit; the maximum at the premise holds; the last one stays."""
    number = enrolled(territory, a_program(territory, "CAR", unit=Unit.VEHICLE, max_per_premise=2))
    territory.taken(comes(territory, number, VIN_A))
    case = territory.case(territory.utility, number)
    first, second = case.vehicles
    assert held(territory, number) == {first.pevid, second.pevid}
    assert territory.refused(comes(territory, number, VIN_B)).code is RefusalCode.VEHICLES_FULL
    territory.taken(comes(territory, number, VIN_B, old=second.pevid))
    third = territory.case(territory.utility, number).vehicles[1]
    assert held(territory, number) == {first.pevid, third.pevid} and third.pevid != second.pevid
    gone = mc.RemoveVehicle(pevid=first.pevid)
    territory.taken(say(territory, CommandName.REMOVE_VEHICLE, number, gone))
    assert held(territory, number) == {third.pevid}
    last = say(territory, CommandName.REMOVE_VEHICLE, number, mc.RemoveVehicle(pevid=third.pevid))
    assert territory.refused(last).code is RefusalCode.LAST_VEHICLE


def test_a_vin_is_checked_and_needed(territory: Territory) -> None:
    number = enrolled(territory, a_program(territory, "CAR", unit=Unit.VEHICLE, max_per_premise=3))
    assert territory.refused(comes(territory, number, "")).code is RefusalCode.VIN_MISSING
    assert territory.refused(comes(territory, number, VIN_A[:-1] + "9")).code is RefusalCode.VIN_WRONG
    said = mc.AddVehicle(drivetrain=Drivetrain.NOT_PLUG_IN)
    unfit = say(territory, CommandName.ADD_VEHICLE, number, said, answers={FormField.VIN: VIN_A})
    assert territory.refused(unfit).code is RefusalCode.VEHICLE_UNFIT


def test_a_vehicle_of_two_enrollments_is_asked_about_not_refused(territory: Territory) -> None:
    """The requirement's "acquires a PEV", second-hand: the old owner's live enrollment is asked about."""
    program = a_program(territory, "CAR", unit=Unit.VEHICLE, max_per_premise=3)
    sold, bought = enrolled(territory, program, vin=VIN_A), enrolled(territory, program, vin=VIN_B)
    territory.taken(comes(territory, bought, VIN_A))
    case = territory.case(territory.utility, bought)
    disputed = case.vehicles[1]
    assert disputed.disputed and held(territory, bought) == {case.vehicles[0].pevid}
    assert case.tracks[f"condition/{disputed.pevid}"].owner is Role.ENROLLMENT_DESK
    assert territory.events(territory.utility, sold)[-1] == "vehicle_asked_about"
    settled = mc.SettleVehicle(pevid=disputed.pevid, kept=True)
    by_customer = say(territory, CommandName.SETTLE_VEHICLE, bought, settled)
    assert territory.refused(by_customer).code is RefusalCode.NOT_ALLOWED
    territory.taken(say(territory, CommandName.SETTLE_VEHICLE, bought, settled, role=Role.ENROLLMENT_DESK))
    assert held(territory, bought) == {each.pevid for each in case.vehicles}


def test_consent_to_a_sold_car_ends_the_same_day(territory: Territory) -> None:
    number = enrolled(territory, a_program(territory, "CAR", unit=Unit.VEHICLE, max_per_premise=3))
    control(territory, number, "T-1", kind="vehicle")
    case = territory.case(territory.utility, number)
    assert case.status is State.ACTIVE and case.devices[0].vehicle == case.vehicles[0].pevid
    territory.taken(comes(territory, number, VIN_A, old=case.vehicles[0].pevid))
    case = territory.case(territory.utility, number)
    assert case.state_of(Track.DEVICE) is State.CONSENT_ENDED


def control(territory: Territory, number: CaseNumber, device: str, *, kind: str = "evse") -> None:
    registered = c.RegisterDevice(device=device, kind=kind)
    territory.taken(say(territory, CommandName.REGISTER_DEVICE, number, registered))
    tested = c.RecordDeviceTest(device=device)
    territory.taken(say(territory, CommandName.RECORD_DEVICE_TEST, number, tested, role=Role.ENROLLMENT_DESK))


def test_a_device_is_the_unit_by_its_serial_and_swaps_at_once(territory: Territory) -> None:
    """Rule 2: the unit of enrollment is data; a device holds its place wherever it is enrolled."""
    program = a_program(territory, "WALL", unit=Unit.DEVICE, max_per_premise=3)
    one, other = enrolled(territory, program), enrolled(territory, program, vin=VIN_B)
    assert held(territory, one) == {f"{one}/device"}
    control(territory, one, "W-77231")
    assert held(territory, one) == {"w77231"}
    for written in ("W-77231", "w77231", "W.77231"):
        taken = say(territory, CommandName.REGISTER_DEVICE, other, c.RegisterDevice(device=written, kind="evse"))
        assert territory.refused(taken).code is RefusalCode.PLACE_TAKEN, "one device, however its number is written"
    swap = mc.SwapEquipment(part=mc.EquipmentPart.DEVICE, old="W-77231", device="W-80000", use="evse")
    territory.taken(say(territory, CommandName.SWAP_EQUIPMENT, one, swap))
    case = territory.case(territory.utility, one)
    assert held(territory, one) == {"w80000"} and case.state_of(Track.DEVICE) is State.TESTING
    assert case.status is State.ACTIVE
    territory.taken(say(territory, CommandName.REGISTER_DEVICE, other, c.RegisterDevice(device="W-77231", kind="evse")))
    assert held(territory, other) == {"w77231"}


def test_one_more_device_has_a_track_of_its_own(territory: Territory) -> None:
    """Rule 10, and track rows per device."""
    number = enrolled(territory, a_program(territory, "WALL", unit=Unit.DEVICE, max_per_premise=3))
    control(territory, number, "W-1")
    control(territory, number, "W-2")
    again = say(territory, CommandName.REGISTER_DEVICE, number, c.RegisterDevice(device="w2", kind="evse"))
    territory.taken(again)
    assert len(territory.case(territory.utility, number).devices) == 2, "the second one, written otherwise"
    control(territory, number, "W-2")
    case = territory.case(territory.utility, number)
    assert case.state_of(Track.DEVICE) is State.LIVE and case.state_of(Track.DEVICE, subject="W-2") is State.LIVE
    assert held(territory, number) == {"w1", "w2"}
    gone = mc.RemoveEquipment(part=mc.EquipmentPart.DEVICE, device="W-2")
    territory.taken(say(territory, CommandName.REMOVE_EQUIPMENT, number, gone))
    assert territory.case(territory.utility, number).status is State.ACTIVE and held(territory, number) == {"w1"}
    last = mc.RemoveEquipment(part=mc.EquipmentPart.DEVICE, device="W-1")
    territory.taken(say(territory, CommandName.REMOVE_EQUIPMENT, number, last))
    case = territory.case(territory.utility, number)
    assert case.status is State.SUSPENDED and held(territory, number) == {f"{number}/device"}


def test_unfit_equipment_is_said_before_it_is_bought(territory: Territory) -> None:
    """Row 6: not on the list, or not to be controlled; the customer chooses again."""
    from evenroll.records.models import ApprovedEquipment, Organization
    from evenroll.records.organizations import open_organization

    listed = Rule(id=RuleId("listed"), kind=RuleKind.EQUIPMENT_APPROVED, unmet=Outcome.FINAL)
    program = a_program(
        territory, "WALL", unit=Unit.DEVICE, equipment_needed=True, rules=(*territory.night.rules, listed)
    )
    with open_organization(territory.utility):
        owner = Organization.objects.get(key=territory.utility)
        ApprovedEquipment.objects.create(
            organization=owner, program="", model="Good One", kind="evse", listed_from_on=NOW.date()
        )
    number = enrolled(territory, program)
    for kind, model in ((EquipmentKind.EVSE, "Bad One"), (EquipmentKind.CORDSET, "Good One")):
        said = c.ChooseEquipment(kind=kind, outlet="store", model=model)
        territory.taken(say(territory, CommandName.CHOOSE_EQUIPMENT, number, said))
        assert territory.case(territory.utility, number).state_of(Track.EQUIPMENT) is State.UNFIT
    assert territory.events(territory.utility, number).count("equipment_unfit") == 2
    good = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="Good One")
    territory.taken(say(territory, CommandName.CHOOSE_EQUIPMENT, number, good))
    assert territory.case(territory.utility, number).state_of(Track.EQUIPMENT) is State.INSTALLING
