"""The vehicles of customers: a table of miles, batteries, chargers and plug-in times; bad rows are told apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv, parquet

from evenroll.costs.charging import LOSS_PERCENT
from evenroll.costs.customers.cars import Cars
from evenroll.costs.customers.row_faults import RowFault, RowFaultCode, RowsOf
from evenroll.intake.customer_loads import check_names
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_source import PARQUET_MARK

CUSTOMER: Final = "customer"
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "miles_per_year": (0, 1_000_000),
    "kwh_per_100_miles": (1, 200),
    "battery_kwh": (1, 1_000),
    "charging_kw": (0.5, 100),
}
"""The least and the most of each column."""
_TIMES: Final = ("plug_in", "plug_out")
_WH: Final = 1_000
_TOLD: Final = re.compile(r"Expected \d+ columns, got \d+|Empty CSV file|invalid UTF8 data")
"""What a library may say of a file: no word of a row."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Vehicles:
    """Vehicles that can be compared. rows: (car,), the place of each customer's load in its file, from 0, rising.

    need: of a year. faults: of the other rows. stamp: changes with the file.
    """

    rows: NDArray[np.int64]
    cars: Cars
    faults: tuple[RowFault, ...]
    stamp: str


def no_vehicles() -> Vehicles:
    """Where nobody has a vehicle, or none is told."""
    none = np.zeros(0, dtype=np.int64)
    cars = Cars(need_wh=none, night_max_wh=none, power_w=none, plug_in_min=none, plug_out_min=none)
    return Vehicles(rows=none, cars=cars, faults=(), stamp="")


def read_vehicles(path: Path, *, customers: pa.Array, days: int) -> Vehicles:
    """The vehicles of a file, CSV or Parquet, for the customers of a file of loads. Raises FileRefused.

    days: what the loads cover; the miles of a year are a year's need where that is 365 or 366, else their share.
    """
    table, stamp = _table(path)
    for name in (CUSTOMER, *_NUMBERS, *_TIMES):
        if name not in table.column_names:
            raise FileRefused(f"{path} has no column {name!r}; it has {', '.join(table.column_names)}. Add it.")
    check_names(path, CUSTOMER, kind=table.column(CUSTOMER).type)
    names = _texts(table.column(CUSTOMER))
    found = pc.call_function("index_in", [names], pc.SetLookupOptions(value_set=customers))
    faults: dict[int, tuple[RowFaultCode, str]] = {}
    numbers = {name: _numbers(table.column(name), name, faults=faults) for name in _NUMBERS}
    times = {name: _minutes(table.column(name), name, faults=faults) for name in _TIMES}
    row_of = _rows(names, found, faults=faults)
    good = np.array([row for row in np.argsort(row_of, kind="stable") if int(row) not in faults], dtype=np.int64)
    texts = names.to_pylist() if faults else []
    return Vehicles(
        rows=row_of[good],
        cars=_cars(numbers, times, good=good, days=days),
        faults=tuple(
            RowFault(of=RowsOf.VEHICLES, row=row + 1, customer=texts[row] or "", code=code, what=what)
            for row, (code, what) in sorted(faults.items())
        ),
        stamp=stamp,
    )


