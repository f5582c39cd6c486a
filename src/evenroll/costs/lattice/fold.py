"""The pass over the loads: the sum and the maximum of each cell of the lattice, as fast as memory gives them.

Two steps are said in the compiler's own words, on eight values at once. A loop over arrays reads and writes what has
been summed for every few days, after a look at whether the arrays lie in one another; here it stays in registers. The
compiler cuts what is written to the vectors that the processor has. All steps stand in the file of the kernels that
call them, as a kernel is kept on disk as long as its own file is the same.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from numpy.typing import NDArray

from evenroll.costs.lattice.jit import kernel, written
from evenroll.costs.lattice.tables import DayTable

HOURS: Final = 24
QUARTERS: Final = 4
LANES: Final = 8
"""Values that are worked on together: they divide the hours of a day."""
_LINE_BYTES: Final = 64  # of a line of the cache
_Cells = tuple[NDArray[Any], NDArray[Any]]
_Merge = Callable[[Any, Any], Any]


def _write_days(builder: Any, row: Any, starts: Any, place: tuple[Any, Any], *, slots: int) -> None:
    """Like days: the sum and the maximum of each hour, the first 24 of both places filled.

    slots: intervals of a day, a number known when it is compiled. row: none below zero. starts: the interval that each
    day begins with. place: sums, of wider integers than row; maxima, of the same.
    """
    sums, tops = place
    narrow, wide = _lanes(row.data.type.pointee), _lanes(sums.data.type.pointee)
    tools: Any = importlib.import_module("numba.core.cgutils")
    total = [tools.alloca_once_value(builder, wide(None)) for _ in range(0, slots, LANES)]
    top = [tools.alloca_once_value(builder, narrow(None)) for _ in range(0, slots, LANES)]
    with tools.for_range(builder, builder.extract_value(starts.shape, 0)) as loop:
        day = builder.gep(row.data, [builder.load(builder.gep(starts.data, [loop.index]))])
        for n, (so_far, highest) in enumerate(zip(total, top, strict=True)):
            value = _read(builder, day, number=n, kind=narrow)
            builder.store(builder.add(builder.load(so_far), builder.zext(value, wide)), so_far)
            builder.store(_larger(builder, builder.load(highest), value), highest)
    _keep_hours(builder, [builder.load(each) for each in total], place=sums, merge=builder.add)
    _keep_hours(builder, [builder.load(each) for each in top], place=tops, merge=lambda a, b: _larger(builder, a, b))


def _keep_hours(builder: Any, values: list[Any], *, place: Any, merge: _Merge) -> None:
    """Neighbors are merged until there is a value for each hour: twice for quarter-hours."""
    while len(values) * LANES > HOURS:
        pairs = zip(values[::2], values[1::2], strict=True)
        values = [merge(*(_picked(builder, a, b, first=first, step=2) for first in (0, 1))) for a, b in pairs]
    for n, value in enumerate(values):
        _put(builder, value, place.data, number=n)


def _lanes(integer: Any) -> Any:
    return importlib.import_module("llvmlite.ir").VectorType(integer, LANES)


def _place(builder: Any, start: Any, *, number: int, kind: Any) -> Any:
    """Where the vector of that number lies from a start on."""
    ir: Any = importlib.import_module("llvmlite.ir")
    return builder.bitcast(builder.gep(start, [ir.IntType(64)(number * LANES)]), kind.as_pointer())


def _read(builder: Any, start: Any, *, number: int, kind: Any) -> Any:
    return builder.load(_place(builder, start, number=number, kind=kind), align=kind.element.width // 8)


def _put(builder: Any, value: Any, start: Any, *, number: int) -> None:
    kind = value.type
    builder.store(value, _place(builder, start, number=number, kind=kind), align=kind.element.width // 8)


def _row(builder: Any, start: Any, *, number: int, width: Any) -> Any:
    return builder.gep(start, [builder.mul(width, width.type(number))])


def _larger(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_unsigned(">", one, other), one, other)


def _picked(builder: Any, one: Any, other: Any, *, first: int, step: int) -> Any:
    """Every so many of the values of two vectors."""
    return _shuffled(builder, one, other, lanes=range(first, 2 * LANES, step))


def _woven(builder: Any, one: Any, other: Any, *, first: int) -> Any:
    """A value of the one, a value of the other and so on, from the first on."""
    return _shuffled(builder, one, other, lanes=[first + n // 2 + LANES * (n % 2) for n in range(LANES)])


def _shuffled(builder: Any, one: Any, other: Any, *, lanes: Sequence[int]) -> Any:
    ir: Any = importlib.import_module("llvmlite.ir")
    return builder.shuffle_vector(one, other, _lanes(ir.IntType(32))([*lanes]))


@written
def _fold_hours(builder: Any, row: Any, starts: Any, sums: Any, tops: Any) -> None:
    _write_days(builder, row, starts, (sums, tops), slots=HOURS)


@written
def _fold_quarters(builder: Any, row: Any, starts: Any, sums: Any, tops: Any) -> None:
    _write_days(builder, row, starts, (sums, tops), slots=QUARTERS * HOURS)


@written
def _turn_square(builder: Any, rows: Any, width: Any, found: Any, wide: Any) -> None:
    """Turns a square: eight values of each of eight rows become a column each.

    rows: its first value; the next row begins width values later. found: where it goes, the next row wide values later.
    """
    kind = _lanes(rows.data.type.pointee)
    square = [
        _read(builder, _row(builder, rows.data, number=n, width=width), number=0, kind=kind) for n in range(LANES)
    ]
    half = LANES // 2
    for _ in range(3):  # Eight is two times two times two.
        pairs = zip(square[:half], square[half:], strict=True)
        square = [_woven(builder, a, b, first=first) for a, b in pairs for first in (0, half)]
    for n, value in enumerate(square):
        _put(builder, value, _row(builder, found.data, number=n, width=wide), number=0)


@kernel
def fold(wh: NDArray[Any], first: int, days: DayTable, cells: _Cells, seen: NDArray[Any]) -> None:
    """The sums and maxima of each cell, of days of 24 hours. wh: (customer, interval), Wh; the cycles begin at first.

    cells: sums and maxima, (customer, cell), Wh, filled; sums are of wider integers than wh, maxima of the same.
    seen: (1,), for what memory is asked for ahead.
    """
    sums, maxima = cells
    for customer in range(wh.shape[0]):
        row = wh[customer, first:]
        # A loop of its own for each kind of days: in one with both, the compiler keeps neither in registers.
        if days.slots == HOURS:
            _hours_of(row, days, sums[customer], maxima[customer])
        else:
            _quarters_of(row, days, (sums[customer], maxima[customer]), seen)


@kernel
def _hours_of(row: NDArray[Any], days: DayTable, sums: NDArray[Any], maxima: NDArray[Any]) -> None:
    for group in range(days.group_first.shape[0] - 1):
        starts = days.day_start[days.group_first[group] : days.group_first[group + 1]]
        _fold_hours(row, starts, sums[group * HOURS :], maxima[group * HOURS :])


@kernel
def _quarters_of(row: NDArray[Any], days: DayTable, cells: _Cells, seen: NDArray[Any]) -> None:
    sums, maxima = cells
    done = 0
    for group in range(days.group_first.shape[0] - 1):
        starts = days.day_start[days.group_first[group] : days.group_first[group + 1]]
        done = _fetch(row, done, starts, seen)
        _fold_quarters(row, starts, sums[group * HOURS :], maxima[group * HOURS :])


@kernel
def _fetch(row: NDArray[Any], done: int, starts: NDArray[Any], seen: NDArray[Any]) -> int:
    """Reads a value of each line of the cache up to the last day, in order, as memory is fastest; returns how far.

    The days of a month that are alike then come out of the cache, in whatever order. Days of hours lie in so few lines
    that this would cost more than it saves.
    """
    if starts.shape[0] == 0:
        return done
    end = min(int(starts[starts.shape[0] - 1]) + QUARTERS * HOURS, row.shape[0])
    for n in range(done, end, _LINE_BYTES // row.itemsize):
        seen[0] = max(seen[0], row[n])
    return max(done, end)


@kernel
def turned(cells: NDArray[Any], found: NDArray[Any]) -> None:
    """(row, column) into (column, row), of the same integers; there are whole eights of both."""
    for column in range(0, cells.shape[1], LANES):
        for row in range(0, cells.shape[0], LANES):
            _turn_square(cells[row, column:], cells.shape[1], found[column, row:], found.shape[1])


@kernel
def add_odd_days(wh: NDArray[Any], first: int, days: DayTable, turned_cells: _Cells) -> None:
    """Adds the days on which the clock jumps, interval by interval.

    turned_cells: sums and maxima, (cell, customer). All customers of an interval in turn: memory is asked for all of
    them at once, and what is added up lies side by side.
    """
    sums, maxima = turned_cells
    for hour in range(days.odd.shape[0]):
        total, top = sums[days.odd[hour, 2]], maxima[days.odd[hour, 2]]
        start = first + days.odd[hour, 0]
        for at in range(start, start + days.odd[hour, 1]):
            for k in range(wh.shape[0]):
                total[k] += wh[k, at]
                top[k] = max(top[k], wh[k, at])
