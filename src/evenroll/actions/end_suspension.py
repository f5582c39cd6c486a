"""Action: what suspends an enrollment was not cured in time."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def end_suspension(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The enrollment ends, with service switched back where a rate hangs on it."""
    return plain_case(work, asked, name=CommandName.END_SUSPENSION)
