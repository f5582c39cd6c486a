"""Each car alone: what charging costs as soon as it is plugged in, and in the cheapest slots of its stay.

With a price per slot and a cap per slot, filling the cheapest slots first costs least. What a slot cannot take goes to
the next; what is left at the end is not served by departure.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.alone_columns import Columns, LevelColumns
from evenroll.costs.fleet.sessions import IntArray, Sessions, SlotWh, caps_in_slot, check_sessions
from evenroll.costs.fleet.slot_prices import SlotPrices
from evenroll.costs.lattice.jit import HAS_KERNELS

# With more kinds of slots than this, going through the slots by price is quicker than counting them by kind.
_KINDS_MAX: Final = 12
# Beyond some days, looking through the slots of a stay is quicker than passing over all others.
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
    columns = _columns(sessions)
    if charging is Charging.AT_ONCE:
        price, cap = np.ascontiguousarray(prices.price_e8), np.ascontiguousarray(prices.cap_wh)
        _loops().at_once(columns, price, cap, costs, unserved)
        return AloneCosts(cost_e11=costs, unserved_wh=unserved)
    kinds = [_kinds(*row) for row in zip(prices.price_e8, prices.cap_wh, strict=True)]
    is_few = np.array([len(found) <= _KINDS_MAX for found, _ in kinds])
    for which in (is_few, ~is_few):
        if which.all():
            _cheapest(columns, prices=prices, kinds=kinds, costs=costs, unserved=unserved)
        elif which.any():
            part = SlotPrices(price_e8=prices.price_e8[which], cap_wh=prices.cap_wh[which])
            own = [each for each, is_in in zip(kinds, which, strict=True) if is_in]
            found = [np.zeros((shape[0], len(own)), dtype=np.int64) for _ in range(2)]
            _cheapest(columns, prices=part, kinds=own, costs=found[0], unserved=found[1])
            costs[:, which], unserved[:, which] = found
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


def load_alone(sessions: Sessions, *, prices: SlotPrices, rate: int, charging: Charging) -> SlotWh:
    """What each session draws in each slot at one rate, (slot, session), Wh; among equal prices the earliest slot."""
    check_sessions(sessions, slots=prices.price_e8.shape[1])
    load = np.zeros((prices.price_e8.shape[1], len(sessions.need_wh)), dtype=np.int32)
    left = sessions.need_wh.copy()
    for slot in _order(prices.price_e8[rate], charging=charging):
        load[slot] = np.minimum(left, np.minimum(caps_in_slot(sessions, slot=slot), prices.cap_wh[rate, slot]))
        left -= load[slot]
    return load


def add_load_alone(
    loads_wh: IntArray, *, sessions: Sessions, rows: IntArray, prices: SlotPrices, rate: int, charging: Charging
) -> IntArray:
    """Adds what sessions draw at one rate to the loads of their customers, as load_alone tells it.

    loads_wh: (customer, slot), Wh, changed. rows: (session,), the customer of each. Returns what is not served,
    (session,), Wh. Raises SessionWrong.
    """
    check_sessions(sessions, slots=loads_wh.shape[1])
    price, cap = prices.price_e8[rate], prices.cap_wh[rate]
    check_sessions(sessions, slots=len(price))
    if charging is Charging.AT_ONCE:
        # Where all slots cost the same, the earliest are the cheapest.
        price = np.zeros_like(price)
    unserved = np.zeros(len(sessions.need_wh), dtype=np.int64)
    fill = _loops().fill
    fill(_columns(sessions), rows, np.ascontiguousarray(price), np.ascontiguousarray(cap), loads_wh, unserved)
    return unserved


@lru_cache(maxsize=1)
def _loops() -> Any:
    """The fast loops. Loading numba takes longer than a few sessions by the readable way."""
    return importlib.import_module("evenroll.costs.fleet.alone_loops")


def moved_wh(before: SlotWh, *, after: SlotWh) -> int:
    """What one plan draws in other slots than the other, of the energy that both draw, Wh."""
    sums: tuple[IntArray, IntArray] = (before.sum(axis=0, dtype=np.int64), after.sum(axis=0, dtype=np.int64))
    same = np.minimum(before, after).sum(axis=0, dtype=np.int64)
    return int((np.minimum(*sums) - same).sum())


def _columns(sessions: Sessions) -> Columns:
    return Columns(*(np.ascontiguousarray(column, dtype=np.int64) for column in sessions))


def _order(price: IntArray, *, charging: Charging) -> NDArray[np.intp]:
    if charging is Charging.AT_ONCE:
        return np.arange(len(price))
    return np.argsort(price, kind="stable")


_Kinds = tuple[IntArray, NDArray[np.intp]]
"""The kinds of the slots of a rate, (kind, 2), price and cap, the cheapest first; and the kind of each slot."""


def _kinds(price: IntArray, cap: IntArray) -> _Kinds:
    found, kind = np.unique(np.stack((price, cap), axis=1), axis=0, return_inverse=True)
    return found, kind.reshape(-1)


def _cheapest(
    columns: Columns, *, prices: SlotPrices, kinds: list[_Kinds], costs: IntArray, unserved: IntArray
) -> None:
    """Fills costs and unserved. kinds: of each rate, either all of few kinds or all of many."""
    price, cap = np.ascontiguousarray(prices.price_e8), np.ascontiguousarray(prices.cap_wh)
    if len(kinds[0][0]) <= _KINDS_MAX:
        _loops().by_levels(columns, _levels(prices, kinds=kinds), costs, unserved)
    elif price.shape[1] <= _ORDERED_SLOTS_MAX:
        _loops().by_order(columns, np.argsort(price, axis=1, kind="stable"), price, cap, costs, unserved)
    else:
        _loops().by_price(columns, price, cap, costs, unserved)


def _levels(prices: SlotPrices, *, kinds: list[_Kinds]) -> LevelColumns:
    """How many slots of each kind lie before each slot."""
    most = max(len(found) for found, _ in kinds)
    rates, slots = prices.price_e8.shape
    price = np.zeros((most, rates), dtype=np.int64)
    cap = np.zeros((most, rates), dtype=np.int64)
    before = np.zeros((slots + 1, most, rates), dtype=np.int32)
    for rate, (found, kind) in enumerate(kinds):
        price[: len(found), rate], cap[: len(found), rate] = found[:, 0], found[:, 1]
        before[np.arange(1, slots + 1), kind, rate] = 1
    return LevelColumns(price_e8=price, cap_wh=cap, before=before.cumsum(axis=0, dtype=np.int32))
