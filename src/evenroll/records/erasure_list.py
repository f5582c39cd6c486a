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
    """Write an erasure down, for good, before it is committed. Raises ErasureListMissing, ErasureListBroken."""
    path = erasure_list_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        # Two workers write one after the other: each line names the one before it.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = _read(file.read(), whence=str(path))
        file.write(_line(erasure, before=known.head) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_list(path: Path) -> ErasureList:
    """The list of a file; an empty one where there is none. Raises ErasureListBroken."""
    try:
        return _read(path.read_text("utf-8"), whence=str(path))
    except FileNotFoundError:
        return ErasureList(erasures=(), heads=())
    except UnicodeDecodeError:
        raise _broken(str(path), 1) from None
    except OSError as error:
        raise ErasureListBroken(
            f"The list of erasures {path} cannot be read ({error.strerror}). Give the file that holds it; without it a "
            "restore could bring back who was erased."
        ) from None


def _read(text: str, *, whence: str) -> ErasureList:
    erasures, heads = list[Erasure](), list[str]()
    lines = text.split("\n")
    if lines.pop() != "":
        raise _broken(whence, len(lines) + 1)
    for number, line in enumerate(lines, start=1):
        try:
            told: dict[str, Any] = json.loads(line)
            erasure = Erasure(
                organization=str(told["organization"]),
                subject=str(told["subject"]),
                keys=_numbers(told["keys"]),
                records=_numbers(told["records"]),
                cases=tuple(str(each) for each in told["cases"]),
                at=str(told["at"]),
            )
        except (ValueError, KeyError, TypeError):
            raise _broken(whence, number) from None
        if line != _line(erasure, before=heads[-1] if heads else _FIRST):
            raise _broken(whence, number)
        erasures.append(erasure)
        heads.append(hashlib.sha256(line.encode()).hexdigest())
    return ErasureList(erasures=tuple(erasures), heads=tuple(heads))


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


def _broken(whence: str, line: int) -> ErasureListBroken:
    return ErasureListBroken(
        f"The list of erasures {whence} is not as it was written (line {line}). Take its copy from elsewhere; without "
        "it a restore could bring back who was erased."
    )
