"""Measures managed charging: each car alone against a sort per stay, and a fleet beneath a shared limit against HiGHS.

Usage: python -m tests.measure.fleet [--cars 100000] [--judged 1000] [--sessions FILE]. No part of the test run; `make
bench-fleet` runs it, one process on one core. FILE: Parquet with plugin_time, plugout_time and energy_session (kWh);
without it the sessions are invented. --judged: how many cars HiGHS plans, by its interior point method; 0 for none.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evenroll.costs.fleet.alone import Charging, costs_alone, load_alone
from evenroll.costs.fleet.alone_columns import Columns
from evenroll.costs.fleet.alone_loops import room_in
from evenroll.costs.fleet.rolling import RollingPlan, plan_rolling
from evenroll.costs.fleet.sessions import Sessions, chosen
from evenroll.costs.fleet.shared_limit import FleetPlan, plan_fleet
from evenroll.costs.fleet.slot_prices import SlotPrices, prices_without_caps
from evenroll.costs.lattice.jit import kernel
from tests.costs.fleet.fleets import SLOTS, district, district_of, rtp_e8, tou_e8
from tests.costs.fleet.judges import least_of_highs

RUNS = 5
RATES = 20
SHARES = (1.7, 1.2, 1.08, 0.95)
ROLLING_CARS = 10_000
JUDGED_SHARES = (1.7, 1.2, 1.08)
KW_OF_WH = 4 / 1000


@dataclass(kw_only=True, slots=True)
class Took:
    """Medians over the runs, in seconds. processor: of this process."""

    wall: float
    processor: float


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cars", type=int, default=100_000)
    parser.add_argument("--judged", type=int, default=1_000)
    parser.add_argument("--sessions", type=Path)
    given = parser.parse_args()
    fleet = district(given.cars) if given.sessions is None else district_of(given.sessions, cars=given.cars)
    print(f"{given.cars} sessions x {SLOTS} slots, {int((fleet.end_slot - fleet.first_slot).mean())} slots a stay")
    print(f"load of the machine at the start: {os.getloadavg()[0]:.1f}")
    _warm_up()
    _alone(fleet)
    _together(fleet)
    _peaks(fleet)
    half = min(given.cars // 2, ROLLING_CARS)
    _rolling(chosen(fleet, which=np.arange(half)), expected=chosen(fleet, which=np.arange(half, 2 * half)))
    if given.judged:
        _judged(chosen(fleet, which=np.arange(given.judged)))
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


def _took(act: Callable[[], object], *, runs: int = RUNS) -> Took:
    wall: list[float] = []
    processor: list[float] = []
    for _ in range(runs):
        at, spent = time.perf_counter(), time.process_time()
        act()
        wall.append(time.perf_counter() - at)
        processor.append(time.process_time() - spent)
    return Took(wall=statistics.median(wall), processor=statistics.median(processor))


def _warm_up() -> None:
    began = time.perf_counter()
    few = district(20)
    for prices in (_tou_rates(), _rtp_rates()):
        for charging in Charging:
            costs_alone(few, prices=prices, charging=charging)
    _sort_each(few, prices=_tou_rates())()
    plan_fleet(few, prices=_tou_rates(), limit_wh=_limit(few, share=1.2))
    print(f"compiling or reading what was compiled: {time.perf_counter() - began:.1f} s, in no figure below")


def _tou_rates() -> SlotPrices:
    return prices_without_caps(np.stack([np.roll(tou_e8(), n) + 1000 * n for n in range(RATES)]))


def _rtp_rates() -> SlotPrices:
    return prices_without_caps(np.stack([rtp_e8(seed=n) for n in range(RATES)]))


def _limit(fleet: Sessions, *, share: float) -> np.ndarray:
    return np.full(SLOTS, int(int(fleet.need_wh.sum()) / SLOTS * share), dtype=np.int64)


def _sort_each(fleet: Sessions, *, prices: SlotPrices) -> Callable[[], object]:
    """The yardstick: the slots of each stay are sorted by price, in compiled code."""
    columns, sort_each = Columns(*(np.ascontiguousarray(column) for column in fleet)), kernel(_sort_and_fill)
    shape = (len(fleet.need_wh), len(prices.price_e8))
    costs, unserved = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    return lambda: sort_each(columns, prices.price_e8, prices.cap_wh, costs, unserved)


def _sort_and_fill(
    sessions: Columns, price: np.ndarray, cap: np.ndarray, costs: np.ndarray, unserved: np.ndarray
) -> None:
    for i in range(len(sessions.first)):
        first, end = sessions.first[i], sessions.end[i]
        for rate in range(len(price)):
            left, cost = sessions.need[i], 0
            for place in np.argsort(price[rate, first:end]):
                slot = first + place
                taken = min(left, room_in(sessions, i, slot), cap[rate, slot])
                cost += taken * price[rate, slot]
                left -= taken
                if left == 0:
                    break
            costs[i, rate] = cost
            unserved[i, rate] = left


def _alone(fleet: Sessions) -> None:
    few = chosen(fleet, which=np.arange(min(len(fleet.need_wh), 5_000)))
    print(f"\neach car alone, {RATES} rates, ns a session-rate, medians of {RUNS}: wall, processor")
    for name, prices in (("TOU", _tou_rates()), ("RTP", _rtp_rates())):
        before = _took(_sort_each(few, prices=prices), runs=1)
        told = _took(lambda prices=prices: costs_alone(fleet, prices=prices, charging=Charging.CHEAPEST))
        at_once = _took(lambda prices=prices: costs_alone(fleet, prices=prices, charging=Charging.AT_ONCE))
        after = _took(_sort_each(few, prices=prices), runs=1)
        ways = (("cheapest", told, fleet), ("at once", at_once, fleet))
        ways += (("sort before", before, few), ("sort after", after, few))
        for way, took, of in ways:
            each = 1e9 / len(of.need_wh) / RATES
            print(f"  {name} {way:12} {took.wall * each:8.1f} {took.processor * each:8.1f}")


def _together(fleet: Sessions) -> None:
    print(f"\nbeneath a shared limit, medians of {RUNS}: wall s, processor s, unserved kWh, gaps in Wh and 1e-11 USD")
    for name, price in (("TOU", tou_e8()), ("RTP", rtp_e8())):
        prices = prices_without_caps(price[np.newaxis])
        for share in SHARES:
            limit, made = _limit(fleet, share=share), list[FleetPlan]()
            took = _took(
                lambda prices=prices, limit=limit, made=made: made.append(
                    plan_fleet(fleet, prices=prices, limit_wh=limit)
                )
            )
            plan, unserved = made[-1], int(made[-1].unserved_wh.sum()) / 1000
            print(
                f"  {name} {share:4} x need {took.wall:7.2f} {took.processor:7.2f} {unserved:10.1f} "
                f"{plan.gap_wh} {plan.gap_e11}"
            )


def _peaks(fleet: Sessions) -> None:
    prices = prices_without_caps(rtp_e8()[np.newaxis])
    plan = plan_fleet(fleet, prices=prices, limit_wh=_limit(fleet, share=1.7))
    at_once, alone = (load_alone(fleet, prices=prices, rate=0, charging=each) for each in Charging)
    print("\nRTP: highest quarter-hour in kW, and cost in USD")
    for name, load in (("at once", at_once), ("each cheapest", alone), ("limit 1.7", plan.load_wh)):
        sums = load.sum(axis=1, dtype=np.int64)
        print(f"  {name:14} {sums.max() * KW_OF_WH:12.0f} {int(sums @ rtp_e8()) / 1e11:12.2f}")


def _rolling(fleet: Sessions, *, expected: Sessions) -> None:
    prices, limit = prices_without_caps(rtp_e8()[np.newaxis]), _limit(fleet, share=1.2)
    knowing = plan_fleet(fleet, prices=prices, limit_wh=limit)
    print(f"\nRTP, limit 1.2, {len(fleet.need_wh)} cars: turns, processor s a turn, unserved kWh, USD a kWh")
    print(f"  all known at the start {1:4} {'':6} {_told(knowing.load_wh, of=fleet)}")
    for name, those in (("unannounced", None), ("like the day before", expected)):
        made: list[RollingPlan] = []
        took = _took(
            lambda made=made, those=those: made.append(
                plan_rolling(fleet, prices=prices, limit_wh=limit, known_from=fleet.first_slot, expected=those)
            ),
            runs=1,
        )
        turns = len(made[0].planned)
        print(f"  {name:22} {turns:4} {took.processor / turns:6.3f} {_told(made[0].load_wh, of=fleet)}")


def _told(load: np.ndarray, *, of: Sessions) -> str:
    sums = load.sum(axis=1, dtype=np.int64)
    served = int(sums.sum())
    return f"{(int(of.need_wh.sum()) - served) / 1000:9.1f} {int(sums @ rtp_e8()) / served / 1e8:8.4f}"


def _judged(fleet: Sessions) -> None:
    cars = len(fleet.need_wh)
    print(
        f"\n{cars} sessions, wall s: ours (median of {RUNS}), HiGHS by interior point (once, the energy served given)"
    )
    for name, price in (("TOU", tou_e8()), ("RTP", rtp_e8())):
        for share in JUDGED_SHARES:
            _judge(fleet, name=f"{name} {share:4} x need", price=price, limit=_limit(fleet, share=share))


def _judge(fleet: Sessions, *, name: str, price: np.ndarray, limit: np.ndarray) -> None:
    prices = prices_without_caps(price[np.newaxis])
    ours = _took(lambda: plan_fleet(fleet, prices=prices, limit_wh=limit))
    plan, found = plan_fleet(fleet, prices=prices, limit_wh=limit), list[float]()
    theirs = _took(
        lambda: found.append(
            least_of_highs(fleet, prices=prices, limit_wh=limit, served_wh=plan.served_wh, solver="ipm")
        ),
        runs=1,
    )
    print(
        f"  {name} {ours.wall:8.4f} {theirs.wall:8.2f} {theirs.processor / ours.processor:6.0f} times by processor; "
        f"cost {plan.cost_e11 / found[0] - 1:+.1e}",
        flush=True,
    )


if __name__ == "__main__":
    main()
