"""Beside a newer release: what it wrote is left to its workers, counted as no failure, parked nowhere, and told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.messages import CancelAnswered, CancelResult
from evenroll.enrollment.roles import Role
from evenroll.quantities.codec import CodecRefused
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.records.log_lines import LogCode, LogLine, hear
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import line
from tests.territory import NOW, Territory, days
from tests.worker.test_driver import send
from tests.worker.test_erasing import draft, erased_events

NEWER_FORM = "99.ffffffff"
"""The form of a row that only a newer release writes: its stream is folded from the journal."""


@contextmanager
def written_by_newer(territory: Territory, number: CaseNumber, *, data: str = "") -> Iterator[None]:
    """Inside, a newer release has written the case: its row has another form, and its first event a newer schema.

    data: in place of that, what its first event holds as well.
    """
    from evenroll.records.organizations import cursor, open_organization

    def owner(statement: str, *values: object) -> None:
        with open_organization(territory.utility, alias="owner"), cursor() as pen:
            # What no role may do to the journal, but for its owner with the lock taken off.
            pen.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
            pen.execute(statement, values)  # pyright: ignore[reportArgumentType, reportCallIssue]
            pen.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")

    with open_organization(territory.utility), cursor() as pen:
        row = pen.execute("SELECT state FROM case_record WHERE number = %s", (number,)).fetchone()
        first = pen.execute(
            "SELECT version, data FROM journal_entry WHERE stream_key = %s AND number = 1", (number,)
        ).fetchone()
        assert row is not None and first is not None
        state = json.dumps({**json.loads(row[0]), "_form": NEWER_FORM})
        pen.execute("UPDATE case_record SET state = %s WHERE number = %s", (state, number))
    more = json.dumps({**json.loads(first[1]), **json.loads(data)}) if data else first[1]
    change = "UPDATE journal_entry SET version = %s, data = %s WHERE stream_key = %s AND number = 1"
    owner(change, first[0] if data else 9, more, number)
    try:
        yield
    finally:
        owner(change, first[0], first[1], number)
        with open_organization(territory.utility), cursor() as pen:
            pen.execute("UPDATE case_record SET state = %s WHERE number = %s", (row[0], number))


@contextmanager
def heard() -> Iterator[list[tuple[LogLine, int]]]:
    lines = list[tuple[LogLine, int]]()
    stop = hear(lambda told, level: lines.append((told, level)))
    try:
        yield lines
    finally:
        stop()


def attempts(territory: Territory, number: str) -> int:
    from evenroll.records.models import CommandAnswer
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return CommandAnswer.objects.filter(key__contains=number, key__startswith="attempt/").count()


@pytest.mark.parametrize("data", ["", '{"drawn_by_lot": true}'], ids=["newer schema", "field that is not known"])
def test_a_wait_of_a_record_that_a_newer_release_wrote_is_left_free_and_told_once(
    territory: Territory, data: str
) -> None:
    from evenroll.worker.driver import run_until_idle

    number, other = territory.apply(territory.premise()), territory.apply(territory.premise())
    before = territory.events(territory.utility, number)
    older = territory.installation
    with written_by_newer(territory, number, data=data), heard() as lines:
        for _ in range(3):
            progress = run_until_idle(older, now=NOW, limit=500)
            assert progress.idle and progress.failed == 0 and progress.refused == 0
        left = [(each, level) for each, level in lines if each.code is LogCode.LEFT_TO_NEWER]
        assert [(each.about, level) for each, level in left] == [(number, logging.WARNING)]
        assert not [each for each, _ in lines if each.code is LogCode.FAILED]
        assert territory.events(territory.utility, number) == before
        # Nobody counts it, or waits for its lease to be over.
        assert attempts(territory, number) == 0
        assert number in {each.stream.key for each in _free(territory)}
    # The others of the older release went on, and the newer one takes what was left.
    assert "decision_made" in territory.events(territory.utility, other)
    territory.run()
    assert "decision_made" in territory.events(territory.utility, number)


def _free(territory: Territory) -> Any:
    from evenroll.records import deadlines

    found = deadlines.due(territory.utility, now=NOW, limit=50)
    deadlines.release(territory.utility, found)
    return found


def test_many_that_are_left_hide_nobody(territory: Territory, monkeypatch: pytest.MonkeyPatch) -> None:
    from evenroll.worker import driver

    monkeypatch.setattr(driver, "BATCH", 2)
    hidden = [territory.apply(territory.premise()) for _ in range(3)]
    open_to_all = territory.apply(territory.premise())
    older = territory.installation
    with (
        written_by_newer(territory, hidden[0]),
        written_by_newer(territory, hidden[1]),
        written_by_newer(territory, hidden[2]),
    ):
        while not driver.run_until_idle(older, now=NOW, limit=500).idle:
            pass
        assert len(older.left.records(territory.utility)) == len(hidden)
        assert "decision_made" in territory.events(territory.utility, open_to_all)
    territory.run()
    assert all("decision_made" in territory.events(territory.utility, each) for each in hidden)


def test_a_message_about_a_record_of_a_newer_release_is_neither_tried_nor_parked(territory: Territory) -> None:
    from evenroll.records.models import InboxMessage, OutboxMessage
    from evenroll.records.organizations import open_organization
    from evenroll.worker.driver import run_until_idle

    number = territory.apply(territory.premise())
    body = CancelAnswered(order=OrderNumber("SO-1"), result=CancelResult.CANCELLED)
    send(territory, body, conversation=number)
    older = territory.installation
    with written_by_newer(territory, number), heard() as lines:
        for _ in range(2):
            progress = run_until_idle(older, now=NOW, limit=500)
            assert (progress.failed, progress.parked, progress.idle) == (0, 0, True)
        assert len([each for each, _ in lines if each.code is LogCode.LEFT_TO_NEWER and each.message]) == 1
        with open_organization(territory.esco):
            (message,) = OutboxMessage.objects.filter(conversation=number)
            assert (message.attempts, message.due_at, message.parked_why) == (0, NOW, "")
        with open_organization(territory.utility):
            assert not InboxMessage.objects.filter(conversation=number).exists()
    territory.run()
    with open_organization(territory.esco):
        assert OutboxMessage.objects.get(conversation=number).delivered_at == NOW


def test_a_message_of_a_newer_schema_is_left_and_one_that_nobody_can_read_is_parked(territory: Territory) -> None:
    from evenroll.records.envelope import SCHEMA_VERSION, Envelope, MessageNewer
    from evenroll.worker.receiving import receive
    from evenroll.worker.receiving_together import receive_together

    strange = Envelope(
        sender=territory.esco,
        receiver=territory.utility,
        message_id=f"{territory.esco}/EV-X/1",
        conversation="EV-X",
        number=1,
        kind="told_by_pigeon",
        version=SCHEMA_VERSION + 1,
        body={},
    )
    with pytest.raises(MessageNewer, match="newer release"):
        receive(strange, NOW)
    assert receive_together([strange], NOW) == [None]
    assert receive(replace(strange, version=SCHEMA_VERSION), NOW).why == "unreadable"


def test_what_is_due_by_the_calendar_is_left_as_well(territory: Territory) -> None:
    """Answers whose time is over: a case that only the newer release reads is not erased by the older one."""
    from evenroll.worker.driver import run_until_idle

    number = draft(territory, dict(territory.premise().answers()))
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    territory.run()
    later, older = NOW + days(62), territory.installation
    with written_by_newer(territory, number), heard() as lines:
        for _ in range(2):
            assert run_until_idle(older, now=later, limit=500).failed == 0
        assert len([each for each, _ in lines if each.code is LogCode.LEFT_TO_NEWER and each.about == number]) == 1
        assert not [each for each, _ in lines if each.code is LogCode.FAILED]
    territory.run(later)
    assert erased_events(territory, number) == ["time_over"]


def test_the_worker_says_it_and_status_says_it(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    from evenroll.records.workers_seen import workers_seen
    from evenroll.runtime.worker_sign import signs_of_life, worker_name

    number = territory.apply(territory.premise())
    with written_by_newer(territory, number):
        said = line(django_ready, embedded_home, "worker", "--once", "--json", folder=tmp_path)
        assert said.code == 0
        # It goes round once more where entries of others are still to be counted for reports.
        assert any(json.loads(each)["newer"] for each in said.out.splitlines())
        assert said.err.count("left_to_newer") == 1
        looked = line(django_ready, embedded_home, "case", number, folder=tmp_path)
        assert (looked.code, "newer release" in looked.err) == (5, True)
    with signs_of_life() as sign:
        sign.looked(handled=3, failed=0, newer=2, seconds=0.25)
        assert [each.newer for each in workers_seen() if each.name == worker_name()] == [2]
        status = line(django_ready, embedded_home, "status", "--json", folder=tmp_path).told
    (workers,) = [each for each in status["checks"] if each["check"] == "workers"]
    assert workers["verdict"] == "look"
    assert "2 waits and messages were left, which a newer Evenroll wrote" in workers["found"]
    assert f"{worker_name()} (" in workers["found"]
    territory.run()


def test_what_cannot_be_read_is_still_refused_as_before(territory: Territory) -> None:
    """Who folds by himself asks for the refusals that were there before."""
    from evenroll.records.folds import EventForeign, read_event
    from evenroll.records.streams import StreamKind
    from evenroll.records.upcasters import OfNewerRelease, VersionUnknown

    for event, version, data, refusal in (
        ("case_dreamt", 1, "{}", EventForeign),
        ("case_opened", 9, "{}", VersionUnknown),
        ("case_opened", 1, '{"drawn_by_lot":true}', CodecRefused),
    ):
        with pytest.raises(refusal) as refused:
            read_event(StreamKind.CASE, event=event, version=version, data=data)
        assert isinstance(refused.value, OfNewerRelease)
    # What an older one left out and nobody lifted is a mistake of this release, and no work for another one.
    with pytest.raises(CodecRefused, match="as well") as ours:
        read_event(StreamKind.CASE, event="case_opened", version=1, data="{}")
    assert not isinstance(ours.value, OfNewerRelease)
