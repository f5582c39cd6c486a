"""Processor time of a database connection's own process, as the system counts it, and of this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(kw_only=True, slots=True)
class Spent:
    """What a block took, in seconds. database: of the process that serves this connection."""

    wall: float = 0.0
    application: float = 0.0
    database: float = 0.0

    @property
    def processor(self) -> float:
        """Of both processes."""
        return self.application + self.database


@contextmanager
def spent() -> Iterator[Spent]:
    """What this block takes, over the connection of this thread, which must not change in it."""
    from django.db import connection

    connection.ensure_connection()
    pid, told = connection.connection.info.backend_pid, Spent()
    database, application, wall = processor_seconds(pid), time.process_time(), time.perf_counter()
    try:
        yield told
    finally:
        told.wall = time.perf_counter() - wall
        told.application = time.process_time() - application
        told.database = processor_seconds(pid) - database


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far, of its one thread."""
    # Not `stat`: it counts in ticks of 10 ms, and a row takes less.
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
