"""The wires utility is told of a PEV at a premise (rule 20): by whom, when, on what basis; and when it is gone."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case, EndReason, VehicleOfCase
from evenroll.enrollment.case_events import Enrolled, VehicleRecorded
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.correction_events import CorrectionMade
from evenroll.enrollment.decided import Decided, OfCase
from evenroll.enrollment.event import Event
from evenroll.enrollment.life_events import EquipmentChosen, EquipmentKind
from evenroll.enrollment.messages import Message
from evenroll.enrollment.moving_events import (
    MOVING_EVENTS,
    EquipmentSwapped,
    VehicleAdded,
    VehicleRemoved,
    VehicleSettled,
    VehicleSwapped,
)
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import ChargerClass, PevBasis, PevGone
from evenroll.enrollment.supply_events import PevReported, PevTakenBack
from evenroll.enrollment.supply_messages import PevTold, PevWithdrawn
from evenroll.enrollment.tracks import CASE_ENDS
from evenroll.programs.program import ConsentKind, Track
from evenroll.programs.supply_terms import PevNotice, all_supply_terms

_CHARGER = {
    EquipmentKind.CORDSET: ChargerClass.UP_TO_2_KW,
    EquipmentKind.EVSE: ChargerClass.UP_TO_20_KW,
    EquipmentKind.PREMISE_UNIT: ChargerClass.UP_TO_20_KW,
    EquipmentKind.SUBMETER: ChargerClass.UNKNOWN,
}

_TELLING = frozenset({Enrolled, EquipmentChosen, EquipmentSwapped, VehicleAdded, VehicleSwapped})
"""The events of which the utility may have to hear."""

_OF_VEHICLES = (VehicleRecorded, CorrectionMade, *MOVING_EVENTS)
"""The events that may change which vehicles a case has, or what is known of them."""


def with_pev_told(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision, and the word to the utility where an enrollment begins, or what charges there is another now."""
    told = (event for event in decided.events if type(event) in _TELLING)
    charger = next((found for event in told if (found := _charger(case, event)) is not None), None)
    vehicles = _vehicles_after(case, decided.events) if case is not None and charger is not None else ()
    if charger is None or case is None or not vehicles or case.pod is None:
        return decided
    utility = case.provider.utility if case.provider else None
    basis = basis_of(case, facts)
    if utility is None or basis is None:
        return decided
    reported = PevReported(row=Row.R5, utility=utility, charger=charger, basis=basis, vehicles=len(vehicles))
    body = PevTold(
        case=case.number,
        pod=case.pod,
        drivetrain=vehicles[0].drivetrain,
        charger=charger,
        basis=basis,
        told_on=facts.today,
        vehicles=len(vehicles),
    )
    message = Message(to=utility, conversation=case.number, body=body)
    return replace(decided, events=(*decided.events, reported), messages=(*decided.messages, message))


def _vehicles_after(case: Case, events: tuple[Event, ...]) -> tuple[VehicleOfCase, ...]:
    # An enrollment that begins names no vehicle of its own; nothing is folded twice for it.
    begins = all(not isinstance(event, _OF_VEHICLES) for event in events)
    return case.vehicles if begins else _folded(case, events).vehicles


def with_pev_taken_back(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision, and the word to the utility where what it was told of charges here no more: each time once.

    That holds also for other cases which end with this one: left behind at the same premise, or followed by it.
    """
    if not decided.others and (case is None or case.pev is None):
        return decided
    own, messages = _taken_back(case, decided.events, facts)
    others: list[OfCase] = []
    for each in decided.others:
        events, told = _taken_back(facts.others.get(each.number), each.events, facts)
        others.append(replace(each, events=(*each.events, *events)))
        messages = (*messages, *told)
    if not messages:
        return decided
    events = (*decided.events, *own)
    return replace(decided, events=events, others=tuple(others), messages=(*decided.messages, *messages))


def _taken_back(
    case: Case | None, events: tuple[Event, ...], facts: CaseFacts
) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    told = case.pev if case is not None else None
    if case is None or case.pod is None or told is None or not any(_may_go(each) for each in events):
        return (), ()
    after = _folded(case, events)
    why = _gone(after)
    left = 0 if after.is_ended else len(after.vehicles)
    gone = PevTakenBack(row=Row.ACTION, utility=told.utility, basis=told.basis, why=why, left=left)
    body = PevWithdrawn(
        case=case.number,
        pod=case.pod,
        basis=told.basis,
        why=why,
        gone_on=after.ended_on or facts.today,
        left=left,
    )
    return (gone,), (Message(to=told.utility, conversation=case.number, body=body),)


def _may_go(event: Event) -> bool:
    """Whether a vehicle leaves the premise with it: taken off the enrollment, or with the end of that."""
    if isinstance(event, VehicleRemoved) or (isinstance(event, VehicleSettled) and not event.kept):
        return True
    return any(move.track is Track.CASE and move.to in CASE_ENDS for move in event.moves)


def _gone(after: Case) -> PevGone:
    if not after.is_ended:
        return PevGone.REMOVED
    return PevGone.MOVED if after.ended_because is EndReason.MOVED else PevGone.ENDED


def basis_of(case: Case, facts: CaseFacts) -> PevBasis | None:
    """On what the utility may be told: its own service, the law of the territory, or the customer's consent."""
    if case.provider is not None and case.provider.utility == case.organization:
        return PevBasis.OWN_SERVICE
    terms = all_supply_terms().get(facts.calendar.key)
    if terms is not None and terms.pev_notice is PevNotice.LAW:
        return PevBasis.LAW
    consents = case.form.consents if case.form else frozenset[ConsentKind]()
    return PevBasis.CONSENT if ConsentKind.DATA_SHARING in consents else None


def _charger(case: Case | None, event: Event) -> ChargerClass | None:
    match event:
        case Enrolled():
            return ChargerClass.UNKNOWN
        case EquipmentChosen() | EquipmentSwapped():
            return _CHARGER[event.kind]
        case VehicleAdded() | VehicleSwapped():
            if case is not None and not case.vehicles:
                # The one before was sold, and the utility heard that it is gone.
                return ChargerClass.UNKNOWN
            return case.pev.charger if case is not None and case.pev is not None else None
        case _:
            return None


def _folded(case: Case, events: tuple[Event, ...]) -> Case:
    for event in events:
        case = evolve(case, event)
    return case
