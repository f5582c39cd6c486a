"""Row 8: control devices, where the program needs them, are registered and tested."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import RegisterDevice
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.records.asked import Answer, Asked
from evenroll.records.equipment_facts import equipment_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def register_device(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A device is named to the program."""
    command = asked.command
    device = command.device if isinstance(command, RegisterDevice) else ""

    def decide(case: Case | None) -> Decided | Refusal:
        return decide_case(case, CommandName.REGISTER_DEVICE, command, equipment_facts(work, case, device=device))

    return take_case(work, asked, name=CommandName.REGISTER_DEVICE, decide=decide)


def record_device_test(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The test charge's result; from a passed one on, control is live."""
    return plain_case(work, asked, name=CommandName.RECORD_DEVICE_TEST)
