"""Action: the customer takes the place that was offered; row 5 decides anew."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def accept_place(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Facts are looked up again when it is decided."""
    return plain_case(work, asked, name=CommandName.ACCEPT_PLACE)
