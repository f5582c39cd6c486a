"""The unfinished result of a comparison: a folder of parts beside it, from which a run goes on that was broken off.

A part takes its name when it is whole. The result takes its name when all parts are in it; then the folder is gone.
"""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from evenroll.costs.customers.row_faults import RowFault
from evenroll.enrollment.form import Language
from evenroll.intake.customer_results import part_of
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.result_file import safe_cell
from evenroll.pages.texts import render

FAULT_COLUMNS: Final = ("file", "row", "customer", "code", "sentence")
_COMMAND: Final = "command"
_LOCK: Final = "lock"


class Parts:
    """The parts of one result that are there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, number: int) -> bool:
        """Whether a part is there and whole."""
        try:
            with self._path(number).open("rb") as file:
                part_of(file)
        except (FileNotFoundError, pa.ArrowInvalid, OSError):
            return False
        return True

    def keep(self, number: int, part: bytes) -> None:
        """Keep a part. Raises OSError."""
        path = self._path(number)
        new = path.with_suffix(".new")
        new.write_bytes(part)
        new.replace(path)

    def read(self, number: int) -> tuple[pa.Table, tuple[RowFault, ...]]:
        """The rows of a part, and those left out."""
        with self._path(number).open("rb") as file:
            return part_of(file)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.arrow"


def parts_folder(out: Path) -> Path:
    """Where the unfinished work of a result lies."""
    return out.with_name(f"{out.name}.parts")


@contextmanager
def parts_of(out: Path, *, command: str) -> Iterator[Parts]:
    """The parts of a result, for one run at a time. command: what makes them, as text that changes with it.

    Raises FileRefused: the folder cannot be written to, another run has it, or it is of another command.
    """
    folder = parts_folder(out)
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except FileNotFoundError:
        raise FileRefused(f"There is no folder {out.parent}. Make it, or name another place with --out.") from None
    except OSError as error:
        if isinstance(error, FileExistsError | NotADirectoryError | PermissionError) or error.filename is None:
            raise _unwritable(out, error) from None
        raise
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileRefused(f"Another run is writing {out}. Wait for it, or name another --out.") from None
        _check_command(folder, command=command, out=out)
        yield Parts(folder)


def finish(out: Path, *, parts: Parts, count: int, schema: pa.Schema) -> int:
    """Puts all parts into the result, in order. Returns how many rows it has. Raises FileRefused and OSError."""
    new = parts.folder / "result.new"
    rows = 0
    with new.open("wb") as file:
        settings: dict[str, Any] = {"compression": "lz4", "use_dictionary": _worded(schema)}
        with parquet.ParquetWriter(file, schema, **settings) as writer:
            for number in range(count):
                table, _ = parts.read(number)
                if table.num_rows:
                    writer.write_table(table.replace_schema_metadata(schema.metadata), row_group_size=table.num_rows)
                rows += table.num_rows
        file.flush()
        os.fsync(file.fileno())
    try:
        new.replace(out)
    except OSError as error:
        raise _unwritable(out, error) from None
    return rows


def faults_in(parts: Parts, *, count: int) -> Iterator[RowFault]:
    """The rows that were left out, part by part."""
    for number in range(count):
        yield from parts.read(number)[1]


def write_report(path: Path, faults: Iterator[RowFault], *, language: Language) -> int:
    """A CSV of all rows that were left out, with why and what to do; whole or not at all. Returns how many.

    Where there is none the report of an earlier run is gone. Raises FileRefused and OSError.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        with new.open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(FAULT_COLUMNS)
            for each in faults:
                cells = (each.of.value, each.row, each.customer, each.code.value, sentence_of(each, language=language))
                lines.writerow([safe_cell(cell) for cell in cells])
                count += 1
        if count:
            new.replace(path)
        else:
            path.unlink(missing_ok=True)
    except (PermissionError, NotADirectoryError, IsADirectoryError, FileNotFoundError) as error:
        raise FileRefused(
            f"The report {path} cannot be written ({error.strerror}). Name another one with --errors."
        ) from None
    finally:
        new.unlink(missing_ok=True)
    return count


def sentence_of(fault: RowFault, *, language: Language) -> str:
    """Why a row was left out and what to do."""
    return render(fault.code, language=language, parameters={"what": fault.what or "-"})


def remove(parts: Parts) -> None:
    """The folder of parts is gone."""
    shutil.rmtree(parts.folder, ignore_errors=True)


def _worded(schema: pa.Schema) -> list[str]:
    """The columns whose few words repeat."""
    return [each.name for each in schema if each.type == pa.string() and each.name != "customer"]


def _check_command(folder: Path, *, command: str, out: Path) -> None:
    kept = folder / _COMMAND
    if kept.exists():
        if kept.read_text(encoding="utf-8") == command:
            return
        raise FileRefused(
            f"{folder} holds what another command, or one on other files, has done for {out}. Give that command again "
            "to finish it, delete the folder to begin anew, or name another --out."
        )
    new = folder / f"{_COMMAND}.new"
    new.write_text(command, encoding="utf-8")
    new.replace(kept)


def _unwritable(out: Path, error: OSError) -> FileRefused:
    return FileRefused(f"{out} cannot be written ({error.strerror}). Name another place with --out.")
