"""Action: the registrar is asked for a switch of supply, once the customer's will is verified."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import tracking_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import read_answers
from evenroll.records.gathered import case_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

NUMBER_BYTES = 16


def ask_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """With a tracking number of its own, and the postal code by which the registrar checks the usage point."""

    def decide(case: Case | None) -> Decided | Refusal:
        postal_code = read_answers(case.answers).get(FormField.POSTAL_CODE, "") if case else ""
        tracking = tracking_number(asked.outside.entropy[-NUMBER_BYTES:])
        facts = case_facts(work, case, tracking=tracking, postal_code=postal_code)
        return decide_case(case, CommandName.ASK_SUPPLY, asked.command, facts)

    return take_case(work, asked, name=CommandName.ASK_SUPPLY, decide=decide)


def record_verification(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The reference under which a verifier keeps the customer's spoken consent."""
    return plain_case(work, asked, name=CommandName.RECORD_VERIFICATION)
