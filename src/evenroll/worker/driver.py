"""The one driver: takes every wait that lapsed, brings every message that is due, until nothing is left to do now."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evenroll.actions.park import park
from evenroll.enrollment.case_commands import NoPayload, OnTrack
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.order_commands import DateSwitch
from evenroll.enrollment.roles import Actor, Role
from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.programs.program import Track
from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import closings, deadlines, outbox
from evenroll.records.asked import Asked, Taken, written_answer
from evenroll.records.attempts import ATTEMPTS_MAX, SYSTEM, note_attempt, put_back
from evenroll.records.closings import Closing
from evenroll.records.deadlines import Due
from evenroll.records.envelope import Claimed
from evenroll.records.log_lines import LogCode, LogLine, request_scope, tell, tell_failure
from evenroll.records.organizations import open_organization
from evenroll.records.unit_of_work import unit_of_work
from evenroll.worker.asking import PartnerNotReached
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation
from evenroll.worker.repeating import repeated

BATCH = 50
LIMIT = 1_000_000

_ON_TRACK = frozenset({CommandName.REMIND, CommandName.ESCALATE, CommandName.END_CONDITION})


@dataclass(slots=True)
class Progress:
    """What a run did. refused, failed: commands that were put back; parked: messages kept in sight; away: to retry.

    handled: how many waits and messages were in hand, with an effect or without. idle: nothing is due that was not
    tried in this run; otherwise it stopped at its limit.
    """

    commands: int = 0
    messages: int = 0
    refused: int = 0
    failed: int = 0
    parked: int = 0
    away: int = 0
    handled: int = 0
    idle: bool = False

    @property
    def done(self) -> int:
        """How many commands and messages had an effect."""
        return self.commands + self.messages


def run_until_idle(installation: Installation, *, now: datetime, limit: int = LIMIT) -> Progress:
    """Take commands and bring messages until nothing is due at `now` that was not tried, or `limit` were in hand.

    Any number of workers may run at once: waits and messages are claimed, and looked at again under the lock. What had
    no effect is put back and hides nobody; where it comes again in one run, the run ends when nothing else comes.
    """
    progress, tried = Progress(), set[object]()
    stirred = set(installation.organizations)
    while progress.handled < limit:
        before, known = progress.done, len(tried)
        claimed = 0
        for organization in [each for each in installation.organizations if each in stirred]:
            stirred.discard(organization)
            # One transaction claims all: most looks, of most organizations, find nothing.
            with open_organization(organization):
                waits = deadlines.due(organization, now=now, limit=BATCH)
                messages = outbox.claim(organization, now=now, limit=BATCH)
                closing = closings.due(organization, now=now, limit=BATCH)
            if waits or messages or closing:
                # It may have more, and whom it told something has something now. Nobody else was stirred by us.
                stirred |= {organization, *(each.envelope.receiver for each in messages)}
            _take_waits(installation, organization, progress, tried, claimed=waits, now=now)
            _bring_messages(installation, organization, progress, tried, claimed=messages, now=now)
            _close_programs(installation, organization, progress, tried, closing=closing, now=now)
            claimed += len(waits) + len(messages) + len(closing)
        progress.handled += claimed
        if not claimed or (progress.done == before and len(tried) == known):
            # A whole batch that came a second time may hide what was not tried yet.
            progress.idle = claimed < BATCH
            return progress
    return progress


def _take_waits(
    installation: Installation,
    organization: OrganizationKey,
    progress: Progress,
    tried: set[object],
    *,
    claimed: Sequence[Due],
    now: datetime,
) -> None:
    """What had no effect is added to `tried`."""
    for due in claimed:
        before = progress.done
        with request_scope():
            _take_wait_safely(installation, organization, due, progress, now=now)
        if progress.done == before:
            tried.add((organization, due.stream, due.track_key, due.due_at))


def _take_wait_safely(
    installation: Installation, organization: OrganizationKey, due: Due, progress: Progress, *, now: datetime
) -> None:
    """The next wait must not suffer from this one."""
    try:
        _take_wait(installation, organization, due, progress, now=now)
    except PartnerNotReached:
        progress.away += 1
        with open_organization(organization):
            put_back(due)
    except Exception as error:
        progress.failed += 1
        _log(error, organization=organization, about=due.stream.key, of=_lapsing(due))
        attempts = _note(organization, due, why={"failed": type(error).__name__})
        _to_staff(organization, due, attempts=attempts, now=now)


def _close_programs(
    installation: Installation,
    organization: OrganizationKey,
    progress: Progress,
    tried: set[object],
    *,
    closing: Sequence[Closing],
    now: datetime,
) -> None:
    """Cases of ending programs are told before the day, and led out on it; none is forgotten."""
    for each in closing:
        before = progress.done
        asked = Asked(number=each.number, command=each.command)
        try:
            answer = give(
                installation, actor=_system(organization), name=CommandName.CLOSE_PROGRAM, asked=asked, now=now
            )
            progress.commands += isinstance(answer, Taken) and bool(answer.events)
        except Exception as error:  # the next case must not suffer from this one
            progress.failed += 1
            _log(error, organization=organization, about=each.number)
        if progress.done == before:
            tried.add((organization, each.number, each.command))


def _take_wait(
    installation: Installation, organization: OrganizationKey, due: Due, progress: Progress, *, now: datetime
) -> None:
    if due.on_lapse is None:
        return
    asked = Asked(
        number=due.stream.key,
        command=_payload(due.on_lapse, due.track_key),
        lapsed=(due.track_key, due.due_at),
    )
    answer = give(installation, actor=_system(organization), name=due.on_lapse, asked=asked, now=now)
    line = LogLine(code=LogCode.WAIT_TAKEN, organization=organization, about=due.stream.key, of=due.on_lapse.value)
    if isinstance(answer, Taken) and answer.events:
        progress.commands += 1
        tell(line, level=logging.DEBUG)
        return
    if isinstance(answer, Refusal) and answer.code is RefusalCode.NOT_YET_DUE:
        # Somebody was faster, or the day has not come: the wait stands as its own row says.
        return
    progress.refused += 1
    attempts = _note(organization, due, why=written_answer(answer))
    why = answer.code.value if isinstance(answer, Refusal) else "nothing_to_do"
    tell(replace(line, code=LogCode.WAIT_PUT_BACK, outcome=why, count=attempts), level=logging.WARNING)
    _to_staff(organization, due, attempts=attempts, now=now)


def _payload(name: CommandName, track_key: str) -> object:
    track, _, subject = track_key.partition("/")
    if name in _ON_TRACK:
        return OnTrack(track=Track(track), subject=subject)
    return DateSwitch() if name is CommandName.DATE_SWITCH else NoPayload()


def _lapsing(due: Due) -> str:
    return due.on_lapse.value if due.on_lapse else ""


def _system(organization: OrganizationKey) -> Actor:
    return Actor(key=SYSTEM, role=Role.SYSTEM, organization=organization)


def _note(organization: OrganizationKey, due: Due, *, why: JsonValue) -> int:
    with open_organization(organization):
        return note_attempt(due, why=why)


def _to_staff(organization: OrganizationKey, due: Due, *, attempts: int, now: datetime) -> None:
    """After the last attempt a person takes it: the wait becomes the supervisor's, in sight of the queue."""
    if attempts % ATTEMPTS_MAX:
        return
    line = LogLine(
        code=LogCode.WAIT_SET_ASIDE,
        organization=organization,
        about=due.stream.key,
        of=_lapsing(due),
        count=attempts,
    )
    tell(line, level=logging.WARNING)

    def once() -> None:
        with unit_of_work(organization, actor=_system(organization), now=now) as work:
            park(work, number=due.stream.key, lapsed=(due.track_key, due.due_at))

    try:
        repeated(once)
    except Exception as error:  # it stays put back and is counted on
        _log(error, organization=organization, about=due.stream.key, of=_lapsing(due))


