"""Row 2: the customer opens a case for a program; who prompted it is recorded, and drafts are kept."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import OpenCase, SaveAnswers
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.form import FormField
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import keep_answers
from evenroll.records.gathered import case_facts
from evenroll.records.offers_shown import was_shown
from evenroll.records.taking import take_case
from evenroll.records.unit_of_work import UnitOfWork


def open_case(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A case begins. No place is taken: a stranger's application blocks nobody's premise."""

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is None and isinstance(command, OpenCase) and not _was_shown(command):
            offer = str(command.opening.offer)
            return Refusal(code=RefusalCode.OFFER_UNKNOWN, parameters={"offer": offer})
        if case is None and isinstance(command, OpenCase) and asked.outside.answers:
            given = asked.outside.answers
            command = replace(command, answers=keep_answers(given), fields=frozenset(given))
        return decide_case(case, CommandName.OPEN_CASE, command, case_facts(work, case))

    return take_case(work, asked, name=CommandName.OPEN_CASE, decide=decide)


def _was_shown(command: OpenCase) -> bool:
    """Whether the offer that the customer comes with is one that this organization showed (row 1), or there is none."""
    return command.opening.offer is None or was_shown(command.opening.offer)


def save_answers(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A draft's answers are kept."""

    def decide(case: Case | None) -> Decided | Refusal:
        given = asked.outside.answers
        command = SaveAnswers(
            answers=keep_answers(given, before=case.answers if case else 0), fields=frozenset[FormField](given)
        )
        return decide_case(case, CommandName.SAVE_ANSWERS, command, case_facts(work, case))

    return take_case(work, asked, name=CommandName.SAVE_ANSWERS, decide=decide)
