"""Row 6: cordset, EVSE or premise unit, where to buy it, and a warning before a purchase that does not fit."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import ChooseEquipment
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.records.asked import Answer, Asked
from evenroll.records.equipment_facts import equipment_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def choose_equipment(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer's own choice."""
    command = asked.command
    model = command.model if isinstance(command, ChooseEquipment) else ""

    def decide(case: Case | None) -> Decided | Refusal:
        return decide_case(case, CommandName.CHOOSE_EQUIPMENT, command, equipment_facts(work, case, model=model))

    return take_case(work, asked, name=CommandName.CHOOSE_EQUIPMENT, decide=decide)


def record_purchase(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Date, price and outlet; rebates hang on it."""
    return plain_case(work, asked, name=CommandName.RECORD_PURCHASE)
