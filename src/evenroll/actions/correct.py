"""Action: a recorded fact is corrected by two persons; the wrong value stays in sight."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.leaving_commands import ProposeCorrection, SettleCorrection
from evenroll.records.asked import Answer, Asked
from evenroll.records.taking import plain_case
from evenroll.records.unit_of_work import UnitOfWork


def propose_correction(work: UnitOfWork, *, asked: Asked) -> Answer:
    """One person says what is wrong and what is right."""
    return plain_case(work, asked, name=CommandName.PROPOSE_CORRECTION, command=_signed(work, asked))


def settle_correction(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Another person agrees or declines; who proposed it may do neither."""
    return plain_case(work, asked, name=CommandName.SETTLE_CORRECTION, command=_signed(work, asked))


def _signed(work: UnitOfWork, asked: Asked) -> object:
    """The command with whoever gives it, as the session knows them: no input can say that."""
    command = asked.command
    if isinstance(command, ProposeCorrection | SettleCorrection):
        return replace(command, by=str(work.actor.key))
    return command
