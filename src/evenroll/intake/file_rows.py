"""The rows of a file, one at a time, as cells by column name; a row that cannot be one is a fault with its number."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, cast

from evenroll.intake.application import FaultCode, RowFault
from evenroll.intake.columns import COLUMNS, is_forbidden, nearest, normalized
from evenroll.intake.file_shape import FileFormat, FileRefused, FileShape
from evenroll.quantities.codec import JsonValue

_TOLD_MAX = 10
"""So many unknown columns are told by name: a file of another kind may have thousands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """The cells of one row. number: as a spreadsheet shows it (the header is row 1), or the line of JSON Lines."""

    number: int
    cells: Mapping[str, JsonValue] = field(repr=False)


def file_rows(shape: FileShape, *, ignore: frozenset[str] = frozenset()) -> Iterator[RawRow | tuple[RowFault, ...]]:
    """Every row of a file in order; empty rows are passed over and counted.

    ignore: unknown columns that may be there and are not read. Raises FileRefused: no header, a column that is
    unknown, forbidden or there twice, a quotation mark that is never closed, text that is not in its encoding.
    """
    try:
        with shape.path.open(encoding=shape.encoding, newline="") as file:
            if shape.format is FileFormat.CSV:
                yield from _csv_rows(file, shape, ignore)
            else:
                yield from _json_rows(file, ignore)
    except UnicodeDecodeError:
        raise FileRefused(
            f"{shape.path} holds bytes that are no {shape.encoding} text. Save it as UTF-8 and give it again."
        ) from None


def _csv_rows(file: IO[str], shape: FileShape, ignore: frozenset[str]) -> Iterator[RawRow | tuple[RowFault, ...]]:
    reader = csv.reader(file, delimiter=shape.separator, strict=True)
    header: tuple[str, ...] = ()
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, shape, ignore)
                continue
            yield _csv_row(number, cells, header, ignore)
    except csv.Error:
        raise FileRefused(
            f"{shape.path}, line {reader.line_num}: a quotation mark is never closed, or a cell is longer than any "
            "form. Rows before it were read; mend the line and give the file again."
        ) from None
    if not header:
        raise FileRefused(f"{shape.path} has no header. Put the names of the columns into its first row.")


def _header(cells: list[str], shape: FileShape, ignore: frozenset[str]) -> tuple[str, ...]:
    names = tuple(normalized(cell) for cell in cells)
    while names and not names[-1]:
        names = names[:-1]
    known = [name for name in names if name in COLUMNS]
    if not known:
        raise FileRefused(
            f"{shape.path} has no header: no cell of its first row is the name of a column. "
            "Put the names there, such as organization, name, postal_code, account_number."
        )
    _refuse_forbidden(names, shape)
    _refuse_unknown(names, shape, ignore)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileRefused(f"{shape.path} has the column {', '.join(twice)} twice. Keep one of each.")
    return names


def _refuse_forbidden(names: tuple[str, ...], shape: FileShape) -> None:
    said = [name for name in names if is_forbidden(name)]
    if said:
        raise FileRefused(
            f"{shape.path} has the column {', '.join(said)}: no file may say who is authenticated or what was decided; "
            "the provider checks every row itself. Remove the column."
        )


def _refuse_unknown(names: tuple[str, ...], shape: FileShape, ignore: frozenset[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS and name not in ignore]
    if not unknown:
        return
    told = [
        f"{name} (did you mean {near}?)" if (near := nearest(name)) else name or "one without a name"
        for name in unknown[:_TOLD_MAX]
    ]
    if len(unknown) > _TOLD_MAX:
        told.append(f"and {len(unknown) - _TOLD_MAX} more")
    raise FileRefused(
        f"{shape.path} has columns that are not known: {', '.join(told)}. Correct the names, "
        "or say --ignore COLUMN for each one that is not to be read."
    )


def _csv_row(
    number: int, cells: list[str], header: tuple[str, ...], ignore: frozenset[str]
) -> RawRow | tuple[RowFault, ...]:
    if any(cell.strip() for cell in cells[len(header) :]):
        return (RowFault(row=number, column="", code=FaultCode.TOO_MANY_CELLS),)
    found = {name: cell for name, cell in zip(header, cells, strict=False) if name not in ignore}
    return RawRow(number=number, cells=found)


def _json_rows(file: IO[str], ignore: frozenset[str]) -> Iterator[RawRow | tuple[RowFault, ...]]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield _json_row(number, line, ignore)


def _json_row(number: int, line: str, ignore: frozenset[str]) -> RawRow | tuple[RowFault, ...]:
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError):
        return (RowFault(row=number, column="", code=FaultCode.NOT_JSON),)
    if not isinstance(said, dict):
        return (RowFault(row=number, column="", code=FaultCode.NOT_AN_OBJECT),)
    cells = {normalized(name): value for name, value in cast("dict[str, JsonValue]", said).items()}
    faults = tuple(_column_faults(number, frozenset(cells) - ignore))
    return faults or RawRow(number=number, cells={name: cells[name] for name in cells if name not in ignore})


def _column_faults(number: int, names: frozenset[str]) -> Iterator[RowFault]:
    for name in sorted(names):
        if is_forbidden(name):
            yield RowFault(row=number, column=name, code=FaultCode.FORBIDDEN_COLUMN)
        elif name not in COLUMNS:
            near = nearest(name)
            yield RowFault(row=number, column=name[:60], code=FaultCode.UNKNOWN_COLUMN, choices=(near,) if near else ())
