"""Each car alone: the cheapest plan is the cheapest of all, fast loops equal what can be read, events and caps bind."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from evenroll.costs.fleet.alone import Charging, costs_alone, costs_alone_read, load_alone, moved_wh
from evenroll.costs.fleet.sessions import SessionWrong, caps_of, chosen
from evenroll.costs.fleet.shared_limit import plan_fleet
from evenroll.costs.fleet.slot_prices import PricesWrong, SlotPrices, prices_without_caps, with_adder, with_cap
from tests.costs.fleet.fleets import SLOTS, district, fleets, rtp_e8, tou_e8

EVENING = (np.arange(SLOTS) >= 16) & (np.arange(SLOTS) < 32)


def best_alone(caps, *, need, price):
    """The most one car can take, and the least cost of that, by trying all plans in whole Wh."""
    ways = (way for way in product(*(range(int(cap) + 1) for cap in caps)) if sum(way) <= need)
    return max((sum(way), -sum(wh * usd for wh, usd in zip(way, price, strict=True))) for way in ways)


@settings(max_examples=200, deadline=None)
@given(fleets(cars_max=4, slots_max=5))
def test_no_plan_of_a_car_takes_more_or_costs_less(fleet):
    sessions, prices, _ = fleet
    found = costs_alone(sessions, prices=prices, charging=Charging.CHEAPEST)
    caps = caps_of(sessions, slot_caps_wh=prices.cap_wh[0])
    for car, need in enumerate(sessions.need_wh.tolist()):
        most, cost = best_alone(caps[:, car], need=need, price=prices.price_e8[0].tolist())
        assert (need - int(found.unserved_wh[car, 0]), -int(found.cost_e11[car, 0])) == (most, cost)


def many_rates(kind: str) -> SlotPrices:
    if kind == "levels":
        price = np.stack([np.roll(tou_e8(), 9 * n) + n for n in range(5)])
    elif kind == "series":
        price = np.stack([np.random.default_rng(n).integers(-100, 9_000, SLOTS) * 10_000 for n in range(5)])
    elif kind == "mixed":
        price = np.stack([rtp_e8(), tou_e8(), rtp_e8(seed=3), tou_e8()[::-1]])
    else:
        price = np.tile(np.stack([rtp_e8(seed=n) for n in range(3)]), (1, 6))
    slots = np.arange(price.shape[1])
    return with_cap(prices_without_caps(price), slots=(slots > 40) & (slots < 50), cap_wh=400)


@pytest.mark.parametrize("kind", ["levels", "series", "mixed", "six days"])
@pytest.mark.parametrize("charging", list(Charging))
def test_fast_loops_equal_what_can_be_read_to_the_last_digit(kind, charging):
    sessions, prices = district(400), many_rates(kind)
    fast = costs_alone(sessions, prices=prices, charging=charging)
    read = costs_alone_read(sessions, prices=prices, charging=charging)
    assert (fast.cost_e11 == read.cost_e11).all()
    assert (fast.unserved_wh == read.unserved_wh).all()
    assert fast.unserved_wh.any(), "the cap in some slots leaves somebody short"


@pytest.mark.parametrize("kind", ["levels", "series", "mixed", "six days"])
def test_order_parts_and_threads_do_not_change_a_bit(kind):
    sessions, prices = district(200), many_rates(kind)
    order = np.random.default_rng(3).permutation(200)
    whole = costs_alone(sessions, prices=prices, charging=Charging.CHEAPEST)
    with ThreadPoolExecutor(2) as threads:
        found = threads.map(
            lambda part: costs_alone(chosen(sessions, which=part), prices=prices, charging=Charging.CHEAPEST),
            np.array_split(order, 7),
        )
    parts = list(found)
    assert (np.concatenate([part.cost_e11 for part in parts]) == whole.cost_e11[order]).all()
    assert (np.concatenate([part.unserved_wh for part in parts]) == whole.unserved_wh[order]).all()


@pytest.mark.parametrize("charging", list(Charging))
def test_the_load_of_a_plan_adds_up_to_its_cost_and_what_is_unserved(charging):
    sessions, prices = district(200), many_rates("series")
    told = costs_alone(sessions, prices=prices, charging=charging)
    load = load_alone(sessions, prices=prices, rate=2, charging=charging).astype(np.int64)
    assert (load.T @ prices.price_e8[2] == told.cost_e11[:, 2]).all()
    assert (sessions.need_wh - load.sum(axis=0) == told.unserved_wh[:, 2]).all()
    assert (load <= caps_of(sessions, slot_caps_wh=prices.cap_wh[2])).all()


def test_an_adder_moves_the_cars_out_of_an_event_that_they_can_avoid_and_not_out_of_one_that_lasts_their_stay():
    sessions = district(300)
    base = prices_without_caps(tou_e8()[np.newaxis])
    event = with_adder(base, slots=EVENING, adder_e8=100_000_000)
    load = load_alone(sessions, prices=event, rate=0, charging=Charging.CHEAPEST)
    outside = caps_of(sessions, slot_caps_wh=event.cap_wh[0])[~EVENING].sum(axis=0, dtype=np.int64)
    in_event = load[EVENING].sum(axis=0, dtype=np.int64)
    assert (in_event[outside >= sessions.need_wh] == 0).all()
    assert in_event.sum() > 0


def test_slots_in_which_none_may_charge_leave_those_unserved_who_have_no_others():
    sessions = district(300)
    event = with_cap(prices_without_caps(tou_e8()[np.newaxis]), slots=EVENING, cap_wh=0)
    told = costs_alone(sessions, prices=event, charging=Charging.CHEAPEST)
    outside = caps_of(sessions, slot_caps_wh=event.cap_wh[0]).sum(axis=0, dtype=np.int64)
    assert (told.unserved_wh[:, 0] == np.maximum(sessions.need_wh - outside, 0)).all()
    assert told.unserved_wh.sum() > 0


def test_a_flat_price_costs_the_same_whenever_a_car_charges_and_moves_nothing():
    sessions = district(100)
    flat = prices_without_caps(np.full((1, SLOTS), 25_000_000, dtype=np.int64))
    at_once = load_alone(sessions, prices=flat, rate=0, charging=Charging.AT_ONCE)
    cheapest = load_alone(sessions, prices=flat, rate=0, charging=Charging.CHEAPEST)
    assert moved_wh(at_once, after=cheapest) == 0
    tou = prices_without_caps(tou_e8()[np.newaxis])
    moved = load_alone(sessions, prices=tou, rate=0, charging=Charging.CHEAPEST)
    assert 0 < moved_wh(at_once, after=moved) <= sessions.need_wh.sum()


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
import numpy as np
from evenroll.costs.fleet.alone import Charging, costs_alone
from evenroll.costs.fleet.shared_limit import plan_fleet
from evenroll.costs.fleet.slot_prices import prices_without_caps
from evenroll.costs.lattice.jit import HAS_KERNELS
from tests.costs.fleet.fleets import district, rtp_e8
assert not HAS_KERNELS
prices = prices_without_caps(rtp_e8()[np.newaxis])
told = costs_alone(district(50), prices=prices, charging=Charging.CHEAPEST)
plan = plan_fleet(district(50), prices=prices, limit_wh=np.full(96, 4500, dtype=np.int64))
print(int(told.cost_e11.sum()), plan.cost_e11, int(plan.unserved_wh.sum()))
"""


