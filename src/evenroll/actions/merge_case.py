"""Action: two applications of one proved customer for one unit become one."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_merging import CONTACT_FIELDS
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.moving_commands import MergeCase
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.case_answers import keep_answers, read_answers
from evenroll.records.gathered import case_facts
from evenroll.records.taking import Beside, take_case
from evenroll.records.unit_of_work import UnitOfWork


def merge_case(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the later one. The newer contact is taken over; the later one's answers stay as evidence."""
    command = asked.command
    into = command.into if isinstance(command, MergeCase) else None
    number = CaseNumber(asked.number)

    def decide(case: Case | None) -> Decided | Refusal:
        earlier = work.case(into) if into is not None and into != number else None
        others = {earlier.number: earlier} if earlier is not None else {}
        return decide_case(case, CommandName.MERGE_CASE, command, case_facts(work, case, others=others))

    beside = (into,) if into is not None else ()
    answer = take_case(work, asked, name=CommandName.MERGE_CASE, decide=decide, beside=Beside(cases=beside))
    if isinstance(answer, Taken) and into is not None:
        _newer_contact(work.case(number), work.case(into))
    return answer


def _newer_contact(later: Case | None, earlier: Case | None) -> None:
    if later is None or earlier is None or not later.answers or not earlier.answers:
        return
    given = {field: text for field, text in read_answers(later.answers).items() if field in CONTACT_FIELDS}
    keep_answers(given, before=earlier.answers)
