"""The loads of all customers: Parquet of fixed-size binary or lists, read in batches; bad rows are told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import parquet

from evenroll.costs.customers.cars import POWER_W_MAX
from evenroll.costs.customers.plan import LoadShape
from evenroll.costs.customers.row_faults import RowFault, RowFaultCode, RowsOf
from evenroll.costs.lattice.bills import DEMAND_MAX_W, ENERGY_MAX_WH
from evenroll.costs.lattice.loads import MINUTES, smallest
from evenroll.intake.file_shape import FileRefused

BATCH: Final = 2_048
"""Loads that are read and compared together."""
LIST_BATCH: Final = 512
"""Of lists fewer: each value takes eight bytes until it is checked."""
CUSTOMER, LOAD, RATE = "customer", "wh", "rate"
_MOST_WH: Final = ENERGY_MAX_WH // 2  # of all days, so that no month with its car comes near what is exact
_YEARS: Final = (1970, 2200)
_SMALL: Final = np.dtype("<u2")
_LARGE: Final = np.dtype("<i4")


class Layout(StrEnum):
    """How the loads lie in the file."""

    U16 = "u16"
    I32 = "i32"
    LIST = "list"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadsFile:
    """A file of loads. groups: rows of each row group. stamp: changes with the file. has_rate: a column tells it."""

    path: Path
    shape: LoadShape
    layout: Layout
    groups: tuple[int, ...]
    stamp: str
    has_rate: bool

    @property
    def rows(self) -> int:
        """How many loads."""
        return sum(self.groups)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LoadsBatch:
    """Loads that can be compared. kept: (load,), their places among the rows that were asked for, from 0.

    wh: (load, interval). rates: the rate that each is on, empty where none is told. faults: of the other rows.
    """

    kept: NDArray[np.int64]
    customers: tuple[str, ...]
    rates: tuple[str, ...]
    wh: NDArray[Any]
    faults: tuple[RowFault, ...]


def loads_file(path: Path) -> LoadsFile:
    """What a file of loads says of itself. Raises FileRefused."""
    try:
        with parquet.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            groups = tuple(metadata.row_group(n).num_rows for n in range(metadata.num_row_groups))
            stamp = _stamp(path, metadata=metadata)
    except FileNotFoundError:
        raise FileRefused(f"There is no file {path}. Check the name.") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise FileRefused(f"{path} cannot be read as Parquet ({_first_line(error)}). Export it again.") from None
    except UnicodeDecodeError:
        # The least and the greatest name of each row group stand at the end of the file.
        raise FileRefused(f"{path}: the column {CUSTOMER!r} is damaged, or no UTF-8 text. Export it again.") from None
    told = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    for column in (CUSTOMER, LOAD):
        if column not in schema.names:
            raise FileRefused(f"{path} has no column {column!r}; it has {', '.join(schema.names)}. Name it so.")
    check_names(path, CUSTOMER, kind=schema.field(CUSTOMER).type)
    if RATE in schema.names:
        check_names(path, RATE, kind=schema.field(RATE).type)
    layout, intervals = _layout(path, kind=schema.field(LOAD).type, told=told)
    return LoadsFile(
        path=path.resolve(),
        shape=_shape(path, told=told, intervals=intervals),
        layout=layout,
        groups=groups,
        stamp=stamp,
        has_rate=RATE in schema.names,
    )


def check_names(path: Path, column: str, *, kind: Any) -> None:
    """A column of names holds text or whole numbers: 17.0 is no number that a utility gave. Raises FileRefused."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text = pa.types.is_string(plain) or pa.types.is_large_string(plain) or pa.types.is_binary(plain)
    if not is_text and not pa.types.is_integer(plain) and not pa.types.is_null(plain):
        raise FileRefused(
            f"{path}: the column {column!r} holds {kind}; text and whole numbers are taken. Write it as one of these."
        )


def customers_of(file: LoadsFile) -> pa.Array:
    """All customers of a file in its order, as text."""
    try:
        return _texts(parquet.read_table(file.path, columns=[CUSTOMER]).column(0).combine_chunks())
    except (OSError, pa.ArrowException):
        # What the library says of damage may quote the data, so it is not passed on.
        raise FileRefused(f"{file.path}: the column {CUSTOMER!r} is damaged. Export it again.") from None


