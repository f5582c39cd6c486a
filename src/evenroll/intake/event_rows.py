"""The events of programs in a file, a row for each: between which hours they were called, and what a car may draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.customers.cars import POWER_W_MAX
from evenroll.intake.columns import normalized
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import CellWrong, Reading, read_cell
from evenroll.intake.load_columns import Column, Form
from evenroll.intake.load_source import SourceRow, opened, source_of
from evenroll.intake.load_texts import fault_sentence
from evenroll.programs.catalog import Catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import named_as
from evenroll.records.load_terms import LoadFault, LoadFaultCode

_COLUMNS: Final = ("program", "start_at", "end_at")
_CAP: Final = "cap_kw"
_AT: Final = Column(name="start_at", form=Form.INSTANT)
_HOUR: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalledHours:
    """The events of a program. hours: the starts of all their hours, UTC. cap_w: the most that a car draws in some."""

    hours: frozenset[datetime] = frozenset()
    cap_w: Mapping[datetime, int] = field(default_factory=dict[datetime, int])


NOTHING_CALLED: Final = CalledHours()


def read_events(path: Path, *, zones: Mapping[str, str]) -> dict[str, CalledHours]:
    """The events that were called, by program. zones: the clock of each program's territory.

    Columns program, start_at and end_at; times without an offset from UTC stand in the program's zone. cap_kw may be
    left out, or empty where an event lowers no charging; of two events the lower cap holds. Raises FileRefused, naming
    row and column.
    """
    found: dict[str, set[datetime]] = {}
    caps: dict[str, dict[datetime, int]] = {}
    with opened(source_of(path)) as (header, rows):
        names = [normalized(cell) for cell in header]
        missing = [name for name in _COLUMNS if names.count(name) != 1]
        if missing:
            raise FileRefused(f"{path} needs each of the columns program, start_at, end_at once: see {missing[0]}.")
        for row in rows:
            cells = _cells(row, names=names)
            program = named_as(cells["program"], known=zones)
            if program not in zones:
                raise _refused(path, row, "program", LoadFaultCode.PROGRAM_UNKNOWN, *sorted(zones)[:10])
            first, end = (_instant(path, row, name, cells[name], zone=zones[program]) for name in _COLUMNS[1:])
            if not first < end <= first + _LONGEST:
                raise _refused(path, row, "end_at", LoadFaultCode.END_NOT_AFTER_START)
            hours = {first + n * _HOUR for n in range(-(-(end - first) // _HOUR))}
            found.setdefault(program, set()).update(hours)
            if cells[_CAP]:
                cap_w, own = _watts(path, row, cells[_CAP]), caps.setdefault(program, {})
                own.update({at: min(cap_w, own.get(at, cap_w)) for at in sorted(hours)})
    return {
        program: CalledHours(hours=frozenset(hours), cap_w=dict(sorted(caps.get(program, {}).items())))
        for program, hours in found.items()
    }


def zones_of_programs(catalog: Catalog) -> dict[str, str]:
    """The clock of each program's territory."""
    of_organization = {each.key: calendar(each.calendar).zone for each in catalog.organizations}
    return {each.key: of_organization[each.organization] for each in catalog.programs}


def _cells(row: SourceRow, *, names: Sequence[str]) -> dict[str, str]:
    told = dict(zip(names, (cell.strip() for cell in row.cells), strict=False))
    return {name: told.get(name, "") for name in (*_COLUMNS, _CAP)}


def _watts(path: Path, row: SourceRow, text: str) -> int:
    try:
        watts = Decimal(text).scaleb(3)
    except InvalidOperation:
        watts = Decimal("NaN")
    if not (watts.is_finite() and 0 <= watts <= POWER_W_MAX and watts == watts.to_integral_value()):
        raise FileRefused(
            f"{path}: Row {row.number}, column {_CAP}: no power that a car may draw. Give 0 to {POWER_W_MAX // 1000} "
            "kW in whole watts, or leave it empty where the event lowers no charging."
        )
    return int(watts)


def _instant(path: Path, row: SourceRow, name: str, text: str, *, zone: str) -> datetime:
    """A full hour, as events have no others here."""
    try:
        found = read_cell(text, column=_AT, reading=Reading(zone=ZoneInfo(zone))) if text else None
    except CellWrong as wrong:
        raise _refused(path, row, name, wrong.code) from None
    if not isinstance(found, datetime):
        raise _refused(path, row, name, LoadFaultCode.MISSING)
    if found.minute or found.second or found.microsecond:
        raise _refused(path, row, name, LoadFaultCode.NOT_AN_INSTANT)
    return found


def _refused(path: Path, row: SourceRow, name: str, code: LoadFaultCode, *choices: str) -> FileRefused:
    return FileRefused(f"{path}: {fault_sentence(LoadFault(row=row.number, column=name, code=code, choices=choices))}")
