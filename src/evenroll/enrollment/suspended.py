"""An enrollment that rests: who suspends it, what lifts a cause, and how it goes on. Shared by all who decide it."""

from __future__ import annotations

from datetime import datetime, timedelta

from evenroll.enrollment.activation import active_since
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import SuspensionCause
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.suspension_events import Resumed, Suspended, SuspensionEased
from evenroll.enrollment.tracks import Move, State
from evenroll.programs.program import Activation, ProgramVersion, Track


def needs_control(program: ProgramVersion) -> bool:
    """Whether the enrollment rests on a device that obeys. Where only a price is at stake it does not (rule 1)."""
    return program.activation in (Activation.CONTROL, Activation.BOTH)


def obeys_still(case: Case, *, but: str | None = None) -> bool:
    """Whether a control device of the case is live. but: the track subject of one that does not count."""
    devices = (each for each in case.tracks.values() if each.track is Track.DEVICE and each.subject != but)
    return any(each.state is State.LIVE for each in devices)


def suspended(case: Case, cause: SuspensionCause, facts: CaseFacts) -> tuple[Event, ...]:
    """The enrollment rests for this cause. One that rests already keeps its day; nothing for a cause it has."""
    resting = case.suspension
    if resting is not None and cause in resting.causes:
        return ()
    if resting is not None and case.status is State.SUSPENDED:
        return (Suspended(row=Row.ACTION, cause=cause, since_on=resting.since_on, ends_on=resting.ends_on),)
    if case.status is not State.ACTIVE:
        return ()
    ends_on = facts.today + timedelta(days=facts.need_program().suspension_days)
    move = facts.move(State.SUSPENDED, wait=facts.calendar.start_of_day(ends_on))
    event = Suspended(
        row=Row.ACTION,
        cause=cause,
        since_on=facts.today,
        ends_on=ends_on,
        next_at=case.course.due_at,
        moves=(move,),
    )
    return (event,)


def lifted(case: Case, cause: SuspensionCause, facts: CaseFacts) -> tuple[Event, ...]:
    """A cause is gone: the enrollment goes on if it was the last one."""
    resting = case.suspension
    if resting is None or cause not in resting.causes:
        return ()
    if len(resting.causes) > 1 or case.status is not State.SUSPENDED:
        return (SuspensionEased(row=Row.ACTION, cause=cause),)
    return (Resumed(row=Row.ACTION, cause=cause, moves=(_active(resting.next_at, facts),)),)


def going_on(case: Case, facts: CaseFacts) -> tuple[Move, ...]:
    """The moves of a case that was about to leave and stays: enrolled, active or resting, as it was before."""
    program = facts.need_program()
    if active_since(program, price_since=case.price_since, control_since=case.control_since) is None:
        return (facts.move(State.ENROLLED),)
    active = _active(case.leave.next_at if case.leave else None, facts)
    if case.suspension is None or not case.suspension.causes:
        return (active,)
    ends_on = max(case.suspension.ends_on, facts.today + timedelta(days=1))
    return (active, facts.move(State.SUSPENDED, wait=facts.calendar.start_of_day(ends_on)))


def _active(next_at: datetime | None, facts: CaseFacts) -> Move:
    """Active again; its next act is due when it was, not as if it had only begun."""
    if next_at is None:
        return facts.move(State.ACTIVE)
    return Move(
        track=Track.CASE,
        to=State.ACTIVE,
        at=facts.now,
        owner=Role.SYSTEM,
        due_at=next_at,
        on_lapse=CommandName.ISSUE_STATEMENT,
    )
