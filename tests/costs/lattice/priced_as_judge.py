"""One record priced by us over the year that PySAM knows, in the form that PySAM gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.bills import Engine, bill_block_plainly
from evenroll.costs.lattice.lines import CompiledRates
from evenroll.costs.lattice.urdb_record import schedule_of_urdb
from evenroll.programs.program import Coverage
from tests.costs.lattice.invented import PLAIN_CLOCK, block_of, engine_of, months_of

MONDAY_YEAR = 2018
"""1 January 2018 is a Monday, and the year does not leap: PySAM's only year."""
REACTIVE = frozenset({"demandreactivepowercharge"})
"""What PySAM leaves out without a word."""


@dataclass(frozen=True, kw_only=True)
class Priced:
    """USD by kind of line and in all, (12,) each. lines_most: the lines of the longest bill.

    exact: energy and demand before any line is rounded.
    """

    lines: Mapping[str, NDArray[np.float64]]
    exact: NDArray[np.float64]
    totals: NDArray[np.float64]
    lines_most: int


def engine_of_record(record: Mapping[str, Any], *, minutes: int = 60) -> Engine:
    """The record compiled for the twelve months of PySAM's year."""
    schedule = schedule_of_urdb(
        record, coverage=Coverage.BOTH, effective_on=date(MONDAY_YEAR, 1, 1), leave_out=REACTIVE
    )
    return engine_of((schedule,), cycles=months_of(MONDAY_YEAR), territory=PLAIN_CLOCK, minutes=minutes)


def priced(engine: Engine, *, wh: NDArray[np.int64]) -> Priced:
    """The year of a load, (interval,) Wh."""
    bills = bill_block_plainly(block_of(engine, wh[None, :]), engine=engine, with_lines=True)
    assert bills.lines is not None
    lines = {code: np.zeros(12) for code in ("energy", "demand", "demand_of_hours", "fixed")}
    exact = np.zeros(12)
    for n, line in enumerate(engine.rates.lines):
        exact[line.bill] += int(bills.lines.quantity[0, n]) * line.price_e8 / 1e11
        lines[line.code.value][line.bill] += bills.lines.cents[0, n] / 100
    for fixed in engine.rates.fixed:
        lines["fixed"][fixed.bill] += fixed.cents / 100
    lines["minimum"] = bills.lines.topped[0, 0] / 100
    return Priced(lines=lines, exact=exact, totals=bills.totals[0, 0] / 100, lines_most=_most(engine.rates))


def _most(rates: CompiledRates) -> int:
    counts = Counter(line.bill for line in (*rates.lines, *rates.fixed))
    return max(counts.values()) + any(each.cents for each in rates.minimums)


def kinds_of(rates: CompiledRates) -> Counter[tuple[str, int]]:
    """How many lines of each kind a bill has."""
    kinds = {LineCode.FIXED_MONTHLY: "fixed", LineCode.FIXED_DAILY: "fixed"}
    return Counter((kinds.get(line.code, line.code.value), line.bill) for line in (*rates.lines, *rates.fixed))
