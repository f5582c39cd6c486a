"""The embedded server: shared by several commands, stopped by the last, adopted after a kill."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from evenroll.runtime.embedded_server import (
    ServerRefused,
    ServerState,
    StopOutcome,
    drop_database,
    ensure_database,
    list_databases,
    server_status,
    stop_server,
    using_server,
)

USER = Path(__file__).parent / "embedded_user.py"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for this file, where the demoted database may go. Nothing of it is left running."""
    with tempfile.TemporaryDirectory(prefix="evenroll-embedded-") as folder:
        Path(folder).chmod(0o755)
        # A path with a space: it reaches PostgreSQL's settings, URLs and the search for our process.
        home = Path(folder) / "a home"
        yield home
        for major in (18, 16):
            stop_server(home, major=major, force=True)


def test_several_commands_share_it_and_the_last_one_stops_it(home: Path) -> None:
    assert server_status(home).state is ServerState.NEVER_STARTED
    assert not home.exists()
    with ExitStack() as stack:
        # All four start at once in an empty home: one makes the data directory, the others find it.
        users = [stack.enter_context(command_using(home)) for _ in range(4)]
        told = [report(user) for user in users]
        assert len({one["pid"] for one in told}) == 1
        assert {one["role"] for one in told} == {"evenroll_app"}
        for user in users[:-1]:
            leave(user)
        assert server_status(home).in_use
        with pytest.raises(ServerRefused, match="Another Evenroll command is using the database"):
            stop_server(home)
        leave(users[-1])
    assert server_status(home).state is ServerState.STOPPED
    assert stop_server(home) is StopOutcome.WAS_NOT_RUNNING


def test_after_kill_of_all_commands_the_next_one_adopts_the_server(home: Path) -> None:
    with command_using(home) as first, command_using(home) as second:
        pid = report(first)["pid"]
        report(second)
        first.kill()
        second.kill()
        first.wait()
        second.wait()
    left = server_status(home)
    assert (left.state, left.in_use, left.pid) == (ServerState.RUNNING, False, pid)
    with using_server(home) as server:
        assert server.pid == pid
    assert server_status(home).state is ServerState.STOPPED


def test_a_server_left_behind_can_be_stopped(home: Path) -> None:
    with command_using(home) as user:
        report(user)
        user.kill()
        user.wait()
    assert stop_server(home) is StopOutcome.STOPPED
    assert server_status(home).state is ServerState.STOPPED


def test_a_killed_server_starts_again_with_what_was_committed(home: Path) -> None:
    with using_server(home) as server:
        ensure_database(server, "evenroll")
        with psycopg.connect(server.url(role="evenroll_owner", database="evenroll")) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (42)")
        # We are its parent and do not collect it: dead, and its number not free for whoever starts the next one.
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{server.pid}/cmdline").read_bytes())
        with command_using(home) as other:
            assert report(other)["pid"] != server.pid
            leave(other)
        with using_server(home) as again:
            assert again.pid != server.pid
            with psycopg.connect(again.url(role="evenroll_owner", database="evenroll")) as connection:
                assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


@pytest.mark.parametrize("left", ["a process that is not ours", "nothing"])
def test_a_stale_pid_file_does_not_stop_the_start(home: Path, left: str) -> None:
    with using_server(home) as server:
        whole = (server.data_directory / "postmaster.pid").read_text()
    stale = server.data_directory / "postmaster.pid"
    # The number in it was given to another process of the same account: PostgreSQL alone refuses that.
    owner = stale.parent.stat()
    with other_process_of(uid=owner.st_uid, gid=owner.st_gid) as other:
        stale.write_text("\n".join([str(other.pid), *whole.splitlines()[1:]]) if left != "nothing" else "")
        os.chown(stale, owner.st_uid, owner.st_gid)
        (home / "postgres-18" / "socket" / ".s.PGSQL.5432.lock").write_text(stale.read_text())
        with using_server(home) as again:
            assert again.pid != other.pid
        assert other.poll() is None


