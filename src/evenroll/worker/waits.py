"""Waits that lapsed: what each asks for is given, many in one transaction; what has no effect is put back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from evenroll.actions.park import park
from evenroll.enrollment.case_commands import NoPayload, OnTrack
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.order_commands import DateSwitch
from evenroll.enrollment.roles import Actor, Role
from evenroll.programs.program import Track
from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import deadlines
from evenroll.records.asked import Answer, Asked, Taken, written_answer
from evenroll.records.attempts import ATTEMPTS_MAX, SYSTEM, note_attempt, put_back
from evenroll.records.deadlines import Due
from evenroll.records.log_lines import LogCode, LogLine, carried_on, request_scope, tell
from evenroll.records.organizations import open_organization
from evenroll.records.unit_of_work import UnitOfWork, unit_of_work
from evenroll.records.upcasters import OfNewerRelease
from evenroll.worker.asking import PartnerNotReached, ask_outside
from evenroll.worker.giving import COMMAND_FUNCTIONS, give_told, since_ms, tell_given
from evenroll.worker.installation import Installation
from evenroll.worker.progress import Progress, log_failure
from evenroll.worker.repeating import repeated
from evenroll.worker.together import ALONE, Piece, in_rounds, take_together

_ON_TRACK = frozenset({CommandName.REMIND, CommandName.ESCALATE, CommandName.END_CONDITION})


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Who takes the waits of one organization, and when. tried: what had no effect in this run is added to it."""

    installation: Installation
    organization: OrganizationKey
    progress: Progress
    tried: set[object]
    now: datetime

    @property
    def actor(self) -> Actor:
        """The driver in the books of the organization."""
        return Actor(key=SYSTEM, role=Role.SYSTEM, organization=self.organization)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A wait, and its command with what partners said. request: the number of its asking, for the log."""

    due: Due
    request: str
    name: CommandName
    asked: Asked


def take_waits(clock: Clock, claimed: Sequence[Due]) -> None:
    """Give what these waits ask for. Of one record one after the other, of several in one transaction."""
    lapsed = [each for each in claimed if each.on_lapse is not None]
    clock.tried.update(_mark(clock, each) for each in claimed if each.on_lapse is None)
    for turn in in_rounds(lapsed, number=lambda each: each.stream.key):
        _take_turn(clock, [due for due in turn if due.on_lapse not in ALONE])
        for due in turn:
            if due.on_lapse in ALONE:
                with request_scope() as request:
                    _watched(clock, due, partial(_asked_alone, clock, due, request=request))


def _take_turn(clock: Clock, turn: Sequence[Due]) -> None:
    ready = [each for each in (_asked_for(clock, due) for due in turn) if each is not None]
    pieces = {at: _piece(each) for at, each in enumerate(ready)}
    began = time.perf_counter()
    told = take_together(pieces, actor=clock.actor, books=clock.organization, now=clock.now)
    ms = round(since_ms(began) / max(len(pieces), 1), 3)
    _leave(clock, [ready[at].due for at in sorted(told.busy)])
    for at, each in enumerate(ready):
        with request_scope(each.request):
            if at in told.answers:
                _watched(clock, each.due, partial(_concluded, clock, each, told.answers[at], ms=ms))
            elif at not in told.busy:
                _watched(clock, each.due, partial(_take_alone, clock, each))


def _asked_for(clock: Clock, due: Due) -> _Ready | None:
    with request_scope() as request:
        return _watched(clock, due, partial(_ready, clock, due, request=request))


def _concluded(clock: Clock, ready: _Ready, answer: Answer, *, ms: float) -> None:
    tell_given(answer, actor=clock.actor, name=ready.name, asked=ready.asked, ms=ms)
    _conclude(clock, ready.due, answer)


def _leave(clock: Clock, busy: Sequence[Due]) -> None:
    if busy:
        clock.progress.busy += len(busy)
        clock.tried.update(_mark(clock, due) for due in busy)
        deadlines.release(clock.organization, busy)


def _watched(clock: Clock, due: Due, act: Callable[[], _Ready | None]) -> _Ready | None:
    """What `act` gives; the next wait must not suffer from this one."""
    try:
        return act()
    except PartnerNotReached:
        clock.progress.away += 1
        with open_organization(clock.organization):
            put_back(due)
    except OfNewerRelease as error:
        # It has not failed: its workers take it, and find it free at once.
        clock.progress.newer += 1
        clock.installation.left.leave_record(clock.organization, due.stream, error, of=_lapsing(due))
        deadlines.release(clock.organization, [due])
    except Exception as error:
        clock.progress.failed += 1
        log_failure(error, organization=clock.organization, about=due.stream.key, of=_lapsing(due))
        attempts = _note(clock, due, why={"failed": type(error).__name__})
        _to_staff(clock, due, attempts=attempts)
    clock.tried.add(_mark(clock, due))
    return None


def _ready(clock: Clock, due: Due, *, request: str) -> _Ready | None:
    """The command of a wait; None where it is refused before anybody is asked."""
    assert due.on_lapse is not None
    asked = Asked(
        number=due.stream.key,
        command=_payload(due.on_lapse, due.track_key),
        lapsed=(due.track_key, due.due_at),
    )
    outside = ask_outside(clock.installation, actor=clock.actor, name=due.on_lapse, asked=asked, now=clock.now)
    if isinstance(outside, Refusal):
        _conclude(clock, due, outside)
        return None
    return _Ready(due=due, request=request, name=due.on_lapse, asked=replace(asked, outside=outside))


def _piece(ready: _Ready) -> Piece:
    def act(work: UnitOfWork) -> Answer:
        with carried_on(ready.request):
            return COMMAND_FUNCTIONS[ready.name](work, asked=ready.asked)

    return Piece(name=ready.name, number=ready.asked.number, act=act)


def _asked_alone(clock: Clock, due: Due, *, request: str) -> None:
    ready = _ready(clock, due, request=request)
    if ready is not None:
        _take_alone(clock, ready)


def _take_alone(clock: Clock, ready: _Ready) -> None:
    answer = give_told(ready.name, ready.asked, actor=clock.actor, now=clock.now)
    _conclude(clock, ready.due, answer)


def _conclude(clock: Clock, due: Due, answer: Answer) -> None:
    line = LogLine(code=LogCode.WAIT_TAKEN, organization=clock.organization, about=due.stream.key, of=_lapsing(due))
    if isinstance(answer, Taken) and answer.events:
        clock.progress.commands += 1
        tell(line, level=logging.DEBUG)
        return
    clock.tried.add(_mark(clock, due))
    if isinstance(answer, Refusal) and answer.code is RefusalCode.NOT_YET_DUE:
        # Somebody was faster, or the day has not come: the wait stands as its own row says.
        return
    clock.progress.refused += 1
    attempts = _note(clock, due, why=written_answer(answer))
    why = answer.code.value if isinstance(answer, Refusal) else "nothing_to_do"
    tell(replace(line, code=LogCode.WAIT_PUT_BACK, outcome=why, count=attempts), level=logging.WARNING)
    _to_staff(clock, due, attempts=attempts)


def _lapsing(due: Due) -> str:
    return due.on_lapse.value if due.on_lapse else ""


def _mark(clock: Clock, due: Due) -> object:
    return (clock.organization, due.stream, due.track_key, due.due_at)


def _payload(name: CommandName, track_key: str) -> object:
    track, _, subject = track_key.partition("/")
    if name in _ON_TRACK:
        return OnTrack(track=Track(track), subject=subject)
    return DateSwitch() if name is CommandName.DATE_SWITCH else NoPayload()


def _note(clock: Clock, due: Due, *, why: JsonValue) -> int:
    with open_organization(clock.organization):
        return note_attempt(due, why=why)


def _to_staff(clock: Clock, due: Due, *, attempts: int) -> None:
    """After the last attempt a person takes it: the wait becomes the supervisor's, in sight of the queue."""
    if attempts % ATTEMPTS_MAX:
        return
    line = LogLine(
        code=LogCode.WAIT_SET_ASIDE,
        organization=clock.organization,
        about=due.stream.key,
        of=_lapsing(due),
        count=attempts,
    )
    tell(line, level=logging.WARNING)

    def once() -> None:
        with unit_of_work(clock.organization, actor=clock.actor, now=clock.now) as work:
            park(work, number=due.stream.key, lapsed=(due.track_key, due.due_at))

    try:
        repeated(once)
    except Exception as error:  # it stays put back and is counted on
        log_failure(error, organization=clock.organization, about=due.stream.key, of=_lapsing(due))
