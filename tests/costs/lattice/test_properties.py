"""What must hold of any rate and load: bills add up over periods, and more energy never costs less."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.beside import Beside, LaidOn
from evenroll.costs.lattice.bills import Engine, bill_block
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.schedule import EnergyBlock, RateSchedule
from tests.costs.lattice.chance import schedule_of_chance
from tests.costs.lattice.invented import CHICAGO, block_of, cycles_from, engine_of, random_loads

DICE = st.integers(0, 2**32 - 1)
HOUR = timedelta(hours=1)


def _with_blocks(schedule: RateSchedule, change: Any) -> RateSchedule:
    seasons = tuple(
        replace(season, blocks=tuple(change(block) for block in season.blocks)) for season in schedule.seasons
    )
    return replace(schedule, seasons=seasons)


def _whole_cents(schedule: RateSchedule, chance: Random) -> RateSchedule:
    """The same hours at prices of whole cents a Wh, without tiers and charges of a month: nothing is ever rounded."""

    def plain(block: EnergyBlock) -> EnergyBlock:
        prices = tuple((Decimal(10 * chance.randint(-2, 2)),) for _ in block.registers)
        return EnergyBlock(registers=block.registers, usd_per_kwh=prices)

    bare = replace(
        schedule,
        fixed_usd_per_month=Decimal(0),
        fixed_usd_per_day=Decimal("0.17"),
        minimum_usd_per_month=Decimal(0),
        minimum_usd_per_day=Decimal(0),
    )
    without = replace(bare, seasons=tuple(replace(season, demands=()) for season in bare.seasons))
    return _with_blocks(without, plain)


def _never_negative(schedule: RateSchedule) -> RateSchedule:
    def lifted(block: EnergyBlock) -> EnergyBlock:
        return replace(block, usd_per_kwh=tuple(tuple(abs(price) for price in row) for row in block.usd_per_kwh))

    seasons = tuple(
        replace(
            season,
            demands=tuple(
                replace(each, usd_per_kw=tuple(abs(price) for price in each.usd_per_kw)) for each in season.demands
            ),
        )
        for season in schedule.seasons
    )
    return _with_blocks(replace(schedule, seasons=seasons), lifted)


@given(
    dice=DICE,
    start_on=st.dates(date(2024, 1, 1), date(2028, 12, 1)),
    lengths=st.lists(st.integers(1, 40), min_size=2, max_size=5),
)
@settings(max_examples=40, deadline=None)
def test_the_bills_of_parts_are_the_bill_of_the_whole(dice: int, start_on: date, lengths: list[int]) -> None:
    """To the cent where no line is rounded: however the days are cut, also where the clock jumps and prices change."""
    chance = Random(dice)
    whole_days = sum(lengths)
    changes_on = start_on + timedelta(days=chance.randint(1, whole_days))
    history = tuple(_whole_cents(schedule_of_chance(chance, since=since), chance) for since in (start_on, changes_on))
    whole = engine_of(history, cycles=cycles_from(start_on, whole_days))
    parts = engine_of(history, cycles=cycles_from(start_on, *lengths))
    block = random_loads(whole, customers=3, seed=dice, highest=3000)
    added = bill_block(block, engine=parts).totals.sum(axis=2)
    assert np.array_equal(added, bill_block(block, engine=whole).totals[:, :, 0])


@given(dice=DICE, start_on=st.dates(date(2024, 1, 1), date(2028, 12, 1)), days=st.integers(1, 35))
@settings(max_examples=60, deadline=None)
def test_more_energy_never_costs_less(dice: int, start_on: date, days: int) -> None:
    """In any interval, on any rate without negative prices whose tiers rise and are not per kW of demand.

    A line may be half a cent less by the way a tier is shared among registers: so many lines, so many cents.
    """
    chance = Random(dice)
    schedule = _never_negative(schedule_of_chance(chance, since=start_on))
    rising = _with_blocks(
        schedule,
        lambda block: replace(block, per_kw=False, usd_per_kwh=tuple(tuple(sorted(row)) for row in block.usd_per_kwh)),
    )
    alone = _with_blocks(rising, _by_itself)
    engine = engine_of((alone,), cycles=cycles_from(start_on, days))
    numbers = np.random.default_rng(dice)
    wh = np.repeat(numbers.integers(0, 3000, size=(1, engine.rates.lattice.intervals)), 5, axis=0)
    for customer in range(1, 5):
        wh[customer] = wh[customer - 1]
        wh[customer, numbers.integers(0, wh.shape[1])] += numbers.integers(1, 5000)
    totals = bill_block(block_of(engine, wh), engine=engine).totals[:, 0, 0]
    assert (np.diff(totals) >= 0).all()


def _by_itself(block: EnergyBlock) -> EnergyBlock:
    """One register of a block that shares tiers keeps them; the others have their first price."""
    if len(block.registers) == 1:
        return block
    return EnergyBlock(registers=block.registers, usd_per_kwh=tuple((row[0],) for row in block.usd_per_kwh))


@given(dice=DICE, start_on=st.dates(date(2024, 1, 1), date(2028, 12, 1)), days=st.integers(1, 35))
@settings(max_examples=20, deadline=None)
def test_one_price_in_all_hours_is_that_price_and_no_event_is_no_line(dice: int, start_on: date, days: int) -> None:
    """Any rate with a constant series is the rate and one line more; with events of which none was called, the rate."""
    chance = Random(dice)
    base = schedule_of_chance(chance, since=start_on)
    base = replace(base, minimum_usd_per_month=Decimal(0), minimum_usd_per_day=Decimal(0))
    hourly = replace(base, key="HOURS", hourly_series="S")
    cycles = cycles_from(start_on, days)
    first = CHICAGO.start_of_day(start_on)
    hours = (CHICAGO.start_of_day(start_on + timedelta(days=days)) - first) // HOUR
    price = Decimal(chance.randint(-20, 60)).scaleb(-2)
    beside = Beside(
        hour_prices={"S": {first + n * HOUR: price for n in range(hours)}},
        laid_on={2: LaidOn(event_usd_per_kwh=Decimal("0.75"))},
    )
    rates = [(base,), (hourly,), (base,)]
    engine = Engine(compile_rates(rates, cycles=cycles, calendar=CHICAGO, minutes=60, beside=beside))
    block = random_loads(engine, customers=3, seed=dice)
    bills = bill_block(block, engine=engine, with_lines=True)
    assert bills.lines is not None
    plain, with_series, with_events = (bills.totals[:, n, 0] for n in range(3))
    assert np.array_equal(plain, with_events)
    line = next(n for n, each in enumerate(engine.rates.lines) if each.code is LineCode.HOURLY_PRICES)
    exact = [int(wh) * price for wh in block.wh.sum(axis=1, dtype=np.int64)]
    found = (with_series - plain).tolist()
    assert found == bills.lines.cents[:, line].tolist()
    assert all(abs(cents * 10 - usd) <= 5 for cents, usd in zip(found, exact, strict=True))
