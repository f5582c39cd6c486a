"""The units that an enrollment holds: the usage point, the customer, each vehicle, or each control device."""

from __future__ import annotations

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.decided import FactMissing
from evenroll.enrollment.ledger import device_key
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion, ServiceChange, Unit


def place_of(case: Case, program: ProgramVersion) -> Place:
    """The unit that this enrollment takes, by the program's unit."""
    match program.unit:
        case Unit.USAGE_POINT:
            if case.pod is None:
                raise FactMissing("Which usage point it takes is known only of a case that has one.")
            key = str(case.pod)
        case Unit.VEHICLE:
            key = str(case.vehicle.pevid) if case.vehicle else ""
        case Unit.CUSTOMER:
            key = str(case.proof.customer)
        case Unit.DEVICE:
            key = f"{case.number}/device"
    return Place(family=program.family, unit=program.unit, unit_key=key)


def places_of(case: Case, program: ProgramVersion) -> tuple[Place, ...]:
    """Every unit, in the order of its vehicles or devices. A vehicle in dispute holds none until that is settled."""
    match program.unit:
        case Unit.VEHICLE:
            keys = [str(each.pevid) for each in case.vehicles if not each.disputed]
        case Unit.DEVICE:
            keys = [device_key(each.device) for each in case.devices]
        case Unit.USAGE_POINT | Unit.CUSTOMER:
            keys = []
    if not keys and not (program.unit is Unit.VEHICLE and case.vehicles):
        return (place_of(case, program),)
    return tuple(unit_place(program, key=each) for each in keys)


def device_place(program: ProgramVersion, *, device: str) -> Place:
    """The unit that a control device is: one however its number is written."""
    return unit_place(program, key=device_key(device))


def unit_place(program: ProgramVersion, *, key: str) -> Place:
    """One unit of the program."""
    return Place(family=program.family, unit=program.unit, unit_key=key)


def switches(program: ProgramVersion) -> bool:
    """Whether the program changes what is served, so that its price has a first day."""
    return program.rate is not None and program.service_change is not ServiceChange.CREDIT_ONLY


def has_begun(case: Case, program: ProgramVersion) -> bool:
    """Whether an enrollment in place of another has begun: with its switch, or at once where nothing switches."""
    if switches(program):
        return case.price_since is not None
    return case.status in (State.ENROLLED, State.ACTIVE)
