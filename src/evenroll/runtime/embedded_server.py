"""The embedded PostgreSQL: started by the first command that needs it, shared, stopped by the last one out.

Users of the server hold a shared lock on one file as long as they need it. Whoever starts, adopts or stops
the server holds an exclusive lock on another. After kill -9 of every user the server may stay: the kernel has
freed the locks, and the next command finds the server, asks it who it is, and goes on with it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from evenroll.runtime.embedded_binaries import installed_binaries
from evenroll.runtime.embedded_cluster import SUPERUSER, ensure_cluster, read_passwords
from evenroll.runtime.embedded_disk import is_full, telling_of_full_disk
from evenroll.runtime.embedded_locks import in_use, lock_file, turn_of, users_lock
from evenroll.runtime.embedded_places import (
    DATABASE_ACCOUNT,
    Places,
    ServerRefused,
    disk_full,
    make_places,
    places_of,
    refusal_of,
)
from evenroll.runtime.embedded_postmaster import (
    LOOPBACK,
    Running,
    running_postmaster,
    start_postmaster,
    stop_postmaster,
)
from evenroll.runtime.embedded_roles import (
    create_database,
    create_roles,
    database_names,
    make_passing,
    refuse_used,
    remove_database,
    replace_database,
    replacing_alone,
)

__all__ = [
    "Server",
    "ServerRefused",
    "ServerState",
    "ServerStatus",
    "StopOutcome",
    "drop_database",
    "ensure_database",
    "list_databases",
    "make_passing_database",
    "server_status",
    "stop_server",
    "swap_database",
    "using_server",
]

DEFAULT_MAJOR = 18


class ServerState(StrEnum):
    """Whether there is a database, and whether it runs."""

    NEVER_STARTED = "never_started"
    STOPPED = "stopped"
    RUNNING = "running"


class StopOutcome(StrEnum):
    """What came of being asked to stop."""

    STOPPED = "stopped"
    WAS_NOT_RUNNING = "was_not_running"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running server and how to reach it. `version` is PostgreSQL's own, such as 18.4."""

    host: str
    port: int
    pid: int
    version: str
    data_directory: Path
    passwords: dict[str, str]

    def __repr__(self) -> str:
        # Passwords stay out of tracebacks and logs.
        return f"Server({self.version} at {self.host}:{self.port}, {self.data_directory})"

    @property
    def superuser_password(self) -> str:
        """For the launcher and `psql` only; the application never uses it."""
        return self.passwords[SUPERUSER]

    def url(self, *, role: str, database: str) -> str:
        """The libpq URL of a role in a database."""
        who = f"{quote(role, safe='')}:{quote(self.passwords[role], safe='')}"
        if self.host == LOOPBACK:
            return f"postgresql://{who}@{self.host}:{self.port}/{database}"
        return f"postgresql://{who}@/{database}?host={quote(self.host, safe='')}&port={self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerStatus:
    """What `evenroll db status` shows. pid, host, port and version are None unless it runs."""

    state: ServerState
    major: int
    data_directory: Path
    log: Path
    in_use: bool
    pid: int | None = None
    host: str | None = None
    port: int | None = None
    version: str | None = None


@contextmanager
def using_server(
    home: Path, *, major: int = DEFAULT_MAJOR, port: int | None = None, account: str = DATABASE_ACCOUNT
) -> Iterator[Server]:
    """The server of that home for as long as the block lasts.

    home: where data live (evenroll_home); made if missing. major: 18 or 16, each with data of its own.
    port: listen on 127.0.0.1 at that port instead of a socket only its owner can open; an adopted server
    keeps its own. account: who runs the database when the caller is root.
    Raises ServerRefused.
    """
    places = places_of(home, major=major, account=account)
    make_places(places)
    share = lock_file(users_lock(places))
    try:
        with turn_of(places):
            fcntl.flock(share, fcntl.LOCK_SH)
            server = _adopt_or_start(places, port=port)
        with telling_of_full_disk(places):
            yield server
    finally:
        # Closed and not unlocked: a forked child that still works keeps its share.
        os.close(share)
        _stop_if_last(places)


def server_status(home: Path, *, major: int = DEFAULT_MAJOR) -> ServerStatus:
    """What is there and whether it runs; makes nothing and starts nothing. Raises ServerRefused."""
    places = places_of(home, major=major)
    try:
        exists = places.data.is_dir()
    except OSError as error:
        raise refusal_of(error, doing="look at the database", at=places.base) from error
    if not exists:
        return _status(places, state=ServerState.NEVER_STARTED)
    running = running_postmaster(places, password=read_passwords(places)[SUPERUSER])
    if running is None:
        return _status(places, state=ServerState.STOPPED)
    return _status(places, state=ServerState.RUNNING, running=running)


