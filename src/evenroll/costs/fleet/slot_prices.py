"""What the slots of a plan cost under each rate, and how much any car may take in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.sessions import MOST_WH, IntArray

# Some 21 USD per kWh: the product with all that a session may need fits into 64 bits.
_MOST_E8: Final = 2**62 // MOST_WH


class PricesWrong(ValueError):
    """Prices or caps of slots with which nothing can be planned."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SlotPrices:
    """price_e8: (rate, slot), 1e-8 USD per kWh. cap_wh: (rate, slot), the most that a car may take, Wh.

    Raises PricesWrong.
    """

    price_e8: IntArray
    cap_wh: IntArray

    def __post_init__(self) -> None:
        if self.price_e8.ndim != 2 or not self.price_e8.size or self.price_e8.shape != self.cap_wh.shape:
            raise PricesWrong("Prices and caps have one row for each rate and one column for each slot. Align them.")
        if self.cap_wh.min() < 0 or self.cap_wh.max() > MOST_WH:
            raise PricesWrong(f"A cap of a slot is 0 to {MOST_WH} Wh. Correct it.")
        if np.abs(self.price_e8).max() > _MOST_E8:
            raise PricesWrong(f"A price is {_MOST_E8} at most, in 1e-8 USD per kWh, either way. Correct it.")


def prices_without_caps(price_e8: IntArray) -> SlotPrices:
    """Prices alone, (rate, slot), 1e-8 USD per kWh: a car takes what its charger gives."""
    return SlotPrices(price_e8=price_e8, cap_wh=np.full(price_e8.shape, MOST_WH, dtype=np.int64))


def with_adder(prices: SlotPrices, *, slots: NDArray[np.bool_], adder_e8: int) -> SlotPrices:
    """The prices where critical events add to them. slots: (slot,), those in an event."""
    return replace(prices, price_e8=np.where(slots, prices.price_e8 + adder_e8, prices.price_e8))


def with_cap(prices: SlotPrices, *, slots: NDArray[np.bool_], cap_wh: int) -> SlotPrices:
    """The prices where a car takes cap_wh at most in these slots, (slot,): 0 where none charges in an event."""
    return replace(prices, cap_wh=np.where(slots, np.minimum(prices.cap_wh, cap_wh), prices.cap_wh))
