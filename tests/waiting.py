"""Tells when somebody on the database waits for what somebody else holds."""

from __future__ import annotations

import subprocess
import time

import psycopg

WAIT_SECONDS = 300.0
"""A whole command on a loaded machine may go through all that the tests before have left."""


def until_somebody_waits(url: str, process: subprocess.Popen[str] | None = None) -> None:
    """Come back once a process of this database waits for a lock that another one holds. url: of its owner.

    process: the one that is to wait; that it has ended is told at once, with what it said.
    """
    ends = time.monotonic() + WAIT_SECONDS
    with psycopg.connect(url, autocommit=True) as owner:
        while time.monotonic() < ends:
            row = owner.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND cardinality(pg_blocking_pids(pid)) > 0"
            ).fetchone()
            if row and row[0]:
                return
            if process is not None and process.poll() is not None:
                raise AssertionError(
                    f"it ended with {process.returncode} and waited for nothing: {process.communicate()}"
                )
            time.sleep(0.02)
    raise AssertionError("nobody came to wait for what is held")
