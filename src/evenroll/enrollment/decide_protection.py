"""Deciding what a bill protection or price guarantee credits: the difference to the replaced rate, never a guess."""

from __future__ import annotations

from datetime import timedelta

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_money import COUNTS
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger_track import PROTECTION
from evenroll.enrollment.money_events import (
    IncentiveEarned,
    ProtectionHeld,
    ProtectionSettled,
    UsageMissing,
)
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.programs.program import Track
from evenroll.programs.program_terms import Protection
from evenroll.quantities.money import ZERO

_OPEN = frozenset({State.PROTECTED, State.USAGE_MISSING})


def settle_protection(case: Case, _command: mc.SettleProtection | NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """At the end of the protected time the difference is credited; a missing read or price is billing's to bring."""
    track = case.tracks.get(track_key(Track.LEDGER, subject=PROTECTION))
    if case.status not in COUNTS or track is None or track.state not in _OPEN:
        return not_in_state(case, CommandName.SETTLE_PROTECTION)
    protection = facts.need_program().protection
    if protection is None:
        return not_in_state(case, CommandName.SETTLE_PROTECTION)
    if track.state is State.PROTECTED and track.due_at is not None and track.due_at > facts.now:
        due_on = facts.calendar.business_date(track.due_at).isoformat()
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"case": case.number, "due_on": due_on})
    known = facts.protection or ProtectionUnknown(reason=UsageMissing.READ_MISSING)
    if isinstance(known, ProtectionUnknown):
        return Decided(events=(_held(track, known, facts),))
    return Decided(events=_settled(protection, known, facts))


def _held(track: TrackState, unknown: ProtectionUnknown, facts: CaseFacts) -> ProtectionHeld:
    """A read that is still to come is waited for; what is missing is billing's to bring."""
    comes = unknown.until is not None and unknown.until >= facts.today and track.state is State.PROTECTED
    if comes and unknown.until is not None:
        after = facts.calendar.start_of_day(unknown.until + timedelta(days=1))
        move = facts.move(State.PROTECTED, track=Track.LEDGER, subject=PROTECTION, wait=after)
    else:
        move = facts.move(State.USAGE_MISSING, track=Track.LEDGER, subject=PROTECTION)
    lacks = {"start_on": unknown.start_on, "end_on": unknown.end_on}
    return ProtectionHeld(row=Row.R10, reason=unknown.reason, **lacks, moves=(move,))


def _settled(protection: Protection, figures: ProtectionFigures, facts: CaseFacts) -> tuple[Event, ...]:
    credit = max(figures.paid - figures.shadow, ZERO)
    settled = ProtectionSettled(
        row=Row.R10,
        kind=protection.kind,
        paid=figures.paid,
        shadow=figures.shadow,
        credit=credit,
        spans=figures.spans,
        is_estimated=figures.is_estimated,
        moves=(facts.move(State.SETTLED, track=Track.LEDGER, subject=PROTECTION),),
    )
    if credit == ZERO:
        return (settled,)
    first, last = figures.spans[0], figures.spans[-1]
    span = f"{first.start_on.isoformat()}/{last.end_on.isoformat()}"
    earned = IncentiveEarned(row=Row.R10, code=protection.kind.value, span=span, usd=credit, at=facts.now)
    return (settled, earned)
