"""Many customers of chance before the oracle of single intervals: each bill line by line, in decimals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import numpy as np

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.bills import BlockBills, Engine, bill_block, bill_block_plainly
from evenroll.costs.lattice.explain import ExplainedLine, lines_of
from evenroll.costs.lattice.schedule import RateSchedule
from tests.costs.lattice.chance import schedule_of_chance
from tests.costs.lattice.invented import CHICAGO, block_of, cycles_from, engine_of
from tests.costs.lattice.oracle import OracleBill, oracle_bill

DAY = timedelta(days=1)
TOGETHER = 20
"""So many customers have the same two rates and cycles; then others are drawn."""
FIRST, LAST = date(2024, 1, 1), date(2028, 12, 31)
JUMPS = (date(2026, 3, 1), date(2026, 10, 20), date(2028, 2, 10))
"""Cycles often begin where the clock jumps, or a leap day lies."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Rates and cycles of chance, and the loads of some customers, (customer, interval) Wh."""

    engine: Engine
    histories: Sequence[tuple[RateSchedule, ...]]
    wh: np.ndarray


def drawn(customers: int, *, seed: int) -> Iterator[Drawn]:
    """So many customers of chance, some at a time."""
    for first in range(0, customers, TOGETHER):
        chance = Random(seed * 1_000_003 + first)
        start_on = chance.choice(JUMPS)
        if chance.random() < 0.5:
            start_on = FIRST + chance.randrange((LAST - FIRST).days) * DAY
        lengths = [chance.choice((1, 9, 28, 29, 30, 31, 33)) for _ in range(chance.randint(1, 2))]
        changes_on = start_on + chance.randint(1, sum(lengths)) * DAY
        histories = [
            tuple(
                schedule_of_chance(chance, since=since)
                for since in (start_on - 9 * DAY, changes_on)[: chance.randint(1, 2)]
            )
            for _ in range(2)
        ]
        cycles = cycles_from(start_on, *lengths)
        engine = engine_of(*histories, cycles=cycles, minutes=chance.choice((60, 60, 15)))
        numbers = np.random.default_rng(chance.randrange(2**32))
        shape = (min(TOGETHER, customers - first), engine.rates.lattice.intervals)
        wh = numbers.integers(0, chance.choice((3, 1500, 9000, 70_000)), size=shape)
        yield Drawn(engine=engine, histories=histories, wh=wh)


def judge(each: Drawn, *, chance: Random) -> tuple[int, int]:
    """Bills and lines that were looked at: of each customer one bill, by the oracle; all of them by the plain reader.

    Raises AssertionError where anything differs.
    """
    block = block_of(each.engine, each.wh)
    bills = bill_block(block, engine=each.engine, with_lines=True)
    assert np.array_equal(bills.totals, bill_block_plainly(block, engine=each.engine).totals)
    lines = 0
    for customer in range(block.customers):
        rate = chance.randrange(len(each.histories))
        cycle = chance.randrange(len(each.engine.rates.lattice.cycles))
        lines += check_bill(bills, each=each, customer=customer, rate=rate, cycle=cycle)
    return block.customers, lines


def check_bill(bills: BlockBills, *, each: Drawn, customer: int, rate: int, cycle: int) -> int:
    """Hold one bill against the oracle; returns its lines."""
    lattice = each.engine.rates.lattice
    truth = oracle_bill(
        each.wh[customer].tolist(),
        starts_at=lattice.start_at,
        minutes=lattice.minutes,
        history=each.histories[rate],
        cycle=lattice.cycles[cycle],
        calendar=CHICAGO,
    )
    found = lines_of(bills, customer=customer, rate=rate, cycle=cycle)
    same_lines(found, truth)
    assert bills.totals[customer, rate, cycle] == 100 * truth.total
    return len(found)


def same_lines(lines: Sequence[ExplainedLine], truth: OracleBill) -> None:
    """Each line as the oracle has it."""
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
    topped = sum((x.amount for x in lines if x.code is LineCode.MINIMUM), Decimal(0))
    assert topped == truth.topped
