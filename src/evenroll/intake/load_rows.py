"""The rows of a file as values by column, each read whole: everything that is wrong with a row is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evenroll.intake.load_cells import CellWrong, Reading, read_cell
from evenroll.intake.load_columns import COLUMNS
from evenroll.intake.load_header import Header
from evenroll.intake.load_source import SourceRow
from evenroll.records.load_terms import LoadFault, LoadFaultCode, LoadKind


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadRow:
    """A row that could be read. values: by column of the kind, with the default where nothing is said; personal."""

    number: int
    values: Mapping[str, Any] = field(repr=False)


def read_rows(
    rows: Iterator[SourceRow], *, kind: LoadKind, header: Header, reading: Reading
) -> Iterator[LoadRow | tuple[LoadFault, ...]]:
    """Every row, or its faults."""
    defaults = {column.name: column.default for column in COLUMNS[kind]}
    for row in rows:
        yield _read(row, header=header, reading=reading, defaults=defaults)


def _read(
    row: SourceRow, *, header: Header, reading: Reading, defaults: Mapping[str, Any]
) -> LoadRow | tuple[LoadFault, ...]:
    cells, faults = row.cells, list[LoadFault]()
    if len(cells) > header.width and any(cell.strip() for cell in cells[header.width :]):
        return (LoadFault(row=row.number, column="", code=LoadFaultCode.TOO_MANY_CELLS),)
    values = dict(defaults)
    for place, column in header.places:
        text = " ".join(cells[place].split()) if place < len(cells) else ""
        if not text:
            if column.needed:
                faults.append(LoadFault(row=row.number, column=column.name, code=LoadFaultCode.MISSING))
            continue
        try:
            values[column.name] = read_cell(text, column=column, reading=reading)
        except CellWrong as wrong:
            faults.append(LoadFault(row=row.number, column=column.name, code=wrong.code, choices=wrong.choices))
    return tuple(faults) or LoadRow(number=row.number, values=values)
