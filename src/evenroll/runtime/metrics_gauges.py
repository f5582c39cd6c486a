"""What `evenroll status` knows, as gauges for Prometheus: names and units by its conventions, few labels."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

import evenroll
from evenroll.runtime.health import VERDICT_RANK, judged, oldest_seconds, overdue_seconds, to_send_seconds
from evenroll.runtime.health_facts import HealthFacts, OrganizationFacts

KEPT_SECONDS: Final = 5.0
"""Figures are asked of the database so often at most, however often they are read."""

Samples = Iterable[tuple[Sequence[str], float]]


class HealthCollector(Collector):
    """Asks for the figures when they are read. ask: None where the database does not answer."""

    def __init__(self, ask: Callable[[], HealthFacts | None]) -> None:
        self._ask = ask
        self._turn = threading.Lock()
        self._kept: tuple[float, HealthFacts | None] | None = None

    def collect(self) -> Iterator[Metric]:
        """Every gauge; where the database is away, only that it is."""
        facts = self._facts()
        yield InfoMetricFamily("evenroll_build", "The version that tells.", value={"version": evenroll.__version__})
        yield _gauge("evenroll_database_up", "Whether the database answers, 1 or 0.", [((), float(facts is not None))])
        if facts is not None:
            yield from _of_server(facts)
            yield from _of_organizations(facts)

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked of the database before the first reading."""
        return iter(())

    def _facts(self) -> HealthFacts | None:
        with self._turn:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT_SECONDS:
                self._kept = (time.monotonic(), self._ask())
            return self._kept[1]


def _gauge(name: str, text: str, samples: Samples, *, labels: Sequence[str] = ()) -> GaugeMetricFamily:
    found = GaugeMetricFamily(name, text, labels=labels)
    for values, value in samples:
        found.add_metric(values, value)
    return found


def _of_server(facts: HealthFacts) -> Iterator[Metric]:
    server, disk = facts.server, facts.disk
    yield _gauge(
        "evenroll_check_verdict",
        "How bad each check of `evenroll status` is: 0 ok, 1 look, 2 act.",
        [((line.check.value,), VERDICT_RANK[line.verdict]) for line in judged(facts)],
        labels=("check",),
    )
    alone: dict[str, tuple[str, float | None]] = {
        "evenroll_migrations_pending": ("Migrations that have not run.", len(facts.migrations.pending)),
        "evenroll_clock_ahead_seconds": (
            "How far this machine's clock is ahead of the database's.",
            facts.clock_seconds,
        ),
        "evenroll_database_size_bytes": ("Size of the database without its write-ahead log.", server.size_bytes),
        "evenroll_database_connections": ("Connections in use at the server.", server.connections),
        "evenroll_database_connections_max": ("Connections that the server takes.", server.connections_max),
        "evenroll_database_oldest_transaction_seconds": (
            "Age of the oldest running transaction.",
            server.transaction_seconds,
        ),
        "evenroll_database_wal_size_bytes": ("Size of the embedded server's write-ahead log.", disk.wal_bytes),
        "evenroll_disk_free_bytes": ("Free space on the disk of the data, or of EVENROLL_HOME.", disk.free_bytes),
        "evenroll_disk_size_bytes": ("Size of that disk.", disk.total_bytes),
        "evenroll_workers": ("Workers that looked within a minute.", _quick(facts)),
        "evenroll_worker_last_look_seconds": ("Since any worker looked last.", _last_look(facts)),
    }
    for name, (text, value) in alone.items():
        if value is not None:
            yield _gauge(name, text, [((), float(value))])


def _quick(facts: HealthFacts) -> int:
    return sum(each.stopped_at is None and each.seconds_ago < 60 for each in facts.workers)


def _last_look(facts: HealthFacts) -> int | None:
    return min((each.seconds_ago for each in facts.workers), default=None)


def _of_organizations(facts: HealthFacts) -> Iterator[Metric]:
    def each_of(name: str, text: str, value: Callable[[OrganizationFacts], float]) -> Metric:
        samples = [((each.organization,), value(each)) for each in facts.organizations]
        return _gauge(name, text, samples, labels=("organization",))

    def counts(
        name: str, text: str, label: str, found: Callable[[OrganizationFacts], Iterable[tuple[str, int]]]
    ) -> Metric:
        samples = [((each.organization, key), count) for each in facts.organizations for key, count in found(each)]
        return _gauge(name, text, samples, labels=("organization", label))

    yield counts("evenroll_cases", "Cases by state.", "state", lambda each: each.cases.items())
    yield counts("evenroll_waits", "Waits by the role that is waited on.", "role", lambda each: each.waits.items())
    yield counts(
        "evenroll_overdue_waits",
        "Deadlines that passed and nothing came of them yet.",
        "role",
        lambda each: [(role, lapsed.count) for role, lapsed in each.overdue.items()],
    )
    yield each_of(
        "evenroll_overdue_oldest_seconds",
        "Since the first of them passed, by the business clock.",
        lambda each: overdue_seconds(each, now=facts.now),
    )
    yield each_of("evenroll_outbox_messages", "Messages to deliver.", lambda each: each.boxes.to_send)
    yield each_of(
        "evenroll_outbox_oldest_seconds",
        "Age of the oldest message to deliver, by the business clock.",
        lambda each: to_send_seconds(each, now=facts.now),
    )
    yield counts(
        "evenroll_parked_messages",
        "Messages that could not be taken (inbox) or delivered (outbox).",
        "box",
        lambda each: [("inbox", each.boxes.inbox_parked), ("outbox", each.boxes.outbox_parked)],
    )
    yield each_of(
        "evenroll_parked_oldest_seconds",
        "Age of the oldest of them.",
        lambda each: max(each.boxes.inbox_seconds, oldest_seconds([each.boxes.outbox_parked_since], now=facts.now)),
    )
    yield each_of("evenroll_journal_unsealed_entries", "Journal entries not sealed.", lambda each: each.not_sealed)
    yield each_of("evenroll_journal_seal_lag_seconds", "Age of the oldest of them.", lambda each: each.seal_seconds)
