"""Action: a provider takes its order back; the utility answers with what became of it."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_order
from evenroll.records.unit_of_work import UnitOfWork


def cancel_order(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What is not done yet is stopped; a meter that is in stays; a switch that was made stands."""
    return plain_order(work, asked, name=CommandName.CANCEL_ORDER)
