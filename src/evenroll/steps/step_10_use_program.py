"""Row 10: the customer decides when and why; the ledger keeps it, and a statement sums it up."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def record_use(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Opt out, opt in or override, with the reason."""
    return plain_case(work, asked, name=CommandName.RECORD_USE)


def issue_statement(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The yearly statement."""
    return plain_case(work, asked, name=CommandName.ISSUE_STATEMENT)
