"""The two lock files of an embedded server: whose turn it is to start or stop it, and who uses it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenroll.runtime.embedded_places import Places, ServerRefused, refusal_of

TURN_SECONDS_MAX = 330
PAUSE_SECONDS = 0.02


@contextmanager
def turn_of(places: Places) -> Iterator[None]:
    """The exclusive right to start, adopt or stop the server. Raises ServerRefused after TURN_SECONDS_MAX."""
    turn = lock_file(places.base / "turn.lock")
    try:
        until = time.monotonic() + TURN_SECONDS_MAX
        while not _try_exclusive(turn):
            if time.monotonic() > until:
                raise ServerRefused(
                    f"Another Evenroll command has been starting or stopping the database in {places.base} "
                    f"for over {TURN_SECONDS_MAX // 60} minutes. End it and run this one again."
                )
            time.sleep(PAUSE_SECONDS)
        yield
    finally:
        os.close(turn)


def in_use(places: Places) -> bool:
    """Whether a command uses the server now."""
    probe = lock_file(users_lock(places))
    try:
        return not _try_exclusive(probe)
    finally:
        os.close(probe)


def users_lock(places: Places) -> Path:
    """The file on which every user of the server holds a shared lock."""
    return places.base / "users.lock"


def lock_file(path: Path) -> int:
    """A descriptor of a lock file, made if missing; its lock ends when it is closed. Raises ServerRefused."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise refusal_of(error, doing="lock the database's folder", at=path.parent) from error


def _try_exclusive(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
