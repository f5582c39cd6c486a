"""Which database a command uses: the one the environment names, or else the embedded one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_places import MAJORS
from evenroll.runtime.embedded_server import Server, ServerRefused, ensure_database, using_server
from evenroll.runtime.embedded_upgrade import refuse_other_major

APP_VARIABLE = "DATABASE_URL"
OWNER_VARIABLE = "DATABASE_OWNER_URL"
AUDITOR_VARIABLE = "DATABASE_AUDITOR_URL"
MAJOR_VARIABLE = "EVENROLL_POSTGRES"
PORT_VARIABLE = "EVENROLL_POSTGRES_PORT"

OLDEST_VERSION = 160000
CONNECT_SECONDS_MAX = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseUrls:
    """The libpq URLs of one database. auditor: None where the environment names a server without one."""

    app: str
    owner: str
    auditor: str | None

    def __repr__(self) -> str:
        # The URLs hold passwords; they stay out of tracebacks and logs.
        return "DatabaseUrls(...)"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Login:
    role: str
    database_oid: int
    database: str
    bypasses_walls: bool
    acts_for_owner: bool
    version: int


@contextmanager
def database(home: Path, *, name: str = "evenroll", environ: Mapping[str, str]) -> Iterator[DatabaseUrls]:
    """The database for as long as the block lasts.

    DATABASE_URL and DATABASE_OWNER_URL (and DATABASE_AUDITOR_URL) in environ replace the embedded server;
    `name` then has no say. Otherwise the embedded server of `home` runs, EVENROLL_POSTGRES choosing 18 or 16,
    and the database of that name exists. Tables are not made here.
    Raises ServerRefused.
    """
    outside = outside_urls(environ)
    if outside is not None:
        yield outside
        return
    with installed_server(home, environ=environ) as server:
        ensure_database(server, name)
        yield DatabaseUrls(
            app=server.url(role=APPLICATION, database=name),
            owner=server.url(role=OWNER, database=name),
            auditor=server.url(role=AUDITOR, database=name),
        )


@contextmanager
def installed_server(home: Path, *, environ: Mapping[str, str]) -> Iterator[Server]:
    """The embedded server of this installation for as long as the block lasts, of the version that environ says.

    Raises ServerRefused, also where the data stand in another version: none is begun beside them.
    """
    major = embedded_major(environ)
    refuse_other_major(home, major=major)
    with using_server(home, major=major, port=_port(environ)) as server:
        yield server


def embedded_major(environ: Mapping[str, str]) -> int:
    """The major version of the embedded server: 18, or what EVENROLL_POSTGRES says. Raises ServerRefused."""
    given = environ.get(MAJOR_VARIABLE, "") or str(MAJORS[0])
    if given not in {str(major) for major in MAJORS}:
        raise ServerRefused(
            f"{MAJOR_VARIABLE}={given} is not a version that is shipped. Set it to 18 or 16, or leave it unset."
        )
    return int(given)


def outside_urls(environ: Mapping[str, str]) -> DatabaseUrls | None:
    """The URLs the environment names, after asking the server who they are; None where it names none.

    Raises ServerRefused: one of two given, no answer, too old a server, two different databases, or an
    application role whom row-level security does not bind.
    """
    app, owner = environ.get(APP_VARIABLE, ""), environ.get(OWNER_VARIABLE, "")
    auditor = environ.get(AUDITOR_VARIABLE, "") or None
    if not (app or owner or auditor):
        return None
    if not (app and owner):
        missing = OWNER_VARIABLE if app else APP_VARIABLE
        raise ServerRefused(
            f"{missing} is missing. A database of your own takes two: {APP_VARIABLE} for the application's "
            f"role and {OWNER_VARIABLE} for the role that owns the tables. "
            "Set both, or none for the embedded one."
        )
    owner_login = _login(owner, variable=OWNER_VARIABLE, owner_role=None)
    app_login = _login(app, variable=APP_VARIABLE, owner_role=owner_login.role)
    _check_logins(app_login, owner=owner_login)
    return DatabaseUrls(app=app, owner=owner, auditor=auditor)


def _login(url: str, *, variable: str, owner_role: str | None) -> _Login:
    """owner_role: whose rights this login must not have; None for the owner's own login."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            row = connection.execute(
                """
                SELECT session_user, d.oid, d.datname, r.rolsuper OR r.rolbypassrls,
                       pg_has_role(session_user, d.datdba, 'MEMBER')
                       OR COALESCE(pg_has_role(session_user, %(owner)s::name, 'MEMBER'), false)
                FROM pg_roles r, pg_database d
                WHERE r.rolname = session_user AND d.datname = current_database()
                """,
                {"owner": owner_role},
            ).fetchone()
            version = connection.info.server_version
    except psycopg.Error as error:
        raise ServerRefused(
            f"The database that {variable} names does not let Evenroll in: {_first_line(error)}. "
            "Check the address, the role and its password, and that the server runs."
        ) from None
    if row is None:
        raise ServerRefused(f"The role of {variable} is not listed by its server. Give a role of its own.")
    return _Login(
        role=str(row[0]),
        database_oid=int(row[1]),
        database=str(row[2]),
        bypasses_walls=bool(row[3]),
        acts_for_owner=bool(row[4]),
        version=version,
    )


def _check_logins(app: _Login, *, owner: _Login) -> None:
    if owner.version < OLDEST_VERSION:
        raise ServerRefused(
            f"The database server is PostgreSQL {owner.version // 10000}; Evenroll needs 16 or newer. "
            f"Upgrade it, or unset {APP_VARIABLE} and {OWNER_VARIABLE} for the embedded one."
        )
    if app.database_oid != owner.database_oid or app.database != owner.database:
        raise ServerRefused(
            f"{APP_VARIABLE} names the database {app.database} and {OWNER_VARIABLE} names {owner.database}, "
            "or another server. Both must name the same one."
        )
    cure = "Create a role with LOGIN NOSUPERUSER NOBYPASSRLS that owns nothing, and name it there."
    if app.bypasses_walls:
        raise ServerRefused(
            f'The role "{app.role}" of {APP_VARIABLE} is a superuser or may bypass row-level security: it '
            f"would see through the walls between organizations. {cure}"
        )
    if app.acts_for_owner:
        raise ServerRefused(
            f'The role "{app.role}" of {APP_VARIABLE} owns the database, or may act as the role '
            f'"{owner.role}" of {OWNER_VARIABLE}: row-level security does not bind an owner. {cure}'
        )


def _port(environ: Mapping[str, str]) -> int | None:
    given = environ.get(PORT_VARIABLE, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and 1024 <= int(given) <= 65535):
        raise ServerRefused(
            f"{PORT_VARIABLE}={given} is not a port. Set it to a number from 1024 to 65535, or leave it unset."
        )
    return int(given)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
