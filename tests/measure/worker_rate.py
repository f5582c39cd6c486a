"""Measures the worker: waits and messages a second, beside dormant ones or not, by one process and by two.

Usage: python -m tests.measure.worker_rate [dormant waits, 0] [orders, 400]. No part of the test run. `make bench` runs
it without dormant ones, `make bench-large` with a million, on a database of its own. Medians of five; the yardstick,
the same without dormant ones, is measured in the same run.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from evenroll.runtime.database import DatabaseUrls
from tests.measure.own_database import own_database
from tests.measure.processor_time import Spent, spent
from tests.territory import NOW, Territory, new_territory

RUNS = 5
LONGEST_SECONDS = 600
AT_ONCE = 100
"""Applications that a worker takes at once while the population grows: a run of the tests takes no more in hand."""
_TAKEN_BY = ("order_escalated", "escalated", "reminded")


@dataclass(frozen=True, kw_only=True, slots=True)
class Worked:
    """What one process did, and when, by a clock that all processes share."""

    commands: int
    begun: float
    ended: float
    failed: int


def main(dormant: int, orders: int) -> None:
    """Make a database, print what a worker does in it."""
    with own_database() as urls:
        machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        print(f"{machine}, Python {sys.version.split()[0]}", flush=True)
        population = Population(new_territory())
        population.grow(orders)
        without = population.take(RUNS)
        _print("due waits, none dormant", without)
        _print("an application from its form on", _lives())
        if dormant:
            add_dormant(population.territory, dormant)
            beside = population.take(RUNS)
            _print(f"due waits, {dormant:,} dormant", beside)
            cost = _cost(beside) / _cost(without)
            print(f"processor time of a wait beside dormant ones: {cost:.2f} times that without")
        _print_processes(population, urls)


class Population:
    """Service orders whose waits lapse again and again, because nobody does the work: a person is told each time."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.now = NOW
        self.orders = 0

    def grow(self, orders: int) -> None:
        """Let so many customers apply and wait for their crew."""
        for number in range(1, orders + 1):
            self.territory.apply(self.territory.premise())
            if number % AT_ONCE == 0 or number == orders:
                self.territory.run(self.now)
        self.orders += orders

    def next_lot(self) -> datetime:
        """Let the clock run until waits of all orders lapse at once; what lapses before is taken."""
        from evenroll.records import deadlines

        while True:
            following = deadlines.next_due_at(self.territory.utility, after=self.now)
            assert following is not None
            self.now = following
            if self._due() >= self.orders:
                return self.now
            self.territory.run(self.now)

    def take(self, lots: int) -> list[tuple[int, Spent]]:
        """How many waits were taken in each lot, and what it took."""
        from evenroll.worker.driver import run_until_idle

        taken: list[tuple[int, Spent]] = []
        installation = self.territory.installation
        for lot in range(lots + 1):
            now = self.next_lot()
            with spent() as told:
                progress = run_until_idle(installation, now=now)
            assert progress.idle and not progress.failed and not progress.refused, progress
            if lot:  # what is read once a process was read in the first
                taken.append((progress.done, told))
        return taken

    def _due(self) -> int:
        from evenroll.records.organizations import cursor, open_organization

        with open_organization(self.territory.utility), cursor() as pen:
            row = pen.execute("SELECT count(*) FROM track WHERE due_at <= %s", (self.now,)).fetchone()
        assert row is not None
        return int(row[0])


