"""Deciding what happens to the vehicles of an enrollment: one is added, swapped, removed, or its ownership settled."""

from __future__ import annotations

from collections.abc import Iterable

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case, VehicleOfCase
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, OfCase, Refusal, RefusalCode
from evenroll.enrollment.eligibility_facts import EligibilityFacts, Known, told
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import VinState
from evenroll.enrollment.rows import Row
from evenroll.enrollment.rule_judges import JUDGES
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.units import unit_place
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import Track, Unit
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import Pevid

_OF_VEHICLE = frozenset({RuleKind.DRIVETRAIN_IN, RuleKind.VEHICLE_MODEL_IN})
"""The rules that are about the vehicle alone, and are judged again for each that comes."""

_CONSENTED = frozenset({State.LIVE, State.OFFLINE})


def add_vehicle(case: Case, command: c.AddVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: one more vehicle; where vehicles are the unit, it holds a place of its own."""
    if not _takes_vehicles(case):
        return not_in_state(case, CommandName.ADD_VEHICLE)
    fault = _unfit(command, facts) or _full(case, facts)
    if fault is not None:
        return fault
    vehicle = _vehicle(command, facts)
    added = mv.VehicleAdded(row=Row.ACTION, vehicle=vehicle)
    return _with_dispute(vehicle, (added, *_taken(vehicle, facts)), facts)


def swap_vehicle(case: Case, command: c.SwapVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: another vehicle in place of one. What sat in the old one has no consent from that day on."""
    if not _takes_vehicles(case):
        return not_in_state(case, CommandName.SWAP_VEHICLE)
    old = _meant(case, command.pevid)
    if old is None:
        return _unknown(case, command.pevid)
    fault = _unfit(command, facts)
    if fault is not None:
        return fault
    vehicle = _vehicle(command, facts)
    names, moves = _consent_ends(case, old, facts)
    swapped = mv.VehicleSwapped(
        row=Row.ACTION, pevid=old.pevid, vehicle=vehicle, ended_on=facts.today, devices=names, moves=moves
    )
    return _with_dispute(vehicle, (swapped, *_freed(old, facts), *_taken(vehicle, facts)), facts)


def remove_vehicle(case: Case, command: c.RemoveVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: a vehicle goes. The last one does not: without any, there is nothing enrolled, and one leaves."""
    if not _takes_vehicles(case):
        return not_in_state(case, CommandName.REMOVE_VEHICLE)
    old = _meant(case, command.pevid)
    if old is None:
        return _unknown(case, command.pevid)
    if len(case.vehicles) == 1:
        return Refusal(code=RefusalCode.LAST_VEHICLE, parameters={"case": case.number})
    names, moves = _consent_ends(case, old, facts)
    settled = _question_closed(case, old, facts)
    removed = mv.VehicleRemoved(
        row=Row.ACTION, pevid=old.pevid, ended_on=facts.today, devices=names, moves=(*moves, *settled)
    )
    return Decided(events=(removed, *_freed(old, facts)))


def settle_vehicle(case: Case, command: c.SettleVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action, by a person: whose a vehicle is that stands on two live enrollments."""
    found = next((each for each in case.vehicles if each.pevid == command.pevid and each.disputed), None)
    if found is None or case.status not in LIVE:
        return _unknown(case, command.pevid)
    if not command.kept and len(case.vehicles) == 1:
        return Refusal(code=RefusalCode.LAST_VEHICLE, parameters={"case": case.number})
    moves = _question_closed(case, found, facts)
    settled = mv.VehicleSettled(row=Row.ACTION, pevid=found.pevid, kept=command.kept, moves=moves)
    program = facts.need_program()
    if not command.kept or program.unit is not Unit.VEHICLE:
        return Decided(events=(settled,))
    place = unit_place(program, key=str(found.pevid))
    return Decided(events=(settled, PlaceReserved(row=Row.ACTION, place=place)))


def _takes_vehicles(case: Case) -> bool:
    return case.status in LIVE and case.status not in (State.WITHDRAWING, State.LEAVING)


def _unfit(command: c.AddVehicle | c.SwapVehicle, facts: CaseFacts) -> Refusal | None:
    """Why the program does not take this vehicle: its number, or a rule of the program about vehicles."""
    if command.vin_state is not VinState.GIVEN:
        code = RefusalCode.VIN_WRONG if command.vin_state is VinState.WRONG else RefusalCode.VIN_MISSING
        return Refusal(code=code)
    program = facts.need_program()
    model = told(command.model) if command.model else told()
    known = EligibilityFacts(
        applied_on=facts.today, drivetrain=told(command.drivetrain.value), vehicle_model=model, vin=command.vin_state
    )
    for rule in program.rules:
        if rule.kind in _OF_VEHICLE and JUDGES[rule.kind](rule, program, known).met is not Known.YES:
            return Refusal(code=RefusalCode.VEHICLE_UNFIT, parameters={"rule": str(rule.id)})
    return None


def _full(case: Case, facts: CaseFacts) -> Refusal | None:
    program = facts.need_program()
    if program.unit is not Unit.VEHICLE or facts.units_here + len(case.vehicles) < program.max_per_premise:
        return None
    parameters = {"case": case.number, "limit": str(program.max_per_premise)}
    return Refusal(code=RefusalCode.VEHICLES_FULL, parameters=parameters)


def _vehicle(command: c.AddVehicle | c.SwapVehicle, facts: CaseFacts) -> VehicleOfCase:
    if facts.pevid is None:
        raise FactMissing("A vehicle needs a PEVID.")
    return VehicleOfCase(
        pevid=facts.pevid,
        drivetrain=command.drivetrain,
        vin_known=True,
        answers=command.answers,
        disputed=facts.disputed_with is not None,
    )


def _taken(vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    program = facts.need_program()
    if program.unit is not Unit.VEHICLE or vehicle.disputed:
        return ()
    return (PlaceReserved(row=Row.ACTION, place=unit_place(program, key=str(vehicle.pevid))),)


def _freed(vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    if facts.need_program().unit is not Unit.VEHICLE or vehicle.disputed:
        return ()
    return (PlaceReleased(row=Row.ACTION, unit_key=str(vehicle.pevid)),)


def _with_dispute(vehicle: VehicleOfCase, events: tuple[Event, ...], facts: CaseFacts) -> Decided:
    """A vehicle that another live enrollment has too: both customers' cases say so, and a person asks."""
    if facts.disputed_with is None:
        return Decided(events=events)
    due = facts.move(State.DUE, track=Track.CONDITION, subject=str(vehicle.pevid), wait=Wait.STAFF)
    disputed = mv.VehicleDisputed(row=Row.R4A, pevid=vehicle.pevid, moves=(due,))
    other = facts.others.get(facts.disputed_with)
    if other is None:
        raise FactMissing("A vehicle in dispute is decided with the other case at hand.")
    asked = mv.VehicleAskedAbout(row=Row.R4A, pevid=facts.disputed_pevid or vehicle.pevid)
    return Decided(events=(*events, disputed), others=(OfCase(number=other.number, events=(asked,)),))


def _question_closed(case: Case, vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[Move, ...]:
    subject = str(vehicle.pevid)
    if case.state_of(Track.CONDITION, subject=subject) is not State.DUE:
        return ()
    return (facts.move(State.MET, track=Track.CONDITION, subject=subject),)


def _consent_ends(case: Case, vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[tuple[str, ...], tuple[Move, ...]]:
    """The devices that sit in a vehicle which goes, and the moves by which nobody reads or controls it any more."""
    inside = [each for each in case.devices if each.vehicle == vehicle.pevid]
    moves = tuple(
        facts.move(State.CONSENT_ENDED, track=Track.DEVICE, subject=each.subject)
        for each in inside
        if case.state_of(Track.DEVICE, subject=each.subject) in _CONSENTED
    )
    return tuple(each.device for each in inside), moves


def _meant(case: Case, pevid: Pevid | None) -> VehicleOfCase | None:
    """The vehicle that is named; the only one where none is."""
    if pevid is None:
        return case.vehicles[0] if len(case.vehicles) == 1 else None
    return next((each for each in case.vehicles if each.pevid == pevid), None)


def _unknown(case: Case, pevid: Pevid | None) -> Refusal:
    known = ", ".join(_names(case.vehicles))
    return Refusal(
        code=RefusalCode.VEHICLE_UNKNOWN, parameters={"case": case.number, "vehicle": pevid or "", "known": known}
    )


def _names(vehicles: Iterable[VehicleOfCase]) -> Iterable[str]:
    return (str(each.pevid) for each in vehicles)
