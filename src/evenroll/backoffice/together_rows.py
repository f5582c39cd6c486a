"""One command tried with, and given to, many records: each in a transaction of its own, each with its result."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from evenroll.accounts.wired import business_now, installation
from evenroll.backoffice.chosen import Chosen, is_to
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.roles import Actor
from evenroll.records.asked import Answer, Asked
from evenroll.records.desk_batches import Batch, batch_of, note_batch
from evenroll.records.desk_rows import standing_of
from evenroll.records.queries import Viewer
from evenroll.worker.asking import PartnerNotReached
from evenroll.worker.giving import give
from evenroll.worker.progress import log_failure
from evenroll.worker.trying import tried

SECONDS: Final = 12.0
"""How long one page works; what is left then is told as left, and goes on with the next sending."""
_KEY_LETTERS: Final = 32


class RowResult(StrEnum):
    """What became, or would become, of one record."""

    DONE = "done"
    POSSIBLE = "possible"
    REFUSED = "refused"
    MOVED = "moved"
    AWAY = "away"
    OTHER = "other"
    FAILED = "failed"
    NOT_YET = "not_yet"


@dataclass(frozen=True, kw_only=True, slots=True)
class RowTold:
    """The result of one record; refusal: why, where it was refused."""

    chosen: Chosen
    result: RowResult
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForMany:
    """A command for many records. asked: makes it for the number of one; key: of all together."""

    name: CommandName
    actor: Actor
    asked: Callable[[str], Asked]
    key: str


def tried_rows(many: ForMany, rows: Sequence[Chosen], *, seconds: float = SECONDS) -> Sequence[RowTold]:
    """What would become of each, with nothing done."""

    def one(asked: Asked, now: datetime) -> Answer:
        return tried(installation(), actor=many.actor, name=many.name, asked=asked, now=now)

    return list(_each(many, rows, one, well=RowResult.POSSIBLE, seconds=seconds))


def given_rows(many: ForMany, rows: Sequence[Chosen], *, seconds: float = SECONDS) -> Sequence[RowTold]:
    """What became of each. Sent again under the same key each is done once and told the same."""

    def one(asked: Asked, now: datetime) -> Answer:
        return give(installation(), actor=many.actor, name=many.name, asked=asked, now=now)

    return list(_each(many, rows, one, well=RowResult.DONE, seconds=seconds))


def given_and_noted(many: ForMany, rows: Sequence[Chosen]) -> tuple[Sequence[RowTold], Batch | None]:
    """As `given_rows`, and kept so that it can be undone; None where nothing was done.

    Only a record whose tracks moved can be undone: one that stood there already was brought there by somebody else.
    """
    viewer = Viewer(organization=many.actor.organization, role=many.actor.role)
    before = standing_of(viewer, records=[each.record for each in rows])
    results = given_rows(many, rows)
    done = [each.chosen.record for each in results if each.result is RowResult.DONE]
    if not done:
        return results, None
    after = standing_of(viewer, records=done)
    moved = {each: after[each].version for each in done if after[each].live != before[each].live}
    number = note_batch(many.actor, key=many.key, command=many.name, records=moved)
    return results, batch_of(many.actor, number=number)


def key_of_row(key: str, chosen: Chosen) -> str:
    """The key under which one record is given its command: another for each, and the same however often it is sent."""
    text = f"{key}/{chosen.record.kind.value}/{chosen.record.key}"
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LETTERS]


def _each(
    many: ForMany,
    rows: Sequence[Chosen],
    one: Callable[..., Answer],
    *,
    well: RowResult,
    seconds: float,
) -> Iterator[RowTold]:
    until, now = time.monotonic() + seconds, business_now()
    for each in rows:
        if time.monotonic() > until:
            yield RowTold(chosen=each, result=RowResult.NOT_YET)
        elif not is_to(many.name, each.record):
            yield RowTold(chosen=each, result=RowResult.OTHER)
        else:
            yield _told(many, each, partial(one, now=now), well=well)


def _told(many: ForMany, chosen: Chosen, one: Callable[[Asked], Answer], *, well: RowResult) -> RowTold:
    try:
        key = key_of_row(many.key, chosen)
        answer = one(replace(many.asked(chosen.record.key), key=key, seen=chosen.seen))
    except PartnerNotReached:
        return RowTold(chosen=chosen, result=RowResult.AWAY)
    except Exception as error:  # the next record must not suffer from this one
        log_failure(error, organization=many.actor.organization, about=chosen.record.key, of=many.name)
        return RowTold(chosen=chosen, result=RowResult.FAILED)
    if not isinstance(answer, Refusal):
        return RowTold(chosen=chosen, result=well)
    moved = answer.code is RefusalCode.CASE_MOVED_ON
    return RowTold(chosen=chosen, result=RowResult.MOVED if moved else RowResult.REFUSED, refusal=answer)
