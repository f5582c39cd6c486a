"""Action: a refused customer asks for another look, and a supervisor settles it."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def open_appeal(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer asks."""
    return plain_case(work, asked, name=CommandName.OPEN_APPEAL)


def settle_appeal(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Upheld, or back to the decision on facts looked up anew."""
    return plain_case(work, asked, name=CommandName.SETTLE_APPEAL)
