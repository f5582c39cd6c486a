"""What is simply done again, from the start of its transaction: what another worker's haste has broken off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import django.db
import psycopg

from evenroll.records.log_lines import LogCode, LogLine, tell_failure
from evenroll.records.retries import with_retries
from evenroll.records.taking import PointMoved

T = TypeVar("T")

TRIES_MAX = 5

_NUMBERED_AT_ONCE = frozenset({"outbox_number_once", "outbox_once"})
"""A case and a service order of one organization may speak in one conversation at once; one of them counts again."""


def repeated(once: Callable[[], T]) -> T:
    """What `once` gives, a whole unit of work; after TRIES_MAX the last failure is raised."""
    for _ in range(TRIES_MAX - 1):
        try:
            return with_retries(once)
        except PointMoved as error:
            tell_failure(LogLine(code=LogCode.RETRIED), error, level=logging.INFO)
        except (psycopg.errors.UniqueViolation, django.db.IntegrityError) as error:
            if _constraint(error) not in _NUMBERED_AT_ONCE:
                raise
            tell_failure(LogLine(code=LogCode.RETRIED), error, level=logging.INFO)
    return with_retries(once)


def _constraint(error: BaseException) -> str:
    for found in (error, error.__cause__):
        if isinstance(found, psycopg.Error):
            return found.diag.constraint_name or ""
    return ""
