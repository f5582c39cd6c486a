"""The demo's own database: made anew on each run, and never anything that is not a demo's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from psycopg.sql import SQL, Identifier

from evenroll.runtime.cli_exit import refused
from evenroll.runtime.cli_session import DEMO_DATABASE, session
from evenroll.runtime.database import APP_VARIABLE, DatabaseUrls, installed_server, outside_urls
from evenroll.runtime.embedded_cluster import OWNER
from evenroll.runtime.embedded_server import drop_database, ensure_database
from evenroll.runtime.home import evenroll_home


@contextmanager
def fresh_demo(*, now: datetime, name: str = DEMO_DATABASE) -> Iterator[DatabaseUrls]:
    """An empty demo database whose business clock shows `now`, with its tables.

    name: of the embedded server; DATABASE_URL goes before it. Raises ServerRefused, and CommandEnded where an
    installation that is no demo would be replaced.
    """
    outside = outside_urls(os.environ)
    if outside is not None:
        _empty(outside.owner, what=f"The database that {APP_VARIABLE} names")
        with _marked(name, now) as urls:
            yield urls
        return
    with installed_server(evenroll_home(os.environ), environ=os.environ) as server:
        ensure_database(server, name)
        _empty(server.url(role=OWNER, database=name), what=f"The database {name}")
        # Dropped and not only emptied: nothing of an older release stays behind.
        drop_database(server, name)
        ensure_database(server, name)
        commit_late(server.url(role=OWNER, database=name), name)
        with _marked(name, now) as urls:
            yield urls


def commit_late(owner_url: str, name: str) -> None:
    """A demo is made anew by each run, so no commit of it waits for the disk; that of an installation always does."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(SQL("ALTER DATABASE {} SET synchronous_commit TO off").format(Identifier(name)))


@contextmanager
def _marked(name: str, now: datetime) -> Iterator[DatabaseUrls]:
    with session(name=name) as urls:
        from evenroll.records.business_clock import make_demo

        make_demo(now=now)
        yield urls


def _empty(owner_url: str, *, what: str) -> None:
    """Remove all tables of a demo; refuse where there are tables and no demo."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        row = owner.execute(
            "SELECT to_regclass('public.business_clock') IS NOT NULL, to_regclass('public.organization') IS NOT NULL"
        ).fetchone()
        has_clock, has_tables = row or (False, False)
        if not has_tables:
            return
        is_demo = has_clock and owner.execute("SELECT 1 FROM business_clock WHERE is_demo").fetchone()
        used = owner.execute("SELECT 1 FROM organization LIMIT 1").fetchone()
        if used and not is_demo:
            raise refused(
                f"{what} holds an installation that is no demo, and the demo would replace it. "
                "Name another database, or none for the demo's own.",
                reason="not_a_demo",
            )
        owner.execute("DROP SCHEMA public CASCADE")
        owner.execute("CREATE SCHEMA public")
