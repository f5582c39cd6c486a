"""A customer's own use as a table (CSV or Parquet): by start, by start and end, or by day and hour; kWh or Wh."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from evenroll.intake.columns import normalized
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import CellWrong, DateOrder, Reading, read_cell
from evenroll.intake.load_columns import Column, Form
from evenroll.intake.load_source import Source, SourceRow, opened, source_of
from evenroll.intake.own_load import THE_METER, Direction, OwnLoads
from evenroll.intake.own_load_series import HOUR_S, MILLION, Series, load_of_series
from evenroll.intake.own_load_words import OwnFileRefused, Said, at, refuse, say
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord
from evenroll.records.load_terms import LoadFaultCode

ROWS_MAX: Final = 600_000
_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "start": ("start", "start_at", "start_time", "interval_start", "hour_beginning", "datetime", "timestamp"),
        "end": ("end", "end_at", "end_time", "interval_end"),
        "date": ("date", "day"),
        "hour": ("hour",),
        "kwh": ("kwh", "energy_kwh", "usage_kwh", "consumption_kwh", "usage"),
        "wh": ("wh", "energy_wh"),
    }
)
_DAY: Final = Column(name="start", form=Form.DAY)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?:\s*([AaPp])\.?[Mm]\.?)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d{1,9}(\.\d{1,9})?|\.\d{1,9})", re.ASCII)
_HOUR: Final = re.compile(r"\d{1,2}", re.ASCII)
_LENGTH_MAX_S: Final = 366 * 24 * HOUR_S


@dataclass(kw_only=True, slots=True)
class _Table:
    """What is known while the rows are read, and what they told."""

    path: Path
    places: Mapping[str, int]
    zone: ZoneInfo
    dates: DateOrder
    start_s: array[int] = field(default_factory=lambda: array("q"))
    length_s: array[int] = field(default_factory=lambda: array("q"))
    wh_e6: array[int] = field(default_factory=lambda: array("q"))
    row: array[int] = field(default_factory=lambda: array("q"))
    hours_end: bool = False
    last_twice: datetime | None = None
    is_second: bool = False
    is_backward: bool = False
    empty: int = 0
    never: int = 0
    warnings: list[Said] = field(default_factory=list[Said])


class _RowWrong(Exception):
    """Why a row cannot be read."""

    def __init__(self, code: OwnRefusal) -> None:
        super().__init__(code.value)
        self.code = code


def read_own_table(path: Path, *, zone: str, dates: DateOrder = DateOrder.UNSAID) -> OwnLoads:
    """The load of a table with a row for each interval.

    Its columns: start (with end or without), or date and hour; kwh or wh. zone: IANA name; times without an offset
    from UTC stand in it. An hour that comes twice in autumn is the first one where it first stands and the second one
    where it stands again; the other way round in a file that begins with the latest. dates: which number of a day is
    the month where both could be. Raises OwnFileRefused, naming the row.
    """
    try:
        return _table_read(path, zone=zone, dates=dates)
    except OwnFileRefused:
        raise
    except FileRefused as refused:
        raise refuse(OwnRefusal.TABLE_UNREADABLE, found=str(refused)) from None


def _table_read(path: Path, *, zone: str, dates: DateOrder) -> OwnLoads:
    source = source_of(path)
    with opened(source) as (header, rows):
        table = _Table(path=path, places=_places(header, path=path), zone=ZoneInfo(zone), dates=dates)
        if "hour" in table.places and "start" not in table.places:
            _learn_hours(source, table)
        for row in rows:
            _take(row, table)
    series = _series(table)
    return OwnLoads(loads=(load_of_series(series, zone=zone),), warnings=tuple(_told(table)))


def _places(header: Sequence[str], *, path: Path) -> dict[str, int]:
    names = [normalized(cell) for cell in header]
    found: dict[str, int] = {}
    for ours, theirs in _NAMES.items():
        places = [place for place, name in enumerate(names) if name in theirs]
        if len(places) > 1:
            raise refuse(OwnRefusal.COLUMNS_TWICE, file=path, count=len(places), column=ours)
        if places:
            found[ours] = places[0]
    by_start, by_hour = "start" in found, "date" in found and "hour" in found
    if by_start == by_hour or ("kwh" in found) == ("wh" in found):
        raise refuse(OwnRefusal.NO_TABLE, file=path)
    return found


def _learn_hours(source: Source, table: _Table) -> None:
    """Whether the hours of the file are the ones that begin (0 to 23) or the ones that end (1 to 24)."""
    place = table.places["hour"]
    with opened(source) as (_, rows):
        hours = {row.cells[place].strip()[:3] for row in rows if len(row.cells) > place}
    begin, end = bool(hours & {"0", "00"}), "24" in hours
    if begin and end:
        raise refuse(OwnRefusal.HOURS_UNCLEAR, file=table.path)
    table.hours_end = not begin
    if not begin and not end:
        table.warnings.append(say(OwnNote.HOURS_END))


def _take(row: SourceRow, table: _Table) -> None:
    if len(table.row) >= ROWS_MAX:
        raise refuse(OwnRefusal.TOO_MANY_ROWS, file=table.path, most=ROWS_MAX)
    try:
        _read(row, table)
    except _RowWrong as wrong:
        raise refuse(wrong.code, at=at(OwnWord.AT_ROW, file=table.path, line=row.number)) from None


def _read(row: SourceRow, table: _Table) -> None:
    cells = {name: row.cells[place].strip() if place < len(row.cells) else "" for name, place in table.places.items()}
    energy = cells["wh"] if "wh" in cells else cells["kwh"]
    if not energy:
        table.empty += 1
        return
    if not _NUMBER.fullmatch(plain := energy.replace(",", "")):
        raise _RowWrong(OwnRefusal.ENERGY_WRONG)
    wh_e6 = int(Decimal(plain) * (MILLION if "wh" in cells else 1_000 * MILLION))
    start_s = _start(cells, table)
    if start_s is None:
        if wh_e6:
            raise _RowWrong(OwnRefusal.HOUR_NEVER)
        table.never += 1
        return
    table.start_s.append(start_s)
    table.length_s.append(_length(cells, start_s, table))
    table.wh_e6.append(wh_e6)
    table.row.append(row.number)


def _start(cells: Mapping[str, str], table: _Table) -> int | None:
    """Seconds since 1970 of the start of a row; None for an hour that never comes."""
    if "start" in cells:
        told = _parsed(cells["start"], table)
        return int(told.timestamp()) if told.utcoffset() is not None else _utc(told, table)
    if not _HOUR.fullmatch(cells["hour"]) or not 0 <= int(cells["hour"]) <= 24:
        raise _RowWrong(OwnRefusal.HOUR_WRONG)
    hour = int(cells["hour"]) - (1 if table.hours_end else 0)
    return _utc(_in_years(datetime.combine(_day(cells["date"], table), time(hour))), table)


def _parsed(text: str, table: _Table) -> datetime:
    try:
        told = datetime.fromisoformat(text) if len(text) > 10 else None
    except ValueError:
        told = None
    if told is None:
        day, _, clock = text.partition(" ")
        told = datetime.combine(_day(day, table), _clock(clock.strip() or "0:00"))
    return _in_years(told)


def _in_years(told: datetime) -> datetime:
    if told.microsecond or told.year not in range(1971, 2200):
        raise _RowWrong(OwnRefusal.TIME_TOO_FINE)
    return told


def _day(text: str, table: _Table) -> date:
    try:
        found = read_cell(text, column=_DAY, reading=Reading(dates=table.dates, zone=table.zone))
    except CellWrong as wrong:
        is_unclear = wrong.code is LoadFaultCode.DATE_AMBIGUOUS
        raise _RowWrong(OwnRefusal.DAY_UNCLEAR if is_unclear else OwnRefusal.TIME_WRONG) from None
    if not isinstance(found, date):
        raise TypeError(found)
    return found


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    hour = int(match[1]) if match else 24
    if match and match[4]:
        # 12 AM is midnight and 12 PM noon.
        hour = hour % 12 + (12 if match[4] in "Pp" else 0) if 1 <= hour <= 12 else 24
    if match is None or hour > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise _RowWrong(OwnRefusal.TIME_WRONG)
    return time(hour, int(match[2]), int(match[3] or 0))


def _utc(local: datetime, table: _Table) -> int | None:
    """Seconds since 1970 of a time of the zone: of the second passing where the rows come by it again."""
    first, second = (int(local.replace(tzinfo=table.zone, fold=fold).timestamp()) for fold in (0, 1))
    if first == second:
        return first
    if first > second:
        return None
    last, table.last_twice = table.last_twice, local
    if last is None or abs(local - last) >= timedelta(hours=1):
        # Rows that begin with the latest come by the second passing first.
        table.is_backward = bool(table.start_s) and table.start_s[-1] >= second
        table.is_second = table.is_backward
    elif local >= last if table.is_backward else local <= last:
        # The other passing has begun where the clock of the rows turned round or stood still.
        table.is_second = not table.is_backward
    return second if table.is_second else first


def _length(cells: Mapping[str, str], start_s: int, table: _Table) -> int:
    """Seconds; 0 where the row does not tell."""
    if "start" not in cells:
        return HOUR_S
    if not cells.get("end"):
        return 0
    end_s = _end(cells["end"], start_s, table)
    if not 0 < end_s - start_s <= _LENGTH_MAX_S:
        raise _RowWrong(OwnRefusal.END_WRONG)
    return end_s - start_s


def _end(text: str, start_s: int, table: _Table) -> int:
    """Seconds since 1970: the first time after the start at which clocks show the end."""
    told = _parsed(text, table)
    if told.utcoffset() is not None:
        return int(told.timestamp())
    first, second = (int(told.replace(tzinfo=table.zone, fold=fold).timestamp()) for fold in (0, 1))
    return second if first <= start_s else first


def _series(table: _Table) -> Series:
    start = np.array(table.start_s, dtype=np.int64)
    length = np.array(table.length_s, dtype=np.int64)
    if not start.size:
        raise refuse(OwnRefusal.NO_ROWS, file=table.path)
    steps = np.diff(np.unique(start))
    # Where no row tells its end, the shortest step from one start to the next is how long an interval is.
    length[length == 0] = int(steps.min()) if steps.size else HOUR_S
    return Series(
        start_s=start,
        length_s=length,
        wh_e6=np.array(table.wh_e6, dtype=np.int64),
        estimated=np.zeros(start.size, dtype=np.bool_),
        place=np.array(table.row, dtype=np.int64),
        place_word=OwnWord.AT_ROW,
        file=str(table.path),
        meter=THE_METER,
        direction=Direction.DELIVERED,
    )


def _told(table: _Table) -> list[Said]:
    told = list(table.warnings)
    if table.empty:
        told.append(say(OwnNote.ROWS_EMPTY, count=table.empty))
    if table.never:
        told.append(say(OwnNote.ROWS_NEVER, count=table.never))
    return told
