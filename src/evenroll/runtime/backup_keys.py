"""The file of keys that stands apart from a backup: the master key and every customer's key, its end proved by a hash.

Keys are never changed and never given out twice, so the newest file opens every older backup, and of nobody who was
erased before it was written. It is written anew in one place; older ones are not kept. What it knows beyond this
database (of one beside it, or of what came after a backup that was restored) goes along, but for who was erased.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import glob
import hashlib
import json
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString

from psycopg import Cursor

from evenroll.records.keys import Keys
from evenroll.runtime.backup_programs import BackupRefused

NAME: Final = "evenroll-keys"
_END: Final = b"end "
_ROWS: LiteralString = "COPY (SELECT id, wrapped FROM public.customer_key ORDER BY id) TO STDOUT"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFile:
    """A file of keys that was read to its end. made_at: when it was written."""

    path: Path
    master: bytes
    made_at: datetime

    def __repr__(self) -> str:
        return f"KeyFile({self.path})"

    @property
    def keys(self) -> Keys:
        """The keys that the master key gives."""
        return Keys(self.master)

    def rows(self) -> Iterator[bytes]:
        """Number and wrapped key of every customer, as COPY writes them."""
        with self.path.open("rb") as file:
            next(file)
            for line in file:
                if line.startswith(_END):
                    return
                yield line


def write_keys(
    path: Path, *, master: bytes, pen: Cursor[Any], organizations: Collection[int], erased: Collection[int]
) -> int:
    """Write the keys that the pen's transaction sees, in the place of an older file; how many there are in it.

    organizations, erased: by number, the latter of keys that no file may have any more. Keys of the older file that
    this database does not know are written as well. Raises BackupRefused where something else stands in the place.
    """
    head = {
        "file": NAME,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "master": base64.b64encode(master).decode("ascii"),
    }
    with _alone(path):
        older = _older(path, master=master)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        digest, count = hashlib.sha256(), 0
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for line in _lines(head, pen, organizations, older=older, gone=set(erased)):
                    digest.update(line)
                    file.write(line)
                    count += 1
                file.write(_END + digest.hexdigest().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    return count - 1


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The only one who writes this file of keys: two backups at once would each lose the other's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        # What a killed run left is whole enough to open backups, also of people who are erased later.
        for left in path.parent.glob(f".{glob.escape(path.name)}.{'[0-9a-f]' * 8}"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(folder)


def _older(path: Path, *, master: bytes) -> KeyFile | None:
    """The file of keys that stands in this place. Raises BackupRefused where it is not ours to replace."""
    if not path.exists() and not path.is_symlink():
        return None
    if not path.is_file():
        raise _taken(path, "is no file")
    try:
        older = read_keys(path)
    except BackupRefused:
        raise _taken(path, "is no whole file of keys, or can be read by other accounts") from None
    if older.master != master:
        raise _taken(path, f"has the keys of another installation, {older.keys.log_name()}")
    return older


def _taken(path: Path, what: str) -> BackupRefused:
    return BackupRefused(
        f"The keys would be written over {path}, which {what}. Nothing was changed. Give another place with --keys, or "
        "put away what stands there."
    )


def read_keys(path: Path) -> KeyFile:
    """The file of keys, checked to its end. Raises BackupRefused."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            first = file.readline()
            head: dict[str, Any] = json.loads(first)
            master = base64.b64decode(str(head["master"]), validate=True)
            made_at = datetime.fromisoformat(str(head["made_at"]))
            is_whole = _is_whole(file, digest=hashlib.sha256(first))
    except OSError:
        raise BackupRefused(
            f"The file of keys {path} cannot be read; without it nobody's data in the backup could be opened. Give it "
            "with --keys, from where it is kept apart."
        ) from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise _broken(path) from None
    if head.get("file") != NAME or not is_whole:
        raise _broken(path)
    if mode & 0o077:
        raise BackupRefused(
            f"The file of keys {path} can be read by other accounts, so the keys may be known. Set its mode to 0600, "
            "and find out who had it."
        )
    return KeyFile(path=path, master=master, made_at=made_at)


def _lines(
    head: dict[str, str], pen: Cursor[Any], organizations: Collection[int], *, older: KeyFile | None, gone: set[int]
) -> Iterator[bytes]:
    yield json.dumps(head, sort_keys=True).encode() + b"\n"
    for organization_id in organizations:
        pen.execute("SELECT set_config('evenroll.organization', %s, true)", (str(organization_id),))
        left = b""
        with pen.copy(_ROWS) as rows:
            for block in rows:
                *whole, left = (left + bytes(block)).split(b"\n")
                for line in whole:
                    gone.add(_number(line))
                    yield line + b"\n"
    if older is not None:
        yield from (line for line in older.rows() if _number(line) not in gone)


def _number(line: bytes) -> int:
    return int(line.partition(b"\t")[0])


def _is_whole(file: Iterator[bytes], *, digest: Any) -> bool:
    for line in file:
        if line.startswith(_END):
            return line == _END + digest.hexdigest().encode() + b"\n"
        digest.update(line)
    return False


def _broken(path: Path) -> BackupRefused:
    return BackupRefused(
        f"{path} is no whole file of keys: it was cut or changed, or is another file. Take its copy from elsewhere; "
        "without it nobody's data in the backup could be opened."
    )
