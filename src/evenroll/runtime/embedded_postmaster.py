"""The running database process: found, started, asked whether it is the right one, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from evenroll.runtime.embedded_cluster import (
    NO_SPACE,
    SUPERUSER,
    cannot_run,
    database_process,
    last_words,
)
from evenroll.runtime.embedded_disk import is_full
from evenroll.runtime.embedded_places import Places, ServerRefused, disk_full, refusal_of

LOOPBACK = "127.0.0.1"
# The kernel's sun_path holds 108 bytes with its closing zero; macOS holds 104.
SOCKET_PATH_BYTES_MAX = 103
SOCKET_PORT = 5432
START_SECONDS_MAX = 300
STOP_SECONDS_MAX = 60
FULL_SECONDS_MAX = 5
PAUSE_SECONDS = 0.02
PORT_TAKEN = "Address already in use"

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    # Personal data must not reach the log: no statement that failed, no DETAIL with its values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A server that answered as ours."""

    pid: int
    host: str
    port: int
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PidFile:
    """What postmaster.pid says; nothing in it is believed before the server itself answers."""

    pid: int
    host: str
    port: int
    memory_id: int | None


def running_postmaster(places: Places, *, password: str) -> Running | None:
    """The server on this data directory if it answers as ours; None if no process holds the directory.

    Waits for one that is still starting. Raises ServerRefused if a server holds it and does not answer.
    """
    began = time.monotonic()
    while (noted := read_pid_file(places)) is not None:
        answer = _answer_of(places, noted=noted, password=password)
        if isinstance(answer, Running):
            return answer
        if not is_postmaster(noted.pid, places=places):
            return None
        waited = time.monotonic() - began
        if answer and waited > FULL_SECONDS_MAX and is_full(places.base):
            # Its last checkpoint finds no room and is tried again: it neither ends nor begins until there is some.
            raise disk_full(doing="reach the database", at=places.data)
        if not answer or waited > START_SECONDS_MAX:
            raise ServerRefused(
                f"A PostgreSQL server (process {noted.pid}) runs on {places.data} "
                f"and does not let Evenroll in. Its log is {places.log}. Stop it (kill -INT {noted.pid}) "
                "and run the command again."
            )
        time.sleep(PAUSE_SECONDS)
    return None


def start_postmaster(places: Places, *, binaries: Path, password: str, port: int | None) -> Running:
    """Start the server and wait until it answers. Call it under the exclusive lock, when none runs.

    port: listen on 127.0.0.1 there; None for the socket folder, or a free port if its path is too long.
    Raises ServerRefused: port taken, disk full, and whatever else PostgreSQL's log says.
    """
    _clear_stale_files(places)
    # A free port may be taken between our look and the server's start.
    attempts_left = 5 if port is None else 1
    while True:
        host, chosen = _endpoint(places, port=port)
        child = _launch(places, binaries=binaries, host=host, port=chosen)
        found = _await_answer(places, child=child, password=password)
        if found is not None:
            return found
        # A starter that was killed may have left a server that only now took the directory.
        found = running_postmaster(places, password=password)
        if found is not None:
            return found
        attempts_left -= 1
        said = places.log.read_text(encoding="utf-8", errors="replace")
        if PORT_TAKEN not in said or not attempts_left:
            raise _start_refused(places, said=said, port=chosen)


def stop_postmaster(places: Places, *, pid: int) -> bool:
    """Ask the server to stop and wait. False if it was still at it after a minute.

    With a full disk it is not waited for: it goes on stopping by itself when there is room.
    """
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return True
    seconds = FULL_SECONDS_MAX if is_full(places.base) else STOP_SECONDS_MAX
    return _wait(lambda: not is_postmaster(pid, places=places), seconds=seconds)


def read_pid_file(places: Places) -> PidFile | None:
    """What postmaster.pid says; None where there is none or it is not whole."""
    try:
        lines = places.postmaster_pid.read_text(encoding="utf-8").splitlines()
        memory = lines[6].split() if len(lines) > 6 else []
        return PidFile(
            pid=int(lines[0]),
            host=lines[4] or lines[5],
            port=int(lines[3]),
            memory_id=int(memory[1]) if len(memory) == 2 else None,
        )
    except FileNotFoundError:
        return None
    except (ValueError, IndexError):
        # Half written: either a server is just writing it, or one died while it did (_clear_stale_files).
        return None


def is_postmaster(pid: int, *, places: Places) -> bool:
    """Whether that process lives and is a server on our data directory; a number used again is not."""
    _reap(pid)
    command = _command_of(pid)
    return "postgres" in command and str(places.data) in command


