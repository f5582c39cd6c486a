"""Costs of many customers with and without cars, against the readable bills of their loads, one rate at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from evenroll.costs.customers.choosing import NO_RATE, best_of
from evenroll.costs.customers.comparison import Comparison
from evenroll.costs.customers.plan import LoadShape, months_covered
from evenroll.costs.fleet.rate_prices import slot_prices_of
from evenroll.costs.lattice.beside import Beside, LaidOn
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.schedule import DemandPrice
from evenroll.costs.usage import LoadWrong
from evenroll.programs.program import Coverage
from tests.costs.customers.year_of_cars import chance_cars, charged_plainly, paid_plainly, plan_of
from tests.costs.lattice.invented import CHICAGO, flat, night_and_day

FIRST_ON, DAYS = date(2025, 2, 20), 45


def with_demand(schedule):
    seasons = tuple(replace(each, demands=(DemandPrice(usd_per_kw=(Decimal("7.5"),)),)) for each in schedule.seasons)
    return replace(schedule, key="DEMAND", seasons=seasons)


def plan(minutes: int):
    start = CHICAGO.start_of_day(FIRST_ON)
    chance = np.random.default_rng(3).integers(-2_000_000, 30_000_000, DAYS * 24)
    hours = {start + n * timedelta(hours=1): Decimal(int(each)).scaleb(-8) for n, each in enumerate(chance)}
    event = LaidOn(event_hours=frozenset([start + timedelta(hours=91)]), event_usd_per_kwh=Decimal("0.9"))
    return plan_of(
        flat(),
        night_and_day(),
        with_demand(night_and_day(day="0.30")),
        flat(hourly_series="hours", key="HOURS"),
        night_and_day(key="EVENT"),
        flat(usd="0.2", minimum_usd_per_month=Decimal(90)),
        first_on=FIRST_ON,
        days=DAYS,
        minutes=minutes,
        beside=Beside(hour_prices={"hours": hours}, laid_on={4: event}),
    )


@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("highest", [3_000, 65_000], ids=["two bytes", "four with a car"])
def test_all_ways_cost_what_the_readable_bills_say(minutes, highest):
    many, count = plan(minutes), 12
    shape = (count, many.shape.intervals)
    wh = np.random.default_rng(minutes).integers(0, highest, shape).astype(np.uint16)
    rows = np.array([1, 2, 3, 5, 8, 11])
    cars = chance_cars(len(rows), seed=2, days=DAYS)
    found = Comparison(many).costs(wh, cars=cars, rows=rows)
    prices = prices_of(many, minutes)
    for rate in range(len(many.rates)):
        assert (found.without[:, rate] == paid_plainly(wh, plan=many, rate=rate)).all(), many.keys[rate]
        for way, price in ((found.at_once, np.zeros_like(prices[rate])), (found.cheapest, prices[rate])):
            drawn = np.array([charged_plainly(cars, car=n, plan=many, price_e8=price)[0] for n in range(len(rows))])
            expected = paid_plainly(wh[rows].astype(np.int64) + drawn, plan=many, rate=rate)
            assert (way[:, rate] == expected).all(), many.keys[rate]
    missing = [charged_plainly(cars, car=n, plan=many, price_e8=prices[0])[1] for n in range(len(rows))]
    assert found.unserved_wh.tolist() == missing


@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("capped", [(1, 4), (0, 1, 2, 3, 4, 5)], ids=["some rates", "all rates"])
def test_events_that_lower_charging_hold_in_both_ways_of_charging(minutes, capped):
    free, count = plan(minutes), 12
    start = free.shape.start_at
    # Afternoons and evenings of five days: charging is lowered to 1.4 kW, and stands still in every other hour.
    cap_w = {start + timedelta(days=day, hours=12 + n): 1_400 * (n % 2) for day in (1, 2, 9, 16, 23) for n in range(12)}
    rates = tuple(replace(each, cap_w=cap_w if n in capped else {}) for n, each in enumerate(free.rates))
    many = replace(free, rates=rates)
    wh = np.random.default_rng(minutes).integers(0, 3_000, (count, many.shape.intervals)).astype(np.uint16)
    rows, cars = np.arange(count), chance_cars(count, seed=3, days=DAYS)
    found, without_caps = (Comparison(each).costs(wh, cars=cars, rows=rows) for each in (many, free))
    prices = prices_of(many, minutes)
    cap_wh = np.full(many.shape.intervals, 2**40)
    for at, watts in cap_w.items():
        first = (at - start) // timedelta(minutes=minutes)
        cap_wh[first : first + 60 // minutes] = watts * minutes // 60
    assert (found.without == without_caps.without).all()
    assert (found.unserved_wh == without_caps.unserved_wh).all()
    for rate in range(len(many.rates)):
        own = cap_wh if rate in capped else None
        for way, price in ((found.at_once, np.zeros_like(prices[rate])), (found.cheapest, prices[rate])):
            told = [charged_plainly(cars, car=n, plan=many, price_e8=price, cap_wh=own) for n in range(count)]
            drawn = np.array([each for each, _ in told])
            expected = paid_plainly(wh.astype(np.int64) + drawn, plan=many, rate=rate)
            assert (way[:, rate] == expected).all(), many.keys[rate]
            assert found.capped_wh[:, rate].tolist() == [missing for _, missing in told]
    assert (found.capped_wh[:, capped[0]] > found.unserved_wh).any()


def test_the_order_of_customers_and_how_many_there_are_change_nothing():
    many = plan(60)
    comparison = Comparison(many)
    wh = np.random.default_rng(1).integers(0, 3_000, (600, many.shape.intervals)).astype(np.uint16)
    rows, cars = np.arange(600), chance_cars(600, seed=9, days=DAYS)
    whole = comparison.costs(wh, cars=cars, rows=rows)
    order = np.random.default_rng(2).permutation(600)
    shuffled = comparison.costs(wh[order], cars=cars.chosen(order), rows=rows)
    one = comparison.costs(wh[599:], cars=cars.chosen(slice(599, 600)), rows=rows[:1])
    for name in ("without", "at_once", "cheapest", "unserved_wh"):
        told = getattr(whole, name)
        assert (getattr(shuffled, name) == told[order]).all()
        assert (getattr(one, name) == told[599:]).all()


def test_components_are_the_whole_and_each_is_where_it_belongs():
    asked = replace(plan(60), components=True)
    wh = np.random.default_rng(1).integers(0, 3_000, (9, asked.shape.intervals)).astype(np.uint16)
    wh[0] = 0
    rows, cars = np.arange(9), chance_cars(9, seed=6, days=DAYS)
    found = Comparison(asked).costs(wh, cars=cars, rows=rows)
    plainly = Comparison(plan(60)).costs(wh, cars=cars, rows=rows)
    assert plainly.parts[0].shape == (9, 6, 0)
    for whole, same, parts in zip(
        (found.without, found.at_once, found.cheapest),
        (plainly.without, plainly.at_once, plainly.cheapest),
        found.parts,
        strict=True,
    ):
        assert (whole == same).all()
        assert (parts.sum(axis=2) == whole).all()
    energy, demand, fixed, minimum, event, credit = np.moveaxis(found.parts[0], 2, 0)
    assert demand[1:, 2].all() and not np.delete(demand, 2, axis=1).any()
    assert event[1:, 4].all() and not np.delete(event, 4, axis=1).any()
    # Who draws nothing pays the minimum of 90 USD a month: of 9 days of February, all of March, 5 days of April.
    assert (energy[0] == 0).all() and minimum[0, 5] == 2_893 + 9_000 + 1_500
    assert not fixed.any() and not credit.any()


def test_charging_when_it_is_cheapest_costs_no_more_where_a_price_of_energy_is_all():
    many = plan_of(flat(), night_and_day(), first_on=FIRST_ON, days=28)
    wh = np.random.default_rng(1).integers(0, 3_000, (50, many.shape.intervals)).astype(np.uint16)
    found = Comparison(many).costs(wh, cars=chance_cars(50, seed=4, days=28), rows=np.arange(50))
    assert (found.cheapest[:, 0] == found.at_once[:, 0]).all()
    # A line of energy is rounded once for each register and month.
    assert (found.cheapest[:, 1] <= found.at_once[:, 1] + 4).all()
    assert (found.cheapest[:, 1] < found.at_once[:, 1]).any()


def test_the_best_rate_covers_what_todays_covers():
    costs = np.array([[300, 200, 100], [300, 200, 100], [200, 200, 100], [300, 200, 100]])
    today = np.array([0, 2, 0, NO_RATE])
    coverages = (Coverage.BOTH, Coverage.BOTH, Coverage.SUPPLY)
    found = best_of(costs, today=today, paid=np.array([300, 110, 200, 0]), coverages=coverages)
    assert found.rate.tolist() == [1, 2, 0, NO_RATE]
    assert found.saving.tolist() == [100, 10, 0, 0]


def test_a_rate_that_is_barred_is_never_the_best():
    costs, barred = np.array([[300, 200, 100]] * 3), np.array([[0, 0, 1], [0, 1, 1], [1, 1, 1]], dtype=np.bool_)
    found = best_of(costs, today=np.array([0, 0, 0]), paid=costs[:, 0], coverages=(Coverage.BOTH,) * 3, barred=barred)
    assert found.rate.tolist() == [1, 0, NO_RATE]
    assert found.saving.tolist() == [100, 0, 0]


def test_without_todays_rate_the_best_is_told_where_all_cover_the_same():
    costs, today = np.array([[300, 200]]), np.array([NO_RATE])
    found = best_of(costs, today=today, paid=np.array([0]), coverages=(Coverage.BOTH, Coverage.BOTH))
    assert (found.rate.tolist(), found.saving.tolist()) == ([1], [0])


def test_loads_of_other_than_whole_days_are_refused():
    start = CHICAGO.start_of_day(FIRST_ON)
    for intervals, told in ((100, "whole days"), (24 * 400, "a year")):
        shape = LoadShape(
            start_at=start, minutes=60, intervals=intervals - 1 if intervals > 200 else intervals, zone=CHICAGO.zone
        )
        with pytest.raises(LoadWrong, match=told):
            months_covered(shape, calendar=CHICAGO)
    late = LoadShape(start_at=start + timedelta(hours=1), minutes=60, intervals=24, zone=CHICAGO.zone)
    with pytest.raises(LoadWrong, match="midnight"):
        months_covered(late, calendar=CHICAGO)


def prices_of(many, minutes: int) -> np.ndarray:
    """The prices of all rates in every slot: rate, slot, in 1e-8 USD per kWh."""
    schedules = [(each.schedule,) for each in many.rates]
    compiled = compile_rates(schedules, cycles=many.cycles, calendar=CHICAGO, minutes=minutes, beside=many.beside)
    return slot_prices_of(compiled).price_e8
