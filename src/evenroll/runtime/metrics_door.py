"""Where metrics are read: as text once, or at an address of this machine for as long as a process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django.db
import psycopg
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest, start_http_server

from evenroll.records.log_lines import hear
from evenroll.runtime.cli_exit import unavailable
from evenroll.runtime.health_facts import HealthFacts, bare_facts, health_facts, migration_facts
from evenroll.runtime.metrics_counts import Counts
from evenroll.runtime.metrics_gauges import HealthCollector


def metrics_text() -> str:
    """The gauges of this moment in the text that Prometheus reads, in a session; it does not know what workers did."""
    registry = CollectorRegistry()
    registry.register(HealthCollector(facts_now))
    return generate_latest(registry).decode("utf-8")


@contextmanager
def serving_metrics(*, host: str, port: int, ask: Callable[[], HealthFacts | None] | None = None) -> Iterator[int]:
    """Metrics at http://host:port/metrics while the block lasts; gives the port. port: 0 for a free one.

    ask: where the figures come from; by default the database of this process. Raises CommandEnded.
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(HealthCollector(ask or facts_of_thread))
    stop = hear(Counts(registry).hear)
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        stop()
        raise unavailable(
            f"Metrics cannot be served at {host}, port {port}: {error.strerror}. Give another port, or end what "
            "uses this one.",
            reason="port_taken",
        ) from None
    try:
        yield server.server_port
    finally:
        stop()
        server.shutdown()
        server.server_close()
        thread.join()


def facts_now() -> HealthFacts | None:
    """The figures, on the connection of this thread; None where the database does not answer."""
    from evenroll.records.organizations import organization_keys

    try:
        migrations = migration_facts()
        if migrations.pending:
            return bare_facts(migrations)
        return health_facts(organization_keys(), migrations=migrations)
    except (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError):
        return None


def facts_of_thread() -> HealthFacts | None:
    """The same for a thread that ends with its answer: its connection would outlive it."""
    from django.db import connections

    try:
        return facts_now()
    finally:
        connections.close_all()
