"""Deciding the actions beside the rows: withdrawing, rescinding, lapsing waits, a lost supply, an appeal."""

from __future__ import annotations

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment.begin_tracks import stop_tracks
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_events import PlaceReleased, ProviderAsked
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import CancelAsked, CancelReason, Message, SupplyLost
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State, TrackState, track_key
from evenroll.enrollment.waits import CONDITION_HELD, DESK_TASK, REMINDERS_MAX, SUPERVISED, Wait, WaitRule
from evenroll.programs.program import Track

_BEFORE_PLACE = frozenset(
    {
        State.DRAFT,
        State.FINDING_PROVIDER,
        State.CHOOSING,
        State.COMPLETING,
        State.PROVING,
        State.DECIDING,
        State.NEEDS_ANSWER,
    }
)

_ASKS_ANEW = frozenset({State.CHOOSING, State.COMPLETING, State.PROVING, State.DECIDING, State.NEEDS_ANSWER})
"""States in which nothing is promised yet: the clearinghouse is asked again, and the proof made anew."""


def withdraw(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Withdraw before active. With an order open the utility's answer settles it: the crew may be there already."""
    if case.status in _BEFORE_PLACE:
        return Decided(events=(life.Withdrawn(row=Row.ACTION, moves=(facts.move(State.WITHDRAWN),)),))
    if case.status is State.IN_RESCISSION:
        return rescind(case, _command, facts)
    if case.status is State.ACTIVE or case.price_since is not None:
        return Refusal(code=RefusalCode.ALREADY_ACTIVE, parameters={"case": case.number})
    if case.status is not State.ENROLLED:
        return not_in_state(case, CommandName.WITHDRAW)
    if case.order is None:
        moves = (facts.move(State.WITHDRAWN), *_meter_stopped(case, State.CANCELLED, facts), *stop_tracks(case, facts))
        return Decided(events=(life.Withdrawn(row=Row.ACTION, moves=moves), PlaceReleased(row=Row.ACTION)))
    asked = life.WithdrawAsked(row=Row.ACTION, moves=(facts.move(State.WITHDRAWING),))
    sent, messages = _cancel(case, CancelReason.WITHDRAWN, facts)
    return Decided(events=(asked, *sent), messages=messages)


def _meter_stopped(case: Case, to: State, facts: CaseFacts) -> tuple[Move, ...]:
    subject = str(case.pod or "")
    now = case.state_of(Track.METER, subject=subject)
    if now in (None, State.CANCELLED, State.CANCELLING):
        return ()
    return (facts.move(to, track=Track.METER, subject=subject),)


def _cancel(case: Case, reason: CancelReason, facts: CaseFacts) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    """The request to stop an order, where there is one and its end has not been heard."""
    if case.order is None or case.state_of(Track.SERVICE) in (State.SWITCHED, State.CLOSING_BILLED, State.BILLED):
        return (), ()
    moves = _meter_stopped(case, State.CANCELLING, facts)
    sent = life.CancelSent(row=Row.ACTION, order=case.order.number, reason=reason, moves=moves)
    body = CancelAsked(order=case.order.number, reason=reason)
    return (sent,), (Message(to=case.order.utility, conversation=case.number, body=body),)


def rescind(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Rescind inside the window; nothing was asked of the utility yet, so nothing need be stopped."""
    if case.status is not State.IN_RESCISSION or case.agreement is None:
        return not_in_state(case, CommandName.RESCIND)
    if facts.today >= case.agreement.rescission_ends_on:
        ends_on = case.agreement.rescission_ends_on.isoformat()
        return Refusal(code=RefusalCode.WINDOW_OVER, parameters={"case": case.number, "ended_on": ends_on})
    moves = (facts.move(State.RESCINDED), *stop_tracks(case, facts))
    return Decided(events=(life.Rescinded(row=Row.ACTION, moves=moves), PlaceReleased(row=Row.ACTION)))


def lose_supply(case: Case, command: SupplyLost, facts: CaseFacts) -> Decided | Refusal:
    """Someone else provides the commodity: the case stops the same day, the order is stopped, the customer told.

    Before the decision it is asked anew who provides, and the case goes there with everything said so far. One that
    never rested on our supply, such as an enrollment in a program of the wires, goes on.
    """
    if case.is_ended or case.pod != command.pod:
        return Decided()
    supply = case.state_of(Track.SUPPLY)
    lost = (facts.move(State.LOST, track=Track.SUPPLY),) if supply is State.EFFECTIVE else ()
    heard = life.SupplyLostHeard(row=Row.ACTION, pod=command.pod, lost_on=command.lost_on, moves=lost)
    ours = case.provider is not None and case.provider.supplier == case.organization
    if ours and case.status in _ASKS_ANEW:
        move = facts.move(State.FINDING_PROVIDER)
        asked = ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=case.pod, moves=(move,))
        return Decided(events=(heard, asked))
    if case.status not in LIVE or not ours:
        return Decided(events=(heard,))
    sent, messages = _cancel(case, CancelReason.SUPPLY_LOST, facts)
    return Decided(events=(heard, *sent, *ended_because(case, EndReason.SUPPLIER, facts)), messages=messages)


def ended_because(case: Case, reason: EndReason, facts: CaseFacts) -> tuple[Event, ...]:
    """The end of a live enrollment: its side tracks stop, and its place is free."""
    unasked = () if case.order else _meter_stopped(case, State.CANCELLED, facts)
    moves = (facts.move(State.ENDED), *unasked, *stop_tracks(case, facts))
    ended = life.Ended(row=Row.ACTION, reason=reason, ended_on=facts.today, moves=moves)
    return (ended, PlaceReleased(row=Row.ACTION))


def end_condition(case: Case, command: c.OnTrack, facts: CaseFacts) -> Decided | Refusal:
    """A condition was not met in time: the enrollment ends, its place is free, an open order is stopped.

    While the utility's answer to a withdrawal is awaited nothing is ended twice: the supervisor looks again later.
    """
    lapsed = _lapsed(case, command, facts, name=CommandName.END_CONDITION)
    if case.status not in LIVE or lapsed is None:
        return not_in_state(case, CommandName.END_CONDITION)
    if case.status is State.WITHDRAWING:
        return Decided(events=(_taken(lapsed, facts, wait=CONDITION_HELD),))
    sent, messages = _cancel(case, CancelReason.CONDITION, facts)
    return Decided(events=(*sent, *ended_because(case, EndReason.CONDITION, facts)), messages=messages)


def _lapsed(case: Case, command: c.OnTrack, facts: CaseFacts, *, name: CommandName) -> TrackState | None:
    """The track, if its time is over and this command is what follows."""
    found = case.tracks.get(track_key(command.track, subject=command.subject))
    if found is None or found.due_at is None or found.on_lapse is not name:
        return None
    return found if found.due_at <= facts.now else None


def expire(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Nobody answered in time. Nothing is lost: the answers are kept for their retention."""
    due_at = case.course.due_at
    if case.course.on_lapse is not CommandName.EXPIRE or due_at is None or due_at > facts.now:
        return not_in_state(case, CommandName.EXPIRE)
    return Decided(events=(life.Expired(row=Row.ACTION, moves=(facts.move(State.EXPIRED),)),))


def remind(case: Case, command: c.OnTrack, facts: CaseFacts) -> Decided | Refusal:
    """The one who is waited on is asked again; after the last reminder the desk takes it."""
    lapsed = _lapsed(case, command, facts, name=CommandName.REMIND)
    if lapsed is None:
        return _no_such(case, command)
    wait: Wait | WaitRule = _next_wait(lapsed)
    move = facts.move(lapsed.state, track=lapsed.track, subject=lapsed.subject, wait=wait)
    reminded = life.Reminded(row=Row.ACTION, track=lapsed.track, subject=lapsed.subject, moves=(move,))
    return Decided(events=(reminded,))


def _next_wait(lapsed: TrackState) -> Wait | WaitRule:
    if lapsed.track is Track.CASE:
        return Wait.REMINDED
    if lapsed.times + 1 < REMINDERS_MAX:
        return Wait.FIRST
    return Wait.LATER if lapsed.track is Track.SETUP else DESK_TASK


def escalate(case: Case, command: c.OnTrack, facts: CaseFacts) -> Decided | Refusal:
    """A wait lapsed that no step can mend: the supervisor takes it, and is asked again until it is settled."""
    lapsed = _lapsed(case, command, facts, name=CommandName.ESCALATE)
    if lapsed is None:
        return _no_such(case, command)
    return Decided(events=(_taken(lapsed, facts, wait=SUPERVISED),))


def _taken(lapsed: TrackState, facts: CaseFacts, *, wait: WaitRule) -> life.Escalated:
    move = facts.move(lapsed.state, track=lapsed.track, subject=lapsed.subject, wait=wait)
    return life.Escalated(row=Row.ACTION, track=lapsed.track, subject=lapsed.subject, moves=(move,))


def _no_such(case: Case, command: c.OnTrack) -> Refusal:
    parameters = {"case": case.number, "track": track_key(command.track, subject=command.subject)}
    return Refusal(code=RefusalCode.NO_SUCH_TRACK, parameters=parameters)


def open_appeal(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The customer asks for another look at a refusal."""
    if case.status is not State.REFUSED or not case.proof.proved_at:
        return not_in_state(case, CommandName.OPEN_APPEAL)
    opened = life.AppealOpened(row=Row.ACTION, moves=(facts.move(State.REFUSED, wait=Wait.APPEAL),))
    return Decided(events=(opened,))


def settle_appeal(case: Case, command: c.SettleAppeal, facts: CaseFacts) -> Decided | Refusal:
    """Upheld and closed, or decided again on facts that are looked up anew."""
    if case.status is not State.REFUSED or case.course.on_lapse is not CommandName.ESCALATE:
        return not_in_state(case, CommandName.SETTLE_APPEAL)
    to = State.DECIDING if command.reopened else State.CLOSED
    return Decided(events=(life.AppealDecided(row=Row.ACTION, reopened=command.reopened, moves=(facts.move(to),)),))


def close_refusal(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The time to appeal is over."""
    due_at = case.course.due_at
    if case.course.on_lapse is not CommandName.CLOSE_REFUSAL or due_at is None or due_at > facts.now:
        return not_in_state(case, CommandName.CLOSE_REFUSAL)
    return Decided(events=(life.RefusalClosed(row=Row.ACTION, moves=(facts.move(State.CLOSED),)),))
