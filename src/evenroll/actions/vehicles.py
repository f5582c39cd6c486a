"""Action: a vehicle of an enrollment is added, swapped or removed, or a person settles whose it is."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.form import FormField, VinState
from evenroll.enrollment.moving_commands import AddVehicle, SwapVehicle
from evenroll.quantities.identifiers import CaseNumber, VinWrong, check_vin, pevid
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import give_to_customer, keep_answers
from evenroll.records.gathered import case_facts, program_of
from evenroll.records.moving_facts import VehicleElsewhere, vehicle_elsewhere, vehicles_here
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

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


def settle_vehicle(work: UnitOfWork, *, asked: Asked) -> Answer:
    """By a person: whose a vehicle is that two live enrollments have."""
    return plain_case(work, asked, name=CommandName.SETTLE_VEHICLE)


def _comes(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    number = CaseNumber(asked.number)
    vin = asked.outside.answers.get(FormField.VIN, "")
    elsewhere = vehicle_elsewhere(vin, but=number)

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is None or not isinstance(command, AddVehicle | SwapVehicle):
            return decide_case(case, name, command, case_facts(work, case))
        facts = case_facts(
            work,
            case,
            pevid=pevid(asked.outside.entropy[PEVID_BYTES]),
            units_here=vehicles_here(case, program_of(case)),
            **_disputed(work, elsewhere),
        )
        worth = replace(command, vin_state=_vin_state(vin))
        decided = decide_case(case, name, worth, facts)
        if isinstance(decided, Refusal):
            return decided
        return decide_case(case, name, replace(worth, answers=_kept(asked, case)), facts)

    beside = (elsewhere.case,) if elsewhere else ()
    return take_case(work, asked, name=name, decide=decide, beside=beside)


def _disputed(work: UnitOfWork, elsewhere: VehicleElsewhere | None) -> dict[str, object]:
    other = work.case(elsewhere.case) if elsewhere else None
    if elsewhere is None or other is None or other.is_ended:
        return {}
    return {"others": {other.number: other}, "disputed_with": other.number, "disputed_pevid": elsewhere.pevid}


def _vin_state(vin: str) -> VinState:
    if not vin.strip():
        return VinState.MISSING
    try:
        check_vin(vin)
    except VinWrong:
        return VinState.WRONG
    return VinState.GIVEN


def _kept(asked: Asked, case: Case) -> int:
    kept = keep_answers({field: text for field, text in asked.outside.answers.items() if field in _OF_VEHICLE})
    if case.proof.customer is not None:
        give_to_customer(kept, customer=case.proof.customer)
    return kept
