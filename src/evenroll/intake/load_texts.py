"""A fault of a loaded row as a sentence, and the file in which all of them stand."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from evenroll.enrollment.form import Language
from evenroll.intake.result_file import ResultRefused, safe_cell
from evenroll.pages.texts import render
from evenroll.records.load_terms import LoadFault

COLUMNS = ("row", "column", "code", "sentence")


def fault_sentence(fault: LoadFault, *, language: Language = Language.EN) -> str:
    """One fault with row, column and cure; never with the value."""
    said = render(fault.code, language=language, parameters={"choices": _choices(fault, language)})
    row, field = ("Row", "field") if language is Language.EN else ("Fila", "campo")
    where = f"{row} {fault.row}, {field} {fault.column}" if fault.column else f"{row} {fault.row}"
    return f"{where}: {said}"


def _choices(fault: LoadFault, language: Language) -> str:
    return ", ".join(each for each in fault.choices if each) or "-"


class FaultsFile:
    """Writes every fault as it is found; the file comes to be with the first one."""

    def __init__(self, part: Path, *, language: Language) -> None:
        self.count = 0
        self._part = part
        self._language = language
        self._file: IO[str] | None = None
        self._csv: Any = None

    def write(self, fault: LoadFault) -> None:
        """Add one fault."""
        if self._file is None:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
            self._csv = csv.writer(self._file)
            self._csv.writerow(COLUMNS)
        self.count += 1
        sentence = fault_sentence(fault, language=self._language)
        self._csv.writerow([safe_cell(each) for each in (fault.row, fault.column, fault.code.value, sentence)])

    def close(self) -> None:
        """No more faults."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()


@contextmanager
def faults_file(path: Path, *, language: Language) -> Iterator[FaultsFile]:
    """Takes the faults of one load; its file takes its name at the end. Without a fault there is none.

    One of an earlier run is then gone, so that nobody mends what is right by now. Raises ResultRefused.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        file = FaultsFile(part, language=language)
        try:
            yield file
        finally:
            file.close()
        if file.count:
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ResultRefused(
            f"The file of errors {path} cannot be written ({error.strerror}). Name another one with --errors."
        ) from None
    finally:
        part.unlink(missing_ok=True)
