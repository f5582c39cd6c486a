"""Loads and rates of chance: kernels, readable reference and the oracle of single intervals agree to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.bills import bill_block, bill_block_plainly
from evenroll.costs.lattice.explain import lines_of
from evenroll.costs.lattice.schedule import (
    DayHours,
    DemandPrice,
    EnergyBlock,
    RateSchedule,
    ScheduleSeason,
)
from evenroll.programs.program import Coverage
from evenroll.programs.rate import StepBasis
from evenroll.quantities.money import Rounding
from tests.costs.lattice.invented import CHICAGO, block_of, cycles_from, engine_of, flat, night_and_day
from tests.costs.lattice.oracle import OracleBill, oracle_bill

DAY = timedelta(days=1)


def _price(chance: Random, *, highest: int = 60_000) -> Decimal:
    lowest = -highest // 10 if chance.random() < 0.1 else 0
    return Decimal(chance.randint(lowest, highest)).scaleb(-chance.choice((4, 5)))


def _hours(chance: Random, names: tuple[str, ...], *, holiday: bool) -> DayHours:
    def day() -> tuple[str, ...]:
        return tuple(chance.choice(names) for _ in range(24))

    return DayHours(weekday=day(), weekend=day(), holiday=day() if holiday else None)


def _limits(chance: Random, *, highest: int) -> tuple[Decimal, ...]:
    found = {Decimal(chance.randint(0, highest * 10)).scaleb(-1) for _ in range(chance.randint(0, 2))}
    return tuple(sorted(found))


def _blocks(chance: Random, names: tuple[str, ...]) -> tuple[EnergyBlock, ...]:
    parts = (names,) if chance.random() < 0.7 else tuple((name,) for name in names)
    found: list[EnergyBlock] = []
    for registers in parts:
        limits = _limits(chance, highest=700)
        found.append(
            EnergyBlock(
                registers=registers,
                usd_per_kwh=tuple(tuple(_price(chance) for _ in range(len(limits) + 1)) for _ in registers),
                limits=limits,
                basis=chance.choice([*StepBasis]),
                per_kw=chance.random() < 0.3,
            )
        )
    return tuple(found)


def _season(chance: Random, key: str, months: tuple[int, ...], *, holiday: bool) -> ScheduleSeason:
    hours = _hours(chance, tuple("abc"[: chance.randint(1, 3)]), holiday=holiday)
    demand_hours = _hours(chance, ("x", "y", ""), holiday=holiday) if chance.random() < 0.5 else None
    names = ["", *(demand_hours.registers if demand_hours else ())]
    demands: list[DemandPrice] = []
    for name in chance.sample(names, chance.randint(0, len(names))):
        limits = _limits(chance, highest=10)
        prices = tuple(_price(chance, highest=900_000) for _ in range(len(limits) + 1))
        demands.append(DemandPrice(register=name, usd_per_kw=prices, limits=limits))
    return ScheduleSeason(
        key=key,
        months=months,
        hours=hours,
        blocks=_blocks(chance, hours.registers),
        demands=tuple(demands),
        demand_hours=demand_hours,
    )


def _schedule(chance: Random, *, since: date) -> RateSchedule:
    cut = chance.randint(0, 11)
    halves = [tuple(range(1, cut + 1)), tuple(range(cut + 1, 13))]
    holiday = chance.random() < 0.5
    return RateSchedule(
        key="CHANCE",
        coverage=Coverage.BOTH,
        effective_on=since,
        seasons=tuple(_season(chance, f"s{n}", part, holiday=holiday) for n, part in enumerate(halves) if part),
        rounding=chance.choice([*Rounding]),
        fixed_usd_per_month=Decimal(chance.randint(0, 5000)).scaleb(-2),
        fixed_usd_per_day=Decimal(chance.choice((0, 127))).scaleb(-3),
        minimum_usd_per_month=Decimal(chance.choice((0, 0, 2500, 9000))).scaleb(-2),
        minimum_usd_per_day=Decimal(chance.choice((0, 0, 333))).scaleb(-3),
        holidays=chance.choice(("none", "territory", "six", "sce8")),
    )


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
        tuple(_schedule(chance, since=since) for since in (start_on - 9 * DAY, changes_on)[: chance.randint(1, 2)])
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
            _same(found, truth)
            assert bills.totals[2, rate, number] == 100 * truth.total


def _same(found: object, truth: OracleBill) -> None:
    lines = [*found]  # pyright: ignore[reportGeneralTypeIssues]
    energy = [(x.register, x.tier, x.quantity, x.amount) for x in lines if x.code is LineCode.ENERGY]
    demand = [
        (x.register, x.tier, x.quantity, x.amount)
        for x in lines
        if x.code in (LineCode.DEMAND, LineCode.DEMAND_OF_HOURS)
    ]
    assert sorted(energy) == sorted(each for each in truth.energy if each[2] or not each[1])
    assert sorted(demand) == sorted(each for each in truth.demand if each[2] or not each[1])
    fixed = [x.amount for x in lines if x.code in (LineCode.FIXED_MONTHLY, LineCode.FIXED_DAILY)]
    assert sorted(fixed) == sorted(truth.fixed)
    assert sum(x.amount for x in lines if x.code is LineCode.MINIMUM) == truth.topped


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
