"""What a vehicle that goes does to the case that had it: the case goes on, asks for another, or ends, by its unit."""

from __future__ import annotations

from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, VEHICLE_CONDITION, Case, EndReason, VehicleOfCase
from evenroll.enrollment.case_events import ConditionDueSet, PlaceReleased
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving import ended_on, leave
from evenroll.enrollment.life_events import Withdrawn
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply_cancel import with_supply_taken_back
from evenroll.enrollment.tracks import Move, State
from evenroll.programs.program import Track, Unit
from evenroll.quantities.identifiers import Pevid

_CONSENTED = frozenset({State.LIVE, State.OFFLINE})
_GOING = frozenset({State.WITHDRAWING, State.LEAVING})


def vehicle_goes(case: Case, pevid: Pevid, facts: CaseFacts) -> Decided:
    """The vehicle is another customer's from now on.

    Of several, one less. The last one: where vehicles are the unit, the enrollment ends; where the control device is,
    it goes on; else another vehicle is asked for, in 90 days. An application without its vehicle is withdrawn.
    facts: with the program of this case. Nothing where the vehicle is not there any more.
    """
    vehicle = next((each for each in case.vehicles if each.pevid == pevid), None)
    if vehicle is None or case.is_ended or case.status in _GOING:
        return Decided()
    if case.status not in LIVE:
        return Decided(events=(Withdrawn(row=Row.ACTION, moves=(facts.move(State.WITHDRAWN),)),))
    if len(case.vehicles) > 1:
        return Decided(events=removed(case, vehicle, facts))
    unit = facts.need_program().unit
    if unit is Unit.VEHICLE:
        return _ended(case, facts)
    if unit is Unit.DEVICE:
        return Decided(events=removed(case, vehicle, facts))
    due = facts.move(State.DUE, track=Track.CONDITION, subject=VEHICLE_CONDITION)
    asked = ConditionDueSet(row=Row.ACTION, rule=VEHICLE_CONDITION, moves=(due,))
    return Decided(events=(*removed(case, vehicle, facts), asked))


def _ended(case: Case, facts: CaseFacts) -> Decided:
    if case.status is State.IN_RESCISSION:
        return Decided(events=ended_on(case, EndReason.VEHICLE_GONE, facts.today, facts))
    return with_supply_taken_back(case, leave(case, reason=EndReason.VEHICLE_GONE, facts=facts))


def removed(case: Case, vehicle: VehicleOfCase, facts: CaseFacts, *settled: Move) -> tuple[Event, ...]:
    """One vehicle less; nobody reads or controls it from today on. settled: questions that end with it."""
    names, moves = consent_ends(case, vehicle, facts)
    gone = mv.VehicleRemoved(
        row=Row.ACTION, pevid=vehicle.pevid, ended_on=facts.today, devices=names, moves=(*moves, *settled)
    )
    return (gone, *freed(vehicle, facts))


def freed(vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    """The place of a vehicle that goes, where vehicles are the unit; one in dispute holds none."""
    if facts.need_program().unit is not Unit.VEHICLE or vehicle.disputed:
        return ()
    return (PlaceReleased(row=Row.ACTION, unit_key=str(vehicle.pevid)),)


def question_closed(case: Case, pevid: Pevid, facts: CaseFacts) -> tuple[Move, ...]:
    """The move that ends the wait on whose a vehicle is; none where nobody waits for it."""
    subject = str(pevid)
    if case.state_of(Track.CONDITION, subject=subject) is not State.DUE:
        return ()
    return (facts.move(State.MET, track=Track.CONDITION, subject=subject),)


def consent_ends(case: Case, vehicle: VehicleOfCase, facts: CaseFacts) -> tuple[tuple[str, ...], tuple[Move, ...]]:
    """The devices that sit in a vehicle which goes, and the moves by which nobody reads or controls it any more."""
    inside = [each for each in case.devices if each.vehicle == vehicle.pevid]
    moves = tuple(
        facts.move(State.CONSENT_ENDED, track=Track.DEVICE, subject=each.subject)
        for each in inside
        if case.state_of(Track.DEVICE, subject=each.subject) in _CONSENTED
    )
    return tuple(each.device for each in inside), moves
