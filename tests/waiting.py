"""Tells when somebody on the database waits for what somebody else holds."""

from __future__ import annotations

import time

import psycopg

WAIT_SECONDS = 60.0


def until_somebody_waits(url: str) -> None:
    """Come back once a process of this database waits for a lock that another one holds. url: of its owner."""
    ends = time.monotonic() + WAIT_SECONDS
    with psycopg.connect(url, autocommit=True) as owner:
        while time.monotonic() < ends:
            row = owner.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND cardinality(pg_blocking_pids(pid)) > 0"
            ).fetchone()
            if row and row[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody came to wait for what is held")
