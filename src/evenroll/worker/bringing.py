"""Messages that are due: brought to their receivers, many in one transaction, marked together."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.records import outbox
from evenroll.records.envelope import Claimed
from evenroll.records.log_lines import LogCode, LogLine, carried_on, request_scope, tell
from evenroll.records.upcasters import OfNewerRelease
from evenroll.worker.giving import since_ms
from evenroll.worker.progress import log_failure
from evenroll.worker.waits import Clock


def bring_messages(clock: Clock, claimed: Sequence[Claimed]) -> None:
    """Bring these messages of one organization; what was not delivered is added to `tried`."""
    if not claimed:
        return
    brought, busy = list[int](), list[int]()
    began = time.perf_counter()
    with request_scope():
        together = _delivered_together(clock, claimed)
    ms = round(since_ms(began) / len(claimed), 3)
    for each, told in zip(claimed, together, strict=True):
        done = clock.progress.done
        with request_scope(), carried_on(each.envelope.request):
            if told is not None:
                _tell_brought(each, told, ms=ms)
            delivered = told or _delivered_alone(clock, each)
        if delivered is not None:
            _note(clock, each, delivered, brought=brought, busy=busy)
        if clock.progress.done == done:
            clock.tried.add((clock.organization, each.id))
    if busy:
        outbox.release(clock.organization, ids=busy, now=clock.now)
    if brought:
        # All at once: one that is brought a second time, because we died before, has its effect no second time.
        outbox.mark_delivered(clock.organization, ids=brought, now=clock.now)


def _delivered_together(clock: Clock, claimed: Sequence[Claimed]) -> Sequence[Delivered | None]:
    try:
        return clock.installation.delivery.deliver_together([each.envelope for each in claimed], now=clock.now)
    except Exception as error:  # what was taken before it is found taken when it comes by itself
        log_failure(error, organization=clock.organization, about=claimed[0].envelope.conversation)
        return [None] * len(claimed)


def _delivered_alone(clock: Clock, claimed: Claimed) -> Delivered | None:
    began = time.perf_counter()
    try:
        delivered = clock.installation.delivery.deliver(claimed.envelope, now=clock.now)
    except OfNewerRelease as error:
        clock.progress.newer += 1
        envelope = claimed.envelope
        clock.installation.left.leave_message(
            clock.organization, envelope.message_id, error, about=envelope.conversation, of=envelope.kind
        )
        outbox.release(clock.organization, ids=[claimed.id], now=clock.now)
        return None
    except Exception as error:  # it stays claimed and comes again
        clock.progress.failed += 1
        envelope = claimed.envelope
        log_failure(error, organization=clock.organization, about=envelope.conversation, of=envelope.kind)
        outbox.mark_failed(clock.organization, claimed=claimed, why="failed", now=clock.now)
        return None
    _tell_brought(claimed, delivered, ms=since_ms(began))
    return delivered


_BROUGHT = {
    DeliveryOutcome.TAKEN: (LogCode.MESSAGE_TAKEN, logging.INFO),
    DeliveryOutcome.TAKEN_BEFORE: (LogCode.MESSAGE_REPEATED, logging.INFO),
    DeliveryOutcome.PARKED: (LogCode.MESSAGE_PARKED, logging.WARNING),
    DeliveryOutcome.AWAY: (LogCode.MESSAGE_AWAY, logging.WARNING),
    DeliveryOutcome.BUSY: (LogCode.MESSAGE_BUSY, logging.DEBUG),
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


def _note(clock: Clock, claimed: Claimed, delivered: Delivered, *, brought: list[int], busy: list[int]) -> None:
    match delivered.outcome:
        case DeliveryOutcome.AWAY:
            clock.progress.away += 1
            outbox.mark_failed(clock.organization, claimed=claimed, why=delivered.why, now=clock.now)
        case DeliveryOutcome.BUSY:
            clock.progress.busy += 1
            busy.append(claimed.id)
        case _:
            brought.append(claimed.id)
            clock.progress.messages += 1
            clock.progress.parked += delivered.outcome is DeliveryOutcome.PARKED
