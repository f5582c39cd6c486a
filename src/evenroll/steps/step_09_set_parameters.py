"""Row 9: the customer selects which program governs this vehicle here and sets its parameters."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def set_parameters(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer's selection; conflicting schedules are shown. It gates nothing where only a price is at stake."""
    return plain_case(work, asked, name=CommandName.SET_PARAMETERS)


def confirm_parameters(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The device's word, or the customer's for it."""
    return plain_case(work, asked, name=CommandName.CONFIRM_PARAMETERS)