def _why(error: Exception) -> str:
    """What the library found, as far as it quotes no row: rows tell of people."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    found = _TOLD.search(str(error))
    return found.group() if found else "its rows are damaged, or not alike"


def _table(path: Path) -> tuple[pa.Table, str]:
    try:
        if path.exists() and not path.is_file():
            raise FileRefused(f"{path} is no regular file. Name a file that is one.")
        content = path.read_bytes()
        source = pa.BufferReader(content)
        as_text = csv.ConvertOptions(column_types=dict.fromkeys((CUSTOMER, *_TIMES), pa.string()))
        is_parquet = content.startswith(PARQUET_MARK)
        table = parquet.read_table(source) if is_parquet else csv.read_csv(source, convert_options=as_text)
    except FileNotFoundError:
        raise FileRefused(f"There is no file {path}. Check the name.") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise FileRefused(f"{path} cannot be read as CSV or Parquet ({_why(error)}). Export it again.") from None
    return table, hashlib.sha256(content).hexdigest()


def _rows(names: Any, found: Any, *, faults: dict[int, tuple[RowFaultCode, str]]) -> NDArray[np.int64]:
    """The load of each vehicle. A customer has one vehicle here; of two nobody can tell which is meant."""
    row_of = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    counts = np.bincount(row_of[row_of >= 0], minlength=1)
    empty = np.array([not each for each in names.to_pylist()], dtype=np.bool_)
    for row in np.flatnonzero((row_of < 0) | (counts[np.maximum(row_of, 0)] > 1) | empty):
        code = RowFaultCode.CUSTOMER_UNKNOWN if row_of[row] < 0 else RowFaultCode.CUSTOMER_TWICE
        faults[int(row)] = (RowFaultCode.CUSTOMER_MISSING if empty[row] else code), ""
    return row_of


def _numbers(column: Any, name: str, *, faults: dict[int, tuple[RowFaultCode, str]]) -> NDArray[np.float64]:
    least, most = _NUMBERS[name]
    try:
        values = pc.cast(column, pa.float64()).combine_chunks().to_numpy(zero_copy_only=False).astype(np.float64)
    except pa.ArrowInvalid:
        values = np.array([_number(each) for each in column.to_pylist()])
    is_good = (values >= least) & (values <= most)
    for row in np.flatnonzero(~is_good):
        faults.setdefault(int(row), (RowFaultCode.NUMBER_WRONG, name))
    return np.where(is_good, values, least)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _minutes(column: Any, name: str, *, faults: dict[int, tuple[RowFaultCode, str]]) -> NDArray[np.int64]:
    """Clock times as minutes of the day."""
    coded = pc.fill_null(_texts(column), "").dictionary_encode()
    by_code = np.array([_minute(each) for each in coded.dictionary.to_pylist()], dtype=np.int64)
    minutes = by_code[coded.indices.to_numpy()] if len(by_code) else np.zeros(0, dtype=np.int64)
    for row in np.flatnonzero(minutes < 0):
        faults.setdefault(int(row), (RowFaultCode.TIME_WRONG, name))
    return minutes


def _minute(text: str) -> int:
    """A clock time such as 18:00 or 7:05 (also with seconds, which are left out) as minutes; -1 where it is none."""
    parts = text.strip().split(":")
    is_clock = all(each.isascii() and each.isdecimal() and len(each) <= 2 for each in parts)
    if not 2 <= len(parts) <= 3 or not is_clock:
        return -1
    hour, minute = int(parts[0]), int(parts[1])
    return hour * 60 + minute if hour < 24 and minute < 60 else -1


def _cars(
    numbers: Mapping[str, NDArray[np.float64]],
    times: Mapping[str, NDArray[np.int64]],
    *,
    good: NDArray[np.int64],
    days: int,
) -> Cars:
    """The columns of cars, in whole Wh and W."""
    units = {name: 1 if name == "miles_per_year" else _WH for name in numbers}
    whole = {name: np.rint(values[good] * units[name]).astype(np.int64) for name, values in numbers.items()}
    year_wh = whole["miles_per_year"] * whole["kwh_per_100_miles"] // 100
    return Cars(
        need_wh=year_wh if days in _YEAR else year_wh * days // _YEAR[0],
        night_max_wh=-(-whole["battery_kwh"] * 100 // (100 - LOSS_PERCENT)),
        power_w=whole["charging_kw"],
        plug_in_min=times["plug_in"][good],
        plug_out_min=times["plug_out"][good],
    )


_YEAR: Final[Sequence[int]] = (365, 366)


def _texts(column: Any) -> Any:
    joined = column.combine_chunks()
    return joined if joined.type == pa.string() else joined.cast(pa.string())
