"""The sign of life of a worker process: after its rounds it says in the database that it looked."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import evenroll
from evenroll.records.log_lines import LogCode, LogLine, tell

EVERY_SECONDS: Final = 10.0
"""A round that found nothing is told so often at most: each telling is a commit."""


class Sign:
    """What a worker tells of itself; rounds between two tellings are added up."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._handled = self._failed = self._newer = 0
        self._told = 0.0

    def looked(self, *, handled: int, failed: int, seconds: float, newer: int = 0) -> None:
        """A round has ended. seconds: how long it took; newer: what it left to workers of a newer release."""
        self._handled += handled
        self._failed += failed
        self._newer += newer
        if self._told and time.monotonic() - self._told < EVERY_SECONDS:
            return
        self._note(round_ms=round(seconds * 1000))
        self._told = time.monotonic()

    def ended(self, *, forgotten: bool) -> None:
        """The worker ends as it was told to. forgotten: it leaves no row."""
        from evenroll.records.workers_seen import note_stopped

        if not forgotten and (self._handled or self._failed or self._newer):
            self._note(round_ms=0)
        note_stopped(self._name, forgotten=forgotten)

    def _note(self, *, round_ms: int) -> None:
        from evenroll.records.workers_seen import note_looked

        note_looked(
            self._name,
            version=evenroll.__version__,
            handled=self._handled,
            failed=self._failed,
            newer=self._newer,
            round_ms=round_ms,
        )
        self._handled = self._failed = self._newer = 0


def worker_name() -> str:
    """This process among the workers of all nodes: its machine and its number there."""
    return f"{socket.gethostname()[:100]}/{os.getpid()}"


@contextmanager
def signs_of_life(*, once: bool = False) -> Iterator[Sign]:
    """The sign of this process for as long as it works; one that is killed falls silent and is missed.

    once: it looks once and ends, as a timer starts it: many of them leave no rows.
    """
    from evenroll.records.workers_seen import note_began

    name = worker_name()
    note_began(name, version=evenroll.__version__)
    tell(LogLine(code=LogCode.WORKER_BEGAN))
    sign = Sign(name)
    yield sign
    sign.ended(forgotten=once)
    tell(LogLine(code=LogCode.WORKER_STOPPED))
