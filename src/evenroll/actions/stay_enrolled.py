"""Action: a customer who was about to leave stays after all."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def stay_enrolled(work: UnitOfWork, *, asked: Asked) -> Answer:
    """An order to switch service back is stopped first; the utility has the last word."""
    return plain_case(work, asked, name=CommandName.STAY_ENROLLED)
