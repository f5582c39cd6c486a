"""Deciding the actions beside the rows: withdrawing, rescinding, lapsing waits, a lost supply, an appeal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment.begin_tracks import stop_tracks
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_events import PlaceReleased, ProviderAsked
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_disputes import disputed
from evenroll.enrollment.decide_supplier import carried_over
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving import (
    ended_on,
    leave,
    meter_stopped,
    open_orders_stopped,
    order_stopped,
    rate_hangs,
)
from evenroll.enrollment.messages import CancelReason, Message, SupplyLost
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import LostReason
from evenroll.enrollment.supply_cancel import is_pending, take_back
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.enrollment.waiting_events import InterestAsked
from evenroll.enrollment.waits import CONDITION_HELD, DESK_TASK, REMINDERS_MAX, SUPERVISED, Wait, WaitRule
from evenroll.programs.program import Track

_BEFORE_PLACE = frozenset(
    {
        State.DRAFT,
        State.FINDING_PROVIDER,
        State.CHOOSING,
        State.COMPLETING,
        State.PROVING,
        State.VEHICLE_DISPUTED,
        State.DECIDING,
        State.NEEDS_ANSWER,
        State.WAITLISTED,
    }
)

_ASKS_ANEW = _BEFORE_PLACE - {State.DRAFT, State.FINDING_PROVIDER}
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
    pending, told = take_back(case)
    if case.order is None and not pending:
        moves = (facts.move(State.WITHDRAWN), *meter_stopped(case, State.CANCELLED, facts), *stop_tracks(case, facts))
        return Decided(events=(life.Withdrawn(row=Row.ACTION, moves=moves), PlaceReleased(row=Row.ACTION)))
    # On a pending switch of supply the registrar has the last word, as the utility has on an order.
    asked = life.WithdrawAsked(row=Row.ACTION, moves=(facts.move(State.WITHDRAWING),))
    sent, messages = order_stopped(case, CancelReason.WITHDRAWN, facts)
    return Decided(events=(asked, *pending, *sent), messages=(*told, *messages))


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
    gone = (State.EFFECTIVE, State.ACCEPTED) if command.reason in _UNDOES else (State.EFFECTIVE,)
    lost = (facts.move(State.LOST, track=Track.SUPPLY),) if case.state_of(Track.SUPPLY) in gone else ()
    heard = life.SupplyLostHeard(row=Row.ACTION, pod=command.pod, lost_on=command.lost_on, moves=lost)
    ours = case.provider is not None and case.provider.supplier == case.organization
    ours = ours or (command.reason in _UNDOES and is_pending(case))
    if ours and case.status in _ASKS_ANEW:
        move = facts.move(State.FINDING_PROVIDER)
        asked = ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=case.pod, moves=(move,))
        return Decided(events=(heard, asked))
    if case.status not in LIVE or not ours:
        return Decided(events=(heard,))
    sent, messages = open_orders_stopped(case, CancelReason.SUPPLY_LOST, facts)
    reason, last_on = _END_OF.get(command.reason, EndReason.SUPPLIER), _lost_on(case, command, facts)
    ended = ended_on(evolve(case, heard), reason, last_on, facts)
    return Decided(events=(heard, *sent, *ended), messages=(*messages, *_goes_on(case, command)))


def _lost_on(case: Case, command: SupplyLost, facts: CaseFacts) -> date:
    """The day on which supply was lost, however late the news; never before the enrollment began, nor to come."""
    began_on = case.agreement.terms_received_on if case.agreement else command.lost_on
    return min(max(command.lost_on, began_on), facts.today)


def _goes_on(case: Case, command: SupplyLost) -> tuple[Message, ...]:
    """Where a supplier leaves, the case goes on at the new provider, if the customer agreed to that beforehand."""
    utility = case.provider.utility if case.provider else None
    to = command.supplier or utility
    agreed = case.form is not None and case.form.consents_hand_over
    if command.reason is not LostReason.SUPPLIER_EXIT or not agreed or to in (None, case.organization):
        return ()
    return (carried_over(case, to=to, lost=command),)


_UNDOES = frozenset({LostReason.SUPPLIER_EXIT, LostReason.DISPUTED})
"""Why also a switch to us that was only accepted comes to nothing."""

_END_OF = {
    LostReason.DROP_BY_CUSTOMER: EndReason.CUSTOMER,
    LostReason.SUPPLIER_EXIT: EndReason.SUPPLIER_EXIT,
    LostReason.DISPUTED: EndReason.DISPUTED,
}


def ended_because(case: Case, reason: EndReason, facts: CaseFacts) -> tuple[Event, ...]:
    """The end of a live enrollment today: its side tracks stop, and its place is free."""
    return ended_on(case, reason, facts.today, facts)


def end_condition(case: Case, command: c.OnTrack, facts: CaseFacts) -> Decided | Refusal:
    """A condition was not met in time: the enrollment ends, its place is free, an open order is stopped.

    Where its rate is in force already, service is switched back first. While the case leaves, or the utility's answer
    to a withdrawal is awaited, nothing is ended twice: the supervisor looks again later.
    """
    lapsed = _lapsed(case, command, facts, name=CommandName.END_CONDITION)
    if case.status not in LIVE or lapsed is None:
        return not_in_state(case, CommandName.END_CONDITION)
    if case.status in (State.WITHDRAWING, State.LEAVING):
        return Decided(events=(_taken(lapsed, facts, wait=CONDITION_HELD),))
    if rate_hangs(case, facts.need_program()):
        left = leave(case, reason=EndReason.CONDITION, facts=facts)
        return replace(left, events=(_taken(lapsed, facts, wait=CONDITION_HELD), *left.events))
    sent, messages = order_stopped(case, CancelReason.CONDITION, facts)
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
    if lapsed.state is State.WAITLISTED:
        return Decided(events=(InterestAsked(row=Row.ACTION, moves=(move,)),))
    reminded = life.Reminded(row=Row.ACTION, track=lapsed.track, subject=lapsed.subject, moves=(move,))
    return Decided(events=(reminded,))


def _next_wait(lapsed: TrackState) -> Wait | WaitRule:
    if lapsed.track is Track.CASE:
        return Wait.REMINDED
    if lapsed.track is Track.CONDITION:
        # Whether a vehicle is still there: after the last reminder the desk settles it.
        return Wait.CUSTOMER if lapsed.times + 1 < REMINDERS_MAX else Wait.STAFF
    if lapsed.times + 1 < REMINDERS_MAX:
        return Wait.FIRST
    if lapsed.state is State.BEFORE_METER:
        # Reminded at 30 and 60 days; at 90 the place goes to somebody else.
        return Wait.REMINDED
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
    """Upheld and closed, or decided again on facts that are looked up anew.

    Nobody keeps a vehicle for a refused application: where another case has it by now, whose it is comes first.
    """
    if case.status is not State.REFUSED or case.course.on_lapse is not CommandName.ESCALATE:
        return not_in_state(case, CommandName.SETTLE_APPEAL)
    if not command.reopened:
        moves = (facts.move(State.CLOSED),)
        return Decided(events=(life.AppealDecided(row=Row.ACTION, reopened=False, moves=moves),))
    is_asked = any(each.other == facts.disputed_with for each in case.questions)
    disputes, others = (), ()
    if case.vehicle is not None and not is_asked:
        disputes, others = disputed(case, case.vehicle.pevid, facts)
    moves = () if disputes else (facts.move(State.DECIDING),)
    return Decided(events=(life.AppealDecided(row=Row.ACTION, reopened=True, moves=moves), *disputes), others=others)


def close_refusal(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The time to appeal is over."""
    due_at = case.course.due_at
    if case.course.on_lapse is not CommandName.CLOSE_REFUSAL or due_at is None or due_at > facts.now:
        return not_in_state(case, CommandName.CLOSE_REFUSAL)
    return Decided(events=(life.RefusalClosed(row=Row.ACTION, moves=(facts.move(State.CLOSED),)),))
