"""Row 2b: the programs of those who serve this customer; the choice; the hand-over to the right door."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import ReceiveCase
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.offers import serving
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import keep_sealed
from evenroll.records.gathered import case_facts
from evenroll.records.program_shelf import shelved_programs
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


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
    """At the right door: same number, same received date, nothing typed again."""

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is None and isinstance(command, ReceiveCase):
            command = replace(command, answers=keep_sealed(asked.outside.sealed))
        return decide_case(case, CommandName.RECEIVE_CASE, command, case_facts(work, case))

    return take_case(work, asked, name=CommandName.RECEIVE_CASE, decide=decide)
