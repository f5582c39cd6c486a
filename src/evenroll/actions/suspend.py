"""Action: a person lets an enrollment rest, or lets it go on."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def suspend(work: UnitOfWork, *, asked: Asked) -> Answer:
    """For the account or for compliance; the second breach ends the enrollment."""
    return plain_case(work, asked, name=CommandName.SUSPEND)


def resume(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What a person laid on is taken off, or a device that was silent is back."""
    return plain_case(work, asked, name=CommandName.RESUME)
