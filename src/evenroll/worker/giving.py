"""Giving one command: ask the ports, open a unit of work, take the step or action, commit. Every door may use it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
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
    return _told(lambda: _given(installation, actor=actor, name=name, asked=asked, now=now), actor, name, asked)


def give_told(name: CommandName, asked: Asked, *, actor: Actor, now: datetime) -> Answer:
    """Give a command for which partners were asked already, and commit it; see `give`."""
    return _told(lambda: _committed(name, asked, actor=actor, now=now), actor, name, asked)


def tell_given(answer: Answer, *, actor: Actor, name: CommandName, asked: Asked, ms: float) -> None:
    """Tell the log of a command that was answered. ms: how long it took, its share where it was taken with others."""
    line = _line(actor, name, asked)
    if isinstance(answer, Refusal):
        line = replace(line, code=LogCode.COMMAND_REFUSED, outcome=answer.code.value)
    tell(replace(line, ms=ms))


def since_ms(began: float) -> float:
    """Milliseconds since that reading of the performance counter."""
    return round((time.perf_counter() - began) * 1000, 3)


def _told(act: Callable[[], Answer], actor: Actor, name: CommandName, asked: Asked) -> Answer:
    began, line = time.perf_counter(), _line(actor, name, asked)
    with request_scope():
        try:
            answer = act()
        except PartnerNotReached:
            tell(replace(line, code=LogCode.COMMAND_AWAY, ms=since_ms(began)), level=logging.WARNING)
            raise
        except Exception:
            # Whoever asked tells what it was; here it is only counted.
            tell(replace(line, code=LogCode.COMMAND_FAILED, ms=since_ms(began)))
            raise
        tell_given(answer, actor=actor, name=name, asked=asked, ms=since_ms(began))
    return answer


def _line(actor: Actor, name: CommandName, asked: Asked) -> LogLine:
    number = asked_number(asked.number)
    return LogLine(code=LogCode.COMMAND_TAKEN, organization=actor.organization, about=number, of=name.value)


def _given(installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime) -> Answer:
    outside = ask_outside(installation, actor=actor, name=name, asked=asked, now=now)
    if isinstance(outside, Refusal):
        return outside
    return _committed(name, replace(asked, outside=outside), actor=actor, now=now)


def _committed(name: CommandName, asked: Asked, *, actor: Actor, now: datetime) -> Answer:
    def once() -> Answer:
        with unit_of_work(actor.organization, actor=actor, now=now, command=asked.key) as work:
            return COMMAND_FUNCTIONS[name](work, asked=asked)

    return repeated(once)