def test_the_answers_are_the_same_where_numba_is_not_installed():
    run = subprocess.run([sys.executable, "-c", WITHOUT_NUMBA], capture_output=True, text=True, check=True)
    prices = prices_without_caps(rtp_e8()[np.newaxis])
    told = costs_alone(district(50), prices=prices, charging=Charging.CHEAPEST)
    plan = plan_fleet(district(50), prices=prices, limit_wh=np.full(SLOTS, 4500, dtype=np.int64))
    assert run.stdout.split() == [
        str(int(told.cost_e11.sum())),
        str(plan.cost_e11),
        str(int(plan.unserved_wh.sum())),
    ]


def test_prices_that_are_too_few_or_beyond_measure_are_refused():
    short = prices_without_caps(np.ones((1, 5), dtype=np.int64))
    with pytest.raises(SessionWrong, match="grid longer"):
        costs_alone(district(10), prices=short, charging=Charging.CHEAPEST)
    with pytest.raises(PricesWrong, match="either way"):
        prices_without_caps(np.full((1, 5), -(10**10), dtype=np.int64))
    with pytest.raises(PricesWrong, match="cap of a slot"):
        SlotPrices(price_e8=np.zeros((1, 1), dtype=np.int64), cap_wh=np.full((1, 1), -1, dtype=np.int64))
    with pytest.raises(PricesWrong, match="Align"):
        SlotPrices(price_e8=np.zeros((1, 2), dtype=np.int64), cap_wh=np.zeros((1, 1), dtype=np.int64))
    with pytest.raises(PricesWrong, match="Align"):
        prices_without_caps(np.zeros((0, 5), dtype=np.int64))
