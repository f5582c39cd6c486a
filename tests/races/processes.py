"""Several processes let go at once, each with connections of its own, and what each of them reports."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from tests.races.applicants import Report, Reports

Task = TypeVar("Task")


def at_once(
    body: Callable[[Task, Barrier, Reports], None], tasks: Sequence[Task], *, longest_seconds: float
) -> list[Report]:
    """The report of every process, one a task. One that is not done in time is ended, and its report is missing.

    They share nothing with this one, above all no connection; what they all import is imported once.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([body.__module__, "django.db", "holidays.countries", "psycopg"])
    gate, reports = context.Barrier(len(tasks)), context.Queue()
    processes = [context.Process(target=body, args=(task, gate, reports)) for task in tasks]
    began = time.monotonic()
    for process in processes:
        process.start()
    found: list[Report] = []
    try:
        while len(found) < len(tasks):
            found.append(reports.get(timeout=max(0.1, began + longest_seconds - time.monotonic())))
    except queue.Empty:
        pass
    for process in processes:
        process.join(timeout=5)
        if process.is_alive():
            process.kill()
            process.join()
    return found
