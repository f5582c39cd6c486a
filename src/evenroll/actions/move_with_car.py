"""Action: the customer moves and the enrollment goes on at the other premise, in a case linked to the old one."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_moving import PREMISE_FIELDS
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moving_commands import MoveWithCar
from evenroll.quantities.identifiers import CaseNumber, case_number, order_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import copy_answers
from evenroll.records.gathered import case_facts
from evenroll.records.taking import Beside, pod_of_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

NUMBER_BYTES, ORDER_BYTES = slice(0, 16), slice(16, 32)


def move_with_car(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Answers, vehicles and a cordset go along; address, account and what proves them come with the command."""
    number = case_number(asked.outside.entropy[NUMBER_BYTES])
    pod = pod_of_case(CaseNumber(asked.number))

    def decide(case: Case | None) -> Decided | Refusal:
        given = {field: text for field, text in asked.outside.answers.items() if text.strip()}
        point = work.usage_point(pod) if pod is not None else None
        facts = case_facts(
            work,
            case,
            new_number=number,
            point=point,
            given=frozenset[FormField](given),
            order_number=order_number(asked.outside.entropy[ORDER_BYTES]),
        )
        decided = decide_case(case, CommandName.MOVE_WITH_CAR, asked.command, facts)
        if isinstance(decided, Refusal) or case is None or not isinstance(asked.command, MoveWithCar):
            return decided
        answers = copy_answers(case.answers, but=PREMISE_FIELDS, changed=given)
        command = replace(asked.command, answers=answers)
        return decide_case(case, CommandName.MOVE_WITH_CAR, command, facts)

    return take_case(
        work,
        asked,
        name=CommandName.MOVE_WITH_CAR,
        decide=decide,
        with_point=True,
        beside=Beside(cases=(CaseNumber(number),)),
    )
