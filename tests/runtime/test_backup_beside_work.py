"""A backup is made while a file is enrolled and a worker works: what it restores is one moment, and all of it holds."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, OWNER
from evenroll.runtime.embedded_server import Server, drop_database
from tests.faults.truths import broken
from tests.intake.long_file import SUPERUSER, LongFile, long_file
from tests.runtime.line import line, started

APPLICATIONS = 800
PATIENCE_SECONDS = 300


@pytest.fixture
def place(embedded_server: Server, embedded_home: Path, tmp_path: Path) -> Iterator[LongFile]:
    with long_file(embedded_server, embedded_home, folder=tmp_path, applications=APPLICATIONS) as made:
        yield made


def test_a_backup_beside_writers_is_of_one_moment(
    place: LongFile, embedded_server: Server, embedded_home: Path
) -> None:
    backup, keys = str(place.folder / "backup"), str(place.folder / "keys")
    with _working(place):
        before = _entries(place.looking)
        made = place.said("backup", "--out", backup, "--keys", keys, "--json")
        after = _entries(place.looking)
        assert made.code == 0, made.err
        # Something was written before it, while it was made, and after it.
        assert 0 < before <= sum(made.told["entries"].values()) < after
        _until(lambda: _entries(place.looking) > after)
    name = f"{place.name}_again"
    done = place.said("restore", backup, "--keys", keys, "--into", name, "--nobody-erased", "--json")
    try:
        assert done.code == 0, done.err
        _holds(embedded_server, embedded_home, name, manifest=made.told, folder=place.folder)
    finally:
        drop_database(embedded_server, name)


def _holds(server: Server, home: Path, name: str, *, manifest: dict[str, Any], folder: Path) -> None:
    app, owner, above = (server.url(role=role, database=name) for role in (APPLICATION, OWNER, SUPERUSER))
    restored = DatabaseUrls(app=app, owner=owner, auditor=None)

    def said(*arguments: str) -> Any:
        told = line(restored, home, *arguments, "--json", folder=folder)
        assert told.code == 0, told.err
        return json.loads(told.out.splitlines()[-1])

    with psycopg.connect(above, autocommit=True) as looking:
        keys = [OrganizationKey(row[0]) for row in looking.execute("SELECT key FROM organization").fetchall()]
        assert _entries(looking) == sum(manifest["entries"].values())
        assert list(broken(looking, keys)) == []
        assert said("journal", "verify")["holds"]
        said("journal", "replay")
        # What was in hand at that moment, and what was due then, is taken by whoever works on it now.
        said("worker", "--once")
        assert list(broken(looking, keys)) == []
        said("journal", "replay")


@contextmanager
def _working(place: LongFile) -> Iterator[None]:
    """A worker, and a run of the bulk door that has taken some applications and not all."""
    worker = started(place.urls, place.home, "worker", "--poll", "0.05", folder=place.folder)
    run = place.begun()
    try:
        _until(lambda: place.taken() > 0)
        assert run.poll() is None and place.taken() < APPLICATIONS
        yield
    finally:
        for each in (run, worker):
            _end(each)


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _entries(looking: psycopg.Connection) -> int:
    row = looking.execute("SELECT count(*) FROM journal_entry").fetchone()
    assert row is not None
    return row[0]


def _until(done: Any) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
