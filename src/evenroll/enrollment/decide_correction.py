"""Deciding a correction: one person proposes, another settles; what hangs on the value is computed anew, or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from evenroll.enrollment import correction_events as ce
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.dates import span_end
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.leaving import lockout_end, rate_hangs
from evenroll.enrollment.leaving_codes import CorrectableFact as F
from evenroll.enrollment.offers import status_for
from evenroll.enrollment.order_dates import latest_day
from evenroll.enrollment.rescission import rescission_ends_on
from evenroll.enrollment.roles import is_same_actor
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import SUPERVISED
from evenroll.programs.program import Track, stay_of
from evenroll.programs.rules import Drivetrain, RuleKind

DAYS_BACK_MAX = 3652
"""A day longer ago than ten years is a slip of the pen."""

_MONEY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_DATES = frozenset({F.IN_SERVICE_DATE, F.PURCHASE_DATE, F.SIGNED_DATE, F.TERMS_DATE, F.ENDED_DATE})


def propose_correction(case: Case, command: lc.ProposeCorrection, facts: CaseFacts) -> Decided | Refusal:
    """A recorded fact is said to be wrong. Nothing changes yet: another person has two business days to settle it."""
    named = {"case": case.number, "fact": command.fact.value}
    if _open(case):
        return Refusal(code=RefusalCode.CORRECTION_PENDING, parameters={"case": case.number})
    before = recorded(case, command.fact)
    if before is None:
        return Refusal(code=RefusalCode.CORRECTION_NONE, parameters={**named})
    refused = _fault(case, command.fact, command.after, facts)
    if refused is not None:
        return refused
    if before == command.after:
        return Refusal(code=RefusalCode.CORRECTION_SAME, parameters={**named})
    number = case.corrections + 1
    proposed = ce.CorrectionProposed(
        row=Row.ACTION,
        number=number,
        fact=command.fact,
        before=before,
        after=command.after,
        by=command.by,
        moves=(facts.move(State.DUE, track=Track.CONDITION, subject=_subject(number), wait=SUPERVISED),),
    )
    return Decided(events=(proposed,))


def settle_correction(case: Case, command: lc.SettleCorrection, facts: CaseFacts) -> Decided | Refusal:
    """Another person agrees, and from now on the right value counts; or declines, and the recorded one stands."""
    asked = case.correction
    if asked is None or not _open(case):
        return Refusal(code=RefusalCode.CORRECTION_NONE, parameters={"case": case.number})
    if is_same_actor(asked.by, command.by):
        return Refusal(code=RefusalCode.SAME_PERSON_CORRECTS, parameters={"case": case.number})
    subject = _subject(asked.number)
    if not command.agreed:
        move = facts.move(State.CANCELLED, track=Track.CONDITION, subject=subject)
        declined = ce.CorrectionDeclined(
            row=Row.ACTION, number=asked.number, fact=asked.fact, by=command.by, moves=(move,)
        )
        return Decided(events=(declined,))
    # Looked at again: service may have switched since it was proposed.
    refused = _fault(case, asked.fact, asked.after, facts)
    if refused is not None:
        return refused
    follows = _follows(case, asked.fact, asked.after, facts)
    made = ce.CorrectionMade(
        row=Row.ACTION,
        number=asked.number,
        fact=asked.fact,
        before=asked.before,
        after=asked.after,
        by=command.by,
        rescission_ends_on=follows.rescission_ends_on,
        minimum_stay_ends_on=follows.minimum_stay_ends_on,
        lockout_ends_on=follows.lockout_ends_on,
        moves=(facts.move(State.MET, track=Track.CONDITION, subject=subject), *follows.moves),
    )
    return Decided(events=(made,))


def recorded(case: Case, fact: F) -> str | None:
    """The value as it is recorded now; None where the case has none."""
    if fact in _DATES and fact is not F.PURCHASE_DATE:
        return _written(_recorded_day(case, fact))
    if fact is F.EQUIPMENT_SERIAL:
        return (case.equipment.serial or None) if case.equipment else None
    if fact is F.DRIVETRAIN:
        return case.vehicle.drivetrain.value if case.vehicle else None
    return case.recorded.get(fact.value)


def _recorded_day(case: Case, fact: F) -> date | None:
    terms = case.agreement
    if fact is F.IN_SERVICE_DATE:
        return case.order.in_service_on if case.order else None
    if fact is F.ENDED_DATE:
        return case.ended_on
    if terms is None:
        return None
    return terms.signed_on if fact is F.SIGNED_DATE else terms.terms_received_on


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _open(case: Case) -> bool:
    """Whether a correction waits; the end of the case stops one that did."""
    asked = case.correction
    return asked is not None and case.state_of(Track.CONDITION, subject=_subject(asked.number)) is State.DUE


def _subject(number: int) -> str:
    return f"correction-{number}"


def _fault(case: Case, fact: F, after: str, facts: CaseFacts) -> Refusal | None:
    """Why the fact cannot have this value, or can no longer be corrected."""
    parameters = {"case": case.number, "fact": fact.value}
    if not _is_readable(case, fact, after, facts):
        return Refusal(code=RefusalCode.CORRECTION_WRONG, parameters={**parameters})
    if _is_late(case, fact, facts) or (fact is F.TERMS_DATE and _reopens(case, after, facts)):
        return Refusal(code=RefusalCode.CORRECTION_LATE, parameters={**parameters})
    return None


def _is_readable(case: Case, fact: F, after: str, facts: CaseFacts) -> bool:
    if fact in _DATES:
        return _is_day(case, fact, after, facts)
    if fact is F.PURCHASE_PRICE:
        return _MONEY.fullmatch(after) is not None and Decimal(after) >= 0
    if fact is F.DRIVETRAIN:
        return after in {each.value for each in Drivetrain} and _is_admitted(after, facts)
    return bool(after)


def _is_day(case: Case, fact: F, after: str, facts: CaseFacts) -> bool:
    try:
        day = date.fromisoformat(after)
    except ValueError:
        return False
    if after != day.isoformat() or day < facts.today - timedelta(days=DAYS_BACK_MAX):
        return False
    if fact is F.IN_SERVICE_DATE:
        return day <= latest_day(facts.today)
    began_on = case.agreement.terms_received_on if case.agreement else None
    if fact is F.ENDED_DATE and began_on is not None and day < began_on:
        return False
    return day <= facts.today


def _is_admitted(drivetrain: str, facts: CaseFacts) -> bool:
    """Whether the program takes such a vehicle; one that it does not ends by the desk, it is no slip of the pen."""
    rules = facts.program.rules if facts.program else ()
    return all(drivetrain in rule.params.values for rule in rules if rule.kind is RuleKind.DRIVETRAIN_IN)


def _is_late(case: Case, fact: F, facts: CaseFacts) -> bool:
    """Whether something was done on the strength of the old value that a correction cannot undo."""
    match fact:
        case F.IN_SERVICE_DATE:
            return case.price_since is not None
        case F.TERMS_DATE:
            return case.order is not None or case.price_since is not None
        case F.ENDED_DATE:
            return rate_hangs(case, facts.need_program())
        case _:
            return False


def _reopens(case: Case, after: str, facts: CaseFacts) -> bool:
    """Whether a window of rescission that is over would run again: what followed on its end cannot be undone."""
    ends_on = _window_end(case, date.fromisoformat(after), facts)
    return case.status is not State.IN_RESCISSION and ends_on > facts.today


def _window_end(case: Case, received_on: date, facts: CaseFacts) -> date:
    """The first day after the window, had the terms been received on that day."""
    then = replace(facts, now=facts.calendar.start_of_day(received_on))
    return rescission_ends_on(case, facts.need_program(), then)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Follows:
    """What hangs on a corrected value, as it is now."""

    rescission_ends_on: date | None = None
    minimum_stay_ends_on: date | None = None
    lockout_ends_on: date | None = None
    moves: tuple[Move, ...] = ()


def _follows(case: Case, fact: F, after: str, facts: CaseFacts) -> _Follows:
    if fact is F.ENDED_DATE and case.lockout_ends_on is not None:
        ends_on = lockout_end(facts.need_program(), ended_on=date.fromisoformat(after))
        return _Follows(lockout_ends_on=ends_on)
    if fact is F.TERMS_DATE and case.agreement is not None:
        return _of_terms(case, date.fromisoformat(after), facts)
    return _Follows()


def _stay_end(case: Case, received_on: date, before_on: date, facts: CaseFacts) -> date:
    """The end of the minimum stay, had the terms been received on that day: by the program's term, as at row 5.

    A date that the term does not give, such as one loaded from a provider's books, moves along by as many days.
    """
    program, terms = facts.need_program(), case.agreement
    stay = stay_of(program, supply=status_for(program, answer=case.provider) if case.provider else None)
    if terms is None or span_end(terms.terms_received_on, span=stay) == before_on:
        return span_end(received_on, span=stay)
    return before_on + (received_on - terms.terms_received_on)


def _of_terms(case: Case, received_on: date, facts: CaseFacts) -> _Follows:
    terms = case.agreement
    if terms is None:
        return _Follows()
    ends_on = _window_end(case, received_on, facts)
    stay_on = terms.minimum_stay_ends_on
    moved = _stay_end(case, received_on, stay_on, facts) if stay_on else None
    moves = ()
    if case.status is State.IN_RESCISSION:
        moves = (facts.move(State.IN_RESCISSION, wait=facts.calendar.start_of_day(ends_on)),)
    return _Follows(rescission_ends_on=ends_on, minimum_stay_ends_on=moved, moves=moves)
