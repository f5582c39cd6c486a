"""Each car alone: what charging costs as soon as it is plugged in, and in the cheapest slots of its stay.

With a price per slot and a cap per slot, filling the cheapest slots first costs least. What a slot cannot take goes to
the next; what is left at the end is not served by departure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.alone_loops import Columns, LevelColumns, loops
from evenroll.costs.fleet.sessions import IntArray, Sessions, WhArray, caps_in_slot, check_sessions
from evenroll.costs.fleet.slot_prices import SlotPrices
from evenroll.costs.lattice.jit import HAS_KERNELS

# With more kinds of slots than this, going through the slots by price is quicker than counting them by kind.
_LEVELS_MAX: Final = 12
# Beyond some days, sorting the slots of a stay is quicker than passing over all others.
_ORDERED_SLOTS_MAX: Final = 400


class Charging(StrEnum):
    """When a car charges in its stay."""

    AT_ONCE = "at_once"
    CHEAPEST = "cheapest"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AloneCosts:
    """cost_e11: (session, rate), 1e-11 USD. unserved_wh: (session, rate), what is missing at departure, Wh."""

    cost_e11: IntArray
    unserved_wh: IntArray


def costs_alone(sessions: Sessions, *, prices: SlotPrices, charging: Charging) -> AloneCosts:
    """What each session costs at each rate, exact, the same in any order and any parts. Raises SessionWrong."""
    check_sessions(sessions, slots=prices.price_e8.shape[1])
    if not HAS_KERNELS:
        return costs_alone_read(sessions, prices=prices, charging=charging)
    shape = (len(sessions.need_wh), len(prices.price_e8))
    costs, unserved = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    columns = Columns(*(np.ascontiguousarray(column, dtype=np.int64) for column in sessions))
    price, cap = np.ascontiguousarray(prices.price_e8), np.ascontiguousarray(prices.cap_wh)
    if charging is Charging.AT_ONCE:
        loops().at_once(columns, price, cap, costs, unserved)
    elif (levels := _levels(prices)) is not None:
        loops().by_levels(columns, levels, costs, unserved)
    elif price.shape[1] <= _ORDERED_SLOTS_MAX:
        loops().by_order(columns, np.argsort(price, axis=1, kind="stable"), price, cap, costs, unserved)
    else:
        loops().by_sorting(columns, price, cap, costs, unserved)
    return AloneCosts(cost_e11=costs, unserved_wh=unserved)


def costs_alone_read(sessions: Sessions, *, prices: SlotPrices, charging: Charging) -> AloneCosts:
    """The same, slot by slot, to be read: the fast loops must give exactly this."""
    check_sessions(sessions, slots=prices.price_e8.shape[1])
    costs: list[IntArray] = []
    unserved: list[IntArray] = []
    for rate, price in enumerate(prices.price_e8):
        left, cost = sessions.need_wh.copy(), np.zeros(len(sessions.need_wh), dtype=np.int64)
        for slot in _order(price, charging=charging):
            taken = np.minimum(left, np.minimum(caps_in_slot(sessions, slot=slot), prices.cap_wh[rate, slot]))
            left -= taken
            cost += taken * price[slot]
        costs.append(cost)
        unserved.append(left)
    return AloneCosts(cost_e11=np.stack(costs, axis=1), unserved_wh=np.stack(unserved, axis=1))


def load_alone(sessions: Sessions, *, prices: SlotPrices, rate: int, charging: Charging) -> WhArray:
    """What each session draws in each slot at one rate, (slot, session), Wh; among equal prices the earliest slot."""
    check_sessions(sessions, slots=prices.price_e8.shape[1])
    load = np.zeros((prices.price_e8.shape[1], len(sessions.need_wh)), dtype=np.int32)
    left = sessions.need_wh.copy()
    for slot in _order(prices.price_e8[rate], charging=charging):
        load[slot] = np.minimum(left, np.minimum(caps_in_slot(sessions, slot=slot), prices.cap_wh[rate, slot]))
        left -= load[slot]
    return load


def moved_wh(before: WhArray, *, after: WhArray) -> int:
    """What one plan draws in other slots than the other, of the energy that both draw, Wh."""
    sums: tuple[IntArray, IntArray] = (before.sum(axis=0, dtype=np.int64), after.sum(axis=0, dtype=np.int64))
    same = np.minimum(before, after).sum(axis=0, dtype=np.int64)
    return int((np.minimum(*sums) - same).sum())


def _order(price: IntArray, *, charging: Charging) -> NDArray[np.intp]:
    if charging is Charging.AT_ONCE:
        return np.arange(len(price))
    return np.argsort(price, kind="stable")


def _levels(prices: SlotPrices) -> LevelColumns | None:
    """The slots of each rate by their kind, which is price and cap, the cheapest first; none where there are many."""
    kinds = [np.unique(np.stack(row, axis=1), axis=0, return_inverse=True) for row in _rows(prices)]
    most = max(len(found) for found, _ in kinds)
    if most > _LEVELS_MAX:
        return None
    rates, slots = prices.price_e8.shape
    price = np.zeros((most, rates), dtype=np.int64)
    cap = np.zeros((most, rates), dtype=np.int64)
    before = np.zeros((slots + 1, most, rates), dtype=np.int32)
    for rate, (found, kind) in enumerate(kinds):
        price[: len(found), rate], cap[: len(found), rate] = found[:, 0], found[:, 1]
        before[np.arange(1, slots + 1), kind.reshape(-1), rate] = 1
    return LevelColumns(price_e8=price, cap_wh=cap, before=before.cumsum(axis=0, dtype=np.int32))


def _rows(prices: SlotPrices) -> zip[tuple[IntArray, IntArray]]:
    return zip(prices.price_e8, prices.cap_wh, strict=True)
