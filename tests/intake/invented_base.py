"""Invented files of loads and vehicles for comparisons of all customers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from evenroll.quantities.calendars import calendar

LAKELAND = calendar("US-LAKELAND")
FIRST_ON = date(2025, 1, 1)


def invented_wh(customers: int, *, days: int, minutes: int = 60, seed: int = 1) -> np.ndarray:
    """Loads of chance, (customer, interval), Wh, u16."""
    start = LAKELAND.start_of_day(FIRST_ON)
    end = LAKELAND.start_of_day(date.fromordinal(FIRST_ON.toordinal() + days))
    intervals = int((end - start).total_seconds()) // 60 // minutes
    return np.random.default_rng(seed).integers(0, 4_000, (customers, intervals)).astype(np.uint16)


def names(count: int) -> list[str]:
    return [f"C{number:06d}" for number in range(count)]


def metadata_of(
    *, values: str = "u16", minutes: int = 60, start_at: datetime | None = None, **more: str
) -> dict[str, str]:
    """What a file says of its loads."""
    start = start_at or LAKELAND.start_of_day(FIRST_ON)
    told = {
        "evenroll.start": start.astimezone(UTC).isoformat(),
        "evenroll.zone": LAKELAND.zone,
        "evenroll.minutes": str(minutes),
        "evenroll.values": values,
    }
    return {**told, **more}


def write_loads(path: Path, wh: Any, *, rows_a_group: int = 16, **more: Any) -> Path:
    """A file of loads as fixed-size binary. more: columns beside it, by name, and metadata."""
    metadata = more.pop("metadata", None) or metadata_of(values="u16" if wh.dtype == np.uint16 else "i32")
    customers = more.pop("customers", None) or names(len(wh))
    binary = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(wh.shape[1] * wh.itemsize), len(wh), [None, pa.py_buffer(np.ascontiguousarray(wh).tobytes())]
    )
    columns = {"customer": pa.array(customers), "wh": binary, **{name: pa.array(each) for name, each in more.items()}}
    return write_table(path, columns, metadata=metadata, rows_a_group=rows_a_group)


def write_table(path: Path, columns: dict[str, Any], *, metadata: dict[str, str], rows_a_group: int = 16) -> Path:
    """A Parquet file of these columns."""
    table = pa.table(columns).replace_schema_metadata(metadata)
    parquet.write_table(table, path, row_group_size=rows_a_group, compression="none", use_dictionary=False)
    return path
