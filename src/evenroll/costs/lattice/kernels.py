"""The compiled passes from a lattice to the lines of bills. Integers only.

Each is exactly what `plain` computes; the inner index is the customer, so that many are priced by one instruction. A
line is priced and added to its bill as soon as its quantity is known, so that neither leaves the nearest cache.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.jit import inlined, kernel
from evenroll.costs.lattice.tables import (
    BillTable,
    Chunk,
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
JUST_LESS: Final = (1 - 2**-50) / CENT_E11
"""A little less than what a division by CENT_E11 multiplies with."""
MOST: Final = 2**62
"""More than any demand or bill."""


@kernel
def cumulate(upto: NDArray[Any]) -> None:
    """What all cells before one hold, of what the one before it holds. upto: (cell + 1, customer), its first row zero.

    Sums that no longer fit begin at zero again: the difference of two is right as long as what lies between them fits.
    """
    for cell in range(1, upto.shape[0]):
        for k in range(upto.shape[1]):
            upto[cell, k] += upto[cell - 1, k]


@kernel
def find_peaks(maxima: NDArray[Any], table: PeakTable, top: NDArray[Any], peaks: Ints) -> None:
    """The highest demand of each peak. maxima: (cell, customer), Wh. peaks: (peak, customer), W, filled.

    top: (customer,), of the integers of maxima, of which more are compared at once than of wider ones.
    """
    for peak in range(table.run_first.shape[0] - 1):
        top[:] = 0
        for run in range(table.run_first[peak], table.run_first[peak + 1]):
            for cell in range(table.run_from[run], table.run_to[run]):
                for k in range(maxima.shape[1]):
                    top[k] = max(top[k], maxima[cell, k])
        for k in range(maxima.shape[1]):
            peaks[peak, k] = np.int64(top[k]) * table.factor


@kernel
def energy_lines(upto: NDArray[Any], peaks: Ints, table: EnergyTable, lines: LineTable, chunk: Chunk) -> None:
    """The lines of energy, charged."""
    left = chunk.left
    for part in range(table.line.shape[0]):
        first = table.slot_first[part]
        slots = table.slot_first[part + 1] - first
        for slot in range(slots):
            _sum_runs(upto, table, first + slot, left[slot])
        if table.limit_first[part + 1] > table.limit_first[part]:
            _tiers(part, peaks, table, lines, chunk)
        else:
            for slot in range(slots):
                charge(table.line[part] + slot, left[slot], lines, chunk)


@inlined
def _sum_runs(upto: NDArray[Any], table: EnergyTable, slot: int, out: NDArray[Any]) -> None:
    """The energy of a register. out: (customer,), Wh, filled."""
    out[:] = 0
    for run in range(table.run_first[slot], table.run_first[slot + 1]):
        start, end = upto[table.run_from[run]], upto[table.run_to[run]]
        for k in range(out.shape[0]):
            out[k] += end[k] - start[k]


@inlined
def _tiers(part: int, peaks: Ints, table: EnergyTable, lines: LineTable, chunk: Chunk) -> None:
    """Shares each tier among the registers of a part in proportion to what they have left, in whole Wh, and charges.

    chunk.left: (register, customer), what each register drew; only the last tier of it is left after. Rounded down on
    the running sum, so that no Wh is lost and none is negative. The last register gets what the others leave of a tier.
    """
    slots = table.slot_first[part + 1] - table.slot_first[part]
    tiers = table.limit_first[part + 1] - table.limit_first[part] + 1
    rest, before, take, run, given, out = chunk.work
    _open_tiers(chunk.left, slots, rest, before)
    for tier in range(tiers - 1):
        _take(part, tier, peaks, table, (rest, before, take))
        for k in range(run.shape[0]):
            run[k], given[k] = 0, 0
        for slot in range(slots - 1):
            _share(take, rest, (run, given), chunk.left[slot], out)
            charge(table.line[part] + slot * tiers + tier, out, lines, chunk)
        last = chunk.left[slots - 1]
        for k in range(out.shape[0]):
            out[k] = take[k] - given[k]
            last[k] -= out[k]
            rest[k] -= take[k]
            before[k] += take[k]
        charge(table.line[part] + (slots - 1) * tiers + tier, out, lines, chunk)
    for slot in range(slots):
        charge(table.line[part] + slot * tiers + tiers - 1, chunk.left[slot], lines, chunk)


@inlined
def _open_tiers(left: NDArray[Any], slots: int, rest: Ints, before: Ints) -> None:
    """Before the first tier all that the registers drew is left."""
    for k in range(rest.shape[0]):
        rest[k], before[k] = left[0, k], 0
    for slot in range(1, slots):
        for k in range(rest.shape[0]):
            rest[k] += left[slot, k]


@inlined
def _share(take: Ints, rest: Ints, so_far: tuple[Ints, Ints], mine: NDArray[Any], out: Ints) -> None:
    """A register's share of a tier. mine: what it has left, and has after. out: filled."""
    run, given = so_far
    for k in range(out.shape[0]):
        run[k] += mine[k]
        upto = portion(take[k], run[k], max(rest[k], 1))
        out[k] = upto - given[k]
        given[k] = upto
        mine[k] -= out[k]