def add_dormant(territory: Territory, count: int) -> None:
    """So many waits of other orders that lapse in some years, and a tenth as many messages for later."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO track (organization_id, stream_kind, stream_key, track_key, track, subject, state, since, "
            "owner, due_at, on_lapse, times) SELECT %s, 'service_order', 'SO-DORMANT-' || n, 'meter', 'meter', '', "
            "'to_schedule', %s, 'meter_office', %s::timestamptz + n * interval '1 second', 'escalate', 0 "
            "FROM generate_series(1, %s) AS n",
            (opened.id, NOW, NOW + timedelta(days=3650), count),
        )
        pen.execute(
            "INSERT INTO outbox_message (organization_id, receiver, message_id, conversation, number, in_reply_to, "
            "kind, version, body, parked_why, written_at, due_at, attempts) SELECT %s, 'far-away', 'dormant/' || n, "
            "'EV-DORMANT-' || n, 1, '', 'meter_requested', 1, '{}', '', %s, %s::timestamptz + n * interval '1 second', "
            "1 FROM generate_series(1, %s) AS n",
            (opened.id, NOW, NOW + timedelta(days=3650), count // 10),
        )


def _lives() -> list[tuple[int, Spent]]:
    """Applications from the form on: most of what a worker ever does, and half of it asks partners first."""
    from evenroll.worker.driver import run_until_idle

    taken: list[tuple[int, Spent]] = []
    for _ in range(RUNS):
        territory = new_territory()
        for _ in range(40):
            territory.apply(territory.premise())
        with spent() as told:
            progress = run_until_idle(territory.installation, now=NOW)
        taken.append((progress.done, told))
    return taken


def _cost(taken: Sequence[tuple[int, Spent]]) -> float:
    """Seconds of processor time for one, of application and database; the median."""
    return statistics.median(told.processor / done for done, told in taken)


def _print(what: str, taken: Sequence[tuple[int, Spent]]) -> None:
    rate = statistics.median(done / told.wall for done, told in taken)
    application = statistics.median(told.application / done for done, told in taken) * 1000
    database = statistics.median(told.database / done for done, told in taken) * 1000
    print(
        f"{what}: {rate:.0f} a second by one process; each {application:.2f} ms of the application's processor time, "
        f"{database:.2f} ms of the database's",
        flush=True,
    )


def _print_processes(population: Population, urls: DatabaseUrls) -> None:
    """By turns one process and two, over waits that lapse at once; what each did is counted in the journal."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(2 * RUNS):
        processes = 1 + turn % 2
        now, before = population.next_lot(), _journaled(population.territory)
        worked = _work_at_once(population.territory, urls, now=now, processes=processes)
        done = sum(each.commands for each in worked)
        assert _journaled(population.territory) - before == done >= population.orders, "something was done twice"
        assert not sum(each.failed for each in worked)
        seconds = max(each.ended for each in worked) - min(each.begun for each in worked)
        rates[processes].append(done / seconds)
    one, two = (statistics.median(rates[processes]) for processes in (1, 2))
    print(f"one process: {one:.0f} waits a second; two: {two:.0f}, {two / one:.2f} times; each wait journaled once")


def _journaled(territory: Territory) -> int:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FROM journal_entry WHERE event IN ('order_escalated', 'escalated', 'reminded')"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _work_at_once(territory: Territory, urls: DatabaseUrls, *, now: datetime, processes: int) -> list[Worked]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["django.db", "holidays.countries", "psycopg", "tests.territory"])
    gate, reports = context.Barrier(processes), context.Queue()
    home = Path(os.environ.get("EVENROLL_TEST_HOME", "/var/cache/evenroll/tests"))
    told = (territory, urls, home, now)
    started = [context.Process(target=_work, args=(told, gate, reports)) for _ in range(processes)]
    for each in started:
        each.start()
    worked = [reports.get(timeout=LONGEST_SECONDS) for _ in started]
    for each in started:
        each.join()
    return worked


def _work(told: tuple[Territory, DatabaseUrls, Path, datetime], gate: Barrier, reports: Any) -> None:
    from evenroll.runtime import wiring

    territory, urls, home, now = told
    wiring.configure(urls, home=home)
    from evenroll.worker.driver import run_until_idle

    installation = territory.installation
    # What is read once a process is read before: nothing is due yet.
    run_until_idle(installation, now=NOW - timedelta(days=365))
    gate.wait(timeout=LONGEST_SECONDS)
    begun = time.monotonic()
    commands = failed = 0
    while True:
        progress = run_until_idle(installation, now=now)
        commands, failed = commands + progress.commands, failed + progress.failed
        if not progress.busy:
            break
    reports.put(Worked(commands=commands, begun=begun, ended=time.monotonic(), failed=failed))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    main(given[0] if given else 0, given[1] if len(given) > 1 else 400)
