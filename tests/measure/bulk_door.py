"""Measures the bulk door: applications through row 5 by several processes, their memory, and COPY of what they left.

Usage: python -m tests.measure.bulk_door [applications, 100000] [processes, one for each processor]. No part of the test
run. `make bench-bulk` runs it on a database of its own. The yardstick is COPY, as the owner, of the rows that this run
left in every table, into empty tables with the same indexes.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from evenroll.runtime.database import DatabaseUrls
from tests.measure.bulk_territory import NOW, load_books, planned, write_applications
from tests.measure.own_database import own_database

SAMPLE_SECONDS = 0.25


@dataclass
class Memory:
    """The proportional set size of this process and its children together, sampled; KiB. own: this process alone."""

    peak: int = 0
    own: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.ended.wait(SAMPLE_SECONDS):
            each = [_pss(process) for process in _ours()]
            self.peak, self.own = max(self.peak, sum(each)), max(self.own, each[0])


def _ours() -> list[int]:
    own = os.getpid()
    found = [own]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            found += [int(entry.name)] if parent == own and "postgres" not in _name(entry) else []
    return found


def _name(entry: Path) -> str:
    try:
        return (entry / "comm").read_text()
    except OSError:
        return ""


def _pss(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def main(applications: int, processes: int) -> None:
    """Make the books of a territory, run a file with an application of each customer, print what it took."""
    with own_database() as urls, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        path = Path(folder, "applications.csv")
        _make_ready(applications, path)
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            owner.execute("ANALYZE")
        print(f"books of {applications:,} customers: {time.perf_counter() - begun:.0f} s", flush=True)
        before = _counts(urls)
        taken, memory = _run(path, processes)
        machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        print(f"{machine}, Python {sys.version.split()[0]}, {processes} processes")
        print(f"{applications:,} applications through row 5: {taken:.1f} s, {applications / taken:.0f} a second")
        print(f"memory of our processes together, PSS, peak: {memory.peak / 1024:.0f} MiB", end="")
        print(f", the reading one alone {memory.own / 1024:.0f} MiB")
        rows, copied = _yardstick(urls, before, Path(folder))
        print(f"COPY of the {rows:,} rows that it left, into tables with their indexes: {copied:.1f} s")
        print(f"ratio {taken / copied:.1f}")


def _make_ready(applications: int, path: Path) -> None:
    """The books and the file, made by a process that ends: a door has not all customers in its memory."""
    from django.db import connections

    connections.close_all()
    process = get_context("fork").Process(target=_books_and_file, args=(applications, path))
    process.start()
    process.join()
    assert process.exitcode == 0, "the books were not made; what went wrong stands above"


def _books_and_file(applications: int, path: Path) -> None:
    points = planned(applications)
    load_books(points)
    write_applications(path, points)


def _run(path: Path, processes: int) -> tuple[float, Memory]:
    from evenroll.enrollment.form import Channel
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules
    from evenroll.programs.catalog import load_catalog
    from evenroll.records.organizations import organization_keys
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.batch_lane import BatchLane

    keys = organization_keys()
    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset(keys),
        programs=frozenset(each.key for each in load_catalog().programs),
        channel=Channel.BULK,
    )
    lane = BatchLane(installation=wired_installation(), now=NOW)
    run = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=keys)
    memory, told = Memory(), Counter[str]()
    own, others = _processor_seconds()
    begun = time.perf_counter()
    rows = run_file(run, driver=lambda: None, lane=lane, processes=processes)
    watcher = threading.Thread(target=memory.watch, daemon=True)
    watcher.start()
    for each in rows:
        told[each.decision or each.status] += 1
    taken = time.perf_counter() - begun
    memory.ended.set()
    watcher.join()
    count = sum(told.values())
    after, others_after = _processor_seconds()
    spent = (after - own) + (others_after - others)
    print(f"decided: {dict(told)}; processor time of our processes {1000 * spent / count:.2f} ms an application")
    return taken, memory


def _processor_seconds() -> tuple[float, float]:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return spent[0].ru_utime + spent[0].ru_stime, spent[1].ru_utime + spent[1].ru_stime


def _counts(urls: DatabaseUrls) -> dict[str, int]:
    """The highest row of every table before the run, by its place in the file: what is behind it is new."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("SELECT pg_stat_clear_snapshot()")
        rows = owner.execute("SELECT relname, n_tup_ins FROM pg_stat_user_tables").fetchall()
    return dict(rows)


def _yardstick(urls: DatabaseUrls, before: dict[str, int], folder: Path) -> tuple[int, float]:
    """How many rows the run left, and the seconds of COPY that they take; indexes present, constraints too."""
    count, spent = 0, 0.0
    with psycopg.connect(urls.owner) as owner:
        time.sleep(1)  # the counters of the last transactions are told late
        for table, _ in _left(owner, before):
            owner.execute(SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(Identifier(table)))
        for table, rows in _left(owner, before):
            count += rows
            spent += _copied(owner, table, rows, folder)
        owner.rollback()
    return count, spent


def _left(owner: psycopg.Connection, before: dict[str, int]) -> list[tuple[str, int]]:
    now = dict(
        owner.execute("SELECT relname, n_tup_ins FROM pg_stat_user_tables WHERE schemaname = 'public'").fetchall()
    )
    return [(table, rows - before.get(table, 0)) for table, rows in sorted(now.items()) if rows > before.get(table, 0)]


def _copied(owner: psycopg.Connection, table: str, rows: int, folder: Path) -> float:
    """Seconds of COPY of the newest rows of a table into an empty one like it."""
    twin, path = Identifier(f"twin_{table}"), folder / table
    owner.execute(SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(twin, Identifier(table)))
    newest = SQL("COPY (SELECT * FROM {} ORDER BY ctid DESC LIMIT {}) TO STDOUT").format(
        Identifier(table), Literal(rows)
    )
    with owner.cursor() as pen, path.open("wb") as file, pen.copy(newest) as copy:
        for data in copy:
            file.write(data)
    begun = time.perf_counter()
    with owner.cursor() as pen, path.open("rb") as file, pen.copy(SQL("COPY {} FROM STDIN").format(twin)) as copy:
        while data := file.read(1 << 20):
            copy.write(data)
    taken = time.perf_counter() - begun
    path.unlink()
    return taken


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1,
    )
