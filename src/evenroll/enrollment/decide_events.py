"""Deciding what a case makes of its provider's events, and of the customer's word on one: opt out, opt in, override."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment import money_events as m
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_money import COUNTS, begin_count, settled_event
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event_messages import EventBody, EventCancelTold, EventResultTold, EventTold
from evenroll.enrollment.ledger import EventOfCase, Ledger
from evenroll.enrollment.ledger_track import awaited_months, counted_move
from evenroll.enrollment.life_events import UseKind
from evenroll.enrollment.money_evolve import evolve_ledger
from evenroll.enrollment.money_rules import opt_out_again_on, opt_outs_left, opt_outs_used
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.programs.program_terms import EventTerms

DAYS_BACK_MAX = 3652
"""What was done longer ago than ten years is a slip of the pen."""


def hear_event(case: Case, command: EventBody, facts: CaseFacts) -> Decided | Refusal:
    """News of an event. What is known already, or concerns a customer who left meanwhile, changes nothing."""
    match command:
        case EventTold():
            return _hear_called(case, command, facts)
        case EventCancelTold():
            return _hear_cancelled(case, command, facts)
        case EventResultTold():
            return _hear_result(case, command, facts)
        case _:
            assert_never(command)


def _hear_called(case: Case, told: EventTold, facts: CaseFacts) -> Decided:
    if case.status is not State.ACTIVE or case.ledger.event(told.event) is not None:
        return Decided()
    if told.starts_at <= facts.now:
        # Whoever was not told in time took no part: nothing is announced, counted or paid.
        return Decided()
    noticed = m.EventNoticed(row=Row.R10, event=told.event, on=told.on, starts_at=told.starts_at, ends_at=told.ends_at)
    move = _next_count(case, evolve_ledger(case.ledger, noticed), facts)
    return Decided(
        events=(
            m.EventNoticed(
                row=Row.R10,
                event=told.event,
                on=told.on,
                starts_at=told.starts_at,
                ends_at=told.ends_at,
                moves=(move,),
            ),
        )
    )


def _hear_cancelled(case: Case, told: EventCancelTold, facts: CaseFacts) -> Decided:
    known = case.ledger.event(told.event)
    if case.status not in COUNTS or known is None or not known.is_open:
        return Decided()
    cancelled = m.EventCancelled(row=Row.R10, event=told.event, on=known.on)
    move = _next_count(case, evolve_ledger(case.ledger, cancelled), facts)
    return Decided(events=(m.EventCancelled(row=Row.R10, event=told.event, on=known.on, moves=(move,)),))


def _hear_result(case: Case, told: EventResultTold, facts: CaseFacts) -> Decided:
    known = case.ledger.event(told.event)
    if case.status not in COUNTS or known is None or known.is_cancelled or known.result is told.result:
        return Decided()
    if known.ends_at > facts.now:
        return Decided()
    settled = settled_event(begin_count(case, facts), known, result=told.result, measured=True)
    return Decided(events=settled.events)


def _next_count(case: Case, ledger: Ledger, facts: CaseFacts) -> Move:
    awaited = awaited_months(ledger, program=facts.need_program(), today=facts.today)
    return counted_move(case, ledger, awaited=awaited, facts=facts)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Use:
    """A customer's word as it is to be recorded. on: the event's day where there is one."""

    on: date
    event: EventOfCase | None = None

    @property
    def number(self) -> str:
        return self.event.number if self.event else ""


def record_use(case: Case, command: c.RecordUse, facts: CaseFacts) -> Decided | Refusal:
    """Row 10: the customer decides when and why; the reason is kept as a code.

    An opt-out over the program's limit is refused by name; an override is a fact, and is marked.
    """
    if case.status is not State.ACTIVE:
        return not_in_state(case, CommandName.RECORD_USE)
    use = _use(case, command, facts)
    if isinstance(use, Refusal):
        return use
    if _is_so(case.ledger, use, command.kind):
        return Decided()
    if use.event is not None and _is_too_late(use.event, command.kind, facts):
        return Refusal(code=RefusalCode.EVENT_OVER, parameters={"event": use.number})
    terms = facts.need_program().events
    over = terms is not None and command.kind is not UseKind.OPT_IN and _is_over(case.ledger, use, terms)
    if over and terms is not None and command.kind is UseKind.OPT_OUT:
        return _used_up(case, terms, use)
    return Decided(events=(_recorded(case, command, use, terms, is_over=over),))


def _recorded(
    case: Case, command: c.RecordUse, use: _Use, terms: EventTerms | None, *, is_over: bool = False
) -> life.UseRecorded:
    bare = life.UseRecorded(
        row=Row.R10, kind=command.kind, on=use.on, reason=command.reason, event=use.number, is_over=is_over
    )
    after = evolve_ledger(case.ledger, bare)
    left = opt_outs_left(after, terms=terms, on=use.on) if terms else None
    return life.UseRecorded(
        row=Row.R10,
        kind=command.kind,
        on=use.on,
        reason=command.reason,
        event=use.number,
        is_over=is_over,
        left=left,
    )


def _is_so(ledger: Ledger, use: _Use, kind: UseKind) -> bool:
    """Whether the customer said so before, of the event or of the day: twice the same is once."""
    if use.event is not None:
        return kind is not UseKind.OVERRIDE and use.event.is_opted_out is (kind is UseKind.OPT_OUT)
    return kind is UseKind.OPT_OUT and any(each.on == use.on and not each.event for each in ledger.opt_outs)


def _is_too_late(event: EventOfCase, kind: UseKind, facts: CaseFacts) -> bool:
    """Who left an event joins no more once it has begun, or what nobody took part in would be paid; and what is over
    nobody leaves. An override is a fact, whenever it is told.
    """
    match kind:
        case UseKind.OPT_IN:
            return event.starts_at <= facts.now
        case UseKind.OPT_OUT:
            return event.ends_at <= facts.now
        case UseKind.OVERRIDE:
            return False
        case _:
            assert_never(kind)


def _is_over(ledger: Ledger, use: _Use, terms: EventTerms) -> bool:
    """Whether one more would be beyond the limit; what is counted already is none more."""
    return opt_outs_left(ledger, terms=terms, on=use.on) == 0 and not _counts_already(ledger, use)


def _counts_already(ledger: Ledger, use: _Use) -> bool:
    return bool(use.number) and any(each.event == use.number for each in ledger.opt_outs)


def _used_up(case: Case, terms: EventTerms, use: _Use) -> Refusal:
    parameters = {
        "case": case.number,
        "used": str(opt_outs_used(case.ledger, on=use.on)),
        "limit": str(terms.opt_outs_max),
        "again_on": opt_out_again_on(case.ledger, on=use.on).isoformat(),
    }
    return Refusal(code=RefusalCode.OPT_OUTS_USED, parameters=parameters)


def _use(case: Case, command: c.RecordUse, facts: CaseFacts) -> _Use | Refusal:
    """The event that is meant: the one named, else the one of that day; else the day itself, which is not to come."""
    if command.event:
        named = case.ledger.event(command.event)
        if named is None or not named.is_open:
            parameters = {"case": case.number, "event": command.event}
            return Refusal(code=RefusalCode.EVENT_UNKNOWN, parameters=parameters)
        return _Use(on=named.on, event=named)
    of_day = next((each for each in case.ledger.events if each.is_open and each.on == command.on), None)
    if of_day is not None:
        return _Use(on=of_day.on, event=of_day)
    fault = _not_done_on(command.on, facts)
    return fault if fault is not None else _Use(on=command.on)


def _not_done_on(day: date, facts: CaseFacts) -> Refusal | None:
    if day > facts.today:
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": day.isoformat()})
    earliest_on = facts.today - timedelta(days=DAYS_BACK_MAX)
    if day < earliest_on:
        parameters = {"date": day.isoformat(), "earliest_on": earliest_on.isoformat()}
        return Refusal(code=RefusalCode.DATE_WRONG, parameters=parameters)
    return None