def test_several_users_in_one_process(home: Path) -> None:
    with using_server(home) as outer:
        with using_server(home) as inner:
            assert inner.pid == outer.pid
        assert server_status(home).state is ServerState.RUNNING
    assert server_status(home).state is ServerState.STOPPED


def test_a_failing_command_also_leaves(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), using_server(home):
        raise ZeroDivisionError
    assert server_status(home).state is ServerState.STOPPED


def test_databases_are_closed_to_all_but_the_three_roles(home: Path) -> None:
    with using_server(home) as server:
        ensure_database(server, "evenroll_one")
        ensure_database(server, "evenroll_one")
        assert list_databases(server, prefix="evenroll_o") == ("evenroll_one",)
        with psycopg.connect(server.url(role="evenroll_app", database="evenroll_one")) as connection:
            rights = connection.execute(
                "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
                " WHERE rolname = current_user"
            ).fetchone()
            assert rights == (False,) * 5
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (n int)")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url(role="evenroll_app", database="postgres"))
        drop_database(server, "evenroll_one")
        assert list_databases(server, prefix="evenroll_o") == ()


def test_what_is_committed_is_durable_and_the_log_tells_no_values(home: Path) -> None:
    with using_server(home) as server:
        ensure_database(server, "evenroll")
        with psycopg.connect(server.url(role="evenroll_owner", database="evenroll")) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
                assert connection.execute("SELECT current_setting(%s)", (setting,)).fetchone() == ("on",)
            connection.execute("CREATE TEMP TABLE names (name text UNIQUE)")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO names VALUES ('Canary Quill'), ('Canary Quill')")
    log = server_status(home).log.read_text()
    assert "duplicate key" in log
    assert "Canary" not in log


def test_secrets_are_closed_and_stay_out_of_repr(home: Path) -> None:
    with using_server(home) as server:
        assert server.superuser_password not in repr(server)
    passwords = server.data_directory.parent / "passwords.json"
    assert passwords.stat().st_mode & 0o777 == 0o600
    assert server.data_directory.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres-18" / "socket").stat().st_mode & 0o777 == 0o700
    assert (home / "postgres-18" / "server.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.on_16
def test_16_has_data_of_its_own_and_sorts_alike(home: Path) -> None:
    with using_server(home, major=16) as older, using_server(home) as newer:
        assert older.version.startswith("16.")
        assert newer.version.startswith("18.")
        assert older.data_directory != newer.data_directory
        sorted_by = []
        for server in (older, newer):
            ensure_database(server, "evenroll")
            with psycopg.connect(server.url(role="evenroll_app", database="evenroll")) as connection:
                rows = connection.execute("SELECT n FROM unnest(%s::text[]) n ORDER BY n", (["é", "z", "Z", "a"],))
                sorted_by.append([row[0] for row in rows])
        assert sorted_by[0] == sorted_by[1] == ["Z", "a", "z", "é"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is demoted")
def test_as_root_the_database_alone_is_demoted(home: Path) -> None:
    with using_server(home) as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert "0" not in fields["Uid"].split()
        assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == int(fields["CapAmb"], 16) == 0
        assert os.geteuid() == 0


@contextmanager
def command_using(home: Path, *, major: int = 18) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(USER), str(home), str(major)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def report(user: subprocess.Popen[str]) -> dict[str, object]:
    assert user.stdout is not None
    told = user.stdout.readline()
    assert told, "the command ended before it was in"
    return json.loads(told)


def leave(user: subprocess.Popen[str]) -> None:
    assert user.stdin is not None
    user.stdin.close()
    assert user.wait(timeout=30) == 0


@contextmanager
def other_process_of(*, uid: int, gid: int) -> Iterator[subprocess.Popen[bytes]]:
    account = {"user": uid, "group": gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **account) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
