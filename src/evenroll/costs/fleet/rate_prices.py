"""What one more kWh costs in each interval at rates that were compiled for bills: the prices by which cars charge."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from evenroll.costs.bill import LineCode
from evenroll.costs.fleet.sessions import IntArray, SlotGrid
from evenroll.costs.fleet.slot_prices import SlotPrices, prices_without_caps
from evenroll.costs.lattice.lines import CompiledRates
from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.lattice.segments import Lattice


def grid_of(rates: CompiledRates) -> SlotGrid:
    """The intervals of all billing cycles as slots of a plan."""
    lattice = rates.lattice
    return SlotGrid(start_at=lattice.start_at, slot_min=lattice.minutes, slots=lattice.intervals)


def slot_prices_of(rates: CompiledRates) -> SlotPrices:
    """The price of one more kWh at each rate in each interval of the cycles, (rate, interval), without caps.

    Registers, hourly prices and adders in called events. Of tiers the first one counts, as in `pricing.prices_from`;
    credits, the same in every hour of a month, and demand, which no price of a kWh tells, are left out. Raises
    PricesWrong.
    """
    cycles = len(rates.lattice.cycles)
    cells = cells_of_intervals(rates.lattice)
    of_cell = np.zeros((len(rates.keys), rates.lattice.cells), dtype=np.int64)
    for part in rates.energy:
        line = rates.lines[part.line]
        if line.code is LineCode.CREDIT:
            continue
        for register, runs in enumerate(part.slots):
            first_tier = rates.lines[part.line + register * (len(part.limits) + 1)]
            for first, end in runs:
                of_cell[line.bill // cycles, first:end] = first_tier.price_e8
    price = of_cell[:, cells]
    for hourly in rates.hourly:
        row = price[rates.lines[hourly.line].bill // cycles]
        row[hourly.first : hourly.end] += rates.series[hourly.series, hourly.first : hourly.end]
    for event in rates.events:
        line = rates.lines[event.line]
        price[line.bill // cycles, list(event.intervals)] += line.price_e8
    return prices_without_caps(price)


def cells_of_intervals(lattice: Lattice) -> IntArray:
    """The cell of each interval, (interval,)."""
    cells = np.empty(lattice.intervals, dtype=np.int64)
    of_day: IntArray = np.arange(lattice.slots) * lattice.minutes // 60
    starts: list[int] = lattice.day_start.tolist()
    for group, (first, end) in enumerate(pairwise(lattice.group_first.tolist())):
        for start in starts[first:end]:
            cells[start : start + lattice.slots] = group * HOURS + of_day
    odd: list[list[int]] = lattice.odd.tolist()
    for start, length, group, slot in odd:
        cells[start : start + length] = group * HOURS + of_day[slot : slot + length]
    return cells