def stop_server(home: Path, *, major: int = DEFAULT_MAJOR, force: bool = False) -> StopOutcome:
    """Stop the server. force: also while other commands use it; they fail and can be run again.

    Raises ServerRefused where others use it and force is not set, or where it does not end.
    """
    if server_status(home, major=major).state is ServerState.NEVER_STARTED:
        return StopOutcome.WAS_NOT_RUNNING
    places = places_of(home, major=major)
    with turn_of(places):
        running = running_postmaster(places, password=read_passwords(places)[SUPERUSER])
        if running is None:
            return StopOutcome.WAS_NOT_RUNNING
        if in_use(places) and not force:
            raise ServerRefused(
                "Another Evenroll command is using the database. It stops by itself when the last one ends; "
                "use --force to stop it now, and run the others again."
            )
        if not stop_postmaster(places, pid=running.pid):
            if is_full(places.base):
                raise disk_full(doing="stop the database", at=places.data)
            raise ServerRefused(
                f"The database (process {running.pid}) is still writing after a minute. It goes on stopping; "
                f"`evenroll db status` shows when it is done. Its log is {places.log}."
            )
    return StopOutcome.STOPPED


def ensure_database(server: Server, name: str) -> None:
    """Create the database if it is missing: owned by evenroll_owner, CONNECT for the three roles only."""
    create_database(server.url(role=SUPERUSER, database="postgres"), name=name)


def drop_database(server: Server, name: str) -> None:
    """Drop the database if it is there, ending its connections."""
    remove_database(server.url(role=SUPERUSER, database="postgres"), name=name)


def make_passing_database(server: Server, name: str) -> None:
    """A fresh database for a moment, in place of what a killed restore left. Raises ServerRefused for another's."""
    make_passing(server.url(role=SUPERUSER, database="postgres"), name=name)


def swap_database(server: Server, name: str, *, by: str) -> None:
    """Let a database stand under the name of another one, which is gone then. Raises ServerRefused while it is used."""
    replace_database(server.url(role=SUPERUSER, database="postgres"), name=name, by=by)


def swapping_alone(server: Server, name: str) -> AbstractContextManager[None]:
    """The only one who makes a database that is to stand under this name. Raises ServerRefused."""
    return replacing_alone(server.url(role=SUPERUSER, database="postgres"), name=name)


def refuse_database_in_use(server: Server, name: str) -> None:
    """Say at once what swapping would say at its end. Raises ServerRefused."""
    refuse_used(server.url(role=SUPERUSER, database="postgres"), name=name)


def list_databases(server: Server, *, prefix: str) -> tuple[str, ...]:
    """The names of the databases that begin so."""
    return database_names(server.url(role=SUPERUSER, database="postgres"), prefix=prefix)


def _adopt_or_start(places: Places, *, port: int | None) -> Server:
    binaries = installed_binaries(places)
    ensure_cluster(places, binaries=binaries)
    passwords = read_passwords(places)
    found = running_postmaster(places, password=passwords[SUPERUSER])
    running = found or start_postmaster(places, binaries=binaries, password=passwords[SUPERUSER], port=port)
    server = Server(
        host=running.host,
        port=running.port,
        pid=running.pid,
        version=running.version,
        data_directory=places.data,
        passwords=passwords,
    )
    # Also on an adopted one: whoever started it may have been killed before this.
    create_roles(server.url(role=SUPERUSER, database="postgres"), passwords=passwords)
    return server


def _stop_if_last(places: Places) -> None:
    # A server that cannot be stopped now is adopted by the next command: leaving must not fail.
    try:
        with turn_of(places):
            if in_use(places):
                return
            running = running_postmaster(places, password=read_passwords(places)[SUPERUSER])
            if running is not None:
                stop_postmaster(places, pid=running.pid)
    except ServerRefused:
        return


def _status(places: Places, *, state: ServerState, running: Running | None = None) -> ServerStatus:
    return ServerStatus(
        state=state,
        major=places.major,
        data_directory=places.data,
        log=places.log,
        in_use=running is not None and in_use(places),
        pid=running.pid if running else None,
        host=running.host if running else None,
        port=running.port if running else None,
        version=running.version if running else None,
    )
