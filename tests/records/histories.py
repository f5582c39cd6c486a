"""Random histories of an invented territory: applications by every channel, some given up, over days and months."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import OpenCase, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.roles import Role
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber, case_number
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.territory_books import POSTAL_CODE, Premise


def lived(territory: Territory, *, seed: int, steps: int, after_each: Callable[[Random], None]) -> datetime:
    """Let a history of so many steps happen, each followed by `after_each`; until when it went."""
    dice, now, open_cases, known = Random(seed), NOW, list[CaseNumber](), list[Premise]()
    for _ in range(steps):
        match dice.choice(("apply", "apply", "again", "again", "opened", "withdraw", "days", "months")):
            case "apply":
                known.append(_premise(territory, dice))
                open_cases.append(_applied(territory, known[-1], dice, now=now))
            case "again" if known:
                open_cases.append(_applied(territory, dice.choice(known), dice, now=now))
            case "opened":
                open_cases.append(_opened(territory, dice, now=now))
            case "withdraw" if open_cases:
                number = open_cases.pop(dice.randrange(len(open_cases)))
                territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, now=now)
            case "days" | "months" as pause:
                until = now + days(dice.uniform(0.2, 6) if pause == "days" else dice.uniform(20, 80))
                territory.run_through(until, since=now)
                now = until
            case _:
                territory.run(now)
        after_each(dice)
    return now


def _premise(territory: Territory, dice: Random) -> Premise:
    if dice.random() < 0.5:
        return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    return territory.premise()


def opening_of(territory: Territory, dice: Random, *, now: datetime) -> tuple[CaseNumber, OpenCase]:
    """A number, and the command that opens a case under it by any channel and in any language."""
    number = case_number(secrets.token_bytes(16))
    opening = Opening(
        opened_at=now,
        channel=dice.choice(tuple(Channel)),
        language=dice.choice(tuple(Language)),
        program=territory.night.key,
        postal_code=POSTAL_CODE,
    )
    return number, OpenCase(number=number, organization=territory.utility, opening=opening)


def _opened(territory: Territory, dice: Random, *, now: datetime) -> CaseNumber:
    number, command = opening_of(territory, dice, now=now)
    territory.taken(territory.give(territory.utility, CommandName.OPEN_CASE, number, command, now=now))
    return number


def _applied(territory: Territory, premise: Premise, dice: Random, *, now: datetime) -> CaseNumber:
    number = _opened(territory, dice, now=now)
    signed_on = None if dice.random() < 0.2 else now.date()
    form = replace(territory.form(received_at=now), signed_on=signed_on)
    territory.taken(
        territory.give(
            territory.utility,
            CommandName.SUBMIT_FORM,
            number,
            SubmitForm(form=form),
            now=now,
            answers=premise.answers(),
        )
    )
    return number
