"""Deciding what stops an order, or moves it on when nobody acts: cancellation, reminder, escalation, lapse."""

from __future__ import annotations

from evenroll.enrollment import order_events as e
from evenroll.enrollment.case_commands import OnTrack
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import CancelAnswered, CancelAsked, CancelReason, CancelResult, MeterTold
from evenroll.enrollment.order_facts import OrderFacts, told
from evenroll.enrollment.order_visits import to_exchange
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import SWITCHED, ServiceOrder, VisitObstacle
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State, TrackState, track_key
from evenroll.enrollment.waits import REMINDERS_MAX, SUPERVISED, Wait, WaitRule

NOT_HEARD = "not_heard"
"""Why a change from afar is given up when nobody recorded what came of it."""

_STOPPED = frozenset({State.CANCELLED, State.NOT_NEEDED})


def cancel_order(order: ServiceOrder, command: CancelAsked, facts: OrderFacts) -> Decided | Refusal:
    """Action: the provider takes its order back. Answered once, with what became of it.

    Before the meter is in, all stops; then the meter stays and service does not switch; after that nothing changes.
    """
    if command.order != order.number:
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": order.number})
    if order.cancelled is not None:
        return Decided()
    if order.service.state in SWITCHED and order.switch is not None:
        switch_on = order.switch.switch_on
        late = e.CancelTooLate(row=Row.ACTION, reason=command.reason, switch_on=switch_on)
        body = CancelAnswered(order=order.number, result=CancelResult.TOO_LATE, switch_on=switch_on)
        return Decided(events=(late,), messages=told(order, body))
    result = CancelResult.CANCELLED if order.work is None else CancelResult.METER_STAYS
    moves = _stop(order, facts)
    stopped = e.MeterOrderCancelled(row=Row.ACTION, reason=command.reason, result=result, moves=moves)
    return Decided(events=(stopped,), messages=told(order, CancelAnswered(order=order.number, result=result)))


def _stop(order: ServiceOrder, facts: OrderFacts) -> tuple[Move, ...]:
    """What is not done yet is cancelled. A meter that is in goes on to the end of its back office."""
    moves: tuple[Move, ...] = ()
    if order.work is None and order.meter.state is not State.CANCELLED:
        moves = (facts.meter(order, State.CANCELLED),)
    if order.service.state not in _STOPPED:
        moves = (*moves, facts.service(State.CANCELLED))
    return moves


def remind(order: ServiceOrder, command: OnTrack, facts: OrderFacts) -> Decided | Refusal:
    """Action: a customer who is waited on is reminded; after the last reminder the meter office takes the task."""
    track = _lapsed(order, command, facts, name=CommandName.REMIND)
    if isinstance(track, Refusal):
        return track
    if track.times < REMINDERS_MAX:
        again = _again(track, Wait.FIRST, facts)
        event = e.OrderReminded(row=Row.ACTION, track=track.track, times=track.times + 1, moves=(again,))
        return Decided(events=(event,))
    task = _again(track, Wait.STAFF, facts)
    return Decided(events=(e.OrderEscalated(row=Row.ACTION, track=track.track, moves=(task,)),))


def escalate(order: ServiceOrder, command: OnTrack, facts: OrderFacts) -> Decided | Refusal:
    """Action: a wait lapsed.

    A visit without a result becomes the office's task and a silent change from afar an exchange; the rest goes to the
    supervisor, again and again until it is settled.
    """
    track = _lapsed(order, command, facts, name=CommandName.ESCALATE)
    if isinstance(track, Refusal):
        return track
    if track.state is State.REMOTE_CHANGE:
        return to_exchange(order, facts, reason=NOT_HEARD)
    silent_crew = track.state is State.SCHEDULED and track.owner is Role.METER_CREW
    task = _again(track, Wait.STAFF if silent_crew else SUPERVISED, facts)
    return Decided(events=(e.OrderEscalated(row=Row.ACTION, track=track.track, moves=(task,)),))


def end_condition(order: ServiceOrder, command: OnTrack, facts: OrderFacts) -> Decided | Refusal:
    """Action: what stood in the crew's way was never cleared, so the order ends and the provider hears why."""
    track = _lapsed(order, command, facts, name=CommandName.END_CONDITION)
    if isinstance(track, Refusal):
        return track
    permit = track.state is State.PERMIT_NEEDED
    obstacle = VisitObstacle.PERMIT if permit else order.obstacle or VisitObstacle.OTHER
    moves = _stop(order, facts)
    ended = e.MeterOrderCancelled(row=Row.ACTION, reason=CancelReason.CONDITION, obstacle=obstacle, moves=moves)
    body = MeterTold(order=order.number, state=State.CANCELLED, on=facts.today, reason=obstacle.value)
    return Decided(events=(ended,), messages=told(order, body))


def _lapsed(order: ServiceOrder, command: OnTrack, facts: OrderFacts, *, name: CommandName) -> TrackState | Refusal:
    """The track whose wait has lapsed into this command, or why it has not."""
    key = track_key(command.track, subject=command.subject)
    track = order.tracks.get(key)
    if track is None:
        return Refusal(code=RefusalCode.NO_SUCH_TRACK, parameters={"order": order.number, "track": key})
    if track.on_lapse is not name or track.due_at is None:
        return Refusal(
            code=RefusalCode.NOT_IN_STATE,
            parameters={"order": order.number, "state": track.state.value, "command": name.value},
        )
    if facts.now < track.due_at:
        due_on = facts.calendar.business_date(track.due_at)
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"order": order.number, "due_on": due_on.isoformat()})
    return track


def _again(track: TrackState, wait: Wait | WaitRule, facts: OrderFacts) -> Move:
    return move(track.track, track.state, subject=track.subject, wait=wait, now=facts.now, calendar=facts.calendar)
