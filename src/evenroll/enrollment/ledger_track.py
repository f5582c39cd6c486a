"""When the ledger of a case is counted next: the wait of its track, and that of a protection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.dates import add_months
from evenroll.enrollment.ledger import Ledger
from evenroll.enrollment.money_rules import needs_measure
from evenroll.enrollment.money_spans import next_over, spans_over
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.program_terms import Incentive

PROTECTION: Final = "protection"
"""The subject of the track on which a protection waits for its end."""

SETTLED_AFTER: Final = timedelta(days=3)
"""So long after its end an event is settled by what the customer decided, if nobody told what was measured."""


def begin_ledger(
    program: ProgramVersion, *, active_on: date, price_since: date | None, facts: CaseFacts
) -> tuple[Move, ...]:
    """The first moves of the ledger when the enrollment becomes active; none where the program has no such terms."""
    moves: list[Move] = []
    firsts = [_first_over(each, active_on) for each in program.ledger_incentives]
    known = [day for day in firsts if day is not None]
    if known:
        due_at = facts.calendar.start_of_day(min(known))
        moves.append(facts.move(State.COUNTING, track=Track.LEDGER, wait=max(due_at, facts.now)))
    if program.protection is not None:
        ends_at = facts.calendar.start_of_day(protected_until(program, since=price_since or active_on))
        moves.append(facts.move(State.PROTECTED, track=Track.LEDGER, subject=PROTECTION, wait=max(ends_at, facts.now)))
    return tuple(moves)


def _first_over(incentive: Incentive, active_on: date) -> date | None:
    return next_over(incentive, active_on=active_on, after=active_on - timedelta(days=1))


def counted_anew(case: Case, facts: CaseFacts) -> tuple[Move, ...]:
    """The move with which a device that is live at last is counted at once; none where no device earns by itself."""
    once = facts.program is not None and any(each.once_per_device for each in facts.program.incentives)
    counts = case.state_of(Track.LEDGER) in (State.COUNTING, State.QUIET)
    return (facts.move(State.COUNTING, track=Track.LEDGER, wait=facts.now),) if once and counts else ()


def protected_until(program: ProgramVersion, *, since: date) -> date:
    """The day after the last protected one."""
    months = program.protection.months if program.protection else 0
    return add_months(since, months)


def counted_by(case: Case, *, today: date) -> date:
    """Spans that are over by this day count: today, or the end of an enrollment that has ended."""
    return min(case.ended_on, today) if case.is_ended and case.ended_on is not None else today


def measured_later(case: Case, *, ended_on: date, facts: CaseFacts) -> tuple[Move, ...]:
    """The move with which a ledger outlives its enrollment, while a month of before the end is still to be measured.

    () where it stops with it. Where the program is not at hand, the clock looks at once.
    """
    if case.state_of(Track.LEDGER) is not State.COUNTING:
        return ()
    if facts.program is None:
        return (facts.move(State.COUNTING, track=Track.LEDGER, wait=facts.now),)
    awaited = awaited_months(case.ledger, program=facts.program, today=min(ended_on, facts.today))
    return (facts.move(State.COUNTING, track=Track.LEDGER, wait=Wait.STAFF),) if awaited else ()


def counted_move(case: Case, ledger: Ledger, *, awaited: tuple[str, ...], facts: CaseFacts) -> Move:
    """The wait of the ledger after it was counted, or was told of an event.

    While somebody must measure a month it is billing that is waited on; else the clock; else nobody. Once the
    enrollment has ended the clock brings nothing more.
    """
    due_at = None if case.is_ended else _next_due(ledger, facts)
    if awaited:
        waits = facts.move(State.COUNTING, track=Track.LEDGER, wait=Wait.STAFF)
        sooner = due_at is not None and waits.due_at is not None and due_at < waits.due_at
        return replace(waits, due_at=due_at) if sooner else waits
    if due_at is None:
        return facts.move(State.QUIET, track=Track.LEDGER)
    return facts.move(State.COUNTING, track=Track.LEDGER, wait=due_at)


def _next_due(ledger: Ledger, facts: CaseFacts) -> datetime | None:
    """The next instant at which a span is over or an event is to be settled; later than now."""
    found = [each.ends_at + SETTLED_AFTER for each in ledger.events if each.is_open]
    active_on = ledger.active_on
    if active_on is not None:
        counted = facts.need_program().ledger_incentives
        days = (next_over(each, active_on=active_on, after=facts.today) for each in counted)
        found += [facts.calendar.start_of_day(day) for day in days if day is not None]
    return min((at for at in found if at > facts.now), default=None)


def awaited_months(ledger: Ledger, *, program: ProgramVersion, today: date) -> tuple[str, ...]:
    """The months that are over, that an incentive needs measured, and of which nothing was measured yet."""
    if ledger.active_on is None:
        return ()
    return tuple(
        sorted(
            {
                month
                for each in program.ledger_incentives
                if needs_measure(each)
                for span in spans_over(each, active_on=ledger.active_on, by=today)
                for month in span.months
                if ledger.charged(month) is None
            }
        )
    )
