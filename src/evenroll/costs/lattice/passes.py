"""All passes over a block in one call: chunk by chunk, so that a chunk's lattice and lines stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.fold import HOURS, fold
from evenroll.costs.lattice.jit import kernel, stamp_of_kernels
from evenroll.costs.lattice.kernels import (
    add_up,
    cumulate,
    demand_lines,
    energy_lines,
    event_lines,
    find_peaks,
    hourly_cents,
    hourly_lines,
    price_lines,
    turned,
)
from evenroll.costs.lattice.tables import Ints, Rows, Tables, Where


@kernel
def _turn(found: Ints, first: int, rows: Ints) -> None:
    """(thing, customer) into (customer, thing), from a row on."""
    for n in range(found.shape[0]):
        for k in range(found.shape[1]):
            rows[first + k, n] = found[n, k]


def _bill_rows_of(stamp: int) -> Callable[[NDArray[Any], Tables, Where, NDArray[Any], Rows], None]:
    """The pass that calls kernels of other files. stamp: of their sources; it is never below zero."""

    @kernel
    def bill_rows(wh: NDArray[Any], tables: Tables, where: Where, scratch: NDArray[Any], rows: Rows) -> None:
        """Bills all rows of wh, (customer, interval), Wh, into rows. scratch: (2, intervals of a day)."""
        if stamp < 0:
            return
        cells = HOURS * (tables.days.group_first.shape[0] - 1)
        lines = tables.lines.price.shape[0]
        for first in range(0, wh.shape[0], where.chunk):
            mine = wh[first : first + where.chunk]
            size = mine.shape[0]
            sums, tops = np.empty((size, cells), scratch.dtype), np.empty((size, cells), scratch.dtype)
            fold(mine, where.first, tables.days, scratch, (sums, tops))
            upto = np.empty((cells + 1, size), np.int64)
            cumulate(sums, upto)
            peaks = np.empty((tables.peaks.run_first.shape[0] - 1, size), np.int64)
            maxima = np.empty((cells, size), np.int64)
            turned(tops, maxima)
            find_peaks(maxima, tables.peaks, peaks)
            quantity, cents = np.empty((lines, size), np.int64), np.empty((lines, size), np.int64)
            energy_lines(upto, peaks, tables.energy, quantity, np.empty((tables.most_slots, size), np.int64))
            exact = np.empty((tables.hourly.line.shape[0], size), np.int64)
            hourly_lines(mine, where.first, tables.hourly, quantity, exact)
            event_lines(mine, where.first, tables.events, quantity)
            price_lines(tables.lines, quantity, cents)
            hourly_cents(tables.hourly, tables.lines, exact, cents)
            demand_lines(peaks, tables.demands, tables.lines, quantity, cents)
            totals = np.empty((tables.bills.fixed.shape[0], size), np.int64)
            topped = np.empty_like(totals)
            add_up(tables.lines, tables.bills, cents, totals, topped)
            _turn(totals, first, rows.totals)
            if rows.cents.shape[0] == wh.shape[0]:
                _turn(quantity, first, rows.quantity)
                _turn(cents, first, rows.cents)
                _turn(topped, first, rows.topped)
                _turn(exact, first, rows.exact)

    return bill_rows


bill_rows = _bill_rows_of(stamp_of_kernels())
