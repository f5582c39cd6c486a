"""Action: nobody answered in time, or the time to appeal is over."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def expire(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The case ends; its answers are kept for their retention."""
    return plain_case(work, asked, name=CommandName.EXPIRE)


def close_refusal(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A refusal becomes final."""
    return plain_case(work, asked, name=CommandName.CLOSE_REFUSAL)
