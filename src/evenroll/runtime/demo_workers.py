"""Two workers for the demo: this process and one beside it drive at once, as any number of workers may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Any, Final, Protocol

from evenroll.worker.driver import Progress, run_until_idle
from evenroll.worker.installation import Installation
from evenroll.worker.mailing import send_notices

_WORTH_TWO: Final = 8
"""With less done in a round, the one beside is not asked: it would only look and find nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tell:
    """Customers are to be told what they are owed by then; nobody waits for it."""

    now: datetime


class Line(Protocol):
    """One end of what the two workers say to each other: an instant to drive at, what was done, and nothing to end."""

    def send(self, obj: datetime | Progress | Tell | None, /) -> None:
        """Say it."""

    def recv(self) -> Any:
        """Wait for what the other says."""


@dataclass(slots=True, kw_only=True)
class Workers:
    """Both workers. beside: the line to the other one."""

    installation: Installation
    beside: Line

    def drive(self, *, now: datetime) -> Progress:
        """Both, until neither finds anything. now: the business clock."""
        whole = Progress()
        while True:
            first = run_until_idle(self.installation, now=now, limit=_WORTH_TWO)
            found = [first]
            if not first.idle:
                self.beside.send(now)
                found += [run_until_idle(self.installation, now=now), self.beside.recv()]
            for each in found:
                _add(whole, each)
            if not sum(each.done for each in found[1:]):
                whole.idle = True
                return whole

    def tell(self, *, now: datetime) -> None:
        """Have the one beside tell customers what they are owed, while this one goes on."""
        self.beside.send(Tell(now=now))


@contextmanager
def two_workers(installation: Installation) -> Iterator[Workers]:
    """Both workers; the one beside ends with this block. The database connections of this process are closed before."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(installation, there), daemon=True)
    process.start()
    try:
        yield Workers(installation=installation, beside=here)
    finally:
        here.send(None)
        process.join(timeout=60)
        here.close()


def _work(installation: Installation, line: Line) -> None:
    from django.db import connections

    try:
        while (said := line.recv()) is not None:
            if isinstance(said, Tell):
                send_notices(installation, now=said.now)
            else:
                line.send(run_until_idle(installation, now=said))
    finally:
        connections.close_all()


def _add(whole: Progress, part: Progress) -> None:
    whole.commands += part.commands
    whole.messages += part.messages
    whole.failed += part.failed
    whole.parked += part.parked
