"""The one driver: takes every wait that lapsed, brings every message that is due, until nothing is left to do now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from evenroll.enrollment.command_names import CommandName
from evenroll.records import closings, deadlines, outbox
from evenroll.records.asked import Asked, Taken
from evenroll.records.attempts import SYSTEM
from evenroll.records.closings import Closing
from evenroll.records.organizations import open_organization
from evenroll.worker.bringing import bring_messages
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation
from evenroll.worker.progress import Progress
from evenroll.worker.singly import passed_over, take_singly
from evenroll.worker.time_over import due_over, erase_over
from evenroll.worker.waits import Clock, take_waits

__all__ = ["BATCH", "LIMIT", "SYSTEM", "Progress", "run_until_idle"]

BATCH = 50
LIMIT = 1_000_000


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
            clock = Clock(installation=installation, organization=organization, progress=progress, tried=tried, now=now)
            # One transaction claims all: most looks, of most organizations, find nothing.
            with open_organization(organization):
                left = installation.left
                waits = deadlines.due(organization, now=now, limit=BATCH, without=left.records(organization))
                messages = outbox.claim(organization, now=now, limit=BATCH, without=left.messages(organization))
                closing = _due_closings(clock, limit=BATCH)
                over = due_over(clock, limit=BATCH)
            if waits or messages or closing or over:
                # It may have more, and whom it told something has something now. Nobody else was stirred by us.
                stirred |= {organization, *(each.envelope.receiver for each in messages)}
            take_waits(clock, waits)
            bring_messages(clock, messages)
            _close_programs(clock, closing)
            erase_over(clock, over)
            claimed += len(waits) + len(messages) + len(closing) + len(over)
        progress.handled += claimed
        if not claimed or (progress.done == before and len(tried) == known):
            # A whole batch that came a second time may hide what was not tried yet.
            progress.idle = claimed < BATCH
            return progress
    return progress


def _due_closings(clock: Clock, *, limit: int) -> tuple[Closing, ...]:
    but = passed_over(clock, purpose=CommandName.CLOSE_PROGRAM)
    return closings.due(clock.organization, now=clock.now, limit=limit, but=but)


def _close_programs(clock: Clock, closing: Sequence[Closing]) -> None:
    """Cases of ending programs are told before the day, and led out on it; none is forgotten."""
    for each in closing:
        take_singly(clock, each.number, purpose=CommandName.CLOSE_PROGRAM, act=partial(_is_closed, clock, each))


def _is_closed(clock: Clock, closing: Closing) -> bool:
    asked = Asked(number=closing.number, command=closing.command)
    answer = give(clock.installation, actor=clock.actor, name=CommandName.CLOSE_PROGRAM, asked=asked, now=clock.now)
    return isinstance(answer, Taken) and bool(answer.events)
