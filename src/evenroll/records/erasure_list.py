"""The list of who was erased, kept in a file apart from the database, so that a restored backup knows it.

An erasure is written down before it is committed. One that is not on the list cannot have happened; one that is on it
and whose transaction was lost is done by the next restore.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_FIRST: Final = ""
_BLOCK: Final = 8192


class ErasureListMissing(RuntimeError):
    """Nobody can be erased, for the list that restores heed has no place yet."""


class ErasureListBroken(ValueError):
    """The list is not as it was written: cut, changed, or of another installation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """One line of the list. subject: as the erasure's stream is called. keys, records: of the vault, by number.

    at: the instant, as text of ISO 8601. Numbers and codes only: nothing here is personal.
    """

    organization: str
    subject: str
    keys: tuple[int, ...]
    records: tuple[int, ...]
    cases: tuple[str, ...]
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureList:
    """The list as it was read. heads: the hash after each line, by which a backup knows how much of it there was."""

    erasures: tuple[Erasure, ...]
    heads: tuple[str, ...]

    @property
    def head(self) -> str:
        """The hash after the last line; "" for an empty list."""
        return self.heads[-1] if self.heads else _FIRST

    def goes_on_from(self, lines: int, *, head: str) -> bool:
        """Whether it begins with the list that had so many lines and that hash."""
        return lines == 0 or (len(self.heads) >= lines and self.heads[lines - 1] == head)


@dataclass(slots=True)
class _Held:
    path: Path | None = None


_held = _Held()


def use_erasure_list(path: Path) -> None:
    """Say where the list of this installation is; called by the wiring."""
    _held.path = path


def erasure_list_path() -> Path:
    """Where the list is. Raises ErasureListMissing."""
    if _held.path is None:
        raise ErasureListMissing(
            "Nobody can be erased: the list of erasures, which restores heed, has no place. "
            "Give the home of the installation when it is configured."
        )
    return _held.path


def note(erasure: Erasure) -> None:
    """Write an erasure down, for good, before it is committed; whole, or not at all where the disk is full.

    Raises ErasureListMissing, OSError, and ErasureListBroken where the last line is not as it was written. Whoever
    reads the list looks at all of it; here that would take longer with each line.
    """
    path = erasure_list_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # Two workers write one after the other: each line names the one before it.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        end = os.lseek(descriptor, 0, os.SEEK_END)
        last = _last_line(descriptor, end=end, whence=str(path))
        line = _line(erasure, before=_head_after(last) if last else _FIRST)
        _append(descriptor, f"{line}\n".encode(), end=end)
    finally:
        os.close(descriptor)
    if not end:
        _sync_folder(path.parent)


def read_list(path: Path) -> ErasureList:
    """The list of a file; an empty one where there is none. Raises ErasureListBroken."""
    try:
        return _read(path.read_text("utf-8"), whence=str(path))
    except FileNotFoundError:
        return ErasureList(erasures=(), heads=())
    except UnicodeDecodeError:
        raise _broken(str(path), "line 1") from None
    except OSError as error:
        raise ErasureListBroken(
            f"The list of erasures {path} cannot be read ({error.strerror}). Give the file that holds it; without it a "
            "restore could bring back who was erased."
        ) from None


def _append(descriptor: int, line: bytes, *, end: int) -> None:
    """Add a line at the end. Half of one would break the list for whoever comes next: it is taken away again."""
    left = line
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _last_line(descriptor: int, *, end: int, whence: str) -> str:
    """The last line of the list, "" of an empty one. Raises ErasureListBroken."""
    block, size = b"", _BLOCK
    while end and block.rfind(b"\n", 0, -1) < 0 and len(block) < end:
        block = os.pread(descriptor, size, max(0, end - size))
        size *= 2
    if not block:
        return ""
    last = block[block.rfind(b"\n", 0, -1) + 1 :]
    try:
        line = last.decode()
        is_whole = line.endswith("\n") and line[:-1] == _line(_told(line), before=str(json.loads(line)["before"]))
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise _broken(whence, "the last line")
    return last.decode()[:-1]


def _sync_folder(folder: Path) -> None:
    """Until its folder is written, too, a new file may be gone after a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(text: str, *, whence: str) -> ErasureList:
    erasures, heads = list[Erasure](), list[str]()
    lines = text.split("\n")
    if lines.pop() != "":
        raise _broken(whence, f"line {len(lines) + 1}")
    for number, line in enumerate(lines, start=1):
        try:
            erasure = _told(line)
        except (ValueError, KeyError, TypeError):
            raise _broken(whence, f"line {number}") from None
        if line != _line(erasure, before=heads[-1] if heads else _FIRST):
            raise _broken(whence, f"line {number}")
        erasures.append(erasure)
        heads.append(_head_after(line))
    return ErasureList(erasures=tuple(erasures), heads=tuple(heads))


def _told(line: str) -> Erasure:
    told: dict[str, Any] = json.loads(line)
    return Erasure(
        organization=str(told["organization"]),
        subject=str(told["subject"]),
        keys=_numbers(told["keys"]),
        records=_numbers(told["records"]),
        cases=tuple(str(each) for each in told["cases"]),
        at=str(told["at"]),
    )


def _head_after(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _line(erasure: Erasure, *, before: str) -> str:
    told = {
        "organization": erasure.organization,
        "subject": erasure.subject,
        "keys": list(erasure.keys),
        "records": list(erasure.records),
        "cases": list(erasure.cases),
        "at": erasure.at,
        "before": before,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _numbers(values: Sequence[object]) -> tuple[int, ...]:
    return tuple(int(str(each)) for each in values)


def _broken(whence: str, where: str) -> ErasureListBroken:
    return ErasureListBroken(
        f"The list of erasures {whence} is not as it was written ({where}). Take its copy from elsewhere; without "
        "it a restore could bring back who was erased."
    )
