"""Row 2b: the programs of those who serve this customer; the choice; the hand-over to the right door."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import ReceiveCase
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_opening import needs_own_number
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.offers import serving
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, case_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import keep_sealed
from evenroll.records.gathered import case_facts, status_of_case
from evenroll.records.program_shelf import shelved_programs
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

NUMBER_BYTES = slice(0, 16)


def present_offers(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What is shown and what is hidden, of our own programs and of those of whoever else serves this customer."""

    def decide(case: Case | None) -> Decided | Refusal:
        publishers = {work.organization}
        if case is not None and case.provider is not None:
            publishers |= serving(case.provider)
        programs = shelved_programs(publishers, on=work.business_on)
        return decide_case(case, CommandName.PRESENT_OFFERS, asked.command, case_facts(work, case, programs=programs))

    return take_case(work, asked, name=CommandName.PRESENT_OFFERS, decide=decide)


def choose_program(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer's choice among what was shown."""
    return plain_case(work, asked, name=CommandName.CHOOSE_PROGRAM)


def agree_hand_over(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer consents that the case goes to the provider who serves them."""
    return plain_case(work, asked, name=CommandName.AGREE_HAND_OVER)


def hand_over(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The case goes on at the right door, its answers sealed for that door alone."""
    return plain_case(work, asked, name=CommandName.HAND_OVER)


def receive_case(work: UnitOfWork, *, asked: Asked) -> Answer:
    """At the right door: same number, same received date, nothing typed again.

    A number that has a story here already, such as an enrollment that ended, keeps it: the case goes on under a number
    of its own, which names the one it came with.
    """
    own = needs_own_number(status_of_case(CaseNumber(asked.number)))
    number = case_number(asked.outside.entropy[NUMBER_BYTES]) if own else CaseNumber(asked.number)

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if _begins(case) and isinstance(command, ReceiveCase):
            answers = keep_sealed(asked.outside.sealed, before=case.answers if case else 0)
            command = replace(command, answers=answers, number=number if own else None)
        return decide_case(case, CommandName.RECEIVE_CASE, command, case_facts(work, case))

    return take_case(work, replace(asked, number=number), name=CommandName.RECEIVE_CASE, decide=decide)


def _begins(case: Case | None) -> bool:
    return case is None or case.status is State.HANDED_OVER