def load_batches(file: LoadsFile, *, groups: tuple[int, ...], first_row: int) -> Iterator[LoadsBatch]:
    """The loads of some row groups that follow each other. first_row: the place of their first row, from 0.

    Raises FileRefused where a page of them is damaged.
    """
    columns = [CUSTOMER, LOAD, *([RATE] if file.has_rate else [])]
    done = 0
    size = LIST_BATCH if file.layout is Layout.LIST else BATCH
    try:
        # Who writes checksums of pages wants them held to; where there are none, nothing is checked.
        with parquet.ParquetFile(file.path, memory_map=True, page_checksum_verification=True) as opened:
            for batch in opened.iter_batches(size, row_groups=list(groups), columns=columns, use_threads=False):
                yield _batch(batch, file=file, done=done, first_row=first_row)
                done += batch.num_rows
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException):
        # What the library says of damage may quote the data, so it is not passed on.
        raise _damaged(file, groups=groups, first_row=first_row, columns=columns) from None
    if done != sum(file.groups[group] for group in groups):
        raise _damaged(file, groups=groups, first_row=first_row, columns=columns)


def _damaged(file: LoadsFile, *, groups: tuple[int, ...], first_row: int, columns: list[str]) -> FileRefused:
    """Which column cannot be read, and in which rows: the smallest part that a file lets one ask for is a row group."""
    for group in groups:
        rows = file.groups[group]
        for column in columns:
            if not _is_readable(file, group=group, column=column, rows=rows):
                return FileRefused(
                    f"{file.path}: the column {column!r} is damaged in its rows {first_row + 1} to {first_row + rows} "
                    f"(row group {group + 1} of {len(file.groups)}). No result was written. Export the file again, or "
                    "leave these rows out."
                )
        first_row += rows
    return FileRefused(f"{file.path} cannot be read to its end any more. Export it again.")


def _is_readable(file: LoadsFile, *, group: int, column: str, rows: int) -> bool:
    try:
        with parquet.ParquetFile(file.path, page_checksum_verification=True) as opened:
            found = opened.read_row_group(group, columns=[column], use_threads=False).column(0)
            return len(found if column == LOAD else _texts(found)) == rows
    except (OSError, pa.ArrowException):
        return False


def _batch(batch: Any, *, file: LoadsFile, done: int, first_row: int) -> LoadsBatch:
    customers = _texts(batch.column(CUSTOMER)).to_pylist()
    rates = _texts(batch.column(RATE)).to_pylist() if file.has_rate else [""] * len(customers)
    column = batch.column(LOAD)
    faults: dict[int, tuple[RowFaultCode, str]] = {}
    for row in np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False)):
        faults[int(row)] = RowFaultCode.LOAD_MISSING, ""
    wh = _list_values(column, file=file, faults=faults) if file.layout is Layout.LIST else _values(column, file=file)
    if wh.dtype != _SMALL:
        _check_values(wh, file=file, faults=faults)
    for row, customer in enumerate(customers):
        if not customer:
            faults[row] = RowFaultCode.CUSTOMER_MISSING, ""
    kept = np.array([row for row in range(len(customers)) if row not in faults], dtype=np.int64)
    return LoadsBatch(
        kept=kept + done,
        customers=tuple(customers[row] for row in kept),
        rates=tuple(rates[row] or "" for row in kept),
        wh=_small_enough(wh if len(kept) == len(wh) else wh[kept]),
        faults=tuple(
            RowFault(
                of=RowsOf.LOADS, row=first_row + done + row + 1, customer=customers[row] or "", code=code, what=what
            )
            for row, (code, what) in sorted(faults.items())
        ),
    )


def _values(column: Any, *, file: LoadsFile) -> NDArray[Any]:
    """The loads of a column of fixed-size binary as they lie there, (load, interval)."""
    kind = _SMALL if file.layout is Layout.U16 else _LARGE
    width = file.shape.intervals
    return np.frombuffer(column.buffers()[1], dtype=kind)[: (column.offset + len(column)) * width].reshape(-1, width)[
        column.offset :
    ]


