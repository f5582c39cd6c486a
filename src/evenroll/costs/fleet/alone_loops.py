"""The fast loops over sessions and rates; alone.py says what they compute, and loads them when first needed.

The first four fill costs and unserved, (session, rate), from sessions and prices.
"""

from __future__ import annotations

from evenroll.costs.fleet.alone_columns import Columns, LevelColumns
from evenroll.costs.fleet.sessions import IntArray
from evenroll.costs.lattice.jit import inlined, kernel


@inlined
def room_in(sessions: Columns, i: int, slot: int) -> int:
    """The most that a session takes in a slot of its stay, Wh: in the first and the last it is there for a part."""
    if slot == sessions.first[i]:
        return int(sessions.first_wh[i])
    return int(sessions.last_wh[i] if slot == sessions.end[i] - 1 else sessions.slot_wh[i])


@kernel
def by_levels(sessions: Columns, levels: LevelColumns, costs: IntArray, unserved: IntArray) -> None:
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


@kernel
def by_order(
    sessions: Columns, order: IntArray, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray
) -> None:
    for i in range(len(sessions.first)):
        first, last = sessions.first[i], sessions.end[i] - 1
        for rate in range(len(price)):
            left, cost = sessions.need[i], 0
            for slot in order[rate]:
                if slot < first or slot > last:
                    continue
                taken = min(left, room_in(sessions, i, slot), cap[rate, slot])
                cost += taken * price[rate, slot]
                left -= taken
                if left == 0:
                    break
            costs[i, rate] = cost
            unserved[i, rate] = left


@kernel
def by_price(sessions: Columns, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray) -> None:
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


@kernel
def at_once(sessions: Columns, price: IntArray, cap: IntArray, costs: IntArray, unserved: IntArray) -> None:
    for i in range(len(sessions.first)):
        first, end = sessions.first[i], sessions.end[i]
        for rate in range(len(price)):
            left, cost = sessions.need[i], 0
            for slot in range(first, end):
                taken = min(left, room_in(sessions, i, slot), cap[rate, slot])
                cost += taken * price[rate, slot]
                left -= taken
                if left == 0:
                    break
            costs[i, rate] = cost
            unserved[i, rate] = left


@kernel
def fill(
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
                    if left == 0:
                        break
            done = next_price
        unserved[i] = left
