"""Row 2a: who provides the commodity at this usage point on this date. A clearinghouse that is away is no answer."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import case_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def ask_provider(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The question is put."""
    return plain_case(work, asked, name=CommandName.ASK_PROVIDER)


def find_provider(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The clearinghouse's answer, as the door got it before this unit of work, decides how the case goes on."""

    def decide(case: Case | None) -> Decided | Refusal:
        facts = case_facts(work, case, provider=asked.outside.provider)
        return decide_case(case, CommandName.FIND_PROVIDER, asked.command, facts)

    return take_case(work, asked, name=CommandName.FIND_PROVIDER, decide=decide)


def choose_usage_point(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Of several usage points the customer names one."""
    return plain_case(work, asked, name=CommandName.CHOOSE_USAGE_POINT)
