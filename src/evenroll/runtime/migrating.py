"""Bringing the tables up to date while others work: what is pending, and how it runs without a queue of writers.

Migrations expand: what they add, the release before can leave alone. One that takes something away is named
NNNN_contract_..., comes a release after the last one that used it, and waits until no process of an older one is there.
"""

from __future__ import annotations

import time

import psycopg
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader

from evenroll import __version__
from evenroll.runtime.settings import OWNER_ALIAS, PROGRAM, Urls

MIGRATION_LOCK = 0x4576656E726F6C6C
"""The number of the advisory lock under which one process at a time changes tables ("Evenroll" in ASCII)."""

APP = "records"
CONTRACT = "_contract_"
LOCK_TIMEOUT = "1s"
"""How long a migration waits for a table, and writers behind it: then it steps aside and tries again."""
TRIES_MAX = 120
PAUSE_SECONDS = 0.5
TURN_PAUSE_SECONDS = 0.1
TURN_TRIES_MAX = 6000
"""How often a process asks whether the one before it is done: an index of very many rows takes minutes."""

_STEPPED_ASIDE = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)

_INVALID = (
    "SELECT format('%I.%I', nspname, relname) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE NOT indisvalid AND nspname = current_schema()"
)


class MigrationRefused(Exception):
    """The tables cannot be brought up to date now, or are too new for this release."""


def pending_migrations() -> tuple[str, ...]:
    """The migrations of this release that the tables do not have yet, in order."""
    loader = _loader()
    leaf = loader.graph.leaf_nodes(APP)[0]
    return tuple(
        name
        for app, name in loader.graph.forwards_plan(leaf)
        if app == APP and (app, name) not in loader.applied_migrations
    )


def is_current() -> bool:
    """Whether all migrations have run; a look that costs one query. Tables that know more are current.

    Raises MigrationRefused where a newer release has taken away what this one needs.
    """
    try:
        loader = _loader()
    except DatabaseError:
        return False
    known = loader.graph.nodes
    newer = sorted(name for app, name in loader.applied_migrations if app == APP and (app, name) not in known)
    ended = [name for name in newer if CONTRACT in name]
    if ended:
        raise MigrationRefused(
            f"A newer Evenroll has taken away from the tables what this one ({__version__}) needs ({ended[0]}). "
            "Nothing was changed. Use the newer one, as everybody else on this database does."
        )
    return loader.graph.leaf_nodes(APP)[0] in loader.applied_migrations


def migrate_tables(urls: Urls) -> None:
    """Run what is pending as the owner role. Several processes at once wait for each other.

    Raises MigrationRefused where a table or the turn is held all the time, or processes of an older release need what
    would go.
    """
    with psycopg.connect(urls.owner, autocommit=True) as lock:
        _take_turn(lock)
        _refuse_contract_beside_others(lock)
        for _ in range(TRIES_MAX):
            if _tried():
                return
            time.sleep(PAUSE_SECONDS)
    raise MigrationRefused(
        "A table could not be changed: somebody has held it for over a minute, and others would have waited behind. "
        "What was finished is kept. End the long transaction (pg_stat_activity shows it) and run `evenroll db migrate`."
    )


def _take_turn(lock: psycopg.Connection) -> None:
    # Asked for again and again: a statement that waits holds a snapshot, and who builds an index beside the work waits
    # for the end of all snapshots that were there before it, so that both would wait for each other for good.
    for _ in range(TURN_TRIES_MAX):
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", (MIGRATION_LOCK,)).fetchone()
        if row == (True,):
            return
        time.sleep(TURN_PAUSE_SECONDS)
    raise MigrationRefused(
        "Another process has been changing the tables for over ten minutes, so this one has not begun. Nothing was "
        "changed by it. Look in pg_stat_activity at what the other waits for, and run `evenroll db migrate` then."
    )


def _tried() -> bool:
    """Whether all of it could be run; what a migration that stepped aside had begun is undone."""
    owner = connections[OWNER_ALIAS]
    try:
        with owner.cursor() as pen:
            # An index that was built beside the work and given up halfway stands in the way of its next try.
            pen.execute(_INVALID)
            for (index,) in pen.fetchall():
                pen.execute(f"DROP INDEX IF EXISTS {index}")
            pen.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
    except DatabaseError as error:
        if isinstance(error.__cause__, _STEPPED_ASIDE):
            return False
        raise
    finally:
        owner.close()
    return True


def _refuse_contract_beside_others(lock: psycopg.Connection) -> None:
    # Tables that nobody has made yet are nobody's either.
    if lock.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return
    contracts = [name for name in pending_migrations() if CONTRACT in name]
    if not contracts:
        return
    rows = lock.execute(
        "SELECT DISTINCT application_name FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE %s AND application_name <> %s ORDER BY 1",
        (f"{PROGRAM} %", f"{PROGRAM} {__version__}"),
    ).fetchall()
    if rows:
        raise MigrationRefused(
            f"{contracts[0]} takes away what older releases need, and one works on this database now "
            f"({', '.join(row[0] for row in rows)}). Nothing was changed. Stop it and run the command again."
        )


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)
