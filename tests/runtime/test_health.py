"""The judgement of `evenroll status`: each trouble is found, named as bad as it is, and told what to do about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import CommandEnded
from evenroll.runtime.health import Check, Verdict, judged, span_words, verdict_of
from evenroll.runtime.health_facts import DiskFacts, HealthFacts, MigrationFacts, OrganizationFacts
from evenroll.runtime.health_limits import GIB, LIMITS, limits_of

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ready(django_ready: object) -> None:
    """The records that figures are of can be imported once Django is set up."""


def _boxes(**other: Any) -> Any:
    from evenroll.records.operating import Boxes

    usual = Boxes(
        to_send=0,
        retried=0,
        to_send_since=None,
        outbox_parked=0,
        outbox_parked_since=None,
        inbox_parked=0,
        inbox_parked_since=None,
        inbox_seconds=0,
    )
    return replace(usual, **other)


def _notices(**other: Any) -> Any:
    from evenroll.records.notice_queue import NoticeCounts

    return replace(NoticeCounts(owed=0, owed_since=None, retried=0, parked=0, parked_since=None), **other)


def _owed(*, hours: float, parked: int = 0, **other: Any) -> HealthFacts:
    notices = _notices(owed=3, owed_since=NOW - timedelta(hours=hours), parked=parked)
    return _facts(organizations=(_organization(notices=notices),), **{"sends_mail": True, **other})


def _worker(**other: Any) -> Any:
    from evenroll.records.workers_seen import SeenWorker

    usual = SeenWorker(
        name="node-a/17",
        version="1",
        started_at=NOW - timedelta(days=1),
        seen_at=NOW,
        stopped_at=None,
        handled=5,
        failed=0,
        newer=0,
        round_ms=12,
        seconds_ago=3,
    )
    return replace(usual, **other)


def _organization(**other: Any) -> OrganizationFacts:
    usual = OrganizationFacts(
        organization=OrganizationKey("lakeland"),
        cases={"enrolled": 3},
        waits={"customer": 2},
        overdue={},
        boxes=_boxes(),
        not_sealed=0,
        seal_seconds=0,
        notices=_notices(),
    )
    return replace(usual, **other)


def _facts(**other: Any) -> HealthFacts:
    from evenroll.records.operating import ServerFacts

    server = ServerFacts(
        version="18.4",
        major=18,
        now=NOW,
        size_bytes=10**8,
        connections_max=100,
        connections=7,
        transaction_seconds=0,
        is_replica=False,
    )
    usual = HealthFacts(
        now=NOW,
        wall=NOW,
        demo=False,
        migrations=MigrationFacts(applied=("0001_tables",), pending=(), unknown=()),
        server=server,
        disk=DiskFacts(
            path=Path("/data"), total_bytes=100 * GIB, free_bytes=60 * GIB, wal_bytes=2 * 10**7, is_server=True
        ),
        workers=(_worker(),),
        organizations=(_organization(),),
    )
    return replace(usual, **other)


def _lapsed(minutes: int) -> dict[str, Any]:
    from evenroll.records.operating import Overdue

    return {"meter_office": Overdue(count=4, oldest_at=NOW - timedelta(minutes=minutes))}


def _late_credits() -> Any:
    from evenroll.enrollment.credit_duties import CreditDuty
    from evenroll.quantities.identifiers import CaseNumber
    from evenroll.records.credit_queue import CreditBacklog, CreditsAtCase

    oldest = CreditsAtCase(number=CaseNumber("EV-1"), count=2, usd=Decimal(9), since=NOW - timedelta(days=90))
    return CreditBacklog(duty=CreditDuty.TO_APPROVE, count=7, cases=3, usd=Decimal("59.50"), oldest=[oldest])


def _server(**other: Any) -> HealthFacts:
    facts = _facts()
    return replace(facts, server=replace(facts.server, **other))


def _disk(**other: Any) -> HealthFacts:
    facts = _facts()
    return replace(facts, disk=replace(facts.disk, **other))


def _books(**other: Any) -> HealthFacts:
    return _facts(organizations=(_organization(**other),))


def _late(minutes: int, **workers: Any) -> HealthFacts:
    return replace(_books(overdue=_lapsed(minutes)), **workers)


def test_what_runs_well_has_nothing_to_do() -> None:
    lines = judged(_facts())
    assert [each.check for each in lines] == list(Check)
    assert verdict_of(lines) is Verdict.OK
    assert not [each.to_do for each in lines if each.to_do]
    assert all(each.found.endswith(".") for each in lines)


TROUBLES = {
    "pending": (
        lambda: _facts(migrations=MigrationFacts(applied=(), pending=("0014_worker_seen",), unknown=())),
        Check.MIGRATIONS,
        Verdict.ACT,
        "0014_worker_seen",
    ),
    "newer": (
        lambda: _facts(migrations=MigrationFacts(applied=("0099_x",), pending=(), unknown=("0099_x",))),
        Check.MIGRATIONS,
        Verdict.LOOK,
        "newer",
    ),
    "nobody set up": (
        lambda: _facts(organizations=(), workers=()),
        Check.ORGANIZATIONS,
        Verdict.LOOK,
        "None is set up yet",
    ),
    "no worker ever": (lambda: _facts(workers=()), Check.WORKERS, Verdict.LOOK, "None runs"),
    "no worker and work": (lambda: _late(5, workers=()), Check.WORKERS, Verdict.ACT, "None runs"),
    "a demo's work": (lambda: _late(5, workers=(), demo=True), Check.WORKERS, Verdict.LOOK, "when it is told"),
    "silent": (lambda: _facts(workers=(_worker(seconds_ago=300),)), Check.WORKERS, Verdict.LOOK, "5 minutes"),
    "dead": (lambda: _facts(workers=(_worker(seconds_ago=4000),)), Check.WORKERS, Verdict.ACT, "66 minutes"),
    "one of two dead": (
        lambda: _facts(workers=(_worker(), _worker(name="node-b/4", seconds_ago=4000))),
        Check.WORKERS,
        Verdict.LOOK,
        "node-b/4",
    ),
    "an older worker": (
        lambda: _facts(workers=(_worker(newer=4), _worker(name="node-b/4"))),
        Check.WORKERS,
        Verdict.LOOK,
        "4 waits and messages were left, which a newer Evenroll wrote and these cannot read: node-a/17 (1)",
    ),
    "messages wait": (
        lambda: _books(boxes=_boxes(to_send=7, retried=2, to_send_since=NOW - timedelta(minutes=20))),
        Check.OUTBOX,
        Verdict.LOOK,
        "7 messages",
    ),
    "messages wait for long": (
        lambda: _books(boxes=_boxes(to_send=7, to_send_since=NOW - timedelta(hours=3))),
        Check.OUTBOX,
        Verdict.ACT,
        "3 hours (lakeland)",
    ),
    "parked": (lambda: _books(boxes=_boxes(inbox_parked=1)), Check.PARKED, Verdict.LOOK, "1 not taken"),
    "parked for long": (
        lambda: _books(boxes=_boxes(inbox_parked=1, inbox_seconds=90_000)),
        Check.PARKED,
        Verdict.ACT,
        "25 hours",
    ),
    "not delivered for long": (
        lambda: _books(boxes=_boxes(outbox_parked=1, outbox_parked_since=NOW - timedelta(days=2))),
        Check.PARKED,
        Verdict.ACT,
        "2 days",
    ),
    "notices wait": (lambda: _owed(hours=5), Check.NOTICES, Verdict.LOOK, "3 notices"),
    "notices wait for days": (lambda: _owed(hours=50), Check.NOTICES, Verdict.ACT, "2 days"),
    "notices parked": (lambda: _owed(hours=0, parked=2), Check.NOTICES, Verdict.LOOK, "2 are parked"),
    "no mail": (lambda: _owed(hours=50, sends_mail=False), Check.NOTICES, Verdict.LOOK, "no way for mail"),
    "late": (lambda: _late(30), Check.OVERDUE, Verdict.LOOK, "meter_office 4"),
    "very late": (lambda: _late(90), Check.OVERDUE, Verdict.ACT, "90 minutes"),
    "late credits": (lambda: _books(late_credits=(_late_credits(),)), Check.LATE_WORK, Verdict.LOOK, "7 credits at 3"),
    "long waits": (lambda: _books(long_waits=_lapsed(10**5)["meter_office"]), Check.LATE_WORK, Verdict.LOOK, "4 waits"),
    "not sealed": (lambda: _books(not_sealed=9, seal_seconds=900), Check.SEAL, Verdict.LOOK, "9 entries"),
    "not sealed for long": (lambda: _books(not_sealed=9, seal_seconds=7200), Check.SEAL, Verdict.ACT, "2 hours"),
    "a demo not sealed": (
        lambda: replace(_books(not_sealed=9, seal_seconds=7200), demo=True),
        Check.SEAL,
        Verdict.LOOK,
        "2 hours",
    ),
    "disk fills": (lambda: _disk(free_bytes=4 * GIB), Check.DISK, Verdict.LOOK, "4.0 GB"),
    "disk nearly full": (lambda: _disk(free_bytes=GIB // 2), Check.DISK, Verdict.ACT, "512.0 MB"),
    "hanging transaction": (lambda: _server(transaction_seconds=3000), Check.TRANSACTIONS, Verdict.ACT, "50 minutes"),
    "connections": (lambda: _server(connections=96), Check.CONNECTIONS, Verdict.ACT, "96 of 100"),
    "clock ahead": (lambda: _facts(wall=NOW + timedelta(minutes=4)), Check.CLOCK, Verdict.ACT, "4 minutes ahead"),
    "clock behind": (lambda: _facts(wall=NOW - timedelta(seconds=9)), Check.CLOCK, Verdict.LOOK, "9 seconds behind"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_is_named_as_bad_as_it_is_and_says_what_to_do(trouble: str) -> None:
    make, check, verdict, words = TROUBLES[trouble]
    lines = judged(make())
    found = next(each for each in lines if each.check is check)
    assert (found.verdict, verdict_of(lines)) == (verdict, _worst_of(trouble, verdict))
    assert words in found.found
    assert found.to_do.endswith((".", "`"))


def _worst_of(trouble: str, verdict: Verdict) -> Verdict:
    # A worker that is missing shows in what it did not take.
    return Verdict.ACT if trouble == "very late" else verdict


def test_where_tables_are_older_nothing_is_said_of_them() -> None:
    make = TROUBLES["pending"][0]
    assert [each.check for each in judged(make())] == [
        Check.MIGRATIONS,
        Check.DISK,
        Check.TRANSACTIONS,
        Check.CONNECTIONS,
        Check.CLOCK,
    ]


def test_limits_are_given_by_name_and_refused_where_they_make_no_sense() -> None:
    given = limits_of(["overdue_seconds=10/20", "disk_free_bytes=900/100"])
    assert (given["overdue_seconds"].look, given["disk_free_bytes"].act) == (10, 100)
    assert given["seal_seconds"] == LIMITS["seal_seconds"]
    late = next(each for each in judged(_late(1), limits=given) if each.check is Check.OVERDUE)
    assert late.verdict is Verdict.ACT
    for wrong in ("overdue_seconds", "overdue_seconds=5", "colour=1/2", "overdue_seconds=9/3", "overdue_seconds=a/b"):
        with pytest.raises(CommandEnded, match="NAME=LOOK/ACT"):
            limits_of([wrong])
    with pytest.raises(CommandEnded):
        limits_of(["disk_free_bytes=1/9"])


def test_spans_are_said_as_people_say_them() -> None:
    told = [span_words(each) for each in (0, 59, 60, 119, 120, 3600, 5400, 7200, 86400, 172800)]
    assert told == [
        "0 seconds",
        "59 seconds",
        "1 minute",
        "119 seconds",
        "2 minutes",
        "1 hour",
        "90 minutes",
        "2 hours",
        "1 day",
        "2 days",
    ]
