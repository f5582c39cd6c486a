"""Rows that another release wrote: read rightly before anything is done, and written anew while work goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.records import rebuild as rebuilding
from evenroll.records.folds import is_own_form
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.rebuild import rebuild
from evenroll.records.replay import replay
from evenroll.records.streams import StreamKind
from tests.records.older_rows import Old, grow_old, old_territory
from tests.territory import NOW, Territory, days


@pytest.fixture
def old(django_ready: object) -> Iterator[Old]:
    made = old_territory()
    yield made
    # Others replay the whole database.
    assert rebuild(organizations=made.territory.organizations).failed == ()


def test_a_row_of_an_older_release_is_read_from_the_journal(old: Old) -> None:
    """The promise: what the old row does not say is not made up, before anything is written anew."""
    case = old.territory.case(old.territory.utility, old.number)
    assert case.vehicles and case.answers and case.form is not None
    with open_organization(old.territory.utility), cursor() as pen:
        row = pen.execute("SELECT state FROM case_record WHERE number = %s", (old.number,)).fetchone()
    assert row is not None and "vehicles" not in json.loads(row[0])
    old.territory.taken(old.territory.give(old.territory.utility, CommandName.WITHDRAW, old.number, role=Role.CUSTOMER))
    after = old.territory.case(old.territory.utility, old.number)
    assert after.vehicles == case.vehicles
    # Its other rows are still those of the older release: it is written anew with them, and not believed before.
    assert not any(is_own_form(StreamKind.CASE, text) for text in _states(old.territory))
    rebuild(organizations=old.territory.organizations)
    assert all(is_own_form(StreamKind.CASE, text) for text in _states(old.territory))
    assert replay("rebuild_read", organizations=old.territory.organizations).equal


def test_every_row_is_written_anew_once_and_equals_the_journal(old: Old) -> None:
    before = replay("rebuild_before", organizations=old.territory.organizations)
    assert not before.equal and before.older == old.rows > 4 and before.holds
    done = rebuild(organizations=old.territory.organizations, batch=2)
    assert (done.written, done.busy, done.failed) == (old.rows, 0, ())
    after = replay("rebuild_after", organizations=old.territory.organizations)
    assert after.differences == () and after.older == 0
    assert rebuild(organizations=old.territory.organizations).written == 0
    old.territory.run_through(NOW + days(40))
    assert replay("rebuild_worked", organizations=old.territory.organizations).equal


def test_a_rebuild_that_is_ended_goes_on_where_it_was(old: Old) -> None:
    def stop(wrote: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(organizations=old.territory.organizations, batch=1, progress=stop)
    assert rebuild(organizations=old.territory.organizations).written == old.rows - 1


def test_a_stream_in_work_is_passed_over_and_nobody_waits(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "ROUNDS_MAX", 2)
    with _held(old):
        done = rebuild(organizations=old.territory.organizations)
    assert (done.written, done.busy) == (old.rows - 1, 1)
    assert rebuild(organizations=old.territory.organizations).written == 1


def test_rows_are_written_anew_while_work_goes_on(old: Old) -> None:
    """Commands and rebuild want the same streams; none is refused, none is lost, and all agrees at the end."""
    troubles, enough = list[BaseException](), threading.Event()

    def work() -> None:
        from django.db import connections

        try:
            while not enough.is_set():
                old.territory.apply(old.territory.premise())
                old.territory.run()
        except BaseException as error:
            troubles.append(error)
        finally:
            connections.close_all()

    worker, written = threading.Thread(target=work), 0
    worker.start()
    for _ in range(2):
        grow_old(old.territory)
        written += rebuild(organizations=old.territory.organizations, batch=1).written
    enough.set()
    worker.join()
    assert troubles == [] and written > old.rows
    rebuild(organizations=old.territory.organizations)
    result = replay("rebuild_races", organizations=old.territory.organizations)
    assert result.differences == () and result.holds


def test_a_stream_that_a_newer_release_wrote_is_left_alone(old: Old) -> None:
    _set_version(old, 9)
    try:
        done = rebuild(organizations=old.territory.organizations)
    finally:
        _set_version(old, 1)
    assert [stream.key for _, stream in done.failed] == [old.number]
    assert (done.written, done.busy) == (old.rows - 1, 0)
    # Its hash does not cover another version: restored, it holds.
    assert rebuild(organizations=old.territory.organizations).written == 1


def _set_version(old: Old, version: int) -> None:
    """What no role may do to the journal, but for its owner with the lock taken off."""
    with open_organization(old.territory.utility, alias="owner"), cursor() as pen:
        pen.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        pen.execute("UPDATE journal_entry SET version = %s WHERE stream_key = %s AND number = 1", (version, old.number))
        pen.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


def _states(territory: Territory) -> list[str]:
    with open_organization(territory.utility), cursor() as pen:
        return [text for (text,) in pen.execute("SELECT state FROM case_record").fetchall()]


class _held:
    """Somebody has a case in work."""

    def __init__(self, old: Old) -> None:
        self._old, self._begun, self._done = old, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        from django.db import connections

        with open_organization(self._old.territory.utility), cursor() as pen:
            pen.execute("SELECT 1 FROM stream_head WHERE stream_key = %s FOR UPDATE", (self._old.number,))
            self._begun.set()
            self._done.wait(30)
        connections.close_all()

    def __enter__(self) -> None:
        self._thread.start()
        assert self._begun.wait(10)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
