"""Action: whose a vehicle is that two customers name is asked, answered, shown by papers, corrected or settled."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moving_commands import CorrectVin
from evenroll.quantities.identifiers import CaseNumber, pevid
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import keep_answers, vin_state
from evenroll.records.gathered import case_facts
from evenroll.records.taking import Beside, plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.records.vehicle_facts import (
    asked_facts,
    asking_each_other,
    dispute_facts,
    lock_vin,
    vehicles_elsewhere,
    vin_token,
)

PEVID_BYTES = slice(0, 16)


def answer_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer who had it first says whether it is still there."""
    return _among(work, asked, name=CommandName.ANSWER_VEHICLE)


def settle_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """By a person: whose a vehicle is that two cases have."""
    return _among(work, asked, name=CommandName.SETTLE_VEHICLE)


def prove_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Papers that show whose it is."""
    return plain_case(work, asked, name=CommandName.PROVE_VEHICLE)


def correct_vin(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The right VIN in place of the one that was typed; it comes beside the command."""
    number = CaseNumber(asked.number)
    vin = asked.outside.answers.get(FormField.VIN, "")
    linked, known = asking_each_other(number), vin_token(vin)

    def decide(case: Case | None) -> Decided | Refusal:
        lock_vin(work, known)
        customer = case.proof.customer if case else None
        found = dispute_facts(work, vehicles_elsewhere(known, but=number, customer=customer))
        about = asked_facts(work, linked, case)
        about["others"] = {**about["others"], **found.pop("others", {})}
        facts = case_facts(work, case, pevid=pevid(asked.outside.entropy[PEVID_BYTES]), **about, **found)
        decided = decide_case(case, CommandName.CORRECT_VIN, CorrectVin(vin_state=vin_state(vin)), facts)
        if isinstance(decided, Decided) and case is not None:
            keep_answers({FormField.VIN: vin}, before=case.answers)
        return decided

    beside = (*linked, *(each.case for each in vehicles_elsewhere(known, but=number)))
    return take_case(work, asked, name=CommandName.CORRECT_VIN, decide=decide, beside=Beside(cases=beside))


def _among(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    """A command whose decision changes the cases that a question about a vehicle links with this one."""
    linked = asking_each_other(CaseNumber(asked.number))

    def decide(case: Case | None) -> Decided | Refusal:
        return decide_case(case, name, asked.command, case_facts(work, case, **asked_facts(work, linked, case)))

    return take_case(work, asked, name=name, decide=decide, beside=Beside(cases=linked))
