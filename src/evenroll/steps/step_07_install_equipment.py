"""Row 7: self-installed or contracted: installer, permit, serial number, inspection."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import RecordInstallation
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.records.asked import Answer, Asked
from evenroll.records.equipment_facts import equipment_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def record_installation(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Installed; hard-wired equipment has a permit, also when self-installed."""
    command = asked.command
    model = command.model if isinstance(command, RecordInstallation) else ""

    def decide(case: Case | None) -> Decided | Refusal:
        return decide_case(case, CommandName.RECORD_INSTALLATION, command, equipment_facts(work, case, model=model))

    return take_case(work, asked, name=CommandName.RECORD_INSTALLATION, decide=decide)


def record_inspection(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Passed, or back to the installer."""
    return plain_case(work, asked, name=CommandName.RECORD_INSPECTION)
