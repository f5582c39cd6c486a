"""The data directory of an older major version of PostgreSQL, carried over to a newer one and kept until told.

All of it happens in a folder beside the new data directory, which gets its name at the very end: a run that is killed
leaves the old data as they were, and the next run begins anew.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evenroll.runtime.embedded_binaries import installed_binaries
from evenroll.runtime.embedded_cluster import NO_SPACE, SUPERUSER, is_there, last_words, make_cluster, read_passwords
from evenroll.runtime.embedded_locks import in_use, turn_of
from evenroll.runtime.embedded_places import (
    DATABASE_ACCOUNT,
    MAJORS,
    Places,
    ServerRefused,
    disk_full,
    give,
    make_places,
    places_of,
    refusal_of,
)
from evenroll.runtime.embedded_postmaster import (
    SOCKET_PATH_BYTES_MAX,
    running_postmaster,
    start_postmaster,
    stop_postmaster,
)
from evenroll.runtime.embedded_strays import end_strays
from evenroll.runtime.embedded_tools import run_tool

MARK = "carried.json"
"""Beside the data of a cluster that was carried over: from which major version, when."""
EMPTY_CLUSTER_BYTES = 256 * 1024 * 1024
"""What a new data directory, its write-ahead log and PostgreSQL's programs take beside the data themselves."""
UPGRADE_PORT = 5432


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What was carried over. kept: the old data directory with its passwords, as it was. size: of it, bytes."""

    came_from: int
    major: int
    at: datetime
    kept: Path
    size: int


def older_data(home: Path, *, major: int, account: str = DATABASE_ACCOUNT) -> Places | None:
    """The newest data of an older major version that nothing of this one stands beside; None if there are none."""
    places = places_of(home, major=major, account=account)
    if is_there(places):
        return None
    older = (places_of(home, major=each, account=account) for each in sorted(MAJORS, reverse=True) if each < major)
    return next((each for each in older if is_there(each)), None)


def refuse_other_major(home: Path, *, major: int, account: str = DATABASE_ACCOUNT) -> None:
    """Refuse to begin with an empty database beside older data, and to go back to data that were carried over.

    Raises ServerRefused.
    """
    try:
        older = older_data(home, major=major, account=account)
        newer = next((each for each in MAJORS if (mark := carried_from(home, major=each)) and mark[0] == major), None)
    except OSError as error:
        raise refusal_of(error, doing="look at the database", at=home) from error
    if older is not None:
        raise ServerRefused(
            f"The data of this installation, in {older.cluster}, were written by PostgreSQL {older.major}, and this is "
            f"PostgreSQL {major}. Nothing was changed. Carry them over with `evenroll db upgrade`, which keeps the old "
            f"ones, or set EVENROLL_POSTGRES={older.major} to go on with them as they are."
        )
    if newer is not None:
        places = places_of(home, major=newer, account=account)
        back = " To go back to the data as they were and lose what was done since, move that folder away."
        raise ServerRefused(
            f"The data of PostgreSQL {major} were carried over to PostgreSQL {newer}, and what was done since then is "
            f"there, in {places.cluster}. Unset EVENROLL_POSTGRES to go on."
            + (back if is_there(places_of(home, major=major, account=account)) else "")
        )


def carried_from(home: Path, *, major: int) -> tuple[int, datetime] | None:
    """From which major version the data of this one were carried over, and when; None if they were not."""
    mark = home / f"postgres-{major}" / "cluster" / MARK
    try:
        told = json.loads(mark.read_text("ascii"))
        return int(told["from"]), datetime.fromisoformat(told["at"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ServerRefused(
            f"The note {mark} on where these data came from cannot be read. Restore it from a backup, or remove it if "
            f"no data of an older PostgreSQL stand beside postgres-{major}."
        ) from None


def carry_over(home: Path, *, major: int, now: datetime, account: str = DATABASE_ACCOUNT) -> Carried | None:
    """Bring the data of an older major version into this one by pg_upgrade, keeping the old ones as they are.

    None if there are none. now: by the wall clock, for the note. Raises ServerRefused: somebody uses them, the disk
    has too little room, or PostgreSQL says why it cannot; then the old data are as they were.
    """
    with ExitStack() as turns:
        old = older_data(home, major=major, account=account)
        if old is None:
            return None
        new = places_of(home, major=major, account=account)
        for places in (old, new):
            make_places(places)
        # Always the older one first: two commands that want both never wait in a circle.
        turns.enter_context(turn_of(old))
        turns.enter_context(turn_of(new))
        if is_there(new):
            return None
        _refuse_in_use(old)
        _end_left_over(new)
        size = _refuse_where_no_room(old, new=new)
        _close_cleanly(old)
        fresh = new.base / f"cluster.new-{secrets.token_hex(4)}"
        try:
            _make_carried(old, new=new, fresh=fresh, now=now)
            fresh.rename(new.cluster)
            _sync_folder(new.base)
        except OSError as error:
            raise refusal_of(error, doing="carry the data over", at=new.base) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Carried(came_from=old.major, major=major, at=now, kept=old.cluster, size=size)


def remove_kept(home: Path, *, major: int, account: str = DATABASE_ACCOUNT) -> Path | None:
    """Remove the old data from which those of this major version were carried over; what was removed, None if nothing.

    Raises ServerRefused where a server still runs on them.
    """
    mark = carried_from(home, major=major)
    if mark is None:
        return None
    old = places_of(home, major=mark[0], account=account)
    if not old.base.is_dir():
        return None
    with turn_of(old):
        for left in old.base.glob("cluster.gone-*"):
            shutil.rmtree(left)
        if not is_there(old):
            return None
        if in_use(old) or running_postmaster(old, password=read_passwords(old)[SUPERUSER]) is not None:
            raise ServerRefused(
                f"A PostgreSQL {old.major} server still runs on {old.data}, so it was not removed. Stop it with "
                f"`EVENROLL_POSTGRES={old.major} evenroll db stop` and run the command again."
            )
        gone = old.base / f"cluster.gone-{secrets.token_hex(4)}"
        try:
            # Renamed first: a run that is killed leaves no half a data directory under its name.
            old.cluster.rename(gone)
            shutil.rmtree(gone)
        except OSError as error:
            raise refusal_of(error, doing="remove the old data", at=old.base) from error
    return old.cluster


def _refuse_in_use(old: Places) -> None:
    if in_use(old):
        raise ServerRefused(
            f"Another Evenroll command is using the data of PostgreSQL {old.major}. Let it end, or stop it, and run "
            "the command again. Nothing was changed."
        )


def _refuse_where_no_room(old: Places, *, new: Places) -> int:
    """The size of the old data, in bytes. Raises ServerRefused where a second copy of them has no room."""
    try:
        size = sum(path.lstat().st_size for path in old.data.rglob("*"))
        disk = os.statvfs(new.base)
    except OSError as error:
        raise refusal_of(error, doing="measure the data", at=old.data) from error
    free, needed = disk.f_bavail * disk.f_frsize, size + EMPTY_CLUSTER_BYTES
    if free < needed:
        raise ServerRefused(
            f"Carrying the data over needs {_megabytes(needed)} on the disk that holds {new.base}, because the old "
            f"data are kept, and {_megabytes(free)} are free. Nothing was begun. Free some space and run the command "
            f"again; until then EVENROLL_POSTGRES={old.major} goes on with the old data."
        )
    return size


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"


def _end_left_over(new: Places) -> None:
    """What a killed run left: its programs, which go on without it, and its unfinished folder."""
    for left in new.base.glob("cluster.new-*"):
        end_strays(left)
        shutil.rmtree(left, ignore_errors=True)


def _close_cleanly(old: Places) -> None:
    """Start the old server and stop it again: after a crash it mends its data first, and it shows that it can run."""
    password = read_passwords(old)[SUPERUSER]
    running = running_postmaster(old, password=password)
    if running is None:
        running = start_postmaster(old, binaries=installed_binaries(old), password=password, port=None)
    if not stop_postmaster(old, pid=running.pid):
        raise ServerRefused(
            f"The server of PostgreSQL {old.major} (process {running.pid}) is still writing after a minute. Run the "
            "command again when it has stopped. Nothing was changed."
        )


def _make_carried(old: Places, *, new: Places, fresh: Path, now: datetime) -> None:
    binaries = installed_binaries(new)
    make_cluster(new, fresh=fresh, binaries=binaries, passwords=read_passwords(old))
    work = fresh / "work"
    work.mkdir(mode=0o700)
    give(work, to=new.account)
    with _short_folder(new) as sockets:
        answer = run_tool(
            new,
            "pg_upgrade",
            (
                *("--old-bindir", str(installed_binaries(old)), "--new-bindir", str(binaries)),
                *("--old-datadir", str(old.data), "--new-datadir", str(fresh / "data")),
                *("--username", SUPERUSER, "--socketdir", str(sockets), "--copy"),
                *("--old-port", str(UPGRADE_PORT), "--new-port", str(UPGRADE_PORT)),
            ),
            password=read_passwords(old)[SUPERUSER],
            folder=work,
        )
    if answer.returncode != 0:
        raise _refused_by(answer, old=old, new=new)
    shutil.rmtree(work)
    note = {"from": old.major, "at": now.isoformat()}
    with open(fresh / MARK, "x", encoding="ascii") as mark:
        mark.write(json.dumps(note))
        mark.flush()
        os.fsync(mark.fileno())
    _sync_folder(fresh)


def _refused_by(answer: subprocess.CompletedProcess[str], *, old: Places, new: Places) -> ServerRefused:
    said = f"{answer.stdout}\n{answer.stderr}"
    if NO_SPACE in said:
        return disk_full(doing="carry the data over", at=new.base)
    return ServerRefused(
        f"PostgreSQL could not carry the data over: {last_words(said)}. The old data are untouched in {old.data}; "
        f"EVENROLL_POSTGRES={old.major} goes on with them."
    )


@contextmanager
def _short_folder(places: Places) -> Iterator[Path]:
    """A folder for sockets whose path the system allows, open to the database's account alone."""
    if len(os.fsencode(places.sockets / f".s.PGSQL.{UPGRADE_PORT}")) <= SOCKET_PATH_BYTES_MAX:
        yield places.sockets
        return
    with tempfile.TemporaryDirectory(prefix="evenroll-") as folder:
        give(Path(folder), to=places.account)
        yield Path(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
