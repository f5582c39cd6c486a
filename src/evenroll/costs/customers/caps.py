"""What programs let a car draw while an event lasts: at each rate that is compared, in each interval."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np

from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.fleet.slot_prices import SlotPrices, with_cap

_HOUR_MINUTES: Final = 60


def with_caps(prices: SlotPrices, *, plan: ComparisonPlan) -> SlotPrices:
    """The prices of a plan's rates with the caps of their events: so much in each interval of such an hour."""
    cap_wh = prices.cap_wh.copy()
    for number in plan.capped:
        own = SlotPrices(price_e8=prices.price_e8[[number]], cap_wh=cap_wh[[number]])
        for cap_w in sorted(set(plan.rates[number].cap_w.values())):
            own = with_cap(
                own,
                slots=_slots(plan, number=number, cap_w=cap_w),
                cap_wh=cap_w * plan.shape.minutes // _HOUR_MINUTES,
            )
        cap_wh[number] = own.cap_wh[0]
    return SlotPrices(price_e8=prices.price_e8, cap_wh=cap_wh)


def _slots(plan: ComparisonPlan, *, number: int, cap_w: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The intervals in which a rate has this cap."""
    shape = plan.shape
    found = np.zeros(shape.intervals, dtype=np.bool_)
    for at, own in plan.rates[number].cap_w.items():
        if own == cap_w:
            first = (at - shape.start_at) // timedelta(minutes=shape.minutes)
            found[first : first + _HOUR_MINUTES // shape.minutes] = True
    return found
