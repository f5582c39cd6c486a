"""Measures one customer on 20 rates in three ways of charging, explained, in fresh processes, and 20 bills of PySAM.

Usage: python -m tests.measure.one_customer. No part of the test run; `make bench-one` runs it. Each round is a process
of its own, in which nothing was compiled, looked up or kept before; what is measured begins after imports and the
catalog, as in a process that serves pages. Nothing of numba is loaded, so that nothing waits for it. Times are those of
the processor, so that what others do on the machine counts only as far as it takes the caches.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Comparison, compare
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.explain import lines_of_plain
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.plain import bill_plainly
from evenroll.costs.pricing import Pricing
from evenroll.costs.typical import typical_household
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import Coverage
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey
from tests.costs.lattice.invented import months_of

RATES, WAYS, ROUNDS, YEAR = 20, 3, 7, 2026
EARLY = date(2000, 1, 1)


def once() -> dict[str, float]:
    """Processor seconds of each step, in this process for the first time."""
    rates = [rate for rate in load_catalog().rates if not (rate.unpriced or rate.rides_on or is_hourly(rate))]
    territory = calendar("US-LAKELAND")
    found: dict[str, float] = {}
    begun = time.thread_time()
    histories = [[replace(schedule_of_rate(rate), effective_on=EARLY)] for rate in rates[:RATES]]
    compiled = compile_rates(histories, cycles=months_of(YEAR), calendar=territory, minutes=60)
    found["compile"] = time.thread_time() - begun
    wh = np.random.default_rng(5).integers(0, 4000, (WAYS, compiled.lattice.intervals), dtype=np.uint16)
    begun = time.thread_time()
    bills = [bill_plainly(row, rates=compiled) for row in wh]
    found["bills"] = time.thread_time() - begun
    begun = time.thread_time()
    lines = [lines_of_plain(each, rates=compiled, number=number) for each in bills for number in range(compiled.bills)]
    found["explain"] = time.thread_time() - begun
    found["lines"] = sum(map(len, lines))
    found["numba"] = "numba" in sys.modules
    return found


def row_one() -> dict[str, float]:
    """Processor seconds of row 1: programs of one customer, each with its range and lines, the first time and again."""
    catalog, territory = load_catalog(), calendar("US-LAKELAND")
    today = Pricing(rate=catalog.rate(RateKey("LE-R"), on=date(YEAR, 6, 1)))
    rates = [each for each in catalog.rates if _is_compared(each)]
    found: dict[str, float] = {"different": len(set(rates[:RATES]))}
    rates = (rates * 2)[:RATES]
    household = typical_household(8_400_000, year=YEAR, calendar=territory)
    for name in ("first", "again"):
        begun = time.thread_time()
        for rate in rates:
            told = compare(
                today,
                program=Pricing(rate=rate),
                household=household,
                pev=PevNeed(annual_wh=3_600_000),
                calendar=territory,
                year=YEAR,
            )
            assert isinstance(told, Comparison)
        found[name] = time.thread_time() - begun
    return found


def _is_compared(rate: Rate) -> bool:
    return rate.coverage is Coverage.BOTH and not (rate.unpriced or rate.rides_on or is_hourly(rate))


def _fresh(what: str) -> dict[str, float]:
    code = f"import json; from tests.measure import one_customer; print(json.dumps(one_customer.{what}()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _tell(found: list[dict[str, float]], what: str) -> None:
    for name in found[0]:
        values = [each[name] for each in found]
        if name in ("lines", "numba", "different"):
            print(f"  {what} {name}: {values[0]:g}")
        else:
            told = ", ".join(f"{1e3 * each:.1f}" for each in values)
            print(f"  {what} {name:<8} {1e3 * statistics.median(values):8.1f} ms  (rounds {told})")


def main() -> None:
    """Fresh processes, and PySAM before and after them in this one."""
    from tests.measure.bills import judge_seconds

    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}")
    before = judge_seconds(60)
    found = [_fresh("once") for _ in range(ROUNDS)]
    _tell(found, "bills")
    whole = statistics.median(each["compile"] + each["bills"] + each["explain"] for each in found)
    kept = statistics.median(each["bills"] + each["explain"] for each in found)
    print(f"  {RATES} rates x {WAYS} ways, explained: {1e3 * whole:.1f} ms from nothing, {1e3 * kept:.1f} ms compiled")
    _tell([_fresh("row_one") for _ in range(ROUNDS)], f"row 1, {RATES} programs,")
    judged = statistics.median((before, judge_seconds(60)))
    print(f"  PySAM, {RATES} bills, its models made before: {1e3 * RATES * judged:.1f} ms of the processor")


if __name__ == "__main__":
    main()