def _bring_messages(
    installation: Installation,
    organization: OrganizationKey,
    progress: Progress,
    tried: set[object],
    *,
    claimed: Sequence[Claimed],
    now: datetime,
) -> None:
    """What was not delivered is added to `tried`."""
    brought: list[int] = []
    for each in claimed:
        before = progress.done
        with request_scope():
            try:
                _bring(installation, organization, each, progress, brought=brought, now=now)
            except Exception as error:  # it stays claimed and comes again
                progress.failed += 1
                _log(error, organization=organization, about=each.envelope.conversation, of=each.envelope.kind)
                outbox.mark_failed(organization, claimed=each, why="failed", now=now)
        if progress.done == before:
            tried.add((organization, each.id))
    if brought:
        # All at once: one that is brought a second time, because we died before, has its effect no second time.
        outbox.mark_delivered(organization, ids=brought, now=now)


def _bring(
    installation: Installation,
    organization: OrganizationKey,
    claimed: Claimed,
    progress: Progress,
    *,
    brought: list[int],
    now: datetime,
) -> None:
    began = time.perf_counter()
    delivered = installation.delivery.deliver(claimed.envelope, now=now)
    _tell_brought(claimed, delivered, ms=round((time.perf_counter() - began) * 1000, 3))
    if delivered.outcome is DeliveryOutcome.AWAY:
        progress.away += 1
        outbox.mark_failed(organization, claimed=claimed, why=delivered.why, now=now)
        return
    brought.append(claimed.id)
    if delivered.outcome is DeliveryOutcome.PARKED:
        progress.parked += 1
    progress.messages += 1


_BROUGHT = {
    DeliveryOutcome.TAKEN: (LogCode.MESSAGE_TAKEN, logging.INFO),
    DeliveryOutcome.TAKEN_BEFORE: (LogCode.MESSAGE_REPEATED, logging.INFO),
    DeliveryOutcome.PARKED: (LogCode.MESSAGE_PARKED, logging.WARNING),
    DeliveryOutcome.AWAY: (LogCode.MESSAGE_AWAY, logging.WARNING),
}


def _tell_brought(claimed: Claimed, delivered: Delivered, *, ms: float) -> None:
    code, level = _BROUGHT[delivered.outcome]
    envelope = claimed.envelope
    line = LogLine(
        code=code,
        organization=envelope.receiver,
        about=envelope.conversation,
        of=envelope.kind,
        outcome=delivered.why,
        message=envelope.message_id,
        count=claimed.attempts,
        ms=ms,
    )
    tell(line, level=level)


def _log(error: Exception, *, organization: OrganizationKey, about: str, of: str = "") -> None:
    """It is tried again later."""
    tell_failure(LogLine(code=LogCode.FAILED, organization=organization, about=about, of=of), error)
