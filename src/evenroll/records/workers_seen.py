"""Workers seen: each worker process says after its rounds that it lives, so that a dead one is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from evenroll.records.organizations import shared_transaction

KEPT: Final = timedelta(days=7)
"""How long a worker that is gone is still told of."""

_BEGAN: LiteralString = (
    "INSERT INTO worker_seen (name, version, started_at, seen_at, handled, failed, round_ms) "
    "VALUES (%s, %s, clock_timestamp(), clock_timestamp(), 0, 0, 0) "
    "ON CONFLICT (name) DO UPDATE SET version = excluded.version, started_at = excluded.started_at, "
    "seen_at = excluded.seen_at, stopped_at = NULL, handled = 0, failed = 0, newer = 0, "
    "round_ms = 0"
)
# One that was not seen for KEPT, on a machine that slept, is forgotten by others: it comes again with what it has done.
_LOOKED: LiteralString = (
    "INSERT INTO worker_seen (name, version, started_at, seen_at, handled, failed, newer, round_ms) "
    "VALUES (%s, %s, clock_timestamp(), clock_timestamp(), %s, %s, %s, %s) "
    "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, handled = worker_seen.handled + excluded.handled, "
    "failed = worker_seen.failed + excluded.failed, newer = worker_seen.newer + excluded.newer, "
    "round_ms = excluded.round_ms"
)
_ALL: LiteralString = (
    "SELECT name, version, started_at, seen_at, stopped_at, handled, failed, newer, round_ms, "
    "extract(epoch FROM clock_timestamp() - seen_at)::bigint FROM worker_seen ORDER BY seen_at DESC, name"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenWorker:
    """A worker process and when it looked last, by the clock of the database. seconds_ago: since then.

    handled, failed, newer (left to the workers of a newer release): since it began; round_ms: how long its last round
    took. stopped_at: None unless it said goodbye.
    """

    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    stopped_at: datetime | None
    handled: int
    failed: int
    newer: int
    round_ms: int
    seconds_ago: int


def note_began(name: str, *, version: str) -> None:
    """A worker begins; those that were not seen for KEPT are forgotten. name: its machine and process."""
    with shared_transaction() as pen:
        pen.execute("DELETE FROM worker_seen WHERE seen_at < clock_timestamp() - %s", (KEPT,))
        pen.execute(_BEGAN, (name, version))


def note_looked(name: str, *, version: str, handled: int, failed: int, newer: int, round_ms: int) -> None:
    """A worker has ended a round. handled, failed, newer: what it had in hand in this round."""
    with shared_transaction() as pen:
        pen.execute(_LOOKED, (name, version, handled, failed, newer, round_ms))


def note_stopped(name: str, *, forgotten: bool = False) -> None:
    """A worker ends because it was told to. forgotten: nobody is to miss it or be told of it."""
    with shared_transaction() as pen:
        if forgotten:
            pen.execute("DELETE FROM worker_seen WHERE name = %s", (name,))
            return
        pen.execute(
            "UPDATE worker_seen SET seen_at = clock_timestamp(), stopped_at = clock_timestamp() WHERE name = %s",
            (name,),
        )


def workers_seen() -> Sequence[SeenWorker]:
    """The workers of the last days, whoever looked last first."""
    with shared_transaction() as pen:
        rows = pen.execute(_ALL).fetchall()
    return tuple(
        SeenWorker(
            name=name,
            version=version,
            started_at=started_at,
            seen_at=seen_at,
            stopped_at=stopped_at,
            handled=handled,
            failed=failed,
            newer=newer,
            round_ms=round_ms,
            seconds_ago=seconds_ago,
        )
        for name, version, started_at, seen_at, stopped_at, handled, failed, newer, round_ms, seconds_ago in rows
    )
