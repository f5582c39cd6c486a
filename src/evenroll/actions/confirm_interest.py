"""Action: the customer still wants a place, and keeps the rank on the waiting list."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def confirm_interest(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Asked again in a year."""
    return plain_case(work, asked, name=CommandName.CONFIRM_INTEREST)
