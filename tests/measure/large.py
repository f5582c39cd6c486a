"""Measures rows and the worker beside very many cases, against the same beside a thousand: processor time, median.

Usage: python -m tests.measure.large [cases, 1000000] [folder]. No part of the test run: it takes an hour and some 20 GB
for a million. `make bench-large` runs it (CASES=n, FOLDER=path). In a folder its databases are kept and filled further
at the next run; without one they go away. How the cases come to be: `large_load`.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import platform
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.runtime import wiring
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER, SUPERUSER
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database, using_server
from tests.measure.large_load import Model, copies, give_long_ids, read_models, write
from tests.territory import NOW, Territory, new_territory

FEW = 1_000
RUNS = 5
APPLICATIONS = 4
MODELS = 24
STATES = (0, 4, 12, 14, MODELS)
"""As far as a worker takes them at once; waiting for their customer's answers; withdrawn after; withdrawn at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A database with so many cases in the books of one utility."""

    urls: DatabaseUrls
    home: Path
    territory: Territory
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Milliseconds of processor time of one command or wait, the median."""

    application: float
    database: float

    @property
    def both(self) -> float:
        return self.application + self.database


def main(cases: int, folder: Path | None) -> None:
    """Fill both databases as far as they are not, measure by turns, print one table."""
    with filled((FEW, cases), folder) as (few, many):
        _measure(few, many)


@contextmanager
def filled(counts: Sequence[int], folder: Path | None, *, seals: bool = True) -> Iterator[Sequence[Filled]]:
    """A database with each number of cases, filled as far as it is not; without a folder gone afterwards.

    seals: whether all entries are sealed; pages do not ask for it, and of a million cases it takes minutes.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        kept = folder or Path(elsewhere)
        kept.mkdir(parents=True, exist_ok=True)
        home = Path(os.environ.get("EVENROLL_TEST_HOME", "/var/cache/evenroll/tests"))
        with using_server(home, major=18) as server:
            names = [_name(kept, count) for count in counts]
            try:
                yield [
                    apart(_fill, (_urls(server, name), _by_copy(server, name), home, count, kept, seals))
                    for name, count in zip(names, counts, strict=True)
                ]
            finally:
                if folder is None:
                    for name in names:
                        drop_database(server, name)


def _name(kept: Path, cases: int) -> str:
    """The name of the database; it is kept beside the territory in the folder."""
    path = kept / f"large_{cases}.name"
    if not path.exists():
        path.write_text(f"evenroll_large_{cases}_{secrets.token_hex(2)}", encoding="ascii")
    return path.read_text(encoding="ascii")


def _by_copy(server: Server, name: str) -> str:
    """COPY is refused to roles that row-level security binds."""
    return server.url(role=SUPERUSER, database=name)


def _urls(server: Server, name: str) -> DatabaseUrls:
    ensure_database(server, name)
    return DatabaseUrls(
        app=server.url(role=APPLICATION, database=name),
        owner=server.url(role=OWNER, database=name),
        auditor=server.url(role=AUDITOR, database=name),
    )


def apart(act: Any, told: tuple[Any, ...]) -> Any:
    """What `act` gives in a process of its own, because a process has one database."""
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(there, act, told))
    process.start()
    there.close()
    answer = here.recv()
    process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answer(line: Any, act: Any, told: tuple[Any, ...]) -> None:
    try:
        line.send(act(*told))
    except Exception as error:
        line.send(RuntimeError(f"{type(error).__name__}: {error}"))
        raise


def _fill(urls: DatabaseUrls, by_copy: str, home: Path, cases: int, kept: Path, seals: bool) -> Filled:
    wiring.configure(urls, home=home)
    wiring.migrate(urls)
    told = kept / f"{urls.owner.rpartition('/')[2].partition('?')[0]}.pickle"
    if not told.exists():
        territory, pods = _models(urls)
        told.write_bytes(pickle.dumps((territory, pods)))
    territory, pods = pickle.loads(told.read_bytes())
    _copy(by_copy, territory, pods, cases)
    if seals:
        _seal()
    return Filled(urls=urls, home=home, territory=territory, cases=cases)


