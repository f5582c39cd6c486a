"""Measures bills of many customers on 20 rates: against the read bandwidth of the machine and against PySAM.

Usage: python -m tests.measure.bills [customers, 4096]. No part of the test run; `make bench-bills` runs it. Compiling
the kernels is told apart. Loads are of chance, so that nothing is compressible; rates are given at run time; after the
clock has stopped some customers are priced again by the readable reference.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.bills import Engine, bill_block, bill_block_plainly
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.lattice.urdb_record import schedule_of_urdb
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import Coverage
from evenroll.programs.rate import is_hourly
from evenroll.quantities.calendars import ServiceCalendar, calendar
from tests.costs.lattice.invented import PLAIN_CLOCK, months_of
from tests.costs.lattice.pysam_judge import judge_of, judged_again
from tests.costs.lattice.typed_records import TYPED

RATES, ROUNDS, TURNS, WORKERS, CHECKED = 20, 5, 15, 2, 8
EARLY = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one way of billing took. seconds: each round."""

    seconds: tuple[float, ...]
    customers: int
    bytes_read: int

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)


def schedules() -> list[RateSchedule]:
    """The typed records, each three times at slightly other prices, and rates of the catalog."""
    records = [record() for record in TYPED]
    typed = [schedule_of_urdb(each, coverage=Coverage.BOTH, effective_on=EARLY) for each in records]
    rates = [rate for rate in load_catalog().rates if not (rate.unpriced or rate.rides_on or is_hourly(rate))]
    own = [replace(schedule_of_rate(rate), effective_on=EARLY) for rate in rates]
    return (typed + own + typed + own)[:RATES]


def engine_for(year: int, *, territory: ServiceCalendar, minutes: int, changes_on: date | None = None) -> Engine:
    """The rates compiled for a calendar year. changes_on: a day from which a new version of each holds."""
    later = [] if changes_on is None else [changes_on]
    histories = [(each, *(replace(each, effective_on=day) for day in later)) for each in schedules()]
    return Engine(compile_rates(histories, cycles=months_of(year), calendar=territory, minutes=minutes))


def loads(engine: Engine, *, customers: int) -> LoadBlock:
    """Loads of chance, two bytes an interval."""
    lattice = engine.rates.lattice
    numbers = np.random.default_rng(5)
    wh = numbers.integers(0, 240_000 // (60 // lattice.minutes) // 24, (customers, lattice.intervals), dtype=np.uint16)
    return LoadBlock(wh=wh, start_at=lattice.start_at, minutes=lattice.minutes, zone=lattice.zone)


def timed(work: Callable[[], object], *, customers: int, bytes_read: int) -> Found:
    """The work done a few times over."""
    seconds: list[float] = []
    gc.collect()
    for _ in range(ROUNDS):
        before = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - before)
    return Found(seconds=tuple(seconds), customers=customers, bytes_read=bytes_read)


