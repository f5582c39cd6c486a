"""Wiring: one database per process, tables made by several processes at once, a master key that others cannot read."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from evenroll.records.keys import current_keys
from evenroll.runtime.settings import database_for
from evenroll.runtime.wiring import AlreadyConfigured, MasterKeyRefused, configure, find_master_key
from tests.records.invented import Urls, rows

MIGRATE = """
import sys
from dataclasses import dataclass
from evenroll.runtime.wiring import migrate

@dataclass(frozen=True)
class Given:
    app: str
    owner: str
    auditor: str | None = None

migrate(Given(*sys.argv[1:]))
"""


@dataclass(frozen=True)
class Other:
    app: str = "postgresql://a@localhost/other"
    owner: str = "postgresql://o@localhost/other"
    auditor: str | None = None


def test_a_process_has_one_database(django_ready: Urls) -> None:
    configure(django_ready)
    with pytest.raises(AlreadyConfigured, match="Start a new process"):
        configure(Other())


def test_an_address_keeps_its_options() -> None:
    told = database_for("postgresql://app:pw@/evenroll?host=/run/pg&port=5433&connect_timeout=3", keep=True)
    assert (told["HOST"], told["PORT"], told["NAME"], told["USER"]) == ("/run/pg", "5433", "evenroll", "app")
    assert told["OPTIONS"]["connect_timeout"] == "3"


@pytest.mark.on_16
def test_several_processes_make_the_tables_at_once(django_ready: Urls) -> None:
    with psycopg.connect(django_ready.owner, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS twice CASCADE")
        connection.execute("CREATE SCHEMA twice")
    environment = {**os.environ, "PYTHONPATH": "src", "PGOPTIONS": "-c search_path=twice"}
    command = [sys.executable, "-c", MIGRATE, django_ready.app, django_ready.owner]
    running = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        told = [each.communicate(timeout=120)[1] for each in running]
    finally:
        for each in running:
            each.kill()
            each.wait()
    assert [each.returncode for each in running] == [0, 0], told
    with psycopg.connect(django_ready.owner, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM twice.django_migrations WHERE app = 'records'").fetchone()
        connection.execute("DROP SCHEMA twice CASCADE")
    assert row is not None and row[0] >= 2


def test_the_master_key_is_made_once_and_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENROLL_MASTER_KEY", raising=False)
    assert find_master_key(None) is None
    made = find_master_key(tmp_path)
    assert made == find_master_key(tmp_path)
    path = tmp_path / "keys" / "master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    path.chmod(0o644)
    with pytest.raises(MasterKeyRefused, match="0600"):
        find_master_key(tmp_path)


def test_the_environment_goes_before_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENROLL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert find_master_key(tmp_path) == b"k" * 32
    assert not (tmp_path / "keys").exists()
    for wrong in ("not base64!", base64.b64encode(b"short").decode()):
        monkeypatch.setenv("EVENROLL_MASTER_KEY", wrong)
        with pytest.raises(MasterKeyRefused, match="32 bytes") as caught:
            find_master_key(tmp_path)
        assert wrong not in str(caught.value)


@pytest.mark.on_16
def test_another_key_than_the_databases_own_is_refused(
    django_ready: Urls, embedded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = current_keys()
    other = base64.b64encode(b"x" * 32).decode()
    monkeypatch.setenv("EVENROLL_MASTER_KEY", other)
    with pytest.raises(MasterKeyRefused, match="Give the key that this database was made with") as caught:
        configure(django_ready)
    assert other not in str(caught.value)
    assert current_keys() is own
    monkeypatch.delenv("EVENROLL_MASTER_KEY")
    configure(django_ready, home=embedded_home)
    assert current_keys().fingerprint() == own.fingerprint()


@pytest.mark.on_16
def test_the_mark_of_the_key_is_one_row_that_stays(django_ready: Urls) -> None:
    assert rows("SELECT is_only, fingerprint FROM master_key_mark") == [(True, current_keys().fingerprint())]
    for address in (django_ready.app, django_ready.owner):
        with psycopg.connect(address) as connection, pytest.raises(psycopg.Error):
            connection.execute("UPDATE master_key_mark SET fingerprint = 'another'")
