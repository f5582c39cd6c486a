"""Whose account it is says that somebody else applied: the case is stopped by the commands that it has for that.

Before it is active it is withdrawn; active it is suspended for the account, which only a person of the staff lifts, and
a switch of supply is contested. Both stand in the journal under a key that names how it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_supplier import may_dispute_supply
from evenroll.enrollment.leaving_codes import SuspensionCause
from evenroll.enrollment.leaving_commands import Suspend
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.asked import Asked, Taken
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation

_RESTS = frozenset({State.WITHDRAWING, State.LEAVING, State.REFUSED, State.HANDED_OVER})


def is_stopped(case: Case) -> bool:
    """Whether it goes on no more without a person of the staff."""
    laid_on = case.suspension is not None and SuspensionCause.ACCOUNT in case.suspension.causes
    return case.is_ended or case.status in _RESTS or laid_on


def stopped(installation: Installation, case: Case, *, now: datetime) -> bool:
    """Stop it; whether it stands still now. Pressed twice it is done once. now: the business clock."""
    if is_stopped(case):
        return True
    # Each has its turn: what a program in force refuses, the next one takes.
    for name, command, role in _ways(case):
        actor = Actor(key=ActorKey(f"not-me/{case.number}"), role=role, organization=case.organization)
        asked = Asked(number=case.number, command=command, key=f"not-me/{name.value}")
        answer = give(installation, actor=actor, name=name, asked=asked, now=now)
        if isinstance(answer, Taken) and name is not CommandName.DISPUTE_SUPPLY:
            return True
    return False


def _ways(case: Case) -> Iterator[tuple[CommandName, object, Role]]:
    if case.status in (State.ACTIVE, State.SUSPENDED):
        if may_dispute_supply(case):
            yield CommandName.DISPUTE_SUPPLY, NoPayload(), Role.CUSTOMER
        yield CommandName.SUSPEND, Suspend(cause=SuspensionCause.ACCOUNT), Role.ENROLLMENT_DESK
    else:
        yield CommandName.WITHDRAW, NoPayload(), Role.CUSTOMER
