"""Loads and rates of chance: kernels, readable reference and the oracle of single intervals agree to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.lattice.bills import bill_block, bill_block_plainly
from evenroll.costs.lattice.explain import lines_of
from tests.costs.lattice.chance import schedule_of_chance
from tests.costs.lattice.invented import CHICAGO, block_of, cycles_from, engine_of, flat, night_and_day
from tests.costs.lattice.judging import check_bill, drawn, judge, same_lines
from tests.costs.lattice.oracle import oracle_bill

DAY = timedelta(days=1)


@given(
    dice=st.integers(0, 2**32 - 1),
    seed=st.integers(0, 2**32 - 1),
    start_on=st.dates(date(2024, 1, 1), date(2028, 12, 31)) | st.sampled_from([date(2026, 3, 1), date(2026, 10, 20)]),
    lengths=st.lists(st.sampled_from([1, 9, 28, 30, 33]), min_size=1, max_size=2),
    minutes=st.sampled_from([60, 15]),
)
@settings(max_examples=60, deadline=None)
def test_equal_to_the_cent(dice: int, seed: int, start_on: date, lengths: list[int], minutes: int) -> None:
    chance = Random(dice)
    cycles = cycles_from(start_on, *lengths)
    changes_on = start_on + chance.randint(1, sum(lengths)) * DAY
    histories = [
        tuple(
            schedule_of_chance(chance, since=since)
            for since in (start_on - 9 * DAY, changes_on)[: chance.randint(1, 2)]
        )
        for _ in range(2)
    ]
    engine = engine_of(*histories, cycles=cycles, minutes=minutes)
    shape = (3, engine.rates.lattice.intervals)
    numbers = np.random.default_rng(seed)
    wh = numbers.integers(0, numbers.choice([3, 1500, 9000, 70_000]), size=shape)
    block = block_of(engine, wh)
    bills = bill_block(block, engine=engine, with_lines=True, chunk=2)
    plain = bill_block_plainly(block, engine=engine, with_lines=True)
    assert np.array_equal(bills.totals, plain.totals)
    assert bills.lines is not None
    assert plain.lines is not None
    assert np.array_equal(bills.lines.quantity, plain.lines.quantity)
    assert np.array_equal(bills.lines.cents, plain.lines.cents)
    for rate, history in enumerate(histories):
        for number, cycle in enumerate(cycles):
            truth = oracle_bill(
                wh[2].tolist(),
                starts_at=engine.rates.lattice.start_at,
                minutes=minutes,
                history=history,
                cycle=cycle,
                calendar=CHICAGO,
            )
            found = lines_of(bills, customer=2, rate=rate, cycle=number)
            same_lines(found, truth)
            assert bills.totals[2, rate, number] == 100 * truth.total


@pytest.mark.parametrize("seed", [1, 2])
def test_customers_of_chance_before_the_oracle(seed: int) -> None:
    """A hundred here; `make judge-bills` takes ten thousand."""
    seen = [judge(each, chance=Random(seed)) for each in drawn(50, seed=seed)]
    assert sum(bills for bills, _ in seen) == 50


def test_the_oracle_sees_a_cent() -> None:
    """A judge that cannot refuse is none: a cent more in one line, a Wh in another register, is seen."""
    (each,) = drawn(1, seed=4)
    bills = bill_block(block_of(each.engine, each.wh), engine=each.engine, with_lines=True)
    assert bills.lines is not None
    check_bill(bills, each=each, customer=0, rate=0, cycle=0)
    line = next(n for n, line in enumerate(each.engine.rates.lines) if line.bill == 0 and bills.lines.cents[0, n])
    bills.lines.cents[0, line] += 1
    with pytest.raises(AssertionError):
        check_bill(bills, each=each, customer=0, rate=0, cycle=0)


@given(seed=st.integers(0, 2**32 - 1), more=st.integers(0, 5000), at=st.integers(0, 700))
@settings(max_examples=20, deadline=None)
def test_properties_of_any_bill(seed: int, more: int, at: int) -> None:
    """Energy is billed once; more energy never costs less; the parts of a flat price cost what the whole does."""
    cycles = cycles_from(date(2026, 3, 1), 31)
    engine = engine_of((night_and_day(),), (flat(usd="0.01"),), cycles=cycles)
    wh = np.random.default_rng(seed).integers(0, 3000, size=(2, engine.rates.lattice.intervals))
    wh[1] = wh[0]
    wh[1, at] += more
    bills = bill_block(block_of(engine, wh), engine=engine, with_lines=True)
    assert bills.lines is not None
    assert (bills.totals[1] >= bills.totals[0]).all()
    of_rate = [[n for n, line in enumerate(engine.rates.lines) if line.bill == bill] for bill in range(2)]
    for lines in of_rate:
        assert bills.lines.quantity[:, lines].sum(axis=1).tolist() == wh.sum(axis=1).tolist()
    split = engine_of((flat(usd="0.01"),), cycles=cycles_from(date(2026, 3, 1), 10, 21))
    parts = bill_block(block_of(split, wh), engine=split, with_lines=True)
    assert parts.lines is not None
    assert parts.lines.quantity.sum(axis=1).tolist() == wh.sum(axis=1).tolist()
    same = replace(night_and_day(), seasons=night_and_day(night="0.01", day="0.01").seasons)
    one_price = engine_of((same,), cycles=cycles)
    both = bill_block(block_of(one_price, wh), engine=one_price).totals
    assert np.abs(both[:, 0] - bills.totals[:, 1]).max() <= 1  # two lines are rounded instead of one
