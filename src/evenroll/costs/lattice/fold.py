"""The pass over the loads: the sum and the maximum of each cell of the lattice, as fast as memory gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.jit import kernel
from evenroll.costs.lattice.tables import DayTable

HOURS: Final = 24
_LINE: Final = 16  # values of four bytes in a line of the cache; of two bytes it holds twice as many
_Starts = NDArray[np.uint64]
_Cells = tuple[NDArray[Any], NDArray[Any]]


def _days_of(slots: int) -> Callable[..., None]:
    """The inner loop for days of so many intervals: a number known when it is compiled makes it one run of vectors."""

    @kernel
    def days(row: NDArray[Any], starts: _Starts, total: NDArray[Any], top: NDArray[Any]) -> None:
        at, end = np.uint64(0), np.uint64(starts.shape[0])
        one, four = np.uint64(1), np.uint64(4)
        # Four days at a time: what has been summed is read and written once for four values. Indexes without a sign
        # need no look at whether they count from the end.
        while at + four <= end:
            a, b = starts[at], starts[at + one]
            c, d = starts[at + one + one], starts[at + four - one]
            for slot in range(np.uint64(slots)):
                v, w, x, y = row[a + slot], row[b + slot], row[c + slot], row[d + slot]
                total[slot] += (v + w) + (x + y)
                top[slot] = max(top[slot], v, w, x, y)
            at += four
        while at < end:
            a = starts[at]
            for slot in range(np.uint64(slots)):
                v = row[a + slot]
                total[slot] += v
                top[slot] = max(top[slot], v)
            at += one

    return days


_hours = _days_of(HOURS)
_quarters = _days_of(4 * HOURS)


@kernel
def fold(wh: NDArray[Any], first: int, days: DayTable, scratch: NDArray[Any], cells: _Cells) -> None:
    """The sums and maxima of each cell. wh: (customer, interval), Wh, of which the cycles begin at first.

    cells: sums and maxima, (customer, cell), Wh, filled. scratch: (2, intervals of a day), wide enough for the sums.
    """
    total, top = scratch[0], scratch[1]
    for customer in range(wh.shape[0]):
        row = wh[customer, first:]
        if total.shape[0] != HOURS:
            _fetch(row, total)
        for group in range(days.group_first.shape[0] - 1):
            total[:] = 0
            top[:] = 0
            starts = days.day_start[days.group_first[group] : days.group_first[group + 1]]
            if total.shape[0] == HOURS:
                _hours(row, starts, total, top)
            else:
                _quarters(row, starts, total, top)
            for piece in range(days.odd_first[group], days.odd_first[group + 1]):
                _odd_days(row, days.odd[piece], total, top)
            _keep(total, top, group * HOURS, customer, cells)


@kernel
def _fetch(row: NDArray[Any], seen: NDArray[Any]) -> None:
    """Reads a value of each line of the cache, in order, as memory is fastest; the days then come out of the cache."""
    for n in range(0, row.shape[0], _LINE):
        seen[0] = max(seen[0], row[n])


@kernel
def _odd_days(row: NDArray[Any], piece: NDArray[np.uint64], total: NDArray[Any], top: NDArray[Any]) -> None:
    """A piece of a day on which the clock jumps."""
    start, slot = int(piece[0]), int(piece[3])
    for n in range(int(piece[1])):
        value = row[start + n]
        total[slot + n] += value
        top[slot + n] = max(top[slot + n], value)


@kernel
def _keep(total: NDArray[Any], top: NDArray[Any], cell: int, customer: int, cells: _Cells) -> None:
    """The intervals of a day folded into its hours."""
    sums, maxima = cells[0][customer, cell : cell + HOURS], cells[1][customer, cell : cell + HOURS]
    if total.shape[0] == HOURS:
        for hour in range(HOURS):
            sums[hour], maxima[hour] = total[hour], top[hour]
        return
    for hour in range(HOURS):
        n = 4 * hour
        sums[hour] = (total[n] + total[n + 1]) + (total[n + 2] + total[n + 3])
        maxima[hour] = max(top[n], top[n + 1], top[n + 2], top[n + 3])
