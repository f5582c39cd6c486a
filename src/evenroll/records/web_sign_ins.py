"""Who is signed in where: a row for each time, by which its owner, and nobody else, knows it and ends it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import connection

from evenroll.records.web_rows import changes_rows, one_row

USE_SECONDS: Final = 600
"""A use is noted this often at most: pages are read without a write."""
_KEPT_FOR: Final = timedelta(days=400)
_NUMBER_BYTES: Final = 16

_KNOWN = "SELECT count(*), count(*) FILTER (WHERE way = %s AND browser = %s) FROM web_sign_in WHERE subject = %s"
_INSERT = "INSERT INTO web_sign_in (number, subject, way, browser, began_at, used_at) VALUES (%s, %s, %s, %s, %s, %s)"
_SWEEP = (
    "DELETE FROM web_sign_in WHERE number IN "
    "(SELECT number FROM web_sign_in WHERE used_at < %s ORDER BY used_at LIMIT 20 FOR UPDATE SKIP LOCKED)"
)
_STANDS = (
    "SELECT coalesce((SELECT epoch FROM web_subject WHERE subject = %s), 0), "
    "(SELECT used_at FROM web_sign_in WHERE number = %s AND subject = %s AND ended_at IS NULL)"
)
_USED = "UPDATE web_sign_in SET used_at = %s WHERE number = %s"
_LIVE = (
    "SELECT number, way, browser, began_at, used_at FROM web_sign_in "
    "WHERE subject = %s AND ended_at IS NULL AND used_at > %s ORDER BY used_at DESC, number"
)
_END = "UPDATE web_sign_in SET ended_at = %s WHERE number = %s AND subject = %s AND ended_at IS NULL"


class Way(StrEnum):
    """By what somebody signed in."""

    CODE = "code"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105  a name
    ORGANIZATION = "organization"


class Known(StrEnum):
    """Whether a subject signed in like this before."""

    FIRST = "first"
    BEFORE = "before"
    NEW = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """One time that somebody signed in, which still stands. number: by which it is ended."""

    number: str
    way: Way
    browser: str
    began_at: datetime
    used_at: datetime


def begin(subject: str, *, way: Way, browser: str, at: datetime) -> tuple[str, Known]:
    """Note that somebody signed in: its number, and whether it is known. Some old rows go away."""
    number = secrets.token_hex(_NUMBER_BYTES)
    before, alike = one_row(_KNOWN, (way.value, browser, subject)) or (0, 0)
    changes_rows(_SWEEP, (at - _KEPT_FOR,))
    changes_rows(_INSERT, (number, subject, way.value, browser, at, at))
    if not before:
        return number, Known.FIRST
    return number, Known.BEFORE if alike else Known.NEW


def stands(subject: str, *, number: str, epoch: int, at: datetime) -> bool:
    """Whether a sign-in goes on: not ended by itself nor with all of its subject. A use of it is noted."""
    row = one_row(_STANDS, (subject, number, subject))
    if row is None or int(row[0]) != epoch or row[1] is None:
        return False
    if (at - row[1]).total_seconds() > USE_SECONDS:
        changes_rows(_USED, (at, number))
    return True


def live_sign_ins(subject: str, *, since: datetime) -> Sequence[SignedIn]:
    """Those of a subject that stand and were used since, the last used one first."""
    with connection.cursor() as pen:
        pen.execute(_LIVE, (subject, since))
        rows = pen.fetchall()
    return tuple(
        SignedIn(number=row[0], way=Way(row[1]), browser=row[2], began_at=row[3], used_at=row[4]) for row in rows
    )


def end_one(number: str, *, subject: str, at: datetime) -> bool:
    """End one of this subject; whether there was one to end."""
    return changes_rows(_END, (at, number, subject))
