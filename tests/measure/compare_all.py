"""Measures a comparison of all customers, from Parquet to Parquet, against reading the same bytes.

Usage: python -m tests.measure.compare_all [customers, 200000] [folder] [processes, 2] [threads]. No part of the test
run; `make bench-compare` runs it. Twenty rates, every customer with a vehicle, in three ways. Loads are of chance, so
that nothing is compressible. Kernels are compiled before. Some customers are priced again by the readable reference
when the clock has stopped. The folder takes 17.5 kB a customer and twice the result.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from pyarrow import parquet

from evenroll.costs.customers.comparison import Comparison
from evenroll.costs.customers.plan import ComparedRate, ComparisonPlan, in_force_from, months_covered
from evenroll.intake.customer_loads import loads_file
from evenroll.intake.customer_run import Asked, Sharing, compare_all, pool_of
from tests.costs.customers.year_of_cars import cars_of, paid_plainly
from tests.intake.invented_base import LAKELAND, metadata_of, names
from tests.measure.bills import schedules

FIRST_ON, CHECKED, GROUP = date(2025, 1, 1), 3, 2_048


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds of the clock and of processors, of this process and those that it began; the most memory, MiB."""

    wall: float
    processor: float
    memory: float


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else 200_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else Path(tempfile.mkdtemp())
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    loads, cars = written(folder, customers=customers)
    asked = question(loads, cars, out=folder / "compared.parquet")
    warm(asked.plan)
    before = read_all(loads)
    print(f"reading {loads.stat().st_size / 1e9:.2f} GB: {before:.1f} s")
    shares: dict[str, Sharing] = {"processes": pool_of(processes, compiling=lambda: None)}
    if "threads" in sys.argv:
        shares["threads"] = threads_of(processes)
    for name, share in shares.items():
        took = timed(lambda share=share: print(compare_all(asked, share=share, told=lambda _: None)))
        tell(name, took, customers=customers)
    print(f"reading again: {read_all(loads):.1f} s, load {os.getloadavg()[0]:.1f}")
    checked(asked)
    if len(sys.argv) <= 2 or not sys.argv[2]:
        shutil.rmtree(folder)


def written(folder: Path, *, customers: int) -> tuple[Path, Path]:
    """Invented loads and vehicles; what is there already is taken."""
    loads, cars = folder / f"loads_{customers}.parquet", folder / f"cars_{customers}.parquet"
    if loads.exists() and cars.exists():
        return loads, cars
    chance = np.random.default_rng(1)
    hours = 8_760
    schema = pa.schema([("customer", pa.string()), ("wh", pa.binary(2 * hours))], metadata=metadata_of())
    keys = names(customers)
    with parquet.ParquetWriter(loads, schema, compression="none", use_dictionary=False) as writer:
        for first in range(0, customers, GROUP):
            mine = keys[first : first + GROUP]
            wh = chance.integers(50, 4_000, (len(mine), hours), dtype=np.uint16)
            column = pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(2 * hours), len(mine), [None, pa.py_buffer(wh.tobytes())]
            )
            writer.write_table(pa.table([pa.array(mine), column], schema=schema))
    columns = {
        "customer": pa.array(keys),
        "miles_per_year": chance.integers(4_000, 20_000, customers),
        "kwh_per_100_miles": chance.integers(25, 45, customers).astype(float),
        "battery_kwh": chance.choice([40.0, 60.0, 80.0], customers),
        "charging_kw": chance.choice([1.4, 3.6, 7.2, 11.0], customers),
        "plug_in": [f"{hour}:{minute:02d}" for hour, minute in zip(*clock(chance, 16, 22, customers), strict=True)],
        "plug_out": [f"{hour}:{minute:02d}" for hour, minute in zip(*clock(chance, 5, 9, customers), strict=True)],
    }
    parquet.write_table(pa.table(columns), cars)
    return loads, cars


def clock(chance: np.random.Generator, first: int, end: int, count: int) -> tuple[list[int], list[int]]:
    return chance.integers(first, end, count).tolist(), chance.integers(0, 60, count).tolist()


def question(loads: Path, cars: Path, *, out: Path) -> Asked:
    """Twenty rates at once."""
    file = loads_file(loads)
    rates = tuple(
        ComparedRate(key=f"{number:02d}-{each.key}", schedule=in_force_from(each, first_on=FIRST_ON))
        for number, each in enumerate(schedules())
    )
    cycles = months_covered(file.shape, calendar=LAKELAND)
    plan = ComparisonPlan(rates=rates, shape=file.shape, calendar=LAKELAND, cycles=cycles)
    return Asked(
        file=file, plan=plan, vehicles=cars, out=out, errors=out.with_suffix(".errors.csv"), today=plan.keys[0]
    )


def warm(plan: ComparisonPlan) -> None:
    """Compiles the kernels, or takes them from the disk."""
    began = time.perf_counter()
    wh = np.zeros((2, plan.shape.intervals), dtype=np.uint16)
    cars = cars_of((3_000_000, 80_000, 7_200, 1_080, 420))
    Comparison(plan).costs(wh, cars=cars, rows=np.array([0]))
    print(f"compiling or loading kernels and {len(plan.rates)} rates: {time.perf_counter() - began:.1f} s, not counted")


def read_all(path: Path) -> float:
    """Seconds for the bytes alone, 4 MiB at a time."""
    began = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
    return time.perf_counter() - began


def threads_of(count: int) -> Sharing:
    """By threads of this process, to compare with."""

    def share(portions, work):
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(work, portions)

    return share


def timed(run: Callable[[], object]) -> Took:
    """What a run took. Memory: the most that all processes held together, looked at ten times a second."""
    most, is_over = [0.0], threading.Event()
    own = psutil.Process()

    def look() -> None:
        while not is_over.wait(0.1):
            held = own.memory_full_info().uss
            for child in own.children(recursive=True):
                try:
                    held += child.memory_full_info().uss
                except psutil.Error:
                    continue
            most[0] = max(most[0], held / 2**20)

    looking = threading.Thread(target=look)
    looking.start()
    before, began = processor_seconds(), time.perf_counter()
    run()
    wall, processor = time.perf_counter() - began, processor_seconds() - before
    is_over.set()
    looking.join()
    return Took(wall=wall, processor=processor, memory=most[0])


def processor_seconds() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


def tell(name: str, took: Took, *, customers: int) -> None:
    each = took.processor / customers * 1e6
    print(
        f"{name}: {customers} customers x 20 rates x 3 ways: {took.wall:.1f} s, {customers / took.wall:,.0f} a second; "
        f"processor time {took.processor:.1f} s = {each:.0f} us a customer; most memory {took.memory:,.0f} MiB"
    )
    print(f"  a million, extrapolated: {took.wall / customers * 1e6:.0f} s; by two free processors {each / 2:.0f} s")


def checked(asked: Asked) -> None:
    """Some customers once more by the readable reference."""
    rows = parquet.read_table(asked.out)
    wanted = np.random.default_rng(7).choice(rows.num_rows, CHECKED, replace=False)
    loads = parquet.ParquetFile(asked.file.path)
    for row in map(int, wanted):
        group = loads.read_row_group(row // GROUP, columns=["wh"]).column(0)[row % GROUP].as_py()
        wh = np.frombuffer(group, dtype="<u2").reshape(1, -1)
        for rate, key in enumerate(asked.plan.keys):
            told = rows.column(f"without_pev_cents.{key}")[row].as_py()
            assert told == paid_plainly(wh, plan=asked.plan, rate=rate)[0], (row, key)
    print(f"{CHECKED} customers priced again by the readable reference: equal")


if __name__ == "__main__":
    main()
