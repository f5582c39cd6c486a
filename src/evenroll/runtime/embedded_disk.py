"""Whether the embedded server fails because its disk is full, which its own log may have had no room to say."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from evenroll.runtime.embedded_cluster import NO_SPACE
from evenroll.runtime.embedded_places import Places, disk_full

FREE_BYTES_MIN = 16 * 1024 * 1024
"""Below one file of its write-ahead log a server neither starts nor goes on."""
LOG_TAIL_BYTES = 4096


def is_full(path: Path) -> bool:
    """Whether the disk of an existing folder has no room for a server that is not root's."""
    try:
        disk = os.statvfs(path)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < FREE_BYTES_MIN


@contextmanager
def telling_of_full_disk(places: Places) -> Iterator[None]:
    """Whatever of the database fails inside because of a full disk is said to be that. Raises ServerRefused."""
    try:
        yield
    except Exception as error:
        if _is_of_disk(error, places):
            raise disk_full(doing="go on", at=places.data) from error
        raise


def _is_of_disk(error: BaseException, places: Places) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, psycopg.errors.DiskFull):
            return True
        # A server that had to stop says to its users only that the connection broke.
        if isinstance(seen, psycopg.OperationalError | psycopg.InterfaceError):
            return is_full(places.base) or NO_SPACE in _log_tail(places)
        seen = seen.__cause__ or seen.__context__
    return False


def _log_tail(places: Places) -> str:
    try:
        with places.log.open("rb") as log:
            log.seek(-min(LOG_TAIL_BYTES, places.log.stat().st_size), os.SEEK_END)
            return log.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
