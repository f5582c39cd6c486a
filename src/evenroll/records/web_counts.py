"""Counts of what was tried within a time: one row each, under a keyed hash, counted by one statement.

All processes of an installation count in the same rows, and a restart forgets nothing. Django's caches count by reading
and writing back, so that two who try at once are counted as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction

_SWEPT_AT_ONCE = 50

# Sorted, so that two who count the same keys wait for one another and never in a ring.
_COUNT: LiteralString = (
    "INSERT INTO web_count AS held (token, count, ends_at) SELECT token, 1, ends_at "
    "FROM unnest(%(tokens)s::text[], %(ends)s::timestamptz[]) AS new (token, ends_at) ORDER BY token "
    "ON CONFLICT (token) DO UPDATE SET "
    "count = CASE WHEN held.ends_at <= %(at)s THEN 1 ELSE held.count + 1 END, "
    "ends_at = CASE WHEN held.ends_at <= %(at)s THEN excluded.ends_at ELSE held.ends_at END "
    "RETURNING token, count"
)
_COUNTED: LiteralString = "SELECT count FROM web_count WHERE token = %s AND ends_at > %s"
_ENDS: LiteralString = "SELECT ends_at FROM web_count WHERE token = %s AND count > %s AND ends_at > %s"
_SWEEP: LiteralString = (
    "DELETE FROM web_count WHERE token IN "
    "(SELECT token FROM web_count WHERE ends_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What is counted. key: may be personal, and is kept as a keyed hash alone. within: from the first one on."""

    key: str
    within: timedelta


def count(counted: Sequence[Counted], *, at: datetime) -> Mapping[Counted, int]:
    """Count each of these once more, and say how many each has become. at: the wall clock."""
    by_token = {_token(each): each for each in counted}
    given = {"tokens": list(by_token), "ends": [at + each.within for each in by_token.values()], "at": at}
    with shared_transaction() as pen:
        pen.execute(_SWEEP, (at, _SWEPT_AT_ONCE))
        rows = pen.execute(_COUNT, given).fetchall()
    return {by_token[token]: number for token, number in rows}


def count_of(counted: Counted, *, at: datetime) -> int:
    """How many there are, without a further one."""
    with shared_transaction() as pen:
        row = pen.execute(_COUNTED, (_token(counted), at)).fetchone()
    return 0 if row is None else int(row[0])


def end_of(counted: Counted, *, most: int, at: datetime) -> datetime | None:
    """When a count that is over the most goes back to none; None for one that is not over it."""
    with shared_transaction() as pen:
        row = pen.execute(_ENDS, (_token(counted), most, at)).fetchone()
    return None if row is None else row[0]


def _token(counted: Counted) -> str:
    return current_keys().web_hash("count", text=f"{int(counted.within.total_seconds())}\x00{counted.key}")
