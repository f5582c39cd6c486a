"""The units that an enrollment holds: the usage point, the customer, each vehicle, or each control device."""

from __future__ import annotations

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.decide_decision import place_of
from evenroll.enrollment.ledger import device_key
from evenroll.programs.program import ProgramVersion, Unit


def places_of(case: Case, program: ProgramVersion) -> tuple[Place, ...]:
    """Every unit, in the order of its vehicles or devices. A vehicle in dispute holds none until that is settled."""
    match program.unit:
        case Unit.VEHICLE:
            keys = [str(each.pevid) for each in case.vehicles if not each.disputed]
        case Unit.DEVICE:
            keys = [device_key(each.device) for each in case.devices]
        case Unit.USAGE_POINT | Unit.CUSTOMER:
            keys = []
    if not keys:
        return (place_of(case, program),)
    return tuple(unit_place(program, key=each) for each in keys)


def device_place(program: ProgramVersion, *, device: str) -> Place:
    """The unit that a control device is: one however its number is written."""
    return unit_place(program, key=device_key(device))


def unit_place(program: ProgramVersion, *, key: str) -> Place:
    """One unit of the program."""
    return Place(family=program.family, unit=program.unit, unit_key=key)
