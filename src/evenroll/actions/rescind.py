"""Action: the customer uses the rescission window of a supplier sale."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def rescind(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Inside the window; nothing was asked of the utility yet."""
    return plain_case(work, asked, name=CommandName.RESCIND)
