"""Action: a refused customer asks for another look, and a supervisor settles it."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import case_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.records.vehicle_facts import dispute_facts, lock_vin, vehicle_seen, vehicles_elsewhere


def open_appeal(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer asks."""
    return plain_case(work, asked, name=CommandName.OPEN_APPEAL)


def settle_appeal(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Upheld, or back to the decision on facts looked up anew, once nobody else has the vehicle."""
    number = CaseNumber(asked.number)
    seen = vehicle_seen(number)

    def decide(case: Case | None) -> Decided | Refusal:
        lock_vin(work, seen.vin)
        customer = case.proof.customer if case else None
        found = dispute_facts(work, vehicles_elsewhere(seen.vin, but=number, customer=customer))
        return decide_case(case, CommandName.SETTLE_APPEAL, asked.command, case_facts(work, case, **found))

    return take_case(work, asked, name=CommandName.SETTLE_APPEAL, decide=decide, beside=seen)
