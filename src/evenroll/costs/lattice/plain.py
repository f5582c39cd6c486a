"""The readable reference: one load priced in plain integers, line by line. The compiled kernels must agree exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.lines import CompiledRates, DemandPart, EnergyPart, Runs
from evenroll.costs.lattice.parts import cents_of
from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.lattice.segments import Lattice

_E11 = 10**11
_W_OF_KW = 1000
_MILLIONTHS = 10**6


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainBills:
    """One load on all rates. quantity, cents: by line, Wh (W for demand). totals, topped: by bill, cents."""

    quantity: tuple[int, ...]
    cents: tuple[int, ...]
    totals: tuple[int, ...]
    topped: tuple[int, ...]


def bill_plainly(row: NDArray[Any], *, rates: CompiledRates) -> PlainBills:
    """The bills of one load. row: (interval,), Wh, from the first interval of the first cycle on."""
    sums, maxima = cells_of(row, lattice=rates.lattice)
    factor = 60 // rates.lattice.minutes
    peaks = [factor * max((maxima[cell] for cell in _cells(runs)), default=0) for runs in rates.peaks]
    quantity = [0] * len(rates.lines)
    cents = [0] * len(rates.lines)
    for part in rates.energy:
        _energy(part, sums=sums, peaks=peaks, quantity=quantity)
    for part in rates.demands:
        _demand(part, peaks=peaks, quantity=quantity)
    months = {part.line + n: part.months for part in rates.demands for n in range(len(part.limits) + 1)}
    for number, line in enumerate(rates.lines):
        usd = Fraction(quantity[number] * line.price_e8, _E11) * months.get(number, 1)
        cents[number] = cents_of(usd, rule=line.rounding)
    totals = [0] * rates.bills
    for fixed in rates.fixed:
        totals[fixed.bill] += fixed.cents
    for number, line in enumerate(rates.lines):
        totals[line.bill] += cents[number]
    topped = [
        max(each.cents - total, 0) if each.cents else 0 for each, total in zip(rates.minimums, totals, strict=True)
    ]
    return PlainBills(
        quantity=tuple(quantity),
        cents=tuple(cents),
        totals=tuple(total + more for total, more in zip(totals, topped, strict=True)),
        topped=tuple(topped),
    )


def cells_of(row: NDArray[Any], *, lattice: Lattice) -> tuple[list[int], list[int]]:
    """The sum and the maximum of each cell, Wh. row: (interval,), Wh."""
    sums, maxima = [0] * lattice.cells, [0] * lattice.cells
    wide = lattice.slots // HOURS
    for group in range(len(lattice.groups)):
        first, end = int(lattice.group_first[group]), int(lattice.group_first[group + 1])
        starts = lattice.day_start[first:end].astype(np.int64)
        days = row[starts[:, None] + np.arange(lattice.slots)].astype(np.int64).reshape(-1, HOURS, wide)
        for hour in range(HOURS):
            sums[group * HOURS + hour] = int(days[:, hour].sum())
            maxima[group * HOURS + hour] = int(days[:, hour].max(initial=0))
    pieces: list[list[int]] = lattice.odd.tolist()
    for start, length, group, slot in pieces:
        for n in range(length):
            cell, wh = group * HOURS + (slot + n) // wide, int(row[start + n])
            sums[cell] += wh
            maxima[cell] = max(maxima[cell], wh)
    return sums, maxima


def _cells(runs: Runs) -> list[int]:
    return [cell for first, end in runs for cell in range(first, end)]


def _energy(part: EnergyPart, *, sums: list[int], peaks: list[int], quantity: list[int]) -> None:
    """Tier by tier, each shared among the registers in proportion to what they have left, rounded on running sums."""
    left = [sum(sums[cell] for cell in _cells(runs)) for runs in part.slots]
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
    peak, before = peaks[part.peak], 0
    for tier, until in enumerate((*part.limits, max(peak, *part.limits, 0))):
        take = max(min(peak, until) - before, 0)
        quantity[part.line + tier] = take
        before += take
