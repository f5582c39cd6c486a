"""Row 7: self-installed or contracted: installer, permit, serial number, inspection."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def record_installation(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Installed; hard-wired equipment has a permit, also when self-installed."""
    return plain_case(work, asked, name=CommandName.RECORD_INSTALLATION)


def record_inspection(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Passed, or back to the installer."""
    return plain_case(work, asked, name=CommandName.RECORD_INSPECTION)
