"""Plans, cars and loads for comparisons of many customers, and what they come to one interval at a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from evenroll.costs.customers.cars import Cars
from evenroll.costs.customers.plan import ComparedRate, ComparisonPlan, LoadShape, in_force_from, months_covered
from evenroll.costs.lattice.beside import NOTHING_BESIDE, Beside
from evenroll.costs.lattice.bills import Engine, bill_block_plainly
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.costs.lattice.schedule import RateSchedule
from tests.costs.lattice.invented import CHICAGO

DAY = timedelta(days=1)


def plan_of(
    *schedules: RateSchedule, first_on: date, days: int, minutes: int = 60, beside: Beside = NOTHING_BESIDE
) -> ComparisonPlan:
    """Rates over so many days from a day on."""
    start, end = CHICAGO.start_of_day(first_on), CHICAGO.start_of_day(first_on + days * DAY)
    intervals = (end - start) // timedelta(minutes=minutes)
    shape = LoadShape(start_at=start, minutes=minutes, intervals=intervals, zone=CHICAGO.zone)
    rates = tuple(
        ComparedRate(key=f"{each.key}-{n}", schedule=in_force_from(each, first_on=first_on))
        for n, each in enumerate(schedules)
    )
    cycles = months_covered(shape, calendar=CHICAGO)
    return ComparisonPlan(rates=rates, shape=shape, calendar=CHICAGO, cycles=cycles, beside=beside)


def cars_of(*rows: tuple[int, int, int, int, int]) -> Cars:
    """Cars by row: need of all days, most of a night (Wh), power (W), minutes of plug-in and plug-out."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    need, most, power, begins, ends = (np.ascontiguousarray(each) for each in columns)
    return Cars(need_wh=need, night_max_wh=most, power_w=power, plug_in_min=begins, plug_out_min=ends)


def chance_cars(count: int, *, seed: int, days: int) -> Cars:
    """Cars of chance: some that need nothing, some whose stay is too short, some that are there by day."""
    chance = np.random.default_rng(seed)
    return cars_of(
        *zip(
            chance.integers(0, 30_000 * days, count).tolist(),
            chance.choice([8_000, 20_000, 80_000], count).tolist(),
            chance.choice([1_400, 3_600, 7_203, 11_000], count).tolist(),
            chance.integers(0, 1440, count).tolist(),
            chance.integers(0, 1440, count).tolist(),
            strict=True,
        )
    )


def charged_plainly(
    cars: Cars, *, car: int, plan: ComparisonPlan, price_e8: Any, cap_wh: Any = None
) -> tuple[np.ndarray, int]:
    """What one car draws in each interval, and what is not served, night by night, minute by minute of its ends.

    cap_wh: (interval,), the most that it takes there; None: what its charger gives.
    """
    shape, days = plan.shape, plan.days
    first_on = plan.cycles[0].start_on
    drawn = np.zeros(shape.intervals, dtype=np.int64)
    need, most = int(cars.need_wh[car]), int(cars.night_max_wh[car])
    unserved = max(need - most * days, 0)
    left_of_all = need - unserved
    begins, ends = int(cars.plug_in_min[car]), int(cars.plug_out_min[car])
    for n in range(days):
        tonight = left_of_all // (days - n)
        left_of_all -= tonight
        day = first_on + n * DAY
        # The night of the last day ends on the first.
        leaves = day if ends > begins else first_on + (n + 1) % days * DAY
        stay = stay_of(begins, ends, day=day, leaves=leaves, plan=plan)
        room = [int(cars.power_w[car]) * minutes // 60 for _, minutes in stay]
        for place in sorted(range(len(stay)), key=lambda each: int(price_e8[stay[each][0]])):
            taken = min(tonight, room[place] if cap_wh is None else min(room[place], int(cap_wh[stay[place][0]])))
            drawn[stay[place][0]] += taken
            tonight -= taken
        unserved += tonight
    return drawn, unserved


def stay_of(begins: int, ends: int, *, day: date, leaves: date, plan: ComparisonPlan) -> list[tuple[int, int]]:
    """The intervals of a stay in order of time, each with the minutes that the car is there."""
    step = plan.shape.minutes
    runs = [(day, begins // step, 24 * 60 // step), (leaves, 0, -(-ends // step))]
    if leaves == day and ends > begins:
        runs = [(day, begins // step, -(-ends // step))]
    found = [place for on, first, end in runs for place in range(at_clock(on, first, plan), at_clock(on, end, plan))]
    minutes = [step] * len(found)
    if found:
        last = (ends - 1) % step + 1
        minutes[-1] = last
        minutes[0] = step - begins % step
        if ends > begins and -(-ends // step) == begins // step + 1:
            minutes[0] = ends - begins
    return list(zip(found, minutes, strict=True))


def at_clock(day: date, slot: int, plan: ComparisonPlan) -> int:
    """The interval at which a clock time comes, the first such or the one in its place."""
    shape = plan.shape
    minute = slot * shape.minutes
    if minute >= 24 * 60:
        at = CHICAGO.start_of_day(day + DAY)
    else:
        at = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZoneInfo(CHICAGO.zone))
    return (at - shape.start_at) // timedelta(minutes=shape.minutes)


def paid_plainly(wh: Any, *, plan: ComparisonPlan, rate: int) -> np.ndarray:
    """What loads come to on one rate over all days, by the readable reference, cents."""
    beside = Beside(
        hour_prices=plan.beside.hour_prices,
        laid_on={0: plan.beside.laid_on[rate]} if rate in plan.beside.laid_on else {},
    )
    rates = compile_rates(
        [(plan.rates[rate].schedule,)],
        cycles=plan.cycles,
        calendar=plan.calendar,
        minutes=plan.shape.minutes,
        beside=beside,
    )
    block = LoadBlock(
        wh=smallest(np.asarray(wh).astype(np.int64)),
        start_at=plan.shape.start_at,
        minutes=plan.shape.minutes,
        zone=plan.shape.zone,
    )
    return bill_block_plainly(block, engine=Engine(rates)).totals.sum(axis=(1, 2))
