"""The proof that a fleet plan serves the most and costs the least: anyone can add it up again from the sessions.

In any set of slots no plan serves more than: in some of these slots what their limit allows, and in the others what the
cars could take there by themselves. A cut says which are the others. With a cut for the slots up to each price, the
cheapest plan that serves the most costs at least

    price of the last level x most served - sum over levels of (next price - price) x most served up to this level

which is the dual bound of the linear program, here in integers: a plan that reaches it is optimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evenroll.costs.fleet.sessions import IntArray, SlotWh


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """All slots up to a price. cars_decide: those of the slots in which the cars, not the limit, set the most.

    price_e8: 1e-8 USD per kWh. slots: those at this price. most_wh: what no plan exceeds in the slots up to this price.
    """

    price_e8: int
    slots: tuple[int, ...]
    cars_decide: frozenset[int]
    most_wh: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """levels: the cheapest first. least_e11: what each plan that serves the most costs at least, 1e-11 USD.

    most_wh: what no plan exceeds, Wh.
    """

    levels: tuple[Level, ...]
    least_e11: int
    most_wh: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FleetNeed:
    """What a fleet needs and may take.

    need_wh: (session,). caps_wh: (slot, session). limit_wh: (slot,), the most of all together. price_e8: (slot,), 1e-8
    USD per kWh.
    """

    need_wh: IntArray
    caps_wh: SlotWh
    limit_wh: IntArray
    price_e8: IntArray


def levels_of(price_e8: IntArray) -> list[list[int]]:
    """The slots by price, the cheapest first, in a level the earliest first."""
    found: dict[int, list[int]] = {}
    for slot in np.argsort(price_e8, kind="stable").tolist():
        found.setdefault(int(price_e8[slot]), []).append(slot)
    return list(found.values())


def certificate(need: FleetNeed, *, cuts: Sequence[frozenset[int]]) -> Certificate:
    """The bounds that these cuts prove, one cut per level of price, computed from the need alone.

    Any cuts give bounds that hold; the right ones give bounds that a plan reaches.
    """
    held = np.zeros(len(need.need_wh), dtype=np.int64)
    inside: frozenset[int] = frozenset()
    up_to: list[int] = []
    levels: list[Level] = []
    for slots, cut in zip(levels_of(need.price_e8), cuts, strict=True):
        up_to += slots
        cars_decide = cut.intersection(up_to)
        for slot in cars_decide - inside:
            held += need.caps_wh[slot]
        for slot in inside - cars_decide:
            held -= need.caps_wh[slot]
        inside = cars_decide
        limits = sum(int(need.limit_wh[slot]) for slot in up_to if slot not in inside)
        most_wh = int(np.minimum(held, need.need_wh).sum()) + limits
        price = int(need.price_e8[slots[0]])
        levels.append(Level(price_e8=price, slots=tuple(slots), cars_decide=inside, most_wh=most_wh))
    return Certificate(levels=tuple(levels), least_e11=_least(levels), most_wh=levels[-1].most_wh if levels else 0)


def _least(levels: list[Level]) -> int:
    if not levels:
        return 0
    last = levels[-1]
    saved = sum((dearer.price_e8 - level.price_e8) * level.most_wh for level, dearer in pairwise(levels))
    return last.price_e8 * last.most_wh - saved
