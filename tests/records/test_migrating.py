"""A later release's migrations on a filled database while this one works: no work waits behind them, none is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import evenroll
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database
from evenroll.runtime.settings import PROGRAM
from tests.runtime.line import line

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(embedded_server: Server) -> Iterator[DatabaseUrls]:
    name = f"evenroll_test_{os.getpid()}_later"
    ensure_database(embedded_server, name)
    app, owner = (embedded_server.url(role=f"evenroll_{role}", database=name) for role in ("app", "owner"))
    yield DatabaseUrls(app=app, owner=owner, auditor=None)
    drop_database(embedded_server, name)


def test_work_goes_on_while_a_later_release_migrates(own: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> None:
    with _process("work", own, embedded_home) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        assert worker.stdout.readline().strip() == "1"
        with psycopg.connect(own.owner) as held:
            # A long transaction of somebody else: a migration that simply waited would have all writers wait behind it.
            held.execute("LOCK TABLE case_record IN ROW EXCLUSIVE MODE")
            with _process("migrate", own, embedded_home) as migrating:
                for _ in range(4):
                    assert worker.stdout.readline()
                assert migrating.poll() is None
                held.rollback()
                told = json.loads(migrating.communicate(timeout=120)[0])
        assert told == {"before": ["0900_expand_later"], "after": [], "refused": ""}
        # The release before works on with the newer tables.
        for _ in range(2):
            assert worker.stdout.readline()
        worker.stdin.close()
        said = json.loads(worker.stdout.read().splitlines()[-1])
    assert said["troubles"] == [] and said["equal"] and said["cases"] >= 6
    _newer_tables_are_told(own, embedded_home, tmp_path)


def test_what_takes_something_away_waits_until_nobody_of_an_older_release_is_there(
    own: DatabaseUrls, embedded_home: Path
) -> None:
    def brought(act: str) -> Any:
        with _process(act, own, embedded_home) as process:
            return json.loads(process.communicate(timeout=120)[0])

    def has_later() -> bool:
        with psycopg.connect(own.owner) as looking:
            row = looking.execute(
                "SELECT count(*) FROM information_schema.columns WHERE column_name = 'later'"
            ).fetchone()
        return row == (2,)

    with psycopg.connect(own.app, application_name=f"{PROGRAM} 0.0.9", autocommit=True) as older:
        # It adds only: who is older goes on with it.
        assert brought("migrate")["after"] == [] and has_later()
        told = brought("end")
        assert told["after"] == told["before"] == ["0901_contract_later"]
        assert "0901_contract_later takes away what older releases need" in told["refused"]
        assert f"({PROGRAM} 0.0.9)" in told["refused"]
        assert has_later()
        assert older.execute("SELECT count(*) FROM django_migrations WHERE name LIKE '0901%'").fetchone() == (0,)
    # Those of this release, and programs of others, need nothing of what goes.
    with (
        psycopg.connect(own.app, application_name=f"{PROGRAM} {evenroll.__version__}"),
        psycopg.connect(own.owner, application_name="psql"),
    ):
        told = brought("end")
    assert (told["refused"], told["after"]) == ("", [])
    assert not has_later()


def _newer_tables_are_told(own: DatabaseUrls, home: Path, folder: Path) -> None:
    """Tables that know more are worked with; from which something was taken away, they are refused by a sentence."""
    assert line(own, home, "queue", "--json", folder=folder).code == 0
    with psycopg.connect(own.owner, autocommit=True) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('records', '0901_contract_x', now())")
    refused = line(own, home, "queue", "--json", folder=folder)
    assert refused.code == 5
    assert "has taken away from the tables what this one" in refused.err and "0901_contract_x" in refused.err


def _process(act: str, own: DatabaseUrls, home: Path) -> subprocess.Popen[str]:
    assert urlsplit(own.app).path
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests/records/migrating_process.py"), act, own.app, own.owner, str(home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