@inlined
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
            take[k] = min(rest[k], max(divided(until * peak[k], 1_000_000) - before[k], 0))


@inlined
def portion(take: int, run: int, rest: int) -> int:
    """take x run / rest, rounded down, exactly: guessed in floating point, at most one off, and put right in integers.

    Vectors have no division of integers. All are below 2**31, and run is at most rest.
    """
    guess = int(float(take) * float(run) / float(rest))
    off = take * run - guess * rest
    return guess + int(off >= rest) - int(off < 0)


@inlined
def charge(line: int, quantity: NDArray[Any], lines: LineTable, chunk: Chunk) -> None:
    """Prices the quantity of a line, rounded once, and adds it to its bill; where lines are kept, it is."""
    price, even, bill = lines.price[line], lines.even[line], lines.bill[line]
    _price(quantity, price, even, chunk.beside[bill] if lines.beside[line] else chunk.totals[bill])
    if chunk.cents.shape[0] > 0:
        for k in range(quantity.shape[0]):
            chunk.quantity[line, k] = quantity[k]
            chunk.cents[line, k] = to_cents(int(np.int64(quantity[k]) * price), 0, even)


@kernel
def _price(quantity: NDArray[Any], price: int, even: int, total: Ints) -> None:
    # No quantity is below zero, so the sign is that of the price. Most rates round half a cent away from zero.
    if even:
        for k in range(total.shape[0]):
            total[k] += to_cents(int(np.int64(quantity[k]) * price), 0, 1)
    elif price >= 0:
        for k in range(total.shape[0]):
            total[k] += whole_cents(int(np.int64(quantity[k]) * price) + HALF_E11)
    else:
        for k in range(total.shape[0]):
            total[k] -= whole_cents(HALF_E11 - int(np.int64(quantity[k]) * price))


@inlined
def add_charged(line: int, charged: tuple[NDArray[Any], Ints], lines: LineTable, chunk: Chunk) -> None:
    """Adds a line whose quantity and cents are known to its bill; where lines are kept, it is."""
    quantity, cents = charged
    bill = lines.bill[line]
    total = chunk.beside[bill] if lines.beside[line] else chunk.totals[bill]
    for k in range(total.shape[0]):
        total[k] += cents[k]
    if chunk.cents.shape[0] > 0:
        for k in range(total.shape[0]):
            chunk.quantity[line, k], chunk.cents[line, k] = quantity[k], cents[k]


@inlined
def divided(size: int, by: int) -> int:
    """size / by, rounded down, exactly; size of zero and more, below 2**62, by above zero and below 2**31.

    Guessed in floating point, a little too low; then what is left is divided likewise, now at most one too low.
    """
    per = (1 - 2**-50) / float(by)
    guess = int(float(size) * per)
    left = size - guess * by
    guess += int(float(left) * per)
    return guess + int(size - guess * by >= by)


@inlined
def whole_cents(size: int) -> int:
    """1e-11 USD in whole cents, rounded down; of zero and more, below 2**62.

    The quotient is guessed in floating point, a little too low, so that it is right or one too low: four roundings
    make it too high by less than JUST_LESS makes it lower.
    """
    guess = int(float(size) * JUST_LESS)
    return guess + int(size - guess * CENT_E11 >= CENT_E11)


@inlined
def to_cents(amount: int, rest: int, even: int) -> int:
    """1e-11 USD to cents, half a cent away from zero or to the even one. Below 2**62.

    rest: 1 where the amount is a little more than that, away from zero.
    """
    size = abs(amount) + HALF_E11
    whole = whole_cents(size)
    is_half = int(whole * CENT_E11 == size)
    whole -= is_half & even & (1 - rest) & whole & 1
    return whole if amount >= 0 else -whole