def _answer_of(places: Places, *, noted: PidFile, password: str) -> Running | str:
    """The server if it is ours; "" if it refuses us for good; else why it does not answer yet."""
    try:
        with psycopg.connect(
            host=noted.host,
            port=noted.port,
            user=SUPERUSER,
            password=password,
            dbname="postgres",
            # A stranger on that port learns nothing: both sides prove that they know the password.
            require_auth="scram-sha-256",
            connect_timeout=10,
        ) as connection:
            asked = "SELECT current_setting('data_directory'), current_setting('server_version')"
            directory, version = connection.execute(asked).fetchone() or ("", "")
    except psycopg.OperationalError as error:
        return "" if "authentication failed" in str(error) else str(error)
    if Path(directory) != places.data:
        return ""
    return Running(pid=noted.pid, host=noted.host, port=noted.port, version=str(version).split()[0])


def _endpoint(places: Places, *, port: int | None) -> tuple[str, int]:
    if port is not None:
        return LOOPBACK, port
    path = places.sockets / f".s.PGSQL.{SOCKET_PORT}"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return str(places.sockets), SOCKET_PORT
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return LOOPBACK, free.getsockname()[1]


def _launch(places: Places, *, binaries: Path, host: str, port: int) -> subprocess.Popen[bytes]:
    on_socket = host != LOOPBACK
    settings = SETTINGS | {
        "port": str(port),
        "listen_addresses": "" if on_socket else LOOPBACK,
        "unix_socket_directories": host if on_socket else "",
        "unix_socket_permissions": "0700",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    process = database_process(places)
    try:
        if places.log.exists():
            places.log.replace(places.log.with_suffix(".log.1"))
        with os.fdopen(os.open(places.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(places.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=process.environ,
                user=process.uid,
                group=process.gid,
                extra_groups=process.groups,
                # Ctrl-C at the terminal is for the command, not for the database others use.
                start_new_session=True,
            )
    except OSError as error:
        if error.filename in (None, str(binaries / "postgres")):
            raise cannot_run(error, places=places, program=str(binaries / "postgres")) from error
        raise refusal_of(error, doing="start the database", at=places.base) from error


def _await_answer(places: Places, *, child: subprocess.Popen[bytes], password: str) -> Running | None:
    """The server once it answers; None if it ended before that."""
    given_up_at = time.monotonic() + START_SECONDS_MAX
    while child.poll() is None:
        noted = read_pid_file(places)
        if noted is not None and noted.pid == child.pid:
            answer = _answer_of(places, noted=noted, password=password)
            if isinstance(answer, Running):
                # The server outlives this command on purpose: without this, Popen would warn about it.
                child.returncode = 0
                return answer
        if time.monotonic() > given_up_at:
            child.send_signal(signal.SIGINT)
            raise ServerRefused(
                f"PostgreSQL did not become ready within {START_SECONDS_MAX} s. Its log is {places.log}. "
                "Nothing was lost; run the command again."
            )
        time.sleep(PAUSE_SECONDS)
    return None


def _start_refused(places: Places, *, said: str, port: int) -> ServerRefused:
    if NO_SPACE in said or is_full(places.base):
        return disk_full(doing="start the database", at=places.data)
    if PORT_TAKEN in said:
        return ServerRefused(
            f"Port {port} on {LOOPBACK} is taken by another program. "
            "Set EVENROLL_POSTGRES_PORT to a free one, or leave it unset."
        )
    return ServerRefused(
        f"PostgreSQL did not start: {last_words(said)}. Its whole log is {places.log}; "
        f"its data are untouched in {places.data}."
    )


def _clear_stale_files(places: Places) -> None:
    """Remove the pid file and the socket of a server that is gone.

    PostgreSQL removes most of these itself, but refuses for good when the number in them now belongs to another
    process of the same account, when the process is dead and not yet collected, or when a file is empty.
    """
    noted = read_pid_file(places)
    if noted is None and places.postmaster_pid.exists():
        _wait(lambda: read_pid_file(places) is not None, seconds=1)
        noted = read_pid_file(places)
    if noted is not None and is_postmaster(noted.pid, places=places):
        return
    # The children of a killed server leave by themselves; until then two servers would share the files.
    if noted is not None and not _wait(lambda: not _memory_in_use(noted.memory_id), seconds=20):
        raise ServerRefused(
            f"The database server was killed, and processes of it still work on {places.data}. "
            "Nothing was changed. Run the command again in a minute."
        )
    for stale in (places.postmaster_pid, *places.sockets.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def _memory_in_use(memory_id: int | None) -> bool:
    try:
        lines = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    fields = (line.split() for line in lines[1:])
    return memory_id is not None and any(int(one[1]) == memory_id and int(one[6]) > 0 for one in fields)


def _command_of(pid: int) -> str:
    """The command line of a process; "" if it has ended (collected by its parent or not)."""
    process = Path("/proc") / str(pid)
    try:
        if process.parent.joinpath("self").exists():
            return process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        answer = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
        )
        return answer.stdout
    except OSError:
        return ""


def _reap(pid: int) -> None:
    # If the dead server was our own child, collect it, so that its number is free.
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, PermissionError):
        return


def _wait(condition: Callable[[], bool], *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE_SECONDS)
    return True
