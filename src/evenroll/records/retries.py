"""What the database asks to be done again: serialization failures and deadlocks, a bounded number of times."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import TypeVar

import django.db
import psycopg

from evenroll.records.log_lines import LogCode, LogLine, tell_failure

T = TypeVar("T")

TRIES_MAX = 5
PAUSE_SECONDS = 0.01
AGAIN = frozenset({"40001", "40P01"})


def with_retries(work: Callable[[], T], *, tries: int = TRIES_MAX) -> T:
    """What `work` gives; it is done again when the database broke it off for another's sake.

    work: a whole unit of work, opened and committed inside. The last failure is raised, never swallowed.
    """
    for done in range(1, tries + 1):
        try:
            return work()
        except (psycopg.Error, django.db.Error) as error:
            if sqlstate_of(error) not in AGAIN or done == tries:
                raise
            tell_failure(LogLine(code=LogCode.RETRIED, count=done), error, level=logging.INFO)
        # Two that broke each other off must not meet again at once.
        time.sleep(PAUSE_SECONDS * done * (0.5 + secrets.randbelow(1000) / 1000))
    raise ValueError("A unit of work needs at least one try; give tries of 1 or more.")


def sqlstate_of(error: BaseException) -> str:
    """The SQLSTATE of an error of the database, also where Django has wrapped it; "" if it has none."""
    for found in (error, error.__cause__):
        if isinstance(found, psycopg.Error) and found.sqlstate:
            return found.sqlstate
    return ""
