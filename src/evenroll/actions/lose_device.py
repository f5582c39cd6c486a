"""Action: a control device is silent."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def lose_device(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Where activation needs control the enrollment rests; where only a price is at stake it goes on."""
    return plain_case(work, asked, name=CommandName.LOSE_DEVICE)
