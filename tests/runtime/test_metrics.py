"""Metrics: Prometheus's own parser reads them, names and labels are as it wants them, figures are the books' own."""

from __future__ import annotations

import logging
import re
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from evenroll.records.log_lines import LogCode, LogLine, tell
from evenroll.runtime.cli_exit import CommandEnded
from tests.statements import counted_traffic
from tests.territory import Territory, new_territory

LABELS = {"organization", "state", "role", "box", "check", "command", "outcome", "code", "reason", "le", "version"}
UNITS = ("_seconds", "_bytes", "_total", "_info", "_messages", "_entries", "_waits", "_cases", "_workers", "_pending")


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def read(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    """The one sample of that name and those labels."""
    family = next(
        each for each in found.values() if name.startswith(each.name) and name in {s.name for s in each.samples}
    )
    (sample,) = [each for each in family.samples if each.name == name and labels.items() <= each.labels.items()]
    return sample.value


def test_the_text_is_read_by_prometheus_and_tells_what_the_books_tell(territory: Territory) -> None:
    from evenroll.runtime.metrics_door import metrics_text

    territory.apply(territory.premise())
    found = read(metrics_text())
    here = {"organization": str(territory.utility)}
    assert value(found, "evenroll_database_up") == 1
    assert sum(each.value for each in found["evenroll_cases"].samples if here.items() <= each.labels.items()) == 1
    assert value(found, "evenroll_overdue_waits", role="system", **here) == 1
    assert value(found, "evenroll_overdue_oldest_seconds", **here) > 86400
    assert value(found, "evenroll_journal_unsealed_entries", **here) > 0
    assert value(found, "evenroll_parked_messages", box="inbox", **here) == 0
    assert value(found, "evenroll_check_verdict", check="overdue") == 2
    assert value(found, "evenroll_disk_free_bytes") > 0
    assert all(family.documentation.endswith(".") for family in found.values())


def test_names_and_labels_are_few_and_as_they_should_be(territory: Territory) -> None:
    from evenroll.runtime.metrics_door import metrics_text

    number = territory.apply(territory.premise())
    text = metrics_text()
    for family in read(text).values():
        assert re.fullmatch(r"evenroll_[a-z_]+", family.name)
        assert family.name.endswith((*UNITS, "_up", "_verdict", "_connections", "_connections_max", "_build"))
        assert {label for each in family.samples for label in each.labels} <= LABELS
    assert number not in text


def test_a_reading_looks_at_no_whole_journal(territory: Territory) -> None:
    """They are read every few seconds, however much the books hold."""
    from evenroll.runtime.metrics_door import metrics_text

    territory.apply(territory.premise())
    with counted_traffic() as traffic:
        metrics_text()
    counts = [each for each in traffic.texts if "count(" in each.lower()]
    assert len(counts) > 3
    # What is not sealed is counted from where everything is sealed on.
    whole = [each for each in counts if re.search(r"\b(journal_entry|usage_point|service_order)\b", each)]
    assert all("id > $2" in each for each in whole), whole


def own_connections() -> int:
    """To the database of this test run, which nobody else uses."""
    from evenroll.records.organizations import shared_transaction

    with shared_transaction() as pen:
        row = pen.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def counted() -> Iterator[CollectorRegistry]:
    from evenroll.records.log_lines import hear
    from evenroll.runtime.metrics_counts import Counts

    registry = CollectorRegistry()
    stop = hear(Counts(registry).hear)
    yield registry
    stop()


def test_what_a_process_does_is_counted_by_name_and_outcome(territory: Territory, counted: CollectorRegistry) -> None:
    territory.apply(territory.premise())
    territory.run()
    found = read(generate_latest(counted).decode())
    name = "evenroll_command_duration_seconds"
    assert value(found, f"{name}_count", command="submit_form", outcome="taken") == 1
    assert value(found, f"{name}_bucket", command="submit_form", outcome="taken", le="+Inf") == 1
    assert 0 < value(found, f"{name}_sum", command="decide", outcome="taken") < 60
    assert value(found, "evenroll_waits_handled_total", outcome="taken") > 3
    assert value(found, "evenroll_messages_delivered_total", outcome="taken") >= 1
    assert value(found, "evenroll_message_delivery_duration_seconds_count") >= 1


def test_refusals_retries_failures_and_seals_are_counted(counted: CollectorRegistry) -> None:
    refused = LogLine(code=LogCode.COMMAND_REFUSED, of="withdraw", outcome="case_unknown", about="EV-1", ms=2.0)
    for line in (
        refused,
        refused,
        LogLine(code=LogCode.RETRIED, sqlstate="40P01"),
        LogLine(code=LogCode.RETRIED, sqlstate="99999"),
        LogLine(code=LogCode.FAILED, error="KeyError"),
        LogLine(code=LogCode.LEFT_TO_NEWER, about="EV-1"),
        LogLine(code=LogCode.SEALED, count=7),
        LogLine(code=LogCode.MESSAGE_PARKED, ms=1.0),
        LogLine(code=LogCode.WAIT_SET_ASIDE),
    ):
        tell(line, level=logging.DEBUG)
    found = read(generate_latest(counted).decode())
    assert value(found, "evenroll_refusals_total", code="case_unknown") == 2
    assert value(found, "evenroll_retries_total", reason="deadlock") == 1
    assert value(found, "evenroll_retries_total", reason="moved") == 1
    assert value(found, "evenroll_failures_total") == 1
    assert value(found, "evenroll_left_to_newer_total") == 1
    assert value(found, "evenroll_sealed_entries_total") == 7
    assert value(found, "evenroll_messages_delivered_total", outcome="parked") == 1
    assert value(found, "evenroll_waits_handled_total", outcome="set_aside") == 1


def test_a_worker_answers_at_an_address_of_this_machine_and_leaves_no_connection(territory: Territory) -> None:
    from evenroll.runtime.metrics_door import serving_metrics

    before = own_connections()
    with serving_metrics(host="127.0.0.1", port=0) as port:
        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                assert answer.headers["Content-Type"].startswith("text/plain")
                found = read(answer.read().decode())
        assert value(found, "process_resident_memory_bytes") > 10**6
        with pytest.raises(CommandEnded, match=str(port)):
            with serving_metrics(host="127.0.0.1", port=port):
                pass
    assert own_connections() == before
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5)


def test_where_the_database_is_away_metrics_say_so(django_ready: object) -> None:
    from evenroll.runtime.metrics_door import serving_metrics

    with serving_metrics(host="127.0.0.1", port=0, ask=lambda: None) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            found = read(answer.read().decode())
    assert value(found, "evenroll_database_up") == 0
    assert "evenroll_cases" not in found
