"""Ending a live enrollment: the one function that ends it, and the way out where a rate has to be switched back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from evenroll.enrollment import life_events as life
from evenroll.enrollment.begin_tracks import stop_tracks
from evenroll.enrollment.case import Case, EndReason
from evenroll.enrollment.case_events import PlaceReleased
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.dates import span_end
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.leaving_events import LeaveAsked, LockoutSet, ReturnCancelled
from evenroll.enrollment.ledger_track import measured_later
from evenroll.enrollment.messages import CancelAsked, CancelReason, Message
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import Wait, WaitRule
from evenroll.programs.program import ProgramVersion, ServiceChange, Track, lockout_of

LOCKS_OUT = frozenset({EndReason.CUSTOMER, EndReason.COMPLIANCE, EndReason.DEVICE_LOST, EndReason.CONSENT_ENDED})
"""Ends that were the customer's own doing bring the program's lock-out; a move, a death or a closed program do not."""

SWITCHED = frozenset({State.SWITCHED, State.CLOSING_BILLED, State.BILLED})
"""States of the service track in which the program's rate is in force."""

_UNBILLED = frozenset({State.SWITCHED, State.CLOSING_BILLED})


def ended_on(case: Case, reason: EndReason, on: date, facts: CaseFacts) -> tuple[Event, ...]:
    """The end of a live enrollment on that day: side tracks stop, its place is free, the lock-out has its date.

    The ledger alone goes on while billing still has to tell what was measured of a month before that day.
    It asks nothing of anybody: who ends with an order still open stops that too, see `open_orders_stopped`.
    """
    unasked = () if case.order else meter_stopped(case, State.CANCELLED, facts)
    goes_on = measured_later(case, ended_on=on, facts=facts)
    kept = {(each.track, each.subject) for each in goes_on}
    stopped = (each for each in stop_tracks(case, facts) if (each.track, each.subject) not in kept)
    moves = (facts.move(State.ENDED), *unasked, *stopped, *goes_on)
    ended = life.Ended(row=Row.ACTION, reason=reason, ended_on=on, moves=moves)
    return (ended, PlaceReleased(row=Row.ACTION), *_locked_out(case, reason, on, facts.program))


def lockout_end(program: ProgramVersion, *, ended_on: date) -> date:
    """The first day on which a customer who left may enroll again, by the program's days or months from the end."""
    return span_end(ended_on, span=lockout_of(program))


def _locked_out(case: Case, reason: EndReason, on: date, program: ProgramVersion | None) -> tuple[Event, ...]:
    used = case.price_since is not None or case.control_since is not None
    if program is None or not lockout_of(program) or reason not in LOCKS_OUT or not used:
        return ()
    return (LockoutSet(row=Row.ACTION, until_on=lockout_end(program, ended_on=on)),)


def meter_stopped(case: Case, to: State, facts: CaseFacts) -> tuple[Move, ...]:
    """The move that stops the work at the meter, unless it has been stopped."""
    subject = str(case.pod or "")
    if case.state_of(Track.METER, subject=subject) in (None, State.CANCELLED, State.CANCELLING):
        return ()
    return (facts.move(to, track=Track.METER, subject=subject),)


def open_orders_stopped(
    case: Case, reason: CancelReason, facts: CaseFacts
) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    """The requests to stop what the utility still has in hand: the order of the enrollment, or that of the return."""
    sent, messages = order_stopped(case, reason, facts)
    back, more = return_stopped(case, reason)
    return (*sent, *back), (*messages, *more)


def order_stopped(case: Case, reason: CancelReason, facts: CaseFacts) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    """The request to stop the enrollment's order, where there is one and its end has not been heard."""
    if case.order is None or case.state_of(Track.SERVICE) in SWITCHED:
        return (), ()
    moves = meter_stopped(case, State.CANCELLING, facts)
    sent = life.CancelSent(row=Row.ACTION, order=case.order.number, reason=reason, moves=moves)
    body = CancelAsked(order=case.order.number, reason=reason)
    return (sent,), (Message(to=case.order.utility, conversation=case.number, body=body),)


def return_stopped(case: Case, reason: CancelReason) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    """The request not to switch service back, where that was asked and not refused."""
    link = case.leaving
    if link is None or case.is_ended:
        return (), ()
    body = CancelAsked(order=link.number, reason=reason)
    sent = ReturnCancelled(row=Row.ACTION, order=link.number)
    return (sent,), (Message(to=link.utility, conversation=case.number, body=body),)


def leave(
    case: Case,
    *,
    reason: EndReason,
    facts: CaseFacts,
    because: LeaveReason | None = None,
    not_before_on: date | None = None,
    ends_on: date | None = None,
) -> Decided:
    """The way out of a live enrollment at a place where the customer goes on being served.

    Where the program's rate is in force, or the utility is at work to bring it, the case leaves: the clock asks for the
    switch back, and the end is the day of that switch. Else it ends at once, or on the day wished for.
    ends_on: the day of an end at once, where that day has passed when the clock comes to it.
    """
    later_on = not_before_on if not_before_on is not None and not_before_on > facts.today else None

    def asked(*moves: Move) -> LeaveAsked:
        return LeaveAsked(
            row=Row.ACTION,
            reason=reason,
            asked_on=facts.today,
            because=because,
            not_before_on=later_on,
            next_at=_next_at(case),
            moves=moves,
        )

    if rate_hangs(case, facts.need_program()):
        return Decided(events=(asked(return_due(case, facts)),))
    if later_on is not None:
        ends_at = facts.calendar.start_of_day(later_on)
        return Decided(events=(asked(facts.move(State.LEAVING, wait=ends_at)),))
    sent, messages = order_stopped(case, CancelReason.LEFT, facts)
    if sent:
        return Decided(events=(asked(facts.move(State.LEAVING, wait=Wait.LATER)), *sent), messages=messages)
    return Decided(events=(asked(), *ended_on(case, reason, ends_on or facts.today, facts)))


def _next_at(case: Case) -> datetime | None:
    if case.leave is not None:
        return case.leave.next_at
    if case.suspension is not None:
        return case.suspension.next_at
    return case.course.due_at if case.status is State.ACTIVE else None


def rate_hangs(case: Case, program: ProgramVersion) -> bool:
    """Whether a price of this program is in force at the usage point, so that somebody must switch it back."""
    credit = program.rate is None or program.service_change is ServiceChange.CREDIT_ONLY
    return case.price_since is not None and not credit


def return_due(case: Case, facts: CaseFacts, *, billed: bool = False) -> Move:
    """The clock asks for the switch back: at once, or when the first bill of the program's rate has come.

    Asked for sooner it would be refused, for the order that brought the rate is not done. billed: the bill is here.
    """
    service = case.tracks.get(Track.SERVICE.value)
    if billed or service is None or service.state not in _UNBILLED:
        return facts.move(State.LEAVING, wait=Wait.SYSTEM)
    expected_at = service.due_at or facts.now
    return waits_on_utility(
        max(expected_at, facts.now + timedelta(days=1)), facts=facts, then=CommandName.REQUEST_METER
    )


def waits_on_utility(until: datetime, *, facts: CaseFacts, then: CommandName = CommandName.ESCALATE) -> Move:
    """The case goes on leaving: the utility has until that instant."""
    return Move(track=Track.CASE, to=State.LEAVING, at=facts.now, owner=Role.PEER, due_at=until, on_lapse=then)


def waits_on(rule: WaitRule | Wait, *, facts: CaseFacts) -> Move:
    """The case goes on leaving, and waits on somebody else."""
    return facts.move(State.LEAVING, wait=rule)
