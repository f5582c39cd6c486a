"""Deciding that two applications of one proved customer for one unit become one: the later goes on in the earlier."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.case_events import PlaceReleased
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.decided import Decided, OfCase, Refusal, RefusalCode
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.moving_commands import MergeCase
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track

CONTACT_FIELDS: Final = frozenset({FormField.EMAIL, FormField.PHONE, FormField.MAILING_ADDRESS})
"""Of two answers the newer one wins where it says how to reach the customer. Everything else that was proved or
decided on stays as the earlier application has it; the later one keeps its own for its retention."""


class MergeFault(StrEnum):
    """Why two cases cannot become one."""

    UNKNOWN = "unknown"
    NOT_PROVED_SAME = "not_proved_same"
    """One code for both that are not proved and those of another customer: whose the other is, is not told."""
    NOT_OPEN = "not_open"
    OTHER_UNIT = "other_unit"
    NOT_LATER = "not_later"


def merge_case(case: Case, command: MergeCase, facts: CaseFacts) -> Decided | Refusal:
    """Action, by the desk: this later application goes on in the earlier one, whose number the customer is shown.

    Both must be proved the same customer's: before that nobody, the customer neither, is shown the other.
    """
    into = facts.others.get(command.into)
    why = _why_not(case, into)
    if why is not None or into is None:
        return Refusal(
            code=RefusalCode.MERGE_UNFIT, parameters={"case": case.number, "merge": (why or MergeFault.UNKNOWN).value}
        )
    given = case.form.fields & CONTACT_FIELDS if case.form else frozenset[FormField]()
    merged = mv.CaseMerged(row=Row.ACTION, into=into.number, moves=(facts.move(State.MERGED),))
    freed = (PlaceReleased(row=Row.ACTION),) if case.live_places or case.counted else ()
    taken = mv.AnswersMerged(row=Row.ACTION, merged=case.number, fields=given)
    return Decided(events=(merged, *freed), others=(OfCase(number=into.number, events=(taken,)),))


def _why_not(case: Case, into: Case | None) -> MergeFault | None:
    if into is None or into.number == case.number:
        return MergeFault.UNKNOWN
    if not case.proof.proved_at or not into.proof.proved_at or case.proof.customer != into.proof.customer:
        return MergeFault.NOT_PROVED_SAME
    if not _is_open(case) or into.is_ended or not (into.status in LIVE or _is_open(into)):
        return MergeFault.NOT_OPEN
    if (case.pod, _program(case)) != (into.pod, _program(into)):
        return MergeFault.OTHER_UNIT
    return MergeFault.NOT_LATER if _received(case) < _received(into) else None


def _is_open(case: Case) -> bool:
    return State.MERGED in MOVES[Track.CASE].get(case.status, frozenset[State]())


def _program(case: Case) -> str | None:
    return case.chosen.program if case.chosen else None


def _received(case: Case) -> datetime:
    return case.form.received_at if case.form else case.opening.opened_at
