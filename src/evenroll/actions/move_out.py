"""Action: the customer leaves the premise; the enrollment and the service end with the last day there."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.quantities.identifiers import CaseNumber, order_number
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, open_cases_at
from evenroll.records.moving_facts import note_vacancy
from evenroll.records.taking import Beside, pod_of_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

ORDER_BYTES = slice(0, 16)


def move_out(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Told ahead, it waits for its day; told late, it has ended on that day."""
    return _leaves(work, asked, name=CommandName.MOVE_OUT)


def complete_move(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The last day is over. What else the customer has at the premise ends with it, in the same transaction."""
    return _leaves(work, asked, name=CommandName.COMPLETE_MOVE)


def _leaves(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    number = CaseNumber(asked.number)
    pod = pod_of_case(number)
    number_of_end = order_number(asked.outside.entropy[ORDER_BYTES])
    beside = tuple(each for each in open_cases_at(pod) if each != number) if pod is not None else ()

    def decide(case: Case | None) -> Decided | Refusal:
        point = work.usage_point(pod) if pod is not None else None
        others = {each: found for each in beside if (found := work.case(each)) is not None}
        return decide_case(
            case, name, asked.command, case_facts(work, case, point=point, others=others, order_number=number_of_end)
        )

    answer = take_case(work, asked, name=name, decide=decide, with_point=True, beside=Beside(cases=beside))
    if isinstance(answer, Taken) and pod is not None:
        note_vacancy(work, pod)
    return answer
