"""Action: what the clock could not take becomes a supervisor's task; some days later the clock tries once more."""

from __future__ import annotations

from datetime import datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.life_events import Escalated
from evenroll.enrollment.order_events import OrderEscalated
from evenroll.enrollment.program_places import AdmittingEscalated
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, TrackState
from evenroll.enrollment.waits import Span, WaitRule
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, ProgramKey
from evenroll.records.asked import Answer, Taken
from evenroll.records.organizations import current
from evenroll.records.taking import names_order
from evenroll.records.unit_of_work import UnitOfWork

COMMAND = "park"
AGAIN_AFTER_BUSINESS_DAYS = 2


def park(work: UnitOfWork, *, number: str, lapsed: tuple[str, datetime]) -> Answer:
    """The wait goes to the supervisor, in sight of the queue. lapsed: the track and the due date that was in vain.

    Given by the driver only. A wait that moved meanwhile is left alone.
    """
    if work.actor.role is not Role.SYSTEM or work.actor.organization != work.organization:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": COMMAND, "role": work.actor.role.value})
    key, due_at = lapsed
    if key == Track.ADMITTING.value:
        return _park_places(work, ProgramKey(number), due_at=due_at)
    found = work.order(OrderNumber(number)) if names_order(number) else work.case(CaseNumber(number))
    track = found.tracks.get(key) if found else None
    if found is None or track is None or track.due_at != due_at or track.on_lapse is None:
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"track": key})
    return _parked(work, found, track=track, to_staff=_to_supervisor(work, track, again=track.on_lapse))


def _park_places(work: UnitOfWork, program: ProgramKey, *, due_at: datetime) -> Answer:
    places = work.program_places(program)
    track = places.tracks.get(Track.ADMITTING.value)
    if track is None or track.due_at != due_at or track.on_lapse is None:
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"track": Track.ADMITTING.value})
    moves = (_to_supervisor(work, track, again=track.on_lapse),)
    work.tell_places((AdmittingEscalated(row=Row.ACTION, program=program, moves=moves),))
    return Taken(number=program, state=track.state.value, events=("admitting_escalated",))


def _to_supervisor(work: UnitOfWork, track: TrackState, *, again: CommandName) -> Move:
    rule = WaitRule(owner=Role.SUPERVISOR, span=Span.BUSINESS_DAYS, count=AGAIN_AFTER_BUSINESS_DAYS, on_lapse=again)
    return move(track.track, track.state, subject=track.subject, wait=rule, now=work.now, calendar=current().calendar)


def _parked(work: UnitOfWork, found: Case | ServiceOrder, *, track: TrackState, to_staff: Move) -> Answer:
    if isinstance(found, ServiceOrder):
        order_event = OrderEscalated(row=Row.ACTION, track=track.track, moves=(to_staff,))
        work.record_order(found.number, Decided(events=(order_event,)), expected=found)
    else:
        event = Escalated(row=Row.ACTION, track=track.track, subject=track.subject, moves=(to_staff,))
        work.record_case(found.number, Decided(events=(event,)), expected=found)
    return Taken(number=found.number, state=track.state.value, events=("escalated",))
