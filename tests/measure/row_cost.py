"""Measures an interactive row: statements, commits, processor time, and the time against as many raw trips.

Usage: python -m tests.measure.row_cost [applications, 5]. No part of the test run. `make bench` runs it, on a database
of its own. Medians; the machine is named; the yardstick is asked in the same run.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

import psycopg

from evenroll.enrollment.command_names import CommandName
from tests.measure.own_database import own_database
from tests.row_costs import RowCost, watched_rows
from tests.territory import NOW, new_territory

TRIPS = 200
IDLE_LOOKS = 50


def main(applications: int) -> None:
    """Make a database, count and time the rows of some applications, print one table."""
    with own_database() as urls:
        _measure(applications, url=urls.app)


def _measure(applications: int, *, url: str) -> None:
    watched_rows(new_territory(), applications=2, counts=False)  # what is read once a process is read now
    counted = watched_rows(new_territory(), applications=1, counts=True)
    timed = watched_rows(new_territory(), applications=applications, counts=False)
    trip_ms = _trip_ms(url)
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, Python {sys.version.split()[0]}")
    print(f"one statement of psycopg, raw, prepared: {trip_ms:.2f} ms")
    heads = ("statements", "commits", "reads", "trips", "app CPU ms", "wall ms", "wall/raw")
    print("".join([f"{'row':<24}", *(f"{head:>12}" for head in heads)]))
    for name, costs in counted.items():
        _print_row(name, costs, timed.get(name, ()), trip_ms=trip_ms)
    every = [cost.cpu_ms for costs in timed.values() for cost in costs]
    print(f"application CPU, median over {len(every)} rows: {statistics.median(every):.2f} ms")
    _print_look()


def _print_row(name: CommandName, counted: Sequence[RowCost], timed: Sequence[RowCost], *, trip_ms: float) -> None:
    cost = max(counted, key=lambda each: each.statements)
    cpu = statistics.median(each.cpu_ms for each in timed) if timed else 0.0
    wall = statistics.median(each.wall_ms for each in timed) if timed else 0.0
    counts = (cost.statements, cost.commits, cost.reads, cost.trips)
    times = (cpu, wall, wall / (cost.trips * trip_ms))
    print("".join([f"{name.value:<24}", *(f"{each:>12}" for each in counts), *(f"{each:>12.2f}" for each in times)]))


def _trip_ms(url: str) -> float:
    """A statement that does nothing, there and back, on a connection of its own; the median."""
    taken: list[float] = []
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection, connection.cursor() as pen:
        for _ in range(TRIPS):
            begun = time.perf_counter()
            pen.execute("SELECT %s::int", (1,)).fetchone()
            taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def _print_look() -> None:
    """What a look of a worker costs that finds nothing; `worker_rate` measures what one does."""
    from evenroll.worker.driver import run_until_idle

    installation, later = new_territory().installation, NOW + timedelta(days=1)
    begun = time.perf_counter()
    for _ in range(IDLE_LOOKS):
        run_until_idle(installation, now=later)
    print(f"an idle look at three organizations: {(time.perf_counter() - begun) * 1000 / IDLE_LOOKS:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
