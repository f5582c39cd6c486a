"""Deciding rows 5a to 5d on the case's side: the request to the utility, and what it tells back."""

from __future__ import annotations

from datetime import date, timedelta

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import decide_leaving as back
from evenroll.enrollment import life_events as life
from evenroll.enrollment import messages as m
from evenroll.enrollment.activation import activated
from evenroll.enrollment.begin_tracks import begin_freed, stop_tracks
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_events import PlaceReleased
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_decision import need_of
from evenroll.enrollment.decide_ending import heard_of_end
from evenroll.enrollment.decide_ends import ended_because
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_events import ReturnBilled
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import SWITCHED
from evenroll.enrollment.tracks import Move, State, track_key
from evenroll.enrollment.waits import Wait
from evenroll.programs.bill import BillKind
from evenroll.programs.program import Track


def request_meter(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 5a: the utility is asked for the meter that the program needs, and for the switch that follows.

    Where the provider is the utility, it asks itself (row 5): the same two records, the same messages.
    """
    if case.status is State.LEAVING:
        return back.request_return(case, facts)
    if case.status is not State.ENROLLED or not _may_ask(case):
        return not_in_state(case, CommandName.REQUEST_METER)
    utility = case.provider.utility if case.provider else None
    if utility is None or case.pod is None or facts.order_number is None:
        raise FactMissing("A meter request needs the utility, the usage point and a number for the order.")
    program = facts.need_program()
    need = need_of(program, facts.meter).kind
    row = Row.R5 if utility == case.organization else Row.R5A
    move = facts.move(State.ASKED, track=Track.METER, subject=str(case.pod), wait=Wait.LATER)
    asked = life.MeterAsked(row=row, order=facts.order_number, utility=utility, need=need, moves=(move,))
    body = m.MeterRequested(
        case=case.number,
        order=facts.order_number,
        pod=case.pod,
        program=program.key,
        need=need,
        service_change=program.service_change,
        new_rate=program.rate,
        timing=program.timing,
        notice=program.notice,
        asked_on=facts.today,
        rescission_ends_on=case.agreement.rescission_ends_on if case.agreement else None,
    )
    return Decided(events=(asked,), messages=(m.Message(to=utility, conversation=case.number, body=body),))


def _may_ask(case: Case) -> bool:
    """Not asked yet, or refused. A second request beside an open one would leave an order that nobody watches."""
    meter = case.tracks.get(track_key(Track.METER, subject=str(case.pod or "")))
    if meter is None:
        return False
    unasked = meter.state is State.ASKED and meter.on_lapse is CommandName.REQUEST_METER
    return unasked or meter.state is State.METER_REFUSED


def hear_request_answer(case: Case, command: m.RequestAnswered, facts: CaseFacts) -> Decided | Refusal:
    """Row 5a: accepted with the state in which the work begins, or refused with a reason the desk must mend."""
    of_end = heard_of_end(case, command, facts)
    if of_end is not None:
        return of_end
    if back.is_return(case, command.order):
        return back.hear_return_answer(case, command, facts)
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    accepted = command.answer is m.RequestAnswer.ACCEPTED
    to = (command.meter if accepted else State.METER_REFUSED) or State.TO_SCHEDULE
    heard = life.MeterRequestAnswered(
        row=Row.R5A,
        accepted=command.meter if accepted else None,
        reason=command.reason,
        moves=_with_freed(case, _meter_move(case, to, facts), facts),
    )
    return Decided(events=(heard,))


def _with_freed(case: Case, moves: tuple[Move, ...], facts: CaseFacts) -> tuple[Move, ...]:
    """The moves as heard, and the first moves of the tracks that waited for them."""
    if not moves or case.is_ended:
        return moves
    return (*moves, *begin_freed(case, facts.need_program(), done=moves[-1], facts=facts))


def hear_visit(case: Case, command: m.VisitTold, facts: CaseFacts) -> Decided | Refusal:
    """Row 5b: the visit and the in-service date, told to the customer by the utility and copied to the provider."""
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    heard = life.VisitHeard(
        row=Row.R5B,
        visit_on=command.visit_on,
        in_service_on=command.in_service_on,
        moves=_meter_move(case, State.SCHEDULED, facts, due_on=command.visit_on),
    )
    return Decided(events=(heard,))


def hear_meter(case: Case, command: m.MeterTold, facts: CaseFacts) -> Decided | Refusal:
    """Row 5c: how the meter work stands; work that cannot be done ends the case by its condition."""
    of_end = heard_of_end(case, command, facts)
    if of_end is not None:
        return of_end
    if back.is_return(case, command.order):
        return back.hear_return_meter(case, command, facts)
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    moves = _with_freed(case, _meter_move(case, command.state, facts), facts)
    heard = life.MeterHeard(row=Row.R5C, on=command.on, reason=command.reason, moves=moves)
    if command.state is State.CANCELLED and case.status in LIVE and case.status is not State.WITHDRAWING:
        return Decided(events=(heard, *ended_because(case, EndReason.CONDITION, facts)))
    return Decided(events=(heard,))


def hear_switch(case: Case, command: m.SwitchTold, facts: CaseFacts) -> Decided | Refusal:
    """Row 5d: dated, made or reversed. From the switch the new price is live (rule 1)."""
    of_end = heard_of_end(case, command, facts)
    if of_end is not None:
        return of_end
    if back.is_return(case, command.order):
        return back.hear_return_switch(case, command, facts)
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    if command.state is State.REVERSED:
        return Decided(events=_reversed(case, command, facts))
    moves = _with_freed(case, _service_move(case, command.state, facts, due_on=command.switch_on), facts)
    heard = life.SwitchHeard(row=Row.R5D, switch_on=command.switch_on, reasons=command.reasons, moves=moves)
    if command.state is not State.SWITCHED or case.is_ended:
        return Decided(events=(heard,))
    started = life.PriceStarted(row=Row.R5D, since_on=command.switch_on)
    program = facts.need_program()
    active = ()
    if case.status is State.ENROLLED:
        active = activated(case, program, price_since=command.switch_on, control_since=case.control_since, facts=facts)
    return Decided(events=(heard, started, *active, *back.switch_came(case, service=moves[:1], facts=facts)))


def _reversed(case: Case, command: m.SwitchTold, facts: CaseFacts) -> tuple[Event, ...]:
    """The switch is taken back, so what rested on it ends; a bill that was made of it is corrected."""
    now, moves = case.state_of(Track.SERVICE), tuple[Move, ...]()
    if now in SWITCHED:
        billed = case.order is not None and any(each.kind is BillKind.FIRST for each in case.order.bills)
        due_at = facts.calendar.start_of_day(facts.calendar.add_business_days(facts.today, 5))
        taken_back = facts.heard(State.REVERSED, track=Track.SERVICE, due_at=due_at)
        moves = (taken_back, *(() if billed else (facts.move(State.CANCELLED, track=Track.SERVICE),)))
    heard = life.SwitchHeard(row=Row.R5D, switch_on=command.switch_on, reasons=command.reasons, moves=moves)
    if case.status not in LIVE:
        return (heard,)
    return (heard, *ended_because(evolve(case, heard), EndReason.SWITCH_REVERSED, facts))


def hear_bill(case: Case, command: m.BillTold, facts: CaseFacts) -> Decided | Refusal:
    """Row 5d: the closing bill of the old service or the first of the new."""
    of_end = heard_of_end(case, command, facts)
    if of_end is not None:
        return of_end
    if back.is_return(case, command.order):
        return Decided(events=(ReturnBilled(row=Row.ACTION, bill=command.bill),))
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    if command.bill.kind is BillKind.CORRECTION:
        settled = case.state_of(Track.SERVICE) is State.REVERSED
        moves = (facts.move(State.CANCELLED, track=Track.SERVICE),) if settled else ()
        return Decided(events=(life.BillHeard(row=Row.R5D, bill=command.bill, moves=moves),))
    to = State.CLOSING_BILLED if command.bill.kind is BillKind.CLOSING else State.BILLED
    ends_on = command.bill.end_on + timedelta(days=62)
    moves = _service_move(case, to, facts, due_on=ends_on)
    heard = life.BillHeard(row=Row.R5D, bill=command.bill, moves=moves)
    return Decided(events=(heard, *(back.bill_came(case, facts) if to is State.BILLED else ())))


def hear_cancel(case: Case, command: m.CancelAnswered, facts: CaseFacts) -> Decided | Refusal:
    """Action: the utility's word on a cancellation settles a withdrawal, or a leave, that was under way."""
    if back.is_return(case, command.order):
        return back.hear_return_cancel(case, command, facts)
    mismatch = _mismatch(case, str(command.order))
    if mismatch:
        return mismatch
    to = State.CANCELLED if command.result is m.CancelResult.CANCELLED else State.DONE
    meter = _meter_move(case, to, facts)
    heard = life.CancelHeard(row=Row.ACTION, result=command.result, moves=meter)
    if case.status is State.LEAVING:
        return Decided(events=(heard, *back.order_cancel_heard(case, command, facts)))
    if case.status is not State.WITHDRAWING:
        return Decided(events=(heard,))
    if command.result is m.CancelResult.TOO_LATE:
        return Decided(events=(heard, *_too_late(case, command.switch_on or facts.today, facts)))
    moves = (facts.move(State.WITHDRAWN), *stop_tracks(case, facts))
    return Decided(events=(heard, life.Withdrawn(row=Row.ACTION, moves=moves), PlaceReleased(row=Row.ACTION)))


def _too_late(case: Case, switch_on: date, facts: CaseFacts) -> tuple[Event, ...]:
    """Back to where the case stood; the news of the switch itself may have come before or be on its way."""
    late = life.WithdrawTooLate(row=Row.ACTION, switch_on=switch_on, moves=(facts.move(State.ENROLLED),))
    active = activated(
        case, facts.need_program(), price_since=case.price_since, control_since=case.control_since, facts=facts
    )
    if case.price_since is None or not active:
        return (late,)
    return (late, *active)


def _mismatch(case: Case, order: str) -> Refusal | None:
    if case.order is not None and str(case.order.number) == order:
        return None
    return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"case": case.number, "order": order})


