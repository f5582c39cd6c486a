"""Action: a program closes; each case of it is told, and ends on the day."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def close_program(work: UnitOfWork, *, asked: Asked) -> Answer:
    """One case at a time, each in its own transaction; the same once more changes nothing."""
    return plain_case(work, asked, name=CommandName.CLOSE_PROGRAM)
