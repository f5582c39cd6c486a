"""Reading the sealed log with several processes, each on a connection of its own, where it is long."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import psycopg

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.seal_scan import STRETCH, Scanned, scan
from evenroll.records.seal_verify import Scanner, Stretch

WORTH_SHARING: Final = 2 * STRETCH
"""Below this starting processes takes longer than reading."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    url: str
    organizations: tuple[OrganizationKey, ...]
    stretch: Stretch


def shared_out(url: str, *, organizations: Sequence[OrganizationKey], processes: int | None = None) -> Scanner:
    """A scanner with so many processes as there are processors. url: of the application role; never shown."""

    def scanned(wanted: Sequence[Stretch]) -> Iterable[Scanned]:
        tasks = [_Task(url=url, organizations=tuple(organizations), stretch=each) for each in wanted]
        if not tasks or tasks[-1].stretch[1] < WORTH_SHARING:
            yield from map(_scan, tasks)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes or os.cpu_count() or 1, mp_context=context) as pool:
            yield from pool.map(_scan, tasks)

    return scanned


def _scan(task: _Task) -> Scanned:
    with psycopg.connect(task.url) as connection, connection.cursor() as pen:
        pen.execute("SET LOCAL timezone = 'UTC'")
        start, end = task.stretch
        return scan(pen, organizations=task.organizations, start=start, end=end)
