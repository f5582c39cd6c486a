"""Trying a command: what it would be answered now, with nothing of it left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.roles import Actor
from evenroll.records.asked import Answer, Asked
from evenroll.records.unit_of_work import unit_of_work
from evenroll.worker.asking import ask_outside
from evenroll.worker.giving import COMMAND_FUNCTIONS
from evenroll.worker.installation import Installation
from evenroll.worker.repeating import repeated


class _Undone(Exception):
    """Carries the answer of a command that is undone."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("A command that was only tried is undone.")
        self.answer = answer


def tried(installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime) -> Answer:
    """What a command would be answered now. It is taken like any other, under its locks, and then undone.

    It keeps no answer under a key, and nobody is told. Raises asking.PartnerNotReached.
    """
    outside = ask_outside(installation, actor=actor, name=name, asked=asked, now=now)
    if isinstance(outside, Refusal):
        return outside
    keyless = replace(asked, outside=outside, key="")

    def once() -> Answer:
        try:
            with unit_of_work(actor.organization, actor=actor, now=now, command="") as work:
                raise _Undone(COMMAND_FUNCTIONS[name](work, asked=keyless))
        except _Undone as undone:
            return undone.answer

    return repeated(once)
