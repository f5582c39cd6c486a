"""Bills of a block of loads on compiled rates: totals, and on request every line."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.jit import HAS_KERNELS
from evenroll.costs.lattice.lines import CompiledRates
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.plain import bill_plainly
from evenroll.costs.lattice.tables import Ints, Rows, Tables, Where, tables_of
from evenroll.costs.usage import LoadWrong

CHUNK: Final = 64
"""Customers that are priced together: their lattice stays in the cache of a processor."""
ENERGY_MAX_WH: Final = 2**31 - 1
"""The most energy of one cycle, Wh, for which products stay in 64 bits."""
DEMAND_MAX_W: Final = 2**26 - 1
"""The highest demand, W, likewise."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BlockLines:
    """The lines of all bills of a block. quantity, cents: (customer, line), Wh (W for demand), cents.

    topped: (customer, rate, cycle), what tops a bill up to its minimum, cents. exact: (customer, hourly part), what
    the prices of the hours come to, 1e-11 USD.
    """

    quantity: Ints
    cents: Ints
    topped: Ints
    exact: Ints


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BlockBills:
    """The bills of a block. totals: (customer, rate, cycle), cents. estimated: (customer, cycle), whether any was."""

    rates: CompiledRates
    totals: Ints
    estimated: NDArray[np.bool_]
    lines: BlockLines | None


class Engine:
    """Compiled rates with their arrays, made once for any number of blocks; blocks may be billed by several threads."""

    def __init__(self, rates: CompiledRates) -> None:
        self.rates = rates
        self.tables: Tables = tables_of(rates)


def bill_block(block: LoadBlock, *, engine: Engine, with_lines: bool = False, chunk: int = CHUNK) -> BlockBills:
    """The bills of each load on each rate, exact to the cent and the same whatever the chunk, by kernels if there are.

    Raises LoadWrong if a load does not cover the cycles, has other intervals or another zone, holds more than
    2,147 MWh in a cycle or draws more than 67 MW.
    """
    return _bill(block, engine=engine, with_lines=with_lines, chunk=chunk if HAS_KERNELS else 0)


def bill_block_plainly(block: LoadBlock, *, engine: Engine, with_lines: bool = False) -> BlockBills:
    """The same by the readable reference, exactly equal: for few customers, as it waits for nothing to be compiled."""
    return _bill(block, engine=engine, with_lines=with_lines, chunk=0)


def _bill(block: LoadBlock, *, engine: Engine, with_lines: bool, chunk: int) -> BlockBills:
    rates = engine.rates
    first = _offset(block, rates=rates)
    wh = block.wh[:, first : first + rates.lattice.intervals]
    _check_energy(wh, rates=rates)
    rows = _empty_rows(block.customers, rates=rates, with_lines=with_lines)
    if chunk:
        # Sums of a month of values of two bytes fit four; so do twice as many of them into a register.
        wide = np.uint32 if wh.dtype == np.dtype(np.uint16) else np.int64
        _kernels().bill_rows(block.wh, engine.tables, Where(first=first, chunk=chunk), np.zeros(1, dtype=wide), rows)
    else:
        for customer in range(block.customers):
            _plainly(wh[customer], rates=rates, customer=customer, rows=rows)
    shape = (block.customers, len(rates.keys), len(rates.lattice.cycles))
    lines = BlockLines(
        quantity=rows.quantity, cents=rows.cents, topped=rows.topped.reshape(-1, *shape[1:]), exact=rows.exact
    )
    return BlockBills(
        rates=rates,
        totals=rows.totals.reshape(shape),
        estimated=_estimated(block, first=first, rates=rates),
        lines=lines if with_lines else None,
    )


@lru_cache(maxsize=1)
def _kernels() -> Any:
    """The compiled passes. Loading numba takes longer than the bills of a customer, who do without it."""
    return importlib.import_module("evenroll.costs.lattice.passes")


def _empty_rows(customers: int, *, rates: CompiledRates, with_lines: bool) -> Rows:
    def zeros(rows: int, columns: int) -> Ints:
        return np.zeros((rows, columns), dtype=np.int64)

    kept = customers if with_lines else 0
    return Rows(
        totals=zeros(customers, rates.bills),
        quantity=zeros(kept, len(rates.lines)),
        cents=zeros(kept, len(rates.lines)),
        topped=zeros(kept, rates.bills),
        exact=zeros(kept, len(rates.hourly)),
    )


def _plainly(row: NDArray[Any], *, rates: CompiledRates, customer: int, rows: Rows) -> None:
    found = bill_plainly(row, rates=rates)
    rows.totals[customer] = found.totals
    if customer < len(rows.cents):
        rows.quantity[customer], rows.cents[customer] = found.quantity, found.cents
        rows.topped[customer], rows.exact[customer] = found.topped, found.exact


def _offset(block: LoadBlock, *, rates: CompiledRates) -> int:
    """The interval of the block at which the first cycle begins."""
    lattice = rates.lattice
    if (block.minutes, block.zone) != (lattice.minutes, lattice.zone):
        raise LoadWrong(
            f"The loads have intervals of {block.minutes} minutes in {block.zone}, and the rates were compiled for "
            f"{lattice.minutes} minutes in {lattice.zone}. Compile them for these loads."
        )
    first, rest = divmod(lattice.start_at - block.start_at, timedelta(minutes=block.minutes))
    if rest or first < 0 or first + lattice.intervals > block.wh.shape[1]:
        raise LoadWrong(
            f"Loads of {block.wh.shape[1]} intervals from {block.start_at} do not cover {lattice.intervals} intervals "
            f"from {lattice.start_at}. Give loads that do."
        )
    return first


def _check_energy(wh: NDArray[Any], *, rates: CompiledRates) -> None:
    """Loads of two bytes cannot hold too much in a cycle of a month; others are added up."""
    bounds: list[int] = rates.lattice.cycle_first.tolist()
    longest = max(end - first for first, end in pairwise(bounds))
    if wh.dtype == np.dtype(np.uint16) and longest < ENERGY_MAX_WH // np.iinfo(np.uint16).max:
        return
    if wh.size and int(wh.max()) * (60 // rates.lattice.minutes) > DEMAND_MAX_W:
        raise LoadWrong(
            f"A load of the block draws {int(wh.max())} Wh in {rates.lattice.minutes} minutes; the highest demand that "
            f"is priced exactly is {DEMAND_MAX_W} W. Bill it by itself."
        )
    for first, end in pairwise(bounds):
        whole = wh[:, first:end].sum(axis=1, dtype=np.int64)
        if whole.size and int(whole.max()) > ENERGY_MAX_WH:
            raise LoadWrong(
                f"Load {int(whole.argmax())} of the block holds {int(whole.max())} Wh in one billing cycle; the most "
                f"that is priced exactly is {ENERGY_MAX_WH}. Bill it by itself."
            )


def _estimated(block: LoadBlock, *, first: int, rates: CompiledRates) -> NDArray[np.bool_]:
    lattice = rates.lattice
    found = np.zeros((block.customers, len(lattice.cycles)), dtype=np.bool_)
    if block.estimated is not None:
        bits = np.unpackbits(block.estimated, axis=1)[:, first : first + lattice.intervals]
        starts = lattice.cycle_first[:-1].astype(np.int64)
        found = np.logical_or.reduceat(bits.astype(np.bool_), starts, axis=1)
    return found
