"""Giving one command: ask the ports, open a unit of work, take the step or action, commit. Every door may use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from evenroll.actions import ACTIONS
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.roles import Actor
from evenroll.records.asked import Answer, Asked, Command
from evenroll.records.unit_of_work import unit_of_work
from evenroll.steps import STEPS
from evenroll.worker.asking import ask_outside
from evenroll.worker.installation import Installation
from evenroll.worker.repeating import repeated

COMMAND_FUNCTIONS: Mapping[CommandName, Command] = MappingProxyType({**STEPS, **ACTIONS})
"""The step or action of every command to a case or service order."""


def give(installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime) -> Answer:
    """Give a command in the books of the actor's organization and commit it. now: the business clock.

    Raises asking.PartnerNotReached; refusals are answers.
    """
    outside = ask_outside(installation, actor=actor, name=name, asked=asked, now=now)
    if isinstance(outside, Refusal):
        return outside
    whole = replace(asked, outside=outside)

    def once() -> Answer:
        with unit_of_work(actor.organization, actor=actor, now=now, command=asked.key) as work:
            return COMMAND_FUNCTIONS[name](work, asked=whole)

    return repeated(once)
