"""The same bits whatever the size of the chunks, the threads, the order of customers and rates, and without numba."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenroll.costs.lattice import passes
from evenroll.costs.lattice.bills import Engine, bill_block, bill_block_plainly
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.jit import HAS_KERNELS, kernel, stamp_of, stamp_of_kernels
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import is_hourly
from tests.costs.lattice.invented import engine_of, flat, months_of, random_loads

CUSTOMERS = 37
RATES = tuple(
    (replace(schedule_of_rate(rate), effective_on=date(2000, 1, 1)),)
    for rate in load_catalog().rates
    if not (rate.unpriced or rate.rides_on or is_hourly(rate))
)

WITHOUT = """
import sys
sys.modules["numba"] = None
from tests.costs.lattice.test_same_bits import digest_of_all
from evenroll.costs.lattice.jit import HAS_KERNELS, kernel, stamp_of, stamp_of_kernels
assert not HAS_KERNELS
print(digest_of_all(4))
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(*RATES, cycles=months_of(2026))


def _digest(totals: np.ndarray) -> str:
    return sha256(np.ascontiguousarray(totals).tobytes()).hexdigest()


def digest_of_all(customers: int) -> str:
    """The totals of some loads on every priced rate of the catalog, as one number."""
    engine = engine_of(*RATES, cycles=months_of(2026))
    return _digest(bill_block(random_loads(engine, customers=customers, seed=3), engine=engine).totals)


@pytest.mark.parametrize("chunk", [1, 2, 7, 36, 64, 1000])
def test_any_chunk(engine: Engine, chunk: int) -> None:
    block = random_loads(engine, customers=CUSTOMERS, seed=11)
    assert _digest(bill_block(block, engine=engine, chunk=chunk).totals) == _digest(
        bill_block(block, engine=engine).totals
    )


@pytest.mark.parametrize("threads", [2, 5])
def test_any_number_of_threads(engine: Engine, threads: int) -> None:
    block = random_loads(engine, customers=CUSTOMERS, seed=12)
    firsts = range(0, CUSTOMERS, 6)
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(lambda n: bill_block(block.rows(n, n + 6), engine=engine).totals, firsts)
        found = np.concatenate([*parts])
    assert _digest(found) == _digest(bill_block(block, engine=engine).totals)


def test_any_order_of_customers_and_rates(engine: Engine) -> None:
    block = random_loads(engine, customers=CUSTOMERS, seed=13)
    totals = bill_block(block, engine=engine).totals
    order = np.random.default_rng(1).permutation(CUSTOMERS)
    shuffled = replace(block, wh=np.ascontiguousarray(block.wh[order]))
    assert np.array_equal(bill_block(shuffled, engine=engine).totals, totals[order])
    turned = engine_of(*reversed(RATES), cycles=months_of(2026))
    assert np.array_equal(bill_block(block, engine=turned).totals, totals[:, ::-1])


def test_two_bytes_and_four_give_the_same(engine: Engine) -> None:
    block = random_loads(engine, customers=5, seed=14)
    assert block.wh.dtype == np.uint16
    wide = replace(block, wh=block.wh.astype(np.int32))
    assert np.array_equal(bill_block(wide, engine=engine).totals, bill_block(block, engine=engine).totals)


def test_a_longer_load_is_billed_from_its_place_on(engine: Engine) -> None:
    short = engine_of((flat(),), cycles=months_of(2026)[3:5])
    block = random_loads(engine, customers=3, seed=15)
    whole = engine_of((flat(),), cycles=months_of(2026))
    assert np.array_equal(bill_block(block, engine=short).totals, bill_block(block, engine=whole).totals[:, :, 3:5])


def test_what_all_cycles_hold_may_be_more_than_four_bytes_can() -> None:
    cycles = months_of(2025) + months_of(2026)
    engine = engine_of((flat(),), cycles=cycles, minutes=15)
    lattice = engine.rates.lattice
    block = random_loads(engine, customers=2, seed=16, highest=65_536)
    block.wh[:, :] = block.wh // 16 + 61_000
    assert int(block.wh[0].sum(dtype=np.int64)) > 2**32
    assert block.wh.dtype == np.uint16 and lattice.intervals == 2 * 365 * 96
    assert np.array_equal(bill_block(block, engine=engine).totals, bill_block_plainly(block, engine=engine).totals)


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: there is nothing to compare with")
def test_without_numba_the_same() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == digest_of_all(4)


def test_a_compiled_pass_is_taken_again_only_while_the_sources_of_all_kernels_are_the_same(tmp_path: Path) -> None:
    files = [tmp_path / "fold.py", tmp_path / "kernels.py"]
    for file in files:
        file.write_text("value = 1\n", encoding="utf-8")
    before = stamp_of(files)
    assert stamp_of(files) == before >= 0
    files[1].write_text("value = 2\n", encoding="utf-8")
    assert stamp_of(files) != before
    kernels = Path(passes.__file__).parent
    assert stamp_of_kernels() == stamp_of(kernels / name for name in ("fold.py", "kernels.py", "passes.py"))


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
def test_where_nothing_can_be_kept_each_process_compiles() -> None:
    made: dict[str, Any] = {}
    exec("def twice(number):\n    return number + number\n", made)  # a function without a file to keep it by
    before = stamp_of_kernels()
    assert kernel(made["twice"])(21) == 42
    assert stamp_of_kernels() == before


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
def test_the_stamp_is_part_of_what_the_compiled_pass_is_known_by() -> None:
    closed_over = {cell.cell_contents for cell in passes.bill_rows.py_func.__closure__}
    assert stamp_of_kernels() in closed_over


def test_bills_of_a_customer_do_not_load_numba() -> None:
    code = (
        "import sys; from tests.costs.lattice.invented import engine_of, flat, months_of, random_loads;"
        "from evenroll.costs.lattice.bills import bill_block_plainly as bill;"
        "engine = engine_of((flat(),), cycles=months_of(2026));"
        "bill(random_loads(engine, customers=1, seed=1), engine=engine); assert 'numba' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    paths = f"{root}{os.pathsep}{root / 'src'}"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, timeout=120, check=True)
