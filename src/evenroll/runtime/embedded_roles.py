"""The three roles of every installation, and the databases they share, on the embedded server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_places import ServerRefused

# One number for whoever creates roles or databases here; PostgreSQL refuses some of it at the same time.
CHANGE_LOCK = 0x45564E
REPLACE_LOCK = 0x455652
RIGHTS = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
CLOSE = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
_MARK = sql.SQL("COMMENT ON DATABASE {} IS {}")
PASSING = "Evenroll: made by a restore for a moment, and dropped by the next one"
"""What is said of a database that a restore may drop unasked; no other one is."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def create_roles(superuser_url: str, *, passwords: dict[str, str]) -> None:
    """Create those of owner, application and auditor that are missing; the others stay as they are."""
    with _changing(superuser_url) as connection:
        for role in (OWNER, APPLICATION, AUDITOR):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            if not known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                        sql.Identifier(role), RIGHTS, sql.Literal(passwords[role])
                    )
                )
        # Only the databases of the installation are theirs.
        for database in ("postgres", "template1"):
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))


def create_database(superuser_url: str, *, name: str) -> None:
    """Create the database if it is missing: owned by the owner, open to the three roles and nobody else."""
    _check_name(name)
    database = sql.Identifier(name)
    with _changing(superuser_url) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not known:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    database, sql.Identifier(OWNER)
                )
            )
        connection.execute(CLOSE.format(database))
        roles = sql.SQL(", ").join(sql.Identifier(role) for role in (OWNER, APPLICATION, AUDITOR))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles))


def remove_database(superuser_url: str, *, name: str) -> None:
    """Drop the database if it is there, and end its connections."""
    _check_name(name)
    with _changing(superuser_url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def make_passing(superuser_url: str, *, name: str) -> None:
    """A fresh database for a moment, marked as this program's; one that was left of it before goes.

    Raises ServerRefused for a database of that name without the mark.
    """
    _check_name(name)
    with _changing(superuser_url) as connection:
        _drop_passing(connection, name)
    create_database(superuser_url, name=name)
    with _changing(superuser_url) as connection:
        connection.execute(_MARK.format(sql.Identifier(name), sql.Literal(PASSING)))


def replace_database(superuser_url: str, *, name: str, by: str) -> None:
    """Give a database the name of another one, which is dropped if it is there; at no moment is there none of it.

    Raises ServerRefused while it is used, or where the name that it bears for a moment is another database's.
    """
    _check_name(name)
    before = _replaced(name)
    with _changing(superuser_url) as connection:
        _refuse_used(connection, name)
        _drop_passing(connection, before)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with connection.transaction():
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(_MARK.format(sql.Identifier(name), sql.Literal(PASSING)))
                connection.execute(rename.format(sql.Identifier(name), sql.Identifier(before)))
            connection.execute(_MARK.format(sql.Identifier(by), sql.NULL))
            connection.execute(rename.format(sql.Identifier(by), sql.Identifier(name)))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(before)))


@contextmanager
def replacing_alone(superuser_url: str, *, name: str) -> Iterator[None]:
    """The only one who makes what is to replace this database. Raises ServerRefused."""
    _check_name(name)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (REPLACE_LOCK, name)).fetchone()
        if row is None or not row[0]:
            raise ServerRefused(
                f"Another restore into the database {name} is at work. Nothing was changed. Wait until it ends, or "
                "give another name with --into."
            )
        yield


def refuse_used(superuser_url: str, *, name: str) -> None:
    """Raises ServerRefused while somebody is connected to the database, and for what `replace_database` refuses."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        _refuse_used(connection, name)
        _refuse_foreign(connection, _replaced(name))


def _replaced(name: str) -> str:
    return f"{name[:50]}_replaced"


def _drop_passing(connection: psycopg.Connection, name: str) -> None:
    _refuse_foreign(connection, name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _refuse_foreign(connection: psycopg.Connection, name: str) -> None:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
    ).fetchone()
    if row is not None and row[0] != PASSING:
        raise ServerRefused(
            f"A restore needs the name {name} for a moment, and a database that it did not make bears it. Nothing was "
            "changed. Rename that database, or drop it if nobody needs it, or give another name with --into."
        )


def _refuse_used(connection: psycopg.Connection, name: str) -> None:
    row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone()
    if row is not None and row[0]:
        raise ServerRefused(
            f"The database {name} is in use (connections: {row[0]}), so it is not replaced. Stop the workers and "
            "commands that use it, and run this one again."
        )


def database_names(superuser_url: str, *, prefix: str) -> tuple[str, ...]:
    """The databases whose name begins so, in order."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname", (prefix,)
        ).fetchall()
    return tuple(str(row[0]) for row in rows)


@contextmanager
def _changing(superuser_url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (CHANGE_LOCK,))
            yield connection
    except psycopg.errors.DiskFull as error:
        raise ServerRefused(
            "The embedded database could not be changed: its disk is full. Nothing was broken. "
            "Free some space, or set EVENROLL_HOME to a folder on another disk."
        ) from error
    except psycopg.Error as error:
        raise ServerRefused(
            f"The embedded database refused a change: {str(error).splitlines()[0]}. Its log, in "
            "the place `evenroll db status` shows, tells more; run the command again once that is cured."
        ) from error


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ServerRefused(
            f'"{name}" cannot name a database. Use a small letter, then small letters, digits and _ (at most 63).'
        )
