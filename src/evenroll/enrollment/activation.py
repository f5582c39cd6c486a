"""When an enrollment is active: the price in force, control proved, or both, as the program says (rule 1)."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.ledger_track import begin_ledger
from evenroll.enrollment.life_events import Activated
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Activation, ProgramVersion

_BEFORE_ACTIVE = frozenset({State.ENROLLED, State.WITHDRAWING})


def active_since(program: ProgramVersion, *, price_since: date | None, control_since: date | None) -> date | None:
    """The day from which the enrollment is active; None while something that makes it so is open."""
    match program.activation:
        case Activation.PRICE:
            return price_since
        case Activation.CONTROL:
            return control_since
        case Activation.BOTH:
            return max(price_since, control_since) if price_since and control_since else None
        case _:
            assert_never(program.activation)


def activated(
    case: Case,
    program: ProgramVersion,
    *,
    price_since: date | None,
    control_since: date | None,
    facts: CaseFacts,
) -> tuple[Activated, ...]:
    """The event that makes the case active, if it becomes so now.

    A case that is being withdrawn stays so until the utility has answered; a later answer "too late" activates it.
    """
    since = active_since(program, price_since=price_since, control_since=control_since)
    if since is None or case.status not in _BEFORE_ACTIVE:
        return ()
    begun = begin_ledger(program, active_on=since, price_since=price_since, facts=facts)
    return (Activated(row=Row.R5D, active_on=since, moves=(facts.move(State.ACTIVE), *begun)),)
