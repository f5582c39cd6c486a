"""The fast loops over sessions and rates, compiled when first asked for; alone.py says what they compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.sessions import IntArray
from evenroll.costs.lattice.jit import kernel


class Columns(NamedTuple):
    """The columns of sessions.Sessions, each of integers of 64 bits without gaps."""

    first: IntArray
    end: IntArray
    need: IntArray
    slot_wh: IntArray
    first_wh: IntArray
    last_wh: IntArray


class LevelColumns(NamedTuple):
    """Slots by kind (price and cap), the cheapest kind first.

    price_e8, cap_wh: (kind, rate). before: (slot + 1, kind, rate), how many slots of a kind lie before a slot. Rates
    come last, so that the processor takes several of them at once.
    """

    price_e8: IntArray
    cap_wh: IntArray
    before: NDArray[np.int32]


_ByLevels = Callable[[Columns, LevelColumns, IntArray, IntArray], None]
_ByOrder = Callable[[Columns, IntArray, IntArray, IntArray, IntArray, IntArray], None]
_BySlots = Callable[[Columns, IntArray, IntArray, IntArray, IntArray], None]
_Fill = Callable[[Columns, IntArray, IntArray, IntArray, IntArray, IntArray], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loops:
    """The first three fill costs and unserved, (session, rate), from sessions and prices.

    fill(sessions, row of each session, price and cap by slot, loads (row, slot), unserved by session): adds what they
    draw to the loads, in the cheapest slots, among equals in the earliest.
    """

    by_levels: _ByLevels
    by_order: _ByOrder
    by_price: _BySlots
    at_once: _BySlots
    fill: _Fill


@cache
def loops() -> Loops:
    """The loops, compiled."""
    return Loops(
        by_levels=kernel(_by_levels),
        by_order=kernel(_by_order),
        by_price=kernel(_by_price),
        at_once=kernel(_at_once),
        fill=kernel(_fill),
    )


def _by_levels(sessions: Columns, levels: LevelColumns, costs: IntArray, unserved: IntArray) -> None:
    kinds, rates = levels.price_e8.shape
    for i in range(len(sessions.first)):
        first, last = sessions.first[i], sessions.end[i] - 1
        slot_wh, first_wh = sessions.slot_wh[i], sessions.first_wh[i]
        last_wh = sessions.last_wh[i] if last > first else 0
        # One slot alone is the first one: then none lies between, and none is the last.
        inner = min(first + 1, last)
        cost, left = costs[i], unserved[i]
        cost[:] = 0
        left[:] = sessions.need[i]
        for kind in range(kinds):
            price, cap = levels.price_e8[kind], levels.cap_wh[kind]
            at_first, past_first = levels.before[first, kind], levels.before[first + 1, kind]
            at_inner, at_last, past_last = (
                levels.before[inner, kind],
                levels.before[last, kind],
                levels.before[last + 1, kind],
            )
            for rate in range(rates):
                room = (at_last[rate] - at_inner[rate]) * min(slot_wh, cap[rate])
                room += (past_first[rate] - at_first[rate]) * min(first_wh, cap[rate])
                room += (past_last[rate] - at_last[rate]) * min(last_wh, cap[rate])
                taken = min(left[rate], room)
                cost[rate] += taken * price[rate]
                left[rate] -= taken


def _by_order(
    sessions: Columns, order: IntArray, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray
) -> None:
    for i in range(len(sessions.first)):
        first, last = sessions.first[i], sessions.end[i] - 1
        for rate in range(len(price)):
            left, cost = sessions.need[i], 0
            for slot in order[rate]:
                if slot < first or slot > last:
                    continue
                room = sessions.slot_wh[i]
                if slot == first:
                    room = sessions.first_wh[i]
                elif slot == last:
                    room = sessions.last_wh[i]
                taken = min(left, room, cap[rate, slot])
                cost += taken * price[rate, slot]
                left -= taken
                if left == 0:
                    break
            costs[i, rate] = cost
            unserved[i, rate] = left


def _by_price(sessions: Columns, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray) -> None:
    for i in range(len(sessions.first)):
        first, end = sessions.first[i], sessions.end[i]
        slot_wh, first_wh, last_wh = sessions.slot_wh[i], sessions.first_wh[i], sessions.last_wh[i]
        for rate in range(len(price)):
            left, cost, own = sessions.need[i], 0, price[rate, first:end]
            done, dearest = own.min() - 1, own.max()
            # A need is met by the slots of few prices, so looking for the next price is quicker than sorting them.
            while left > 0 and done < dearest:
                next_price = dearest
                for each in own:
                    next_price = min(next_price, each if each > done else dearest)
                for slot in range(first, end):
                    if price[rate, slot] == next_price:
                        inner = last_wh if slot == end - 1 else slot_wh
                        taken = min(left, first_wh if slot == first else inner, cap[rate, slot])
                        cost += taken * next_price
                        left -= taken
                done = next_price
            costs[i, rate] = cost
            unserved[i, rate] = left


def _at_once(sessions: Columns, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray) -> None:
    for i in range(len(sessions.first)):
        first, end = sessions.first[i], sessions.end[i]
        for rate in range(len(price)):
            left, cost = sessions.need[i], 0
            for slot in range(first, end):
                room = sessions.slot_wh[i]
                if slot == first:
                    room = sessions.first_wh[i]
                elif slot == end - 1:
                    room = sessions.last_wh[i]
                taken = min(left, room, cap[rate, slot])
                cost += taken * price[rate, slot]
                left -= taken
                if left == 0:
                    break
            costs[i, rate] = cost
            unserved[i, rate] = left


def _fill(
    sessions: Columns, rows: IntArray, price: IntArray, cap: IntArray, loads: IntArray, unserved: IntArray
) -> None:
    for i in range(len(sessions.first)):
        first, end, left = sessions.first[i], sessions.end[i], sessions.need[i]
        slot_wh, first_wh, last_wh = sessions.slot_wh[i], sessions.first_wh[i], sessions.last_wh[i]
        load, own = loads[rows[i]], price[first:end]
        done, dearest = own.min() - 1, own.max()
        while left > 0 and done < dearest:
            next_price = dearest
            for each in own:
                next_price = min(next_price, each if each > done else dearest)
            for slot in range(first, end):
                if price[slot] == next_price:
                    inner = last_wh if slot == end - 1 else slot_wh
                    taken = min(left, first_wh if slot == first else inner, cap[slot])
                    load[slot] += taken
                    left -= taken
            done = next_price
        unserved[i] = left