def _list_values(column: Any, *, file: LoadsFile, faults: dict[int, tuple[RowFaultCode, str]]) -> NDArray[Any]:
    """The loads of a column of lists, (load, interval); 0 where a row is at fault."""
    intervals = file.shape.intervals
    found = np.zeros((len(column), intervals), dtype=np.int64)
    values = column.flatten()
    lengths = (
        pc.fill_null(pc.call_function("list_value_length", [column]), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    gaps = np.cumsum([0, *values.is_null().to_numpy(zero_copy_only=False)])
    numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
    for row, (first, end) in enumerate(pairwise(np.cumsum([0, *lengths]))):
        if row in faults:
            continue
        if end - first != intervals:
            faults[row] = RowFaultCode.LOAD_LENGTH, f"{end - first}/{intervals}"
        elif gaps[end] > gaps[first]:
            gap = int(np.flatnonzero(gaps[first + 1 : end + 1] > gaps[first])[0])
            faults[row] = RowFaultCode.VALUE_MISSING, str(gap)
        else:
            found[row] = numbers[first:end]
    return found


def _check_values(wh: NDArray[Any], *, file: LoadsFile, faults: dict[int, tuple[RowFaultCode, str]]) -> None:
    """What is less than nothing, or more than can be billed exactly with a car beside it."""
    least, most = wh.min(axis=1), wh.max(axis=1)
    highest = (DEMAND_MAX_W - POWER_W_MAX) * file.shape.minutes // 60
    too_much = (most > highest) | (wh.sum(axis=1, dtype=np.int64) > _MOST_WH)
    for row in np.flatnonzero((least < 0) | too_much):
        if int(row) not in faults:
            code = RowFaultCode.VALUE_NEGATIVE if least[row] < 0 else RowFaultCode.VALUE_TOO_LARGE
            at = wh[row].argmin() if least[row] < 0 else wh[row].argmax()
            faults[int(row)] = code, str(at)


def _small_enough(wh: NDArray[Any]) -> NDArray[Any]:
    """Two bytes where they hold all of the loads."""
    if wh.dtype == _LARGE:
        return wh.astype(np.uint16) if int(wh.max(initial=0)) <= np.iinfo(np.uint16).max else wh
    return wh if wh.dtype == _SMALL else smallest(wh)


def _layout(path: Path, *, kind: Any, told: Mapping[str, str]) -> tuple[Layout, int]:
    """How the loads lie, and how many intervals each has."""
    if pa.types.is_fixed_size_binary(kind):
        values = _told(path, "evenroll.values", told=told)
        if values not in (Layout.U16, Layout.I32):
            raise FileRefused(f"{path}: evenroll.values is {values!r}; it is u16 or i32. Correct the metadata.")
        width = _SMALL.itemsize if values == Layout.U16 else _LARGE.itemsize
        if kind.byte_width % width or not kind.byte_width:
            raise FileRefused(
                f"{path}: {kind.byte_width} bytes are no whole number of {values} values. Export it again."
            )
        return Layout(values), kind.byte_width // width
    if pa.types.is_fixed_size_list(kind) and pa.types.is_integer(kind.value_type):
        return Layout.LIST, kind.list_size
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and pa.types.is_integer(kind.value_type):
        return Layout.LIST, _number(path, "evenroll.intervals", told=told)
    raise FileRefused(
        f"{path}: the column {LOAD!r} holds {kind}. Give whole watt-hours, as fixed-size binary or lists."
    )


def _shape(path: Path, *, told: Mapping[str, str], intervals: int) -> LoadShape:
    start, zone = _told(path, "evenroll.start", told=told), _told(path, "evenroll.zone", told=told)
    minutes = _number(path, "evenroll.minutes", told=told)
    if minutes not in MINUTES:
        raise FileRefused(f"{path}: intervals of {minutes} minutes are not compared. Sum them to 15 or 60.")
    try:
        at = datetime.fromisoformat(start)
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise FileRefused(
            f"{path}: evenroll.start is {start!r} and evenroll.zone {zone!r}. Write them as "
            "2025-01-01T00:00:00-06:00 and America/Chicago."
        ) from None
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise FileRefused(f"{path}: evenroll.start {start} is no time of a meter. Correct the metadata.")
    if at.tzinfo is None:
        raise FileRefused(f"{path}: evenroll.start {start} has no offset, as in 2025-01-01T00:00:00-06:00. Add it.")
    return LoadShape(start_at=at.astimezone(UTC), minutes=minutes, intervals=intervals, zone=zone)


def _number(path: Path, key: str, *, told: Mapping[str, str]) -> int:
    text = _told(path, key, told=told)
    if not text.isascii() or not text.isdecimal():
        raise FileRefused(f"{path}: {key} is {text!r} and no whole number. Correct the metadata.")
    return int(text)


def _told(path: Path, key: str, *, told: Mapping[str, str]) -> str:
    if key not in told:
        raise FileRefused(
            f"{path} does not say {key} in the metadata of its schema. docs/compare_all.md shows how it is written."
        )
    return told[key]


def _texts(column: Any) -> Any:
    """Raises ArrowInvalid where what should be text is none."""
    found = column.cast(pa.string()) if column.type != pa.string() else column
    found.validate(full=True)
    return found


def _stamp(path: Path, *, metadata: Any) -> str:
    """Changes with the file, without reading all of it: its size, its time, and what its end says of all columns."""
    state = path.stat()
    ends = [
        str(metadata.row_group(group).column(column).to_dict())
        for group in range(metadata.num_row_groups)
        for column in range(metadata.num_columns)
    ]
    return hashlib.sha256("|".join((str(state.st_size), str(state.st_mtime_ns), *ends)).encode()).hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
