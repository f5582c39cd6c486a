"""The result file of a run: a row per application, whole or not there at all, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from evenroll.intake.file_shape import FileFormat

COLUMNS: Final = (
    "row",
    "application",
    "organization",
    "case",
    "result",
    "status",
    "decision",
    "waits_on",
    "due_at",
    "findings",
    "problems",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class ResultRefused(ValueError):
    """The result file cannot be written where it was to be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultRow:
    """One line of the result. result: accepted, refused, bad_row or failed. findings, problems: codes and sentences."""

    row: int
    application: str
    organization: str = ""
    case: str = ""
    result: str
    status: str = ""
    decision: str = ""
    waits_on: str = ""
    due_at: str = ""
    findings: tuple[Mapping[str, str], ...] = ()
    problems: tuple[Mapping[str, str], ...] = ()


class ResultWriter:
    """Writes result rows in the format of the file that came."""

    def __init__(self, file: IO[str], *, format: FileFormat) -> None:
        self._file = file
        self._csv: Any = csv.writer(file) if format is FileFormat.CSV else None
        if self._csv is not None:
            self._csv.writerow(COLUMNS)

    def write(self, row: ResultRow) -> None:
        """Add one row."""
        if self._csv is None:
            self._file.write(json.dumps(_object(row), ensure_ascii=False) + "\n")
        else:
            self._csv.writerow([safe_cell(cell) for cell in _cells(row)])


@contextmanager
def result_writer(path: Path, *, format: FileFormat) -> Iterator[ResultWriter]:
    """A writer whose file takes its name when everything is in it; a run that is broken off leaves the old one.

    Raises ResultRefused.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="" if format is FileFormat.CSV else "\n") as file:
            if format is FileFormat.CSV:
                file.write("\ufeff")
            yield ResultWriter(file, format=format)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ResultRefused(
            f"The result file {path} cannot be written ({error.strerror}). Name another one with --out; what was "
            "enrolled stays enrolled, and the same command only writes the result again."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(row: ResultRow) -> tuple[object, ...]:
    said = "; ".join(_finding(each) for each in row.findings)
    problems = " | ".join(each["sentence"] for each in row.problems)
    head = (row.row, row.application, row.organization, row.case, row.result, row.status, row.decision)
    return (*head, row.waits_on, row.due_at, said, problems)


def _finding(told: Mapping[str, str]) -> str:
    codes = f"{told['rule']}: {told['outcome']}{' -> ' + told['cure'] if told.get('cure') else ''}"
    words = " ".join(told[each] for each in ("sentence", "cure_sentence") if told.get(each))
    return f"{codes} ({words})" if words else codes


def _object(row: ResultRow) -> dict[str, object]:
    return {column: getattr(row, column) for column in COLUMNS}
