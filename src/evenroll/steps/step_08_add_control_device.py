"""Row 8: control devices, where the program needs them, are registered and tested."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def register_device(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A device is named to the program."""
    return plain_case(work, asked, name=CommandName.REGISTER_DEVICE)


def record_device_test(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The test charge's result; from a passed one on, control is live."""
    return plain_case(work, asked, name=CommandName.RECORD_DEVICE_TEST)
