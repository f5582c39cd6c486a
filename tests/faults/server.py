"""A PostgreSQL of the campaign's own, its child: killed, cut, starved of disk, and brought up as commands do it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER, SUPERUSER
from evenroll.runtime.embedded_places import places_of
from evenroll.runtime.embedded_postmaster import is_postmaster, read_pid_file
from evenroll.runtime.embedded_server import Server, ensure_database, using_server

DATABASE = "evenroll_faults"
DISK_MEGABYTES = 420
QUIET_SECONDS_MAX = 20
PAUSE_SECONDS = 0.005
BLOCK = 1 << 20

# A log that is short and never used again: a full disk is met at once, and a small one holds it.
_SETTINGS = ("max_wal_size = '64MB'", "min_wal_size = '32MB'", "wal_recycle = off", "log_min_messages = 'panic'")


class NeverQuiet(AssertionError):
    """Something of a process that is gone still works in the database, or waits for good."""


@dataclass(kw_only=True)
class Box:
    """The server in its home. can_fill: whether its data lie on a small disk of their own."""

    home: Path
    major: int
    can_fill: bool
    server: Server

    @property
    def urls(self) -> DatabaseUrls:
        return DatabaseUrls(
            app=self.server.url(role=APPLICATION, database=DATABASE),
            owner=self.server.url(role=OWNER, database=DATABASE),
            auditor=self.server.url(role=AUDITOR, database=DATABASE),
        )

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection that no wall stops, for looking at everything and for cutting others."""
        url = self.server.url(role=SUPERUSER, database=DATABASE)
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def kill_postmaster(self) -> None:
        """As a failing machine would, without the loss of what the system holds for the disk."""
        os.kill(self.server.pid, signal.SIGKILL)
        # It is our child: nobody else collects it.
        with suppress(ChildProcessError):
            os.waitpid(self.server.pid, 0)

    def cut(self, backend: int) -> None:
        """End one connection from the side of the database."""
        with self.superuser() as pen:
            pen.execute("SELECT pg_terminate_backend(%s)", (backend,))

    def fill_disk(self, *, with_log: bool) -> None:
        """Leave no room. with_log: the file of the write-ahead log that is open has none left either."""
        with (self._base / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * BLOCK)
        with (self._base / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * 4096)
        if with_log:
            # The server may go down of it, which is what is wanted.
            with suppress(psycopg.Error), self.superuser() as pen:
                pen.execute("SELECT pg_switch_wal()")

    def free_disk(self) -> None:
        (self._base / "filler").unlink(missing_ok=True)

    def is_up(self) -> bool:
        """Whether it lets somebody in, now."""
        try:
            with self.superuser() as pen:
                return pen.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    def recover(self) -> None:
        """Wait for a server that comes back by itself, and start one that does not, as the next command would."""
        until = time.monotonic() + 3
        while self._lives() and time.monotonic() < until:
            if self.is_up():
                return
            time.sleep(PAUSE_SECONDS)
        if self._lives() and not self.is_up():
            self.kill_postmaster()
        with using_server(self.home, major=self.major) as server:
            self.server = server
        assert self.is_up()

    def wait_until_quiet(self) -> None:
        """Until nobody else is connected: what a dead process had begun is undone or done. Raises NeverQuiet."""
        until = time.monotonic() + QUIET_SECONDS_MAX
        with self.superuser() as pen:
            while True:
                others = pen.execute(
                    "SELECT pid, state, wait_event, left(query, 80) FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                ).fetchall()
                if not others:
                    return
                if time.monotonic() > until:
                    raise NeverQuiet(f"Still at work after {QUIET_SECONDS_MAX} s: {others}")
                time.sleep(PAUSE_SECONDS)

    @property
    def _base(self) -> Path:
        return places_of(self.home, major=self.major).base

    def _lives(self) -> bool:
        with suppress(ChildProcessError):
            return os.waitpid(self.server.pid, os.WNOHANG) == (0, 0)
        return Path(f"/proc/{self.server.pid}").exists()


@contextmanager
def box(home: Path, *, major: int) -> Iterator[Box]:
    """A server for the length of the block; its data are gone afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    base = places_of(home, major=major).base
    can_fill = _mount(base)
    try:
        with using_server(home, major=major) as server:
            ensure_database(server, DATABASE)
            made = Box(home=home, major=major, can_fill=can_fill, server=server)
            with made.superuser() as pen:
                for setting in _SETTINGS:
                    pen.execute(f"ALTER SYSTEM SET {setting}")  # pyright: ignore[reportArgumentType]
                pen.execute("SELECT pg_reload_conf()")
            yield made
            made.free_disk()
    finally:
        if can_fill:
            subprocess.run(["umount", "--lazy", str(base)], check=False)
        shutil.rmtree(home, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Take away what campaigns left that were killed themselves: their servers, their disks, their folders."""
    for left in folder.glob("faults-*"):
        if Path(f"/proc/{left.name.removeprefix('faults-')}").exists():
            continue
        for base in left.glob("postgres-*"):
            places = places_of(left, major=int(base.name.removeprefix("postgres-")))
            noted = read_pid_file(places)
            if noted is not None and is_postmaster(noted.pid, places=places):
                os.kill(noted.pid, signal.SIGQUIT)
            subprocess.run(["umount", "--lazy", str(base)], check=False, capture_output=True)
        shutil.rmtree(left, ignore_errors=True)


def _mount(base: Path) -> bool:
    """A small disk at this place, where there is the right to mount one."""
    base.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        return False
    options = ["-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=711", "tmpfs", str(base)]
    return subprocess.run([mount, *options], check=False, capture_output=True).returncode == 0
