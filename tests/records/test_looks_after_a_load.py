"""A worker's looks go by indexes also right after a load, before the database has counted what came."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from evenroll.records import deadlines, outbox
from evenroll.records.organizations import cursor, open_organization
from tests.measure.worker_rate import add_dormant
from tests.records.invented import Urls
from tests.territory import NOW, new_territory, with_planted_rows

DORMANT = 50_000
TABLES = ("track", "outbox_message")

READ = (
    "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables "
    "WHERE relname IN ('track', 'outbox_message')"
)
PLANS_KEPT = (
    "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'WITH picked%' "
    "OR statement LIKE 'UPDATE track%' OR statement LIKE 'UPDATE outbox_message%'"
)


@pytest.mark.parametrize("looks_before", [0, 12])
@pytest.mark.parametrize("counted", [False, True])
def test_what_is_due_is_found_without_going_through_all_that_waits(
    django_ready: Urls, looks_before: int, counted: bool
) -> None:
    if counted:  # before it came: a database of many organizations, each of which has a few rows
        take_for_few(django_ready.owner)
    try:
        go_on_after_a_load(django_ready, looks_before)
    finally:
        if counted:
            take_as_they_are(django_ready.owner)


def take_for_few(url: str) -> None:
    """Let the database think that each organization has about fifty rows."""
    add_dormant(with_planted_rows(new_territory()), 5_000)
    with psycopg.connect(url, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ALTER COLUMN organization_id SET (n_distinct = -0.02)".encode())
            owner.execute(f"ANALYZE {table}".encode())


def take_as_they_are(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ALTER COLUMN organization_id RESET (n_distinct)".encode())
            owner.execute(f"ANALYZE {table}".encode())


def go_on_after_a_load(django_ready: Urls, looks_before: int) -> None:
    """Look for what is due beside very many dormant waits that nobody has counted."""
    territory = with_planted_rows(new_territory())
    utility = territory.utility
    territory.apply(territory.premise())
    territory.run(NOW)
    with psycopg.connect(django_ready.owner, autocommit=True) as owner:
        # Here nobody may count meanwhile.
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)".encode())
        try:
            for _ in range(looks_before):  # a connection keeps the plan of what it ran often
                deadlines.due(utility, now=NOW - timedelta(days=9), limit=50)
                outbox.claim(utility, now=NOW - timedelta(days=9), limit=50)
                outbox.mark_delivered(utility, ids=[-1], now=NOW)
            add_dormant(territory, DORMANT)
            later = NOW + timedelta(days=365)
            with open_organization(utility, in_order=True), cursor() as pen:
                before = pen.execute(READ).fetchone()
                waits = deadlines.due(utility, now=later, limit=50)
                assert waits and not any(each.stream.key.startswith("SO-DORMANT") for each in waits)
                outbox.claim(utility, now=later, limit=50)
                assert deadlines.next_due_at(utility, after=later) == NOW + timedelta(days=3650, seconds=1)
                assert outbox.next_due_at(utility, after=later) == NOW + timedelta(days=3650, seconds=1)
                after = pen.execute(READ).fetchone()
                deadlines.release(utility, waits)
                outbox.mark_delivered(utility, ids=[-1], now=later)
                outbox.release(utility, ids=[-1], now=later)
                kept = pen.execute(PLANS_KEPT).fetchall()
        finally:
            for table in TABLES:
                owner.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)".encode())
    assert before is not None and after is not None
    assert after[0] - before[0] < 300
    assert kept == []
