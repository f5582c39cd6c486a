"""`evenroll status` on a database: its figures are those of the books, and a worker is seen and missed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import evenroll
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, OWNER
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database
from evenroll.runtime.health_facts import book_sizes, organization_facts
from tests.conftest import DATABASE_PREFIX
from tests.runtime.line import line
from tests.territory import NOW, Territory, new_territory
from tests.worker.test_driver import send


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_what_waits_is_counted_and_aged(territory: Territory) -> None:
    from evenroll.enrollment.messages import CancelAnswered, CancelResult
    from evenroll.quantities.identifiers import OrderNumber

    territory.apply(territory.premise())
    body = CancelAnswered(order=OrderNumber("SO-1"), result=CancelResult.CANCELLED)
    send(territory, body, conversation="EV-UNKNOWN")
    before = organization_facts(territory.utility, now=NOW + timedelta(hours=2))
    assert sum(before.cases.values()) == 1
    assert before.overdue["system"].count == 1 and before.overdue["system"].oldest_at <= NOW
    (sizes,) = book_sizes([territory.utility]).values()
    assert before.not_sealed == sizes.journal_entries > 0 and sizes.usage_points == 1
    sending = organization_facts(territory.esco, now=NOW)
    assert (sending.boxes.to_send, sending.boxes.to_send_since) == (1, NOW)
    territory.run()
    after = organization_facts(territory.utility, now=NOW)
    assert (after.boxes.to_send, after.boxes.inbox_parked, after.overdue) == (0, 1, {})
    assert after.boxes.inbox_parked_since is not None and after.boxes.inbox_seconds < 60


def test_status_is_read_by_machine_and_says_by_its_code_that_a_person_must_act(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    new_territory()
    with signs_of_life():
        pass

    def told(*arguments: str) -> tuple[int, Any]:
        said = line(django_ready, embedded_home, "status", "--json", *arguments, folder=tmp_path)
        return said.code, said.told

    assert line(django_ready, embedded_home, "worker", "--once", folder=tmp_path).code == ExitCode.OK
    code, status = told("--limit", "connections_percent=0/0")
    assert (code, status["verdict"]) == (ExitCode.MUST_ACT, "act")
    by_name = {each["check"]: each for each in status["checks"]}
    assert by_name["migrations"]["verdict"] == "ok" and by_name["seal"]["verdict"] == "ok"
    assert by_name["connections"]["to_do"].startswith("End commands that hang")
    # The one that looked once left no row.
    assert status["workers"][0]["name"] == worker_name() and status["workers"][0]["stopped_at"] is not None
    assert status["migrations"]["pending"] == [] and "0001_tables" in status["migrations"]["applied"]
    assert status["server"]["major"] in (16, 18) and status["server"]["size_bytes"] > 10**6
    assert status["disk"]["wal_bytes"] > 10**6 and status["disk"]["is_server"]
    assert abs(status["clock"]["seconds_ahead"]) < 5
    said = line(django_ready, embedded_home, "status", "--limit", "clock=1", folder=tmp_path)
    assert said.code == ExitCode.WRONG_USE and "NAME=LOOK/ACT" in said.err


def test_an_installation_that_nobody_set_up_says_so_and_what_to_do(
    embedded_server: Server, embedded_home: Path, tmp_path: Path
) -> None:
    name = f"{DATABASE_PREFIX}{os.getpid()}_bare"
    ensure_database(embedded_server, name)
    app, owner = (embedded_server.url(role=role, database=name) for role in (APPLICATION, OWNER))
    bare = DatabaseUrls(app=app, owner=owner, auditor=None)
    try:
        old = line(bare, embedded_home, "status", "--json", folder=tmp_path)
        assert (old.code, old.told["verdict"]) == (ExitCode.MUST_ACT, "act")
        assert line(bare, embedded_home, "db", "migrate", folder=tmp_path).code == ExitCode.OK
        status = line(bare, embedded_home, "status", "--json", folder=tmp_path)
        assert (status.code, status.told["verdict"]) == (ExitCode.OK, "look"), status.err
        looked = {each["check"]: each for each in status.told["checks"] if each["verdict"] != "ok"}
        assert set(looked) <= {"organizations", "disk", "transactions", "connections"}
        assert "None is set up yet" in looked["organizations"]["found"]
        assert f"evenroll --database {name} programs publish ORGANIZATION" in looked["organizations"]["to_do"]
        people = line(bare, embedded_home, "status", folder=tmp_path)
        assert people.code == ExitCode.OK and "UTC" in people.out and "somebody should look by day" in people.out
        asked = line(bare, embedded_home, "status", "--organization", "nobody", folder=tmp_path)
        assert asked.code == ExitCode.NOT_FOUND
    finally:
        drop_database(embedded_server, name)


def test_a_worker_is_seen_while_it_works_and_told_of_when_it_ended(django_ready: object) -> None:
    from evenroll.records.workers_seen import workers_seen
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    with signs_of_life() as sign:
        sign.looked(handled=3, failed=1, seconds=0.25)
        sign.looked(handled=4, failed=0, seconds=0.1)
        (seen,) = [each for each in workers_seen() if each.name == worker_name()]
        # The second round came too soon after the first to be told.
        assert (seen.handled, seen.failed, seen.round_ms, seen.stopped_at) == (3, 1, 250, None)
        assert 0 <= seen.seconds_ago < 30
    (gone,) = [each for each in workers_seen() if each.name == worker_name()]
    assert gone.stopped_at is not None and (gone.handled, gone.failed) == (7, 1)


def test_a_worker_that_slept_until_it_was_forgotten_is_seen_again(django_ready: object) -> None:
    from evenroll.records.organizations import shared_transaction
    from evenroll.records.workers_seen import note_began, workers_seen
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    with signs_of_life() as sign:
        with shared_transaction() as pen:
            pen.execute(
                "UPDATE worker_seen SET seen_at = seen_at - interval '8 days' WHERE name = %s", (worker_name(),)
            )
        note_began("another/1", version="0")
        assert worker_name() not in [each.name for each in workers_seen()]
        sign.looked(handled=3, failed=1, seconds=0.25, newer=2)
        (seen,) = [each for each in workers_seen() if each.name == worker_name()]
        assert (seen.handled, seen.failed, seen.newer, seen.round_ms, seen.stopped_at) == (3, 1, 2, 250, None)
        assert seen.version == evenroll.__version__


def test_a_worker_that_looks_once_leaves_no_row(django_ready: object) -> None:
    from evenroll.records.workers_seen import workers_seen
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    with signs_of_life(once=True) as sign:
        sign.looked(handled=3, failed=0, seconds=0.25)
        assert worker_name() in [each.name for each in workers_seen()]
    assert worker_name() not in [each.name for each in workers_seen()]


def test_a_worker_that_dies_says_nothing_more(django_ready: object) -> None:
    from evenroll.records.workers_seen import workers_seen
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    with pytest.raises(RuntimeError), signs_of_life():
        raise RuntimeError("it died")
    (seen,) = [each for each in workers_seen() if each.name == worker_name()]
    assert seen.stopped_at is None
