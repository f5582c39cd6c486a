"""Action: the consent to control a device ends, or is given again."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def end_consent(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Always accepted; nothing is controlled from then on."""
    return plain_case(work, asked, name=CommandName.END_CONSENT)


def renew_consent(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The same case goes on."""
    return plain_case(work, asked, name=CommandName.RENEW_CONSENT)
