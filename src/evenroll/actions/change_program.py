"""Action: another program of this provider at the same premise; the old one stays until the new one begins."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.moving_commands import ChangeProgram
from evenroll.quantities.identifiers import CaseNumber, case_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import copy_answers, give_to_customer
from evenroll.records.gathered import case_facts
from evenroll.records.moving_facts import changed_on
from evenroll.records.program_shelf import published_programs
from evenroll.records.taking import Beside, take_case
from evenroll.records.unit_of_work import UnitOfWork

NUMBER_BYTES = slice(0, 16)


def change_program(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The new case keeps a copy of the answers of its own, and is linked to the old one; both are seen, or neither."""
    number = case_number(asked.outside.entropy[NUMBER_BYTES])

    def decide(case: Case | None) -> Decided | Refusal:
        point = work.usage_point(case.pod) if case is not None and case.pod is not None else None
        facts = case_facts(
            work,
            case,
            new_number=number,
            programs=published_programs({work.organization}, on=work.business_on),
            changed_on=changed_on(point, until=work.business_on),
        )
        decided = decide_case(case, CommandName.CHANGE_PROGRAM, asked.command, facts)
        if isinstance(decided, Refusal) or case is None or not isinstance(asked.command, ChangeProgram):
            return decided
        # Only what is taken is copied: a refusal leaves nothing behind.
        return decide_case(case, CommandName.CHANGE_PROGRAM, _with_answers(asked, asked.command, case), facts)

    return take_case(
        work,
        asked,
        name=CommandName.CHANGE_PROGRAM,
        decide=decide,
        with_point=True,
        beside=Beside(cases=(CaseNumber(number),)),
    )


def _with_answers(asked: Asked, command: ChangeProgram, case: Case) -> ChangeProgram:
    answers = copy_answers(case.answers, but=frozenset(), changed=asked.outside.answers)
    if case.proof.customer is not None:
        give_to_customer(answers, customer=case.proof.customer)
    return replace(command, answers=answers)
