"""What the bills of many customers are made up of: energy, demand, fixed charges and so on, by rate."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from evenroll.costs.bill import LineCode
from evenroll.costs.customers.nights import IntArray
from evenroll.costs.lattice.bills import BlockBills


class Component(StrEnum):
    """Parts of a bill; together they are its total. Also the words in the columns of a result."""

    ENERGY = "energy"
    DEMAND = "demand"
    FIXED = "fixed"
    MINIMUM = "minimum"
    EVENT = "event"
    CREDIT = "credit"


COMPONENTS: Final = tuple(Component)
_OF_LINE: Final[Mapping[LineCode, Component]] = MappingProxyType(
    {
        LineCode.ENERGY: Component.ENERGY,
        LineCode.HOURLY_PRICES: Component.ENERGY,
        LineCode.DEMAND: Component.DEMAND,
        LineCode.DEMAND_OF_HOURS: Component.DEMAND,
        LineCode.EVENT: Component.EVENT,
        LineCode.CREDIT: Component.CREDIT,
    }
)


def components_of(bills: BlockBills) -> IntArray:
    """Cents of each component over all cycles, (customer, rate, component). bills: with their lines."""
    rates = bills.rates
    cycles, count = len(rates.lattice.cycles), len(rates.keys)
    found = np.zeros((bills.totals.shape[0], count, len(COMPONENTS)), dtype=np.int64)
    if bills.lines is None:
        return found
    for number, line in enumerate(rates.lines):
        place = COMPONENTS.index(_OF_LINE[line.code])
        found[:, line.bill // cycles, place] += bills.lines.cents[:, number]
    for fixed in rates.fixed:
        found[:, fixed.bill // cycles, COMPONENTS.index(Component.FIXED)] += fixed.cents
    found[:, :, COMPONENTS.index(Component.MINIMUM)] = bills.lines.topped.sum(axis=2)
    return found