def _models(urls: DatabaseUrls) -> tuple[Territory, list[str]]:
    """A territory with a few dozen cases in mixed states, each made row by row, with ids that are found in texts."""
    give_long_ids(urls.owner)
    territory = new_territory()
    premises = [territory.premise() for _ in range(MODELS)]
    decided, waiting, changed, at_once = (premises[begin:end] for begin, end in pairwise(STATES))
    for premise in decided:
        territory.apply(premise)
    for premise in waiting:
        territory.apply(premise, answers={**premise.answers(), FormField.LAST_BILL_AMOUNT: ""})
    gone = [territory.apply(premise) for premise in changed]
    territory.run(NOW)
    gone += [territory.apply(premise) for premise in at_once]
    for number in gone:
        given = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER)
        territory.taken(given)
    territory.run(NOW)
    return territory, [premise.pod for premise in premises]


def _copy(by_copy: str, territory: Territory, pods: Sequence[str], cases: int) -> None:
    from evenroll.records.organizations import open_organization, writing_cursor

    with open_organization(territory.utility) as opened:
        models: list[Model] = read_models(writing_cursor(), territory.utility, pods)
        organization_id = opened.id
    began, written = time.perf_counter(), 0
    # Each portion is kept by itself: a run that ends goes on where it was.
    with psycopg.connect(by_copy, autocommit=True) as connection:
        first = _copied(connection, organization_id)
        for rows, count in copies(models, first=first, count=max(cases - first, 0), organization=territory.utility):
            with connection.transaction():
                # The rows refer to one another as those did that they were copied from.
                connection.execute("SET LOCAL session_replication_role = replica")
                write(connection, rows)
            written += count
            if written % 10_000 == 0:
                print(f"{first + written:,} cases, {written / (time.perf_counter() - began):.0f}/s", flush=True)
    if written:
        with psycopg.connect(by_copy, autocommit=True) as owner:
            # What the server does by itself within a minute or so; a measurement does not wait for it.
            owner.execute("VACUUM (ANALYZE)")
    entries = statistics.mean(len(model.entries) for model in models)
    assert all(model.entries for model in models), "a copy without entries is no case"
    print(f"{cases:,} cases, {entries:.1f} entries each, {written:,} written now", flush=True)


def _seal() -> None:
    from evenroll.records.sealing import seal_all

    # Twice: what the first look finds to be beneath all writers is passed over from the second on.
    seal_all()
    seal_all()


def _copied(connection: psycopg.Connection[Any], organization_id: int) -> int:
    """How many copies stand here already: whole portions, because each is one transaction. Each has a usage point."""
    row = connection.execute(
        "SELECT count(*) FROM usage_point WHERE organization_id = %s", (organization_id,)
    ).fetchone()
    assert row is not None
    return max(int(row[0]) - MODELS, 0)


def _measure(few: Filled, many: Filled) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, Python {sys.version.split()[0]}", flush=True)
    taken: list[tuple[Mapping[str, Cost], Mapping[str, Cost]]] = []
    for _ in range(RUNS):
        taken.append((apart(_costs, (few,)), apart(_costs, (many,))))
    print(
        "".join(
            [f"{'row':<28}", *(f"{head:>14}" for head in ("few: app ms", "db ms", "many: app ms", "db ms", "ratio"))]
        )
    )
    ratios: list[float] = []
    for name in taken[0][0]:
        less, more = (_median([turn[side][name] for turn in taken if name in turn[side]]) for side in (0, 1))
        ratios.append(more.both / less.both)
        shown = (less.application, less.database, more.application, more.database, ratios[-1])
        print("".join([f"{name:<28}", *(f"{each:>14.2f}" for each in shown)]))
    print(f"median over the rows: {statistics.median(ratios):.2f} times, {few.cases:,} and {many.cases:,} cases")


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        application=statistics.median(each.application for each in costs),
        database=statistics.median(each.database for each in costs),
    )


def _costs(filled: Filled) -> Mapping[str, Cost]:
    """Each row of a few applications in this database, by name, and the looks of its staff."""
    wiring.configure(filled.urls, home=filled.home)
    from tests.measure.large_rows import looks, rows

    told = {each.name: getattr(filled.territory, each.name) for each in fields(filled.territory)}
    found: dict[str, list[Cost]] = {}
    for name, application, database in (*rows(told, applications=APPLICATIONS), *looks(filled.territory)):
        found.setdefault(name, []).append(Cost(application=application, database=database))
    return {name: _median(costs) for name, costs in found.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
