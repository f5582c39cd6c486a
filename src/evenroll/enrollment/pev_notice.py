"""The wires utility is told of a PEV at a premise (rule 20): by whom, when, and on what basis."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import Enrolled
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event
from evenroll.enrollment.life_events import EquipmentChosen, EquipmentKind
from evenroll.enrollment.messages import Message
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import ChargerClass, PevBasis
from evenroll.enrollment.supply_events import PevReported
from evenroll.enrollment.supply_messages import PevTold
from evenroll.programs.program import ConsentKind
from evenroll.programs.supply_terms import PevNotice, all_supply_terms

_CHARGER = {
    EquipmentKind.CORDSET: ChargerClass.UP_TO_2_KW,
    EquipmentKind.EVSE: ChargerClass.UP_TO_20_KW,
    EquipmentKind.PREMISE_UNIT: ChargerClass.UP_TO_20_KW,
    EquipmentKind.SUBMETER: ChargerClass.UNKNOWN,
}


def with_pev_told(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision, and the word to the utility where an enrollment begins, or its charging equipment is chosen."""
    charger = next((found for event in decided.events if (found := _charger(event)) is not None), None)
    if charger is None or case is None or case.vehicle is None or case.pod is None:
        return decided
    utility = case.provider.utility if case.provider else None
    basis = basis_of(case, facts)
    if utility is None or basis is None:
        return decided
    reported = PevReported(row=Row.R5, utility=utility, charger=charger, basis=basis)
    body = PevTold(
        case=case.number,
        pod=case.pod,
        drivetrain=case.vehicle.drivetrain,
        charger=charger,
        basis=basis,
        told_on=facts.today,
    )
    message = Message(to=utility, conversation=case.number, body=body)
    return replace(decided, events=(*decided.events, reported), messages=(*decided.messages, message))


def basis_of(case: Case, facts: CaseFacts) -> PevBasis | None:
    """On what the utility may be told: its own service, the law of the territory, or the customer's consent."""
    if case.provider is not None and case.provider.utility == case.organization:
        return PevBasis.OWN_SERVICE
    terms = all_supply_terms().get(facts.calendar.key)
    if terms is not None and terms.pev_notice is PevNotice.LAW:
        return PevBasis.LAW
    consents = case.form.consents if case.form else frozenset[ConsentKind]()
    return PevBasis.CONSENT if ConsentKind.DATA_SHARING in consents else None


def _charger(event: Event) -> ChargerClass | None:
    match event:
        case Enrolled():
            return ChargerClass.UNKNOWN
        case EquipmentChosen():
            return _CHARGER[event.kind]
        case _:
            return None