def on_threads(block: LoadBlock, *, engine: Engine, threads: int) -> NDArray[np.int64]:
    """The totals, by so many threads."""
    step = -(-block.customers // (threads * 4))
    with ThreadPoolExecutor(threads) as pool:
        firsts = range(0, block.customers, step)
        return np.concatenate([*pool.map(lambda n: bill_block(block.rows(n, n + step), engine=engine).totals, firsts)])


def bandwidth(wh: NDArray[np.uint16]) -> float:
    """Bytes a second that this machine reads and sums, one thread."""
    words = wh.reshape(-1)[: wh.size // 4 * 4].view(np.uint64)
    return words.nbytes / timed(words.sum, customers=1, bytes_read=words.nbytes).median


def judge_seconds(minutes: int) -> float:
    """Processor seconds of PySAM for a bill, its model made before and its load swapped in, over the typed records."""
    kw = np.random.default_rng(6).random(365 * 24 * 60 // minutes) * 8
    found: list[float] = []
    for record in TYPED:
        model = judge_of(record(), kw=kw, minutes=minutes)
        for _ in range(ROUNDS):
            before = time.thread_time()
            judged_again(model, kw=kw)
            found.append(time.thread_time() - before)
    return statistics.median(found)


def processor_seconds(*works: tuple[LoadBlock, Engine]) -> list[float]:
    """Processor seconds of this thread for each block, in turn: of what others do, only their use of memory counts."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(TURNS):
        for seconds, (block, engine) in zip(found, works, strict=True):
            before = time.thread_time()
            bill_block(block, engine=engine)
            seconds.append(time.thread_time() - before)
    return [statistics.median(each) for each in found]


def measure(minutes: int, *, customers: int) -> None:
    """Bills of a year with the clock's jumps and holidays, and of one without."""
    engine = engine_for(2026, territory=calendar("US-LAKELAND"), minutes=minutes)
    block = loads(engine, customers=customers)
    before = time.perf_counter()
    bill_block(block.rows(0, 2), engine=engine)
    print(f"\n{minutes}-minute loads, {customers:,} customers x {RATES} rates, {len(engine.rates.lines):,} lines")
    print(f"  first call, kernels compiled or taken from the cache: {time.perf_counter() - before:.2f} s")
    ahead = bandwidth(block.wh)
    for threads in (1, WORKERS):
        work = _billing(block, engine=engine, threads=threads)
        _tell(f"{threads} thread(s)", timed(work, customers=customers, bytes_read=block.wh.nbytes), ahead)
    plain = engine_for(2018, territory=PLAIN_CLOCK, minutes=minutes)
    even = loads(plain, customers=customers)
    _tell(
        "no holidays, no jumps",
        timed(_billing(even, engine=plain, threads=WORKERS), customers=customers, bytes_read=even.wh.nbytes),
        ahead,
    )
    print(f"  read bandwidth before and after: {ahead / 1e9:.1f}, {bandwidth(block.wh) / 1e9:.1f} GB/s")
    changing = engine_for(2026, territory=calendar("US-LAKELAND"), minutes=minutes, changes_on=date(2026, 6, 16))
    own, without, changed = processor_seconds((block, engine), (even, plain), (block, changing))
    print(
        f"  processor time over that without holidays and jumps: with them {own / without:.3f} times, "
        f"and with a price of every rate that changes in mid-cycle {changed / without:.3f} times"
    )
    judge, each = judge_seconds(minutes), own / customers / RATES
    speed = f"{1 / each / RATES:,.0f} customers/s, {1e-6 / each:.2f} M customer-rate-years/s"
    print(f"  processor time of one thread: {speed}")
    print(f"  PySAM {judge * 1e3:.2f} ms, here {each * 1e6:.3f} us a bill: {judge / each:,.0f} times")
    some = block.rows(0, CHECKED)
    same = np.array_equal(bill_block(some, engine=engine).totals, bill_block_plainly(some, engine=engine).totals)
    print(f"  {CHECKED} customers priced again by the readable reference: {'equal' if same else 'DIFFERENT'}")


def _billing(block: LoadBlock, *, engine: Engine, threads: int) -> Callable[[], Any]:
    return lambda: on_threads(block, engine=engine, threads=threads)


def _tell(name: str, found: Found, ahead: float) -> None:
    rate = found.customers / found.median
    share = 100 * found.bytes_read / found.median / ahead
    print(
        f"  {name:<22} {rate:>10,.0f} customers/s  {rate * RATES / 1e6:6.2f} M customer-rate-years/s  "
        f"{share:5.1f} % of read bandwidth  (rounds {', '.join(f'{each:.2f}' for each in found.seconds)} s)"
    )


def main() -> None:
    """Both kinds of loads."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load before {load:.1f}")
    measure(60, customers=customers)
    measure(15, customers=customers // 4)


if __name__ == "__main__":
    main()
