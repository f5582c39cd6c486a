"""Action: the customer leaves for another supplier, or for default service; or says that a switch was not theirs."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_supplier import unknown_supplier
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.supply_commands import ChangeSupplier
from evenroll.quantities.identifiers import OrganizationKey, tracking_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import case_facts
from evenroll.records.organizations import OrganizationUnknown, kinds_of
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

NUMBER_BYTES = 16


def change_supplier(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The answers go along sealed to another supplier; the registrar is asked for a drop to default service."""

    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        to = command.to if isinstance(command, ChangeSupplier) else None
        if case is not None and to is not None and not _provides(to):
            return unknown_supplier(case, to)
        facts = case_facts(work, case, tracking=tracking_number(asked.outside.entropy[-NUMBER_BYTES:]))
        return decide_case(case, CommandName.CHANGE_SUPPLIER, command, facts)

    return take_case(work, asked, name=CommandName.CHANGE_SUPPLIER, decide=decide)


def dispute_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The registrar is told, and reverses the switch."""
    return plain_case(work, asked, name=CommandName.DISPUTE_SUPPLY)


def _provides(organization: OrganizationKey) -> bool:
    try:
        return bool(kinds_of(organization) & {OrganizationKind.SUPPLIER, OrganizationKind.UTILITY})
    except OrganizationUnknown:
        return False
