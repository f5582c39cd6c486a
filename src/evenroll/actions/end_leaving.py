"""Action: the day on which a customer wished to leave has come."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def end_leaving(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The end of an enrollment that no rate hangs on."""
    return plain_case(work, asked, name=CommandName.END_LEAVING)
