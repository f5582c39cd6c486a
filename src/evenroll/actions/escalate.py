"""Action: a wait lapsed that no step can mend; a named person takes it."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import names_order, plain_case, timed_order
from evenroll.records.unit_of_work import UnitOfWork


def escalate(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Given to whichever record, case or service order, has the track that lapsed."""
    take = timed_order if names_order(asked.number) else plain_case
    return take(work, asked, name=CommandName.ESCALATE)