def _meter_move(case: Case, to: State, facts: CaseFacts, *, due_on: date | None = None) -> tuple[Move, ...]:
    """The meter's move as told; none where our own track was stopped or is being stopped meanwhile."""
    subject = str(case.pod or "")
    now = case.state_of(Track.METER, subject=subject)
    stopping = now is State.CANCELLING and to not in (State.CANCELLED, State.DONE)
    if now in (None, State.CANCELLED) or stopping or (now is to and to not in _REDATED):
        return ()
    if to is State.METER_REFUSED:
        # From here it is our own desk's turn.
        return (facts.move(to, track=Track.METER, subject=subject),)
    due_at = facts.calendar.start_of_day(due_on + timedelta(days=1)) if due_on else None
    return (facts.heard(to, track=Track.METER, subject=subject, due_at=due_at),)


_REDATED = frozenset({State.SCHEDULED, State.DATED})
"""States that are told again with another day: a visit booked anew, a switch dated anew."""


def _service_move(case: Case, to: State, facts: CaseFacts, *, due_on: date) -> tuple[Move, ...]:
    now = case.state_of(Track.SERVICE)
    unbegun = now is None and not case.is_ended
    if now in (State.CANCELLED, State.NOT_NEEDED, State.BILLED) or (now is to and to not in _REDATED):
        return ()
    if now is None and not unbegun:
        return ()
    # What the utility did is so, also where a track of ours had not begun or had been stopped before it could.
    begun = (facts.move(State.WAITING, track=Track.SERVICE),) if unbegun else ()
    due_at = facts.calendar.start_of_day(due_on + timedelta(days=1))
    return (*begun, facts.heard(to, track=Track.SERVICE, due_at=due_at))
