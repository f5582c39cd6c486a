"""Measures the load of many usage points: seconds and the peak of this process, on a database of its own.

Usage: python -m tests.measure.load_points [usage points, 1000000] [premises, as many]. No part of the test run: it
takes minutes. `make bench-load` runs it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from evenroll.enrollment.roles import OrganizationKind
from evenroll.quantities.identifiers import OrganizationKey
from tests.measure.own_database import own_database

UTILITY = OrganizationKey("bench-utility")
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def main(points: int, premises: int) -> None:
    """Make the files, load them, say how long it took."""
    with own_database(), tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), points=points, premises=premises)


def measure(folder: Path, *, points: int, premises: int) -> None:
    from evenroll.records.organizations import add_organization

    kinds = frozenset({OrganizationKind.UTILITY})
    add_organization(UTILITY, name="Bench", kinds=kinds, calendar_key="US-LAKELAND")
    for kind, count, write in (
        ("premises", premises, _premises),
        ("accounts", premises, _accounts),
        ("usage_points", points, lambda path: _points(path, points, premises)),
        ("usage_points", points, lambda path: _points(path, points, premises)),
    ):
        path = folder / f"{kind}.csv"
        _written(path, count, write)
        timed(kind, path)


def timed(kind: str, path: Path) -> None:
    from evenroll.intake.load_file import load_file
    from evenroll.intake.load_hand import LoadAsked
    from evenroll.intake.load_source import source_of
    from evenroll.records.load_terms import LoadFault, LoadKind

    faults: list[LoadFault] = []
    began, began_cpu = time.perf_counter(), time.process_time()
    asked = LoadAsked(
        organization=UTILITY,
        kind=LoadKind(kind),
        source=source_of(path),
        as_of_on=date(2026, 11, 23),
        now=NOW,
    )
    loaded = load_file(asked, tell=faults.append)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = ", ".join(f"{count:,} {standing.value}" for standing, count in loaded.difference.counts.items() if count)
    size = path.stat().st_size / 1e6
    print(
        f"{kind}: {loaded.rows:,} rows ({size:.0f} MB), {told}, {len(faults)} faults: {seconds:.1f} s, "
        f"{loaded.rows / seconds:,.0f} rows/s, of it {cpu:.1f} s CPU of this process; peak so far {peak_mb:.0f} MB",
        flush=True,
    )


def _written(path: Path, count: int, write: Callable[..., Iterator[str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(write(count) if write in (_premises, _accounts) else write(path))


def _premises(count: int) -> Iterator[str]:
    yield "premise,address,postal_code,dwelling\n"
    for number in range(count):
        yield f"P{number:08d},{number % 9999 + 1} Elm St Apt {number // 9999},{60000 + number % 1000},own\n"


def _accounts(count: int) -> Iterator[str]:
    yield "account,name,phone,email,customer_class,opened_on\n"
    for number in range(count):
        yield f"A{number:08d},Customer {number},555{number:07d},c{number}@example.org,residential,2020-05-01\n"


def _points(path: Path, count: int, premises: int) -> Iterator[str]:
    yield "usage_point,premise,account,read_cycle,net_metering,interval_opt_out\n"
    for number in range(count):
        at = number % premises
        yield f"LKB{number:09d},P{at:08d},A{at:08d},{number % 21 + 1},{'yes' if number % 9 == 0 else 'no'},no\n"


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    total = given[0] if given else 1_000_000
    main(total, given[1] if len(given) > 1 else total)
