"""Action: an offered place was not answered in time and passes on to the next in line."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def lapse_place(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The case goes to the end of the line, or ends."""
    return plain_case(work, asked, name=CommandName.LAPSE_PLACE)
