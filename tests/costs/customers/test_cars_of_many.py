"""What cars draw at night, many at once, against the same one at a time, and against the year of one car in row 1."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from evenroll.costs.charging import PevNeed, charge_at_once, charge_cheapest, charging_year
from evenroll.costs.customers.cars import CarsWrong, add_charging, laid_out
from evenroll.costs.customers.nights import days_of, groups_of, nights_of
from evenroll.costs.fleet.rate_prices import slot_prices_of
from evenroll.costs.lattice.segments import lattice_of
from evenroll.costs.pricing import prices_from, pricing_of
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import RateKey
from tests.costs.customers.year_of_cars import cars_of, chance_cars, charged_plainly, plan_of
from tests.costs.lattice.invented import CHICAGO, engine_of, flat, months_of, night_and_day

SPRING, AUTUMN = date(2025, 3, 5), date(2025, 10, 29)


def days_in(plan):
    lattice = lattice_of(plan.cycles, calendar=CHICAGO, minutes=plan.shape.minutes)
    return days_of(lattice, calendar=CHICAGO)


@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("first_on", [SPRING, AUTUMN, date(2024, 2, 25)], ids=["23 hours", "25 hours", "leap day"])
@pytest.mark.parametrize("levels", [1, 3, 1_000], ids=["at once", "few prices", "prices of hours"])
def test_cars_draw_what_they_draw_one_at_a_time(minutes, first_on, levels):
    plan = plan_of(flat(), first_on=first_on, days=9, minutes=minutes)
    days, count = days_in(plan), 60
    chance = np.random.default_rng(levels)
    # Prices repeat from day to day, so that nights are alike, and differ on some.
    price = np.tile(chance.integers(-5, levels, 24 * 60 // minutes), 10)[: plan.shape.intervals] * 1_000_000
    price[-200 // minutes :] += 7 if levels > 1 else 0
    cars = chance_cars(count, seed=minutes, days=9)
    base = chance.integers(0, 3_000, (count, plan.shape.intervals)).astype(np.int32)
    loads = base.copy()
    unserved = add_charging(loads, cars=laid_out(cars, days=days), nights=nights_of(price, days=days))
    for car in range(count):
        drawn, missing = charged_plainly(cars, car=car, plan=plan, price_e8=price)
        assert (loads[car] - base[car] == drawn).all(), car
        assert unserved[car] == missing
    assert unserved.any() and not unserved.all()


@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("levels", [1, 3, 1_000], ids=["at once", "few prices", "prices of hours"])
def test_cars_draw_no_more_than_caps_let_them(minutes, levels):
    plan = plan_of(flat(), first_on=SPRING, days=9, minutes=minutes)
    days, count, intervals = days_in(plan), 60, plan.shape.intervals
    chance = np.random.default_rng(levels)
    price = np.tile(chance.integers(-5, levels, 24 * 60 // minutes), 10)[:intervals] * 1_000_000
    cap_wh = np.where(chance.random(intervals) < 0.3, chance.choice([0, 300, 1_500], intervals), 2**40)
    cap_wh[: 3 * 24 * 60 // minutes] = 2**40
    cars = chance_cars(count, seed=minutes, days=9)
    loads = np.zeros((count, intervals), dtype=np.int32)
    unserved = add_charging(loads, cars=laid_out(cars, days=days), nights=nights_of(price, cap_wh=cap_wh, days=days))
    free = np.zeros_like(loads)
    more = add_charging(free, cars=laid_out(cars, days=days), nights=nights_of(price, days=days))
    for car in range(count):
        drawn, missing = charged_plainly(cars, car=car, plan=plan, price_e8=price, cap_wh=cap_wh)
        assert (loads[car] == drawn).all(), car
        assert unserved[car] == missing
    assert (loads <= cap_wh).all() and not (free <= cap_wh).all()
    assert (unserved >= more).all() and (unserved > more).any()


@pytest.mark.parametrize("key", ["LE-R", "LE-EV-TOU"])
def test_a_car_of_many_draws_what_the_year_of_one_car_says(key):
    pricing = pricing_of(load_catalog().rate(RateKey(key), on=date(2026, 1, 1)), program=None)
    need = PevNeed(annual_wh=3_650_123, plug_in_hour=17, unplug_hour=7, power_w=7200)
    year = charging_year(need, year=2026, calendar=CHICAGO)
    prices = prices_from(year.start_at, hours=year.hours, pricing=pricing, calendar=CHICAGO)
    price_e8 = np.array([int(each.scaleb(8)) for each in prices], dtype=np.int64)
    plan = plan_of(flat(), first_on=date(2026, 1, 1), days=365)
    days = days_in(plan)
    cars = laid_out(cars_of((3_650_123, 80_000, 7_200, 17 * 60, 7 * 60)), days=days)
    for price, told in (
        (np.zeros_like(price_e8), charge_at_once(year)),
        (price_e8, charge_cheapest(year, pricing=pricing, calendar=CHICAGO)),
    ):
        loads = np.zeros((1, year.hours), dtype=np.uint16)
        assert not add_charging(loads, cars=cars, nights=nights_of(price, days=days)).any()
        assert loads[0].tolist() == list(told.wh)


def test_rates_that_order_the_hours_alike_charge_alike():
    rates = (
        night_and_day(),
        flat(),
        night_and_day(night="0.01", day="0.90"),
        flat(usd="0.30"),
        night_and_day(day="0.01"),
    )
    engine = engine_of(*((each,) for each in rates), cycles=months_of(2025))
    days = days_of(engine.rates.lattice, calendar=CHICAGO)
    assert groups_of(slot_prices_of(engine.rates), days=days) == (0, 1, 0, 1, 4)


def test_no_kind_of_night_is_made_for_each_night():
    engine = engine_of((night_and_day(),), cycles=months_of(2025))
    days = days_of(engine.rates.lattice, calendar=CHICAGO)
    nights = nights_of(slot_prices_of(engine.rates).price_e8[0], days=days)
    assert len(nights.kind_first) - 1 < 12
    assert sorted(nights.day.tolist()) == list(range(365))


@pytest.mark.parametrize("row", [(-1, 1, 1, 0, 0), (1, 1, 0, 0, 0), (1, 1, 2_000_000, 0, 0), (1, 1, 1, 1440, 0)])
def test_cars_that_cannot_be_are_refused(row):
    with pytest.raises(CarsWrong, match="Correct the cars"):
        cars_of(row)


def test_a_night_takes_no_more_than_a_full_battery():
    plan = plan_of(flat(), first_on=SPRING, days=4)
    days = days_in(plan)
    loads = np.zeros((1, plan.shape.intervals), dtype=np.int32)
    cars = laid_out(cars_of((100_000, 10_000, 7_200, 1080, 420)), days=days)
    assert add_charging(loads, cars=cars, nights=nights_of(loads[0].astype(np.int64), days=days)).tolist() == [60_000]
    assert loads.sum() == 40_000
    assert timedelta(days=plan.days) == timedelta(days=4)
