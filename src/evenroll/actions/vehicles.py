"""Action: a vehicle of an enrollment is added, swapped or removed."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moving_commands import AddVehicle, SwapVehicle
from evenroll.quantities.identifiers import CaseNumber, pevid
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import give_to_customer, keep_answers, vin_state
from evenroll.records.gathered import case_facts, program_of
from evenroll.records.moving_facts import vehicles_here
from evenroll.records.taking import Beside, plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.records.vehicle_facts import dispute_facts, lock_vin, vehicles_elsewhere, vin_token

PEVID_BYTES = slice(0, 16)
_OF_VEHICLE = frozenset({FormField.VIN, FormField.PCID, FormField.EMAID})


def add_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """One more; its VIN comes with the command and is kept for itself."""
    return _comes(work, asked, name=CommandName.ADD_VEHICLE)


def swap_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Another in place of one."""
    return _comes(work, asked, name=CommandName.SWAP_VEHICLE)


def remove_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """One goes."""
    return plain_case(work, asked, name=CommandName.REMOVE_VEHICLE)


def _comes(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    number = CaseNumber(asked.number)
    vin = asked.outside.answers.get(FormField.VIN, "")
    known = vin_token(vin)

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is None or not isinstance(command, AddVehicle | SwapVehicle):
            return decide_case(case, name, command, case_facts(work, case))
        lock_vin(work, known)
        facts = case_facts(
            work,
            case,
            pevid=pevid(asked.outside.entropy[PEVID_BYTES]),
            units_here=vehicles_here(case, program_of(case)),
            **dispute_facts(work, vehicles_elsewhere(known, but=number, customer=case.proof.customer)),
        )
        worth = replace(command, vin_state=vin_state(vin))
        decided = decide_case(case, name, worth, facts)
        if isinstance(decided, Refusal):
            return decided
        return decide_case(case, name, replace(worth, answers=_kept(asked, case)), facts)

    beside = tuple(each.case for each in vehicles_elsewhere(known, but=number))
    return take_case(work, asked, name=name, decide=decide, beside=Beside(cases=beside))


def _kept(asked: Asked, case: Case) -> int:
    kept = keep_answers({field: text for field, text in asked.outside.answers.items() if field in _OF_VEHICLE})
    if case.proof.customer is not None:
        give_to_customer(kept, customer=case.proof.customer)
    return kept
