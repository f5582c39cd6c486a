"""Files for the utility's own systems: whole or not there at all, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from evenroll.intake.espi import write_agreements
from evenroll.intake.result_file import ResultRefused, safe_cell
from evenroll.records.export_terms import Row

BATCH: Final = 5_000


class ExportFormat(StrEnum):
    """The formats of what is exported. ESPI: XML of the customer schema, for agreements only."""

    CSV = "csv"
    PARQUET = "parquet"
    ESPI = "espi"


def write_export(
    path: Path, rows: Iterable[Row], *, columns: Sequence[str], format: ExportFormat, now: datetime
) -> int:
    """Write rows as they come; how many they were. The file takes its name when everything is in it.

    In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe. Raises ResultRefused.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            count = _write(file, rows, columns=columns, format=format, now=now)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ResultRefused(
            f"The file {path} cannot be written ({error.strerror}). Name another one with --out, or free some space; "
            "nothing was changed."
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return count


def _write(file: IO[bytes], rows: Iterable[Row], *, columns: Sequence[str], format: ExportFormat, now: datetime) -> int:
    match format:
        case ExportFormat.CSV:
            return _write_csv(file, rows, columns)
        case ExportFormat.PARQUET:
            return _write_parquet(file, rows, columns)
        case ExportFormat.ESPI:
            return write_agreements(file, rows, now=now)


def _write_csv(file: IO[bytes], rows: Iterable[Row], columns: Sequence[str]) -> int:
    count = 0
    lines = csv.writer(_Text(file))
    file.write(b"\xef\xbb\xbf")
    lines.writerow(columns)
    for row in rows:
        lines.writerow([safe_cell(cell) for cell in _texts(row.values())])
        count += 1
    return count


def _write_parquet(file: IO[bytes], rows: Iterable[Row], columns: Sequence[str]) -> int:
    # Loaded only here: it is large, and most files are CSV.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    schema = pa.schema([(name, pa.string()) for name in columns])
    count, source = 0, iter(rows)
    with ParquetWriter(file, schema) as writer:
        while batch := list(islice(source, BATCH)):
            cells: list[Any] = [[None if row[name] is None else _text(row[name]) for row in batch] for name in columns]
            writer.write_batch(pa.record_batch(cells, schema=schema))
            count += len(batch)
    return count


class _Text:
    """What csv writes lines to: UTF-8 bytes of a file that stays open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Add a line."""
        return self._file.write(line.encode())


def _texts(cells: Iterable[object]) -> Iterator[str]:
    return (_text(cell) for cell in cells)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)
