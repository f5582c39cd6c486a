"""Giving one command: ask the ports, open a unit of work, take the step or action, commit. Every door may use it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from evenroll.actions import ACTIONS
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.roles import Actor
from evenroll.records.asked import Answer, Asked, Command
from evenroll.records.log_lines import LogCode, LogLine, asked_number, request_scope, tell
from evenroll.records.unit_of_work import unit_of_work
from evenroll.steps import STEPS
from evenroll.worker.asking import PartnerNotReached, ask_outside
from evenroll.worker.installation import Installation
from evenroll.worker.repeating import repeated

COMMAND_FUNCTIONS: Mapping[CommandName, Command] = MappingProxyType({**STEPS, **ACTIONS})
"""The step or action of every command to a case or service order."""


def give(installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime) -> Answer:
    """Give a command in the books of the actor's organization and commit it. now: the business clock.

    Raises asking.PartnerNotReached; refusals are answers.
    """
    began = time.perf_counter()
    line = LogLine(
        code=LogCode.COMMAND_TAKEN,
        organization=actor.organization,
        about=asked_number(asked.number),
        of=name.value,
    )
    with request_scope():
        try:
            answer = _given(installation, actor=actor, name=name, asked=asked, now=now)
        except PartnerNotReached:
            tell(replace(line, code=LogCode.COMMAND_AWAY, ms=_since(began)), level=logging.WARNING)
            raise
        except Exception:
            # Whoever asked tells what it was; here it is only counted.
            tell(replace(line, code=LogCode.COMMAND_FAILED, ms=_since(began)))
            raise
        if isinstance(answer, Refusal):
            line = replace(line, code=LogCode.COMMAND_REFUSED, outcome=answer.code.value)
        tell(replace(line, ms=_since(began)))
    return answer


def _given(installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime) -> Answer:
    outside = ask_outside(installation, actor=actor, name=name, asked=asked, now=now)
    if isinstance(outside, Refusal):
        return outside
    whole = replace(asked, outside=outside)

    def once() -> Answer:
        with unit_of_work(actor.organization, actor=actor, now=now, command=asked.key) as work:
            return COMMAND_FUNCTIONS[name](work, asked=whole)

    return repeated(once)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
