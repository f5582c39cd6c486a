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
from evenroll.intake.own_load import Direction, OwnLoads
from evenroll.intake.own_load_series import HOUR_S, MILLION, Series, load_of_series
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
    warnings: list[str] = field(default_factory=list[str])


class _RowWrong(Exception):
    """Why a row cannot be read, and what to do."""


def read_own_table(path: Path, *, zone: str, dates: DateOrder = DateOrder.UNSAID) -> OwnLoads:
    """The load of a table with a row for each interval.

    Its columns: start (with end or without), or date and hour; kwh or wh. zone: IANA name; times without an offset
    from UTC stand in it. An hour that comes twice in autumn is the first one where it first stands and the second one
    where it stands again; the other way round in a file that begins with the latest. dates: which number of a day is
    the month where both could be. Raises FileRefused, naming the row.
    """
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
            raise FileRefused(f"{path} has {len(places)} columns for {ours}. Leave one of them in its first row.")
        if places:
            found[ours] = places[0]
    by_start, by_hour = "start" in found, "date" in found and "hour" in found
    if by_start == by_hour or ("kwh" in found) == ("wh" in found):
        raise FileRefused(
            f"{path} is no table of use: its first row needs a column start (and end, where intervals are not all "
            "alike) or the columns date and hour, and a column kwh or wh. Give it these names."
        )
    return found


def _learn_hours(source: Source, table: _Table) -> None:
    """Whether the hours of the file are the ones that begin (0 to 23) or the ones that end (1 to 24)."""
    place = table.places["hour"]
    with opened(source) as (_, rows):
        hours = {row.cells[place].strip()[:3] for row in rows if len(row.cells) > place}
    begin, end = bool(hours & {"0", "00"}), "24" in hours
    if begin and end:
        raise FileRefused(
            f"{table.path}: the hours reach from 0 to 24, so that nobody knows whether they begin or end. Give a"
            " column start instead."
        )
    table.hours_end = not begin
    if not begin and not end:
        table.warnings.append("No hour is 0 or 24; hours were taken as the ones that end.")


def _take(row: SourceRow, table: _Table) -> None:
    if len(table.row) >= ROWS_MAX:
        raise FileRefused(f"{table.path} has more than {ROWS_MAX} rows. Give fewer years at once.")
    try:
        _read(row, table)
    except _RowWrong as wrong:
        raise FileRefused(f"{table.path}, row {row.number}: {wrong}") from None


def _read(row: SourceRow, table: _Table) -> None:
    cells = {name: row.cells[place].strip() if place < len(row.cells) else "" for name, place in table.places.items()}
    energy = cells["wh"] if "wh" in cells else cells["kwh"]
    if not energy:
        table.empty += 1
        return
    if not _NUMBER.fullmatch(plain := energy.replace(",", "")):
        raise _RowWrong("the energy is no number with at most nine digits before and after the point. Correct it.")
    wh_e6 = int(Decimal(plain) * (MILLION if "wh" in cells else 1_000 * MILLION))
    start_s = _start(cells, table)
    if start_s is None:
        if wh_e6:
            raise _RowWrong(
                "this hour never comes, for clocks are put forward then, and it draws energy. Give times with their "
                "offset from UTC."
            )
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
        raise _RowWrong("hour is none of 0 to 23 (the hour that begins) or 1 to 24 (the hour that ends). Correct it.")
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
        raise _RowWrong("the time is finer than a second, or in no year of a meter. Correct it.")
    return told


def _day(text: str, table: _Table) -> date:
    try:
        found = read_cell(text, column=_DAY, reading=Reading(dates=table.dates, zone=table.zone))
    except CellWrong as wrong:
        why = (
            "which number of the day is the month cannot be told; write days as 2026-03-08, or say the order."
            if wrong.code is LoadFaultCode.DATE_AMBIGUOUS
            else "the time is none that can be read; write times as 2026-03-08 14:00."
        )
        raise _RowWrong(why) from None
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
        raise _RowWrong("the time is none that can be read; write times as 2026-03-08 14:00.")
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
        raise _RowWrong("the end is not after the start, or a year after it. Correct it.")
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
        raise FileRefused(f"{table.path} has no row with energy. Give a row for each hour or quarter-hour.")
    steps = np.diff(np.unique(start))
    # Where no row tells its end, the shortest step from one start to the next is how long an interval is.
    length[length == 0] = int(steps.min()) if steps.size else HOUR_S
    return Series(
        start_s=start,
        length_s=length,
        wh_e6=np.array(table.wh_e6, dtype=np.int64),
        estimated=np.zeros(start.size, dtype=np.bool_),
        place=np.array(table.row, dtype=np.int64),
        place_word="row",
        file=str(table.path),
        meter="the meter",
        direction=Direction.DELIVERED,
    )


def _told(table: _Table) -> list[str]:
    told = list(table.warnings)
    if table.empty:
        told.append(f"{table.empty} rows without energy count as missing.")
    if table.never:
        told.append(f"{table.never} rows of an hour that never comes in spring draw nothing and are left out.")
    return told
