"""Action: the customer leaves the program, or the desk ends the enrollment."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def unenroll(work: UnitOfWork, *, asked: Asked) -> Answer:
    """At once, or once the utility has switched service back to its standard rate."""
    return plain_case(work, asked, name=CommandName.UNENROLL)
