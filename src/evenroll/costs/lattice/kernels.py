"""The compiled passes from a lattice to the lines of bills. Integers only.

Each is exactly what `plain` computes; the inner index is the customer, so that many are priced by one instruction.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.jit import kernel
from evenroll.costs.lattice.tables import (
    BillTable,
    DemandTable,
    EnergyTable,
    EventTable,
    HourlyTable,
    Ints,
    LineTable,
    PeakTable,
)

CENT_E11: Final = 10**9
"""A cent in 1e-11 USD: Wh times 1e-8 USD per kWh."""
HALF_E11: Final = 5 * 10**8


@kernel
def cumulate(sums: NDArray[Any], upto: Ints) -> None:
    """What all cells before one hold. sums: (customer, cell). upto: (cell + 1, customer), filled."""
    upto[0, :] = 0
    for cell in range(sums.shape[1]):
        for k in range(sums.shape[0]):
            upto[cell + 1, k] = upto[cell, k] + np.int64(sums[k, cell])


@kernel
def turned(cells: NDArray[Any], found: Ints) -> None:
    """(customer, cell) into (cell, customer): rows that do not lie a power of two apart are read, and not written."""
    for cell in range(cells.shape[1]):
        for k in range(cells.shape[0]):
            found[cell, k] = np.int64(cells[k, cell])


@kernel
def find_peaks(maxima: Ints, table: PeakTable, peaks: Ints) -> None:
    """The highest demand of each peak. maxima: (cell, customer), Wh. peaks: (peak, customer), W, filled."""
    for peak in range(table.run_first.shape[0] - 1):
        peaks[peak, :] = 0
        for run in range(table.run_first[peak], table.run_first[peak + 1]):
            for cell in range(table.run_from[run], table.run_to[run]):
                for k in range(maxima.shape[1]):
                    peaks[peak, k] = max(peaks[peak, k], maxima[cell, k])
        for k in range(maxima.shape[1]):
            peaks[peak, k] *= table.factor


@kernel
def energy_lines(upto: Ints, peaks: Ints, table: EnergyTable, quantity: Ints, scratch: Ints) -> None:
    """The energy of each line. quantity: (line, customer), Wh, filled where a line is of energy.

    scratch: (most registers of a part, customer).
    """
    for part in range(table.line.shape[0]):
        first = table.slot_first[part]
        slots = table.slot_first[part + 1] - first
        limits = table.limit_first[part + 1] - table.limit_first[part]
        for slot in range(slots):
            out = quantity[table.line[part]] if limits == 0 and slots == 1 else scratch[slot]
            out[:] = 0
            for run in range(table.run_first[first + slot], table.run_first[first + slot + 1]):
                start, end = table.run_from[run], table.run_to[run]
                for k in range(upto.shape[1]):
                    out[k] += upto[end, k] - upto[start, k]
        if limits > 0:
            _tiers(part, peaks, table, quantity, scratch)
        elif slots > 1:
            for slot in range(slots):
                quantity[table.line[part] + slot, :] = scratch[slot]


@kernel
def _tiers(part: int, peaks: Ints, table: EnergyTable, quantity: Ints, left: Ints) -> None:
    """Shares each tier among the registers of a part in proportion to what they have left, in whole Wh.

    left: (register, customer), what each register drew; nothing is left of it after. Rounded down on the running sum,
    so that no Wh is lost and none is negative.
    """
    slots = table.slot_first[part + 1] - table.slot_first[part]
    tiers = table.limit_first[part + 1] - table.limit_first[part] + 1
    line, size = table.line[part], left.shape[1]
    rest, before = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for slot in range(slots):
        for k in range(size):
            rest[k] += left[slot, k]
    take = np.empty(size, np.int64)
    for tier in range(tiers - 1):
        _take(part, tier, peaks, table, (rest, before, take))
        run, given = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for slot in range(slots):
            mine, out = left[slot], quantity[line + slot * tiers + tier]
            for k in range(size):
                run[k] += mine[k]
                upto = portion(take[k], run[k], max(rest[k], 1))
                out[k] = upto - given[k]
                mine[k] -= out[k]
                given[k] = upto
        for k in range(size):
            rest[k] -= take[k]
            before[k] += take[k]
    for slot in range(slots):
        quantity[line + slot * tiers + tiers - 1, :] = left[slot]


@kernel
def _take(part: int, tier: int, peaks: Ints, table: EnergyTable, amounts: tuple[Ints, Ints, Ints]) -> None:
    """How much of what is left goes into a tier: up to its end, less what went into those before it."""
    rest, before, take = amounts
    until = table.limit[table.limit_first[part] + tier]
    if table.peak[part] < 0:
        for k in range(rest.shape[0]):
            take[k] = min(rest[k], max(until - before[k], 0))
    else:
        peak = peaks[table.peak[part]]
        for k in range(rest.shape[0]):
            take[k] = min(rest[k], max(until * peak[k] // 1_000_000 - before[k], 0))


@kernel
def portion(take: int, run: int, rest: int) -> int:
    """take x run / rest, rounded down, exactly: guessed in floating point, at most one off, and put right in integers.

    Vectors have no division of integers. All are below 2**31, and run is at most rest.
    """
    guess = int(float(take) * float(run) / float(rest))
    off = take * run - guess * rest
    return guess + int(off >= rest) - int(off < 0)


@kernel
def price_lines(lines: LineTable, quantity: Ints, cents: Ints) -> None:
    """Cents of each line: quantity times price, rounded once. quantity, cents: (line, customer)."""
    for line in range(lines.price.shape[0]):
        price, even = lines.price[line], lines.even[line]
        for k in range(quantity.shape[1]):
            cents[line, k] = to_cents(int(quantity[line, k] * price), 0, int(even))


@kernel
def to_cents(amount: int, rest: int, even: int) -> int:
    """1e-11 USD to cents. rest: 1 where the amount is a little more than that, away from zero.

    The quotient is guessed in floating point and put right in integers, as in `portion`. Below 2**62.
    """
    size = abs(amount) + HALF_E11
    guess = int(float(size) / float(CENT_E11))
    off = size - guess * CENT_E11
    whole = guess + int(off >= CENT_E11) - int(off < 0)
    is_half = int(whole * CENT_E11 == size)
    whole -= is_half & even & (1 - rest) & whole & 1
    return whole if amount >= 0 else -whole


@kernel
def demand_lines(peaks: Ints, table: DemandTable, lines: LineTable, quantity: Ints, cents: Ints) -> None:
    """The demand and cents of each line of demand, filled. quantity: W."""
    size = peaks.shape[1]
    for part in range(table.line.shape[0]):
        first, end = table.limit_first[part], table.limit_first[part + 1]
        billed = _billed(part, peaks, table)
        before = 0
        for tier in range(end - first + 1):
            line, until = table.line[part] + tier, 0
            if tier < end - first:
                until = table.limit[first + tier]
            out = quantity[line]
            for k in range(size):
                # The last tier has no end.
                out[k] = max(billed[k] - before, 0) if tier == end - first else max(min(billed[k], until) - before, 0)
            before = until
            terms = (int(table.over[part]), int(table.under[part]), int(lines.even[line]))
            _price_demand(out, int(lines.price[line]), terms, cents[line])


@kernel
def _billed(part: int, peaks: Ints, table: DemandTable) -> Ints:
    """The demand of a part by customer, W, and at least a share of the highest of earlier cycles, cut to whole W."""
    found = peaks[table.peak[part]].copy()
    for n in range(table.before_first[part], table.before_first[part + 1]):
        earlier = peaks[table.before[n]]
        for k in range(found.shape[0]):
            found[k] = max(found[k], earlier[k] * table.share[part] // 1_000_000)
    return found


@kernel
def _price_demand(quantity: Ints, price: int, terms: tuple[int, int, int], cents: Ints) -> None:
    """Quantities times a price, for a fraction of months (over, under), rounded once. cents: filled."""
    over, under, even = terms
    if over == under:
        for k in range(quantity.shape[0]):
            cents[k] = to_cents(int(quantity[k] * price), 0, even)
        return
    for k in range(quantity.shape[0]):
        amount = int(quantity[k] * price)
        size = abs(amount)
        # Whole multiples and the rest are kept apart: their product with the fraction would not fit 64 bits.
        whole, rest = size // under * over, size % under * over
        usd = to_cents(whole + rest // under, 1 if rest % under > 0 else 0, even)
        cents[k] = usd if amount >= 0 else -usd


@kernel
def hourly_lines(wh: NDArray[Any], first: int, table: HourlyTable, quantity: Ints, exact: Ints) -> None:
    """The energy of each hourly line, and what its hours come to, 1e-11 USD, from interval first on."""
    for customer in range(wh.shape[0]):
        row = wh[customer, first:]
        for part in range(table.line.shape[0]):
            series = table.series[part]
            energy, amount = 0, 0
            for n in range(table.first[part], table.end[part]):
                drawn = np.int64(row[n])
                energy += drawn
                amount += drawn * table.price[series, n]
            quantity[table.line[part], customer] = energy
            exact[part, customer] = amount


@kernel
def hourly_cents(table: HourlyTable, lines: LineTable, exact: Ints, cents: Ints) -> None:
    """The cents of each hourly line, filled."""
    for part in range(table.line.shape[0]):
        line = table.line[part]
        for k in range(cents.shape[1]):
            cents[line, k] = to_cents(int(exact[part, k]), 0, int(lines.even[line]))


@kernel
def event_lines(wh: NDArray[Any], first: int, table: EventTable, quantity: Ints) -> None:
    """The energy of each line of events, filled. wh: (customer, interval), of which the cycles begin at first."""
    for customer in range(wh.shape[0]):
        row = wh[customer, first:]
        for part in range(table.line.shape[0]):
            energy = 0
            for n in range(table.first[part], table.first[part + 1]):
                energy += np.int64(row[table.interval[n]])
            quantity[table.line[part], customer] = energy


@kernel
def add_up(lines: LineTable, bills: BillTable, cents: Ints, totals: Ints, topped: Ints) -> None:
    """The total of each bill, and what tops it up to its minimum. cents: (line, customer); others (bill, customer)."""
    for bill in range(totals.shape[0]):
        totals[bill, :] = bills.fixed[bill]
    _add_lines(lines, cents, totals, 0)
    for bill in range(totals.shape[0]):
        least = bills.least[bill]
        for k in range(totals.shape[1]):
            missing = max(least - totals[bill, k], 0) if least > 0 else 0
            topped[bill, k] = missing
            totals[bill, k] += missing
    _add_lines(lines, cents, totals, 1)


@kernel
def _add_lines(lines: LineTable, cents: Ints, totals: Ints, beside: int) -> None:
    for line in range(cents.shape[0]):
        if lines.beside[line] == beside:
            bill = lines.bill[line]
            for k in range(cents.shape[1]):
                totals[bill, k] += cents[line, k]
