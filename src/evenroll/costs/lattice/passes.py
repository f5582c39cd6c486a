"""All passes over a block in one call: chunk by chunk, so that a chunk's lattice and lines stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.fold import HOURS, LANES, add_odd_days, fold, turned
from evenroll.costs.lattice.jit import kernel, stamp_of_kernels
from evenroll.costs.lattice.kernels import (
    close_bills,
    cumulate,
    demand_lines,
    energy_lines,
    event_lines,
    find_peaks,
    hourly_lines,
    open_bills,
)
from evenroll.costs.lattice.tables import Chunk, Ints, Rows, Tables, Where


@kernel
def _turn(found: Ints, first: int, rows: Ints) -> None:
    """(thing, customer) into (customer, thing), from a row on, as many customers as there are."""
    for n in range(found.shape[0]):
        for k in range(min(found.shape[1], rows.shape[0] - first)):
            rows[first + k, n] = found[n, k]


@kernel
def _whole(count: int) -> int:
    """So many, up to a whole eight."""
    return (count + LANES - 1) // LANES * LANES


@kernel
def _chunk_of(lanes: int, tables: Tables, kept: bool, wide: NDArray[Any]) -> Chunk:
    """Room for a chunk; lines are kept if asked for. Rows of no customer are worked out as well, and not looked at."""
    lines, bills = tables.lines.price.shape[0], tables.bills.fixed.shape[0]
    hourly, tops = tables.hourly.series.shape[0], tables.bills.fixed.shape[0]
    if not kept:
        lines, tops = 0, 0
    work = np.zeros((6, lanes), np.int64)
    return Chunk(
        np.zeros((lines, lanes), np.int64),
        np.zeros((lines, lanes), np.int64),
        np.zeros((tops, lanes), np.int64),
        np.zeros((_whole(bills), lanes), np.int64),
        np.zeros((_whole(bills), lanes), np.int64),
        np.zeros((hourly, lanes), np.int64),
        np.zeros((hourly, lanes), np.int64),
        np.zeros((tables.most_slots, lanes), wide.dtype),
        (work[0], work[1], work[2], work[3], work[4], work[5]),
    )


@kernel
def _keep_chunk(chunk: Chunk, first: int, across: Ints, product: Ints, rows: Rows) -> None:
    """The results of a chunk into the rows of its customers.

    across: (customer, bill) of whole eights. product: of each hourly part.
    """
    turned(chunk.totals, across)
    bills = rows.totals.shape[1]
    for k in range(min(across.shape[0], rows.totals.shape[0] - first)):
        rows.totals[first + k, :] = across[k, :bills]
    if rows.cents.shape[0] == rows.totals.shape[0]:
        _turn(chunk.quantity, first, rows.quantity)
        _turn(chunk.cents, first, rows.cents)
        _turn(chunk.topped, first, rows.topped)
        _turn(chunk.exact[product], first, rows.exact)


def _bill_rows_of(stamp: int) -> Callable[[NDArray[Any], Tables, Where, NDArray[Any], Rows], None]:
    """The pass that calls kernels of other files. stamp: of their sources; it is never below zero."""

    @kernel
    def bill_rows(wh: NDArray[Any], tables: Tables, where: Where, wide: NDArray[Any], rows: Rows) -> None:
        """Bills all rows of wh, (customer, interval), Wh, into rows. wide: (1,), of integers that hold their sums."""
        if stamp < 0:
            return
        cells = HOURS * (tables.days.group_first.shape[0] - 1)
        lanes = _whole(min(where.chunk, wh.shape[0]))
        chunk = _chunk_of(lanes, tables, rows.cents.shape[0] == wh.shape[0], wide)
        # A row for each customer, as they are read; then turned.
        sums, upto = np.zeros((lanes, cells), wide.dtype), np.zeros((cells + 1, lanes), wide.dtype)
        tops, maxima = np.zeros((lanes, cells), wh.dtype), np.zeros((cells, lanes), wh.dtype)
        peaks = np.zeros((tables.peaks.run_first.shape[0] - 1, lanes), np.int64)
        across, top = np.zeros((lanes, chunk.totals.shape[0]), np.int64), np.zeros(lanes, wh.dtype)
        for first in range(0, wh.shape[0], where.chunk):
            mine = wh[first : first + where.chunk]
            fold(mine, where.first, tables.days, (sums, tops), wide)
            turned(sums, upto[1:])
            turned(tops, maxima)
            add_odd_days(mine, where.first, tables.days, (upto[1:], maxima))
            cumulate(upto)
            find_peaks(maxima, tables.peaks, top, peaks)
            open_bills(tables.bills, chunk)
            energy_lines(upto, peaks, tables.energy, tables.lines, chunk)
            hourly_lines(mine, where.first, tables.hourly, tables.lines, chunk)
            event_lines(mine, where.first, tables.events, tables.lines, chunk)
            demand_lines(peaks, tables.demands, tables.lines, chunk)
            close_bills(tables.bills, chunk)
            _keep_chunk(chunk, first, across, tables.hourly.product, rows)

    return bill_rows


bill_rows = _bill_rows_of(stamp_of_kernels())
