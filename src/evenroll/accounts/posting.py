"""Work that is done after the answer, so that no answer tells whether there was any: one thread in each process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final

from django.db import connections

from evenroll.records.log_lines import LogCode, LogLine, tell_failure

WAITING_MAX: Final = 200
"""More than so many at once are not done: who asks may ask again, and the memory of a process has an end."""


@dataclass(slots=True)
class _Held:
    pool: ThreadPoolExecutor | None = None
    waiting: set[Future[None]] = field(default_factory=set["Future[None]"])


_held = _Held()
_places = BoundedSemaphore(WAITING_MAX)


def later(work: Callable[[], None]) -> None:
    """Do this after the answer; what fails is told to the log, without its text."""
    if not _places.acquire(blocking=False):
        return
    # Made at the first use: a process that is split off has no thread of its parent's.
    _held.pool = _held.pool or ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in")
    future = _held.pool.submit(_done, work)
    _held.waiting.add(future)
    future.add_done_callback(_held.waiting.discard)


def finish() -> None:
    """Wait until everything is done that was to be done later."""
    for each in tuple(_held.waiting):
        each.result()


def _done(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as error:  # whatever it is: nobody waits for it here
        tell_failure(LogLine(code=LogCode.FAILED, of="sign_in"), error)
    finally:
        connections.close_all()
        _places.release()
