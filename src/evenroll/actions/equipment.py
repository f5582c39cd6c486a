"""Action: charging equipment or a control device is swapped or removed."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.moving_commands import SwapEquipment
from evenroll.records.asked import Answer, Asked
from evenroll.records.equipment_facts import equipment_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def swap_equipment(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Another one in place of what works; whether it serves is looked up first."""
    command = asked.command
    new = command if isinstance(command, SwapEquipment) else None

    def decide(case: Case | None) -> Decided | Refusal:
        facts = equipment_facts(work, case, model=new.model if new else "", device=new.device if new else "")
        return decide_case(case, CommandName.SWAP_EQUIPMENT, command, facts)

    return take_case(work, asked, name=CommandName.SWAP_EQUIPMENT, decide=decide)


def remove_equipment(work: UnitOfWork, *, asked: Asked) -> Answer:
    """It is gone, or not bought after all."""
    return plain_case(work, asked, name=CommandName.REMOVE_EQUIPMENT)
