"""The readable reference: one load priced in plain integers, line by line. The compiled kernels must agree exactly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.lines import BESIDE_RATE, CompiledRates, DemandPart, EnergyPart
from evenroll.costs.lattice.parts import cents_of_ratio
from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.lattice.segments import Lattice

_E11 = 10**11
_W_OF_KW = 1000
_MILLIONTHS = 10**6


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainBills:
    """One load on all rates. quantity, cents: by line, Wh (W for demand). totals, topped: by bill, cents.

    exact: by hourly part, 1e-11 USD.
    """

    quantity: tuple[int, ...]
    cents: tuple[int, ...]
    totals: tuple[int, ...]
    topped: tuple[int, ...]
    exact: tuple[int, ...]


def bill_plainly(row: NDArray[Any], *, rates: CompiledRates) -> PlainBills:
    """The bills of one load. row: (interval,), Wh, from the first interval of the first cycle on."""
    sums, maxima = cells_of(row, lattice=rates.lattice)
    return bill_cells(sums, maxima=maxima, rates=rates, row=row)


def bill_cells(
    sums: list[int], *, maxima: list[int], rates: CompiledRates, row: NDArray[Any] | None = None
) -> PlainBills:
    """The bills of what each cell holds, Wh. row: the intervals; without them no hour of its own price is billed."""
    factor = 60 // rates.lattice.minutes
    peaks = [factor * max((max(maxima[first:end]) for first, end in runs), default=0) for runs in rates.peaks]
    quantity = [0] * len(rates.lines)
    cents = [0] * len(rates.lines)
    until = [0, *accumulate(sums)]
    for part in rates.energy:
        _energy(part, until=until, peaks=peaks, quantity=quantity)
    for part in rates.demands:
        _demand(part, peaks=peaks, quantity=quantity)
    months = {part.line + n: part.months for part in rates.demands for n in range(len(part.limits) + 1)}
    exact = [] if row is None else _hours(row, rates=rates, quantity=quantity)
    for number, line in enumerate(rates.lines):
        over, under = quantity[number] * line.price_e8, _E11
        if number in months:
            over, under = over * months[number].numerator, under * months[number].denominator
        cents[number] = cents_of_ratio(over, under, rule=line.rounding)
    for part, amount in zip(rates.hourly, exact, strict=True):
        cents[part.line] = cents_of_ratio(amount, _E11, rule=rates.lines[part.line].rounding)
    totals, topped = _totals(rates, cents=cents)
    return PlainBills(
        quantity=tuple(quantity),
        cents=tuple(cents),
        totals=tuple(totals),
        topped=tuple(topped),
        exact=tuple(exact),
    )


def _hours(row: NDArray[Any], *, rates: CompiledRates, quantity: list[int]) -> list[int]:
    """What hours with prices of their own and hours of events hold; what the former come to, 1e-11 USD."""
    exact: list[int] = []
    for part in rates.hourly:
        drawn: list[int] = row[part.first : part.end].tolist()
        prices: list[int] = rates.series[part.series, part.first : part.end].tolist()
        quantity[part.line] = sum(drawn)
        exact.append(sum(wh * price for wh, price in zip(drawn, prices, strict=True)))
    for event in rates.events:
        quantity[event.line] = sum(int(row[n]) for n in event.intervals)
    return exact


def _totals(rates: CompiledRates, *, cents: list[int]) -> tuple[list[int], list[int]]:
    """The total of each bill and what tops it up: a minimum looks at the lines of the rate, not at those beside it."""
    totals = [0] * rates.bills
    for fixed in rates.fixed:
        totals[fixed.bill] += fixed.cents
    for line, amount in zip(rates.lines, cents, strict=True):
        totals[line.bill] += 0 if line.code in BESIDE_RATE else amount
    topped = [
        max(each.cents - total, 0) if each.cents else 0 for each, total in zip(rates.minimums, totals, strict=True)
    ]
    for line, amount in zip(rates.lines, cents, strict=True):
        totals[line.bill] += amount if line.code in BESIDE_RATE else 0
    return [total + more for total, more in zip(totals, topped, strict=True)], topped


def cells_of(row: NDArray[Any], *, lattice: Lattice) -> tuple[list[int], list[int]]:
    """The sum and the maximum of each cell, Wh. row: (interval,), Wh."""
    wide = lattice.slots // HOURS
    hours = row[lattice.day_start.astype(np.int64)[:, None] + np.arange(lattice.slots)].astype(np.int64)
    hours = hours.reshape(-1, HOURS, wide)
    # A group may hold nothing but days on which the clock jumps.
    held = np.flatnonzero(np.diff(lattice.group_first))
    firsts = lattice.group_first[held].astype(np.int64)
    of_group = np.zeros((2, len(lattice.groups), HOURS), dtype=np.int64)
    if len(held):
        of_group[0, held] = np.add.reduceat(hours.sum(axis=2), firsts, axis=0)
        of_group[1, held] = np.maximum.reduceat(hours.max(axis=2), firsts, axis=0)
    sums: list[int] = of_group[0].reshape(-1).tolist()
    maxima: list[int] = of_group[1].reshape(-1).tolist()
    pieces: list[list[int]] = lattice.odd.tolist()
    for start, length, group, slot in pieces:
        for n in range(length):
            cell, wh = group * HOURS + (slot + n) // wide, int(row[start + n])
            sums[cell] += wh
            maxima[cell] = max(maxima[cell], wh)
    return sums, maxima


def _energy(part: EnergyPart, *, until: list[int], peaks: list[int], quantity: list[int]) -> None:
    """Tier by tier, each shared among the registers in proportion to what they have left, rounded on running sums.

    until: (cell + 1,), what the cells before hold.
    """
    left = [sum([until[end] - until[first] for first, end in runs]) for runs in part.slots]
    if not part.limits:
        # With one tier each register keeps what it has.
        quantity[part.line : part.line + len(left)] = left
        return
    limits = part.limits if part.peak is None else [each * peaks[part.peak] // _MILLIONTHS for each in part.limits]
    before = 0
    for tier in range(len(part.limits) + 1):
        rest = sum(left)
        take = rest if tier == len(part.limits) else min(rest, max(limits[tier] - before, 0))
        run = given = 0
        for slot, wh in enumerate(left):
            run += wh
            share = take * run // rest - given if rest else 0
            given += share
            left[slot] -= share
            quantity[part.line + slot * (len(part.limits) + 1) + tier] = share
        before += take


def _demand(part: DemandPart, *, peaks: list[int], quantity: list[int]) -> None:
    """Tier by tier, what of the peak lies between its limits."""
    highest = max((peaks[each] for each in part.before), default=0)
    peak, before = max(peaks[part.peak], highest * part.share_e6 // _MILLIONTHS), 0
    for tier, until in enumerate((*part.limits, max(peak, *part.limits, 0))):
        take = max(min(peak, until) - before, 0)
        quantity[part.line + tier] = take
        before += take
