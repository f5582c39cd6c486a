"""Deciding what happens to the vehicles of an enrollment: one is added, swapped or removed."""

from __future__ import annotations

from collections.abc import Iterable

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, VEHICLE_CONDITION, Case, VehicleOfCase
from evenroll.enrollment.case_events import ConditionMet, PlaceReserved
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_disputes import disputed
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.eligibility_facts import EligibilityFacts, Known, told
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import VinState
from evenroll.enrollment.rows import Row
from evenroll.enrollment.rule_judges import JUDGES
from evenroll.enrollment.tracks import State
from evenroll.enrollment.units import unit_place
from evenroll.enrollment.vehicle_goes import consent_ends, freed, question_closed, removed
from evenroll.programs.program import Track, Unit
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import Pevid

_OF_VEHICLE = frozenset({RuleKind.DRIVETRAIN_IN, RuleKind.VEHICLE_MODEL_IN})
"""The rules that are about the vehicle alone, and are judged again for each that comes."""


def add_vehicle(case: Case, command: c.AddVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: one more vehicle; where vehicles are the unit, it holds a place of its own."""
    if not _takes_vehicles(case):
        return not_in_state(case, CommandName.ADD_VEHICLE)
    fault = _unfit(command, facts) or _full(case, facts)
    if fault is not None:
        return fault
    vehicle = _vehicle(command, facts)
    added = mv.VehicleAdded(row=Row.ACTION, vehicle=vehicle)
    return _with_dispute(case, vehicle, (added, *_taken(vehicle, facts), *_named_at_last(case, facts)), facts)


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
    names, moves = consent_ends(case, old, facts)
    swapped = mv.VehicleSwapped(
        row=Row.ACTION, pevid=old.pevid, vehicle=vehicle, ended_on=facts.today, devices=names, moves=moves
    )
    return _with_dispute(case, vehicle, (swapped, *freed(old, facts), *_taken(vehicle, facts)), facts)


def remove_vehicle(case: Case, command: c.RemoveVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: a vehicle goes. The last one does not: without any, there is nothing enrolled, and one leaves."""
    if not _takes_vehicles(case):
        return not_in_state(case, CommandName.REMOVE_VEHICLE)
    old = _meant(case, command.pevid)
    if old is None:
        return _unknown(case, command.pevid)
    if len(case.vehicles) == 1:
        return Refusal(code=RefusalCode.LAST_VEHICLE, parameters={"case": case.number})
    return Decided(events=removed(case, old, facts, *question_closed(case, old.pevid, facts)))


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


def _with_dispute(case: Case, vehicle: VehicleOfCase, events: tuple[Event, ...], facts: CaseFacts) -> Decided:
    """A vehicle that another customer's case has too: both cases say so, and it is asked whose it is."""
    asked, others = disputed(case, vehicle.pevid, facts)
    return Decided(events=(*events, *asked), others=others)


def _named_at_last(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """Another vehicle was asked for in place of one that was sold: here it is."""
    if case.state_of(Track.CONDITION, subject=VEHICLE_CONDITION) is not State.DUE:
        return ()
    move = facts.move(State.MET, track=Track.CONDITION, subject=VEHICLE_CONDITION)
    return (ConditionMet(row=Row.ACTION, rule=VEHICLE_CONDITION, moves=(move,)),)


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
