"""The best rate of each customer among those that cover what today's covers, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.nights import IntArray
from evenroll.programs.program import Coverage

_NEVER: Final = 2**62
NO_RATE = -1
"""No rate, where none is told or none may be compared."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Best:
    """rate: (customer,), the number of the cheapest rate, NO_RATE where none may be named. saving: cents, likewise."""

    rate: IntArray
    saving: IntArray


def best_of(
    costs: IntArray,
    *,
    today: IntArray,
    paid: IntArray,
    coverages: Sequence[Coverage],
    barred: NDArray[np.bool_] | None = None,
) -> Best:
    """The cheapest rate by customer; among equals today's, else the one that was named first.

    costs: (customer, rate), cents. today: (customer,), the rate that each is on, NO_RATE where that is not told; then
    rates are compared only if all cover the same. paid: (customer,), what today's rate comes to now, cents. barred:
    (customer, rate), where a rate is not named, however cheap it is.
    """
    if barred is not None:
        costs = np.where(barred, _NEVER, costs)
    count = len(costs)
    best = np.full(count, NO_RATE, dtype=np.int64)
    kinds = [each for each in dict.fromkeys(coverages) if each is not Coverage.NONE]
    for kind in kinds:
        numbers = np.array([n for n, each in enumerate(coverages) if each is kind], dtype=np.int64)
        is_told = np.isin(today, numbers)
        mine = is_told | ((today == NO_RATE) & (len(set(coverages)) == 1))
        if not mine.any():
            continue
        part = costs[np.ix_(mine, numbers)]
        found = numbers[part.argmin(axis=1)]
        now = today[mine]
        stays = (now != NO_RATE) & (costs[mine, now] == part.min(axis=1))
        best[mine] = np.where(part.min(axis=1) == _NEVER, NO_RATE, np.where(stays, now, found))
    saving = np.where((best != NO_RATE) & (today != NO_RATE), paid - costs[np.arange(count), best], 0)
    return Best(rate=best, saving=saving.astype(np.int64))
