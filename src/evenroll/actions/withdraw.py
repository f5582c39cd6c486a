"""Action: the customer withdraws before the enrollment is active; an open order's utility has the last word."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def withdraw(work: UnitOfWork, *, asked: Asked) -> Answer:
    """At once, or once the utility has answered: the crew may be there already."""
    return plain_case(work, asked, name=CommandName.WITHDRAW)


def hear_cancel(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The utility's word on a cancellation."""
    return plain_case(work, asked, name=CommandName.HEAR_CANCEL)