@kernel
def demand_lines(peaks: Ints, table: DemandTable, lines: LineTable, chunk: Chunk) -> None:
    """The lines of demand, charged. Their quantity is W."""
    billed, out, cents = chunk.work[0], chunk.work[1], chunk.work[2]
    for part in range(table.line.shape[0]):
        first, end = table.limit_first[part], table.limit_first[part + 1]
        _billed(part, peaks, table, billed)
        before = 0
        for tier in range(end - first + 1):
            line = table.line[part] + tier
            until = table.limit[first + tier] if tier < end - first else MOST
            for k in range(out.shape[0]):
                out[k] = max(min(billed[k], until) - before, 0)
            before = until
            if table.over[part] == table.under[part]:
                charge(line, out, lines, chunk)
            else:
                terms = (int(table.over[part]), int(table.under[part]), int(lines.even[line]))
                _price_share(out, int(lines.price[line]), terms, cents)
                add_charged(line, (out, cents), lines, chunk)


@inlined
def _billed(part: int, peaks: Ints, table: DemandTable, found: Ints) -> None:
    """The demand of a part by customer, W, and at least a share of the highest of earlier cycles, cut to whole W."""
    highest = peaks[table.peak[part]]
    for k in range(found.shape[0]):
        found[k] = highest[k]
    for n in range(table.before_first[part], table.before_first[part + 1]):
        earlier = peaks[table.before[n]]
        for k in range(found.shape[0]):
            found[k] = max(found[k], divided(earlier[k] * table.share[part], 1_000_000))


@kernel
def _price_share(quantity: Ints, price: int, terms: tuple[int, int, int], cents: Ints) -> None:
    """Quantities times a price, for a fraction of months (over, under), rounded once. cents: filled."""
    over, under, even = terms
    for k in range(quantity.shape[0]):
        amount = quantity[k] * price
        size = abs(amount)
        # Whole multiples and the rest are kept apart: their product with the fraction would not fit 64 bits.
        whole = divided(size, under)
        rest = (size - whole * under) * over
        more = divided(rest, under)
        usd = to_cents(whole * over + more, int(rest > more * under), even)
        cents[k] = usd if amount >= 0 else -usd


@kernel
def hourly_lines(wh: NDArray[Any], first: int, table: HourlyTable, lines: LineTable, chunk: Chunk) -> None:
    """The lines of hours with prices of their own, charged, and what their hours come to, from interval first on."""
    drawn, exact = chunk.drawn, chunk.exact
    for customer in range(wh.shape[0]):
        row = wh[customer, first:]
        for number in range(table.series.shape[0]):
            first_at, end = table.first[number], table.end[number]
            own, price = row[first_at:end], table.price[table.series[number], first_at:end]
            energy, amount = 0, 0
            # Counted from the start of both: an index that might be below zero is looked at for each interval.
            for n in range(own.shape[0]):
                energy += np.int64(own[n])
                amount += np.int64(own[n]) * price[n]
            drawn[number, customer] = energy
            exact[number, customer] = amount
    cents = chunk.work[0]
    for part in range(table.line.shape[0]):
        line, number = table.line[part], table.product[part]
        for k in range(cents.shape[0]):
            cents[k] = to_cents(int(exact[number, k]), 0, int(lines.even[line]))
        add_charged(line, (drawn[number], cents), lines, chunk)


@kernel
def event_lines(wh: NDArray[Any], first: int, table: EventTable, lines: LineTable, chunk: Chunk) -> None:
    """The lines of events, charged. wh: (customer, interval), of which the cycles begin at first."""
    for part in range(table.line.shape[0]):
        quantity = chunk.work[0]
        for customer in range(wh.shape[0]):
            row = wh[customer, first:]
            energy = 0
            for n in range(table.first[part], table.first[part + 1]):
                energy += np.int64(row[table.interval[n]])
            quantity[customer] = energy
        charge(table.line[part], quantity, lines, chunk)


@kernel
def open_bills(bills: BillTable, chunk: Chunk) -> None:
    """Begins the bills with what no load changes."""
    for bill in range(bills.fixed.shape[0]):
        for k in range(chunk.totals.shape[1]):
            chunk.totals[bill, k], chunk.beside[bill, k] = bills.fixed[bill], 0


@kernel
def close_bills(bills: BillTable, chunk: Chunk) -> None:
    """Tops bills up to their minimum, and adds what stands beside the rate."""
    for bill in range(bills.fixed.shape[0]):
        # No minimum: nothing is below it.
        least = bills.least[bill] if bills.least[bill] > 0 else -MOST
        total, beside = chunk.totals[bill], chunk.beside[bill]
        if chunk.topped.shape[0] > 0:
            for k in range(total.shape[0]):
                chunk.topped[bill, k] = max(least - total[k], 0)
        for k in range(total.shape[0]):
            total[k] = max(total[k], least) + beside[k]
