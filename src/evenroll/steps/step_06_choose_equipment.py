"""Row 6: cordset, EVSE or premise unit, where to buy it, and a warning before a purchase that does not fit."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def choose_equipment(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer's own choice."""
    return plain_case(work, asked, name=CommandName.CHOOSE_EQUIPMENT)


def record_purchase(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Date, price and outlet; rebates hang on it."""
    return plain_case(work, asked, name=CommandName.RECORD_PURCHASE)
