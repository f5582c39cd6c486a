"""The nights of some billing cycles, those alike put together: a car does the same in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.sessions import MOST_WH
from evenroll.costs.fleet.slot_prices import SlotPrices
from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.lattice.segments import Lattice
from evenroll.quantities.calendars import ServiceCalendar

IntArray = NDArray[np.int64]

DAY_MINUTES: Final = HOURS * 60
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Days:
    """The days of a period on the intervals of a load.

    first: (day + 1,), the interval with which each begins. place: (day, interval of the clock day + 1), how many
    intervals after the day's beginning a clock time lies; where clocks jump, the first such or the one in its place.
    """

    minutes: int
    first: IntArray
    place: IntArray


class Nights(NamedTuple):
    """Nights by kind, as the loops read them. The night of a day begins on it and ends on the next.

    The night of the last day ends on the first: a period neither gains nor loses one. kind_first: (kind + 1,).
    day: (night,), by kind. price, cap_wh: (interval,), what makes nights of one kind alike; cap_wh is empty where there
    are no caps. first, place: as of Days.
    """

    kind_first: IntArray
    day: IntArray
    price: IntArray
    cap_wh: IntArray
    first: IntArray
    place: IntArray


def days_of(lattice: Lattice, *, calendar: ServiceCalendar) -> Days:
    """The days of all cycles."""
    first_on = lattice.cycles[0].start_on
    days = [first_on + n * _DAY for n in range(sum(cycle.days for cycle in lattice.cycles))]
    first = [_intervals(lattice, calendar.start_of_day(day)) for day in (*days, days[-1] + _DAY)]
    place = [_places(day, lattice=lattice, calendar=calendar) for day in days]
    return Days(minutes=lattice.minutes, first=np.array(first, dtype=np.int64), place=np.array(place, dtype=np.int64))


def nights_of(price_e8: IntArray, *, days: Days, cap_wh: IntArray | None = None) -> Nights:
    """The nights in which the intervals lie in the same order of price, beneath the same caps.

    price_e8: (interval,). cap_wh: (interval,), the most that a car takes; None: what its charger gives.
    """
    found: dict[bytes, list[int]] = {}
    for day, kind in enumerate(_kinds(price_e8, cap_wh, days=days)):
        found.setdefault(kind, []).append(day)
    return Nights(
        kind_first=np.array([0, *accumulate(len(each) for each in found.values())], dtype=np.int64),
        day=np.array([day for each in found.values() for day in each], dtype=np.int64),
        price=np.ascontiguousarray(price_e8),
        cap_wh=np.zeros(0, np.int64) if cap_wh is None or cap_wh.min() >= MOST_WH else np.ascontiguousarray(cap_wh),
        first=days.first,
        place=days.place,
    )


def groups_of(prices: SlotPrices, *, days: Days) -> tuple[int, ...]:
    """Which rates charge every car alike: by rate, the first of which no night has another order of price or cap."""
    found: dict[bytes, int] = {}
    return tuple(
        found.setdefault(b"|".join(_kinds(price, cap_wh, days=days)), number)
        for number, (price, cap_wh) in enumerate(zip(prices.price_e8, prices.cap_wh, strict=True))
    )


def _kinds(price: IntArray, cap_wh: IntArray | None, *, days: Days) -> list[bytes]:
    """By night, what tells it apart: the order of its intervals by price, their caps, where clocks lie in its days."""
    count = len(days.first) - 1
    found: list[bytes] = []
    for day in range(count):
        then = (day + 1) % count
        own = [price[days.first[each] : days.first[each + 1]] for each in (day, then)]
        _, rank = np.unique(np.concatenate(own), return_inverse=True)
        where = np.concatenate([days.place[day], days.place[then]])
        # The last night goes on where the period begins, and not after it.
        begins = b"" if then else b"last"
        caps = b"" if cap_wh is None else _caps(cap_wh, days=days, of=(day, then))
        found.append(begins + rank.astype(np.int16).tobytes() + where.astype(np.int16).tobytes() + caps)
    return found


def _caps(cap_wh: IntArray, *, days: Days, of: tuple[int, int]) -> bytes:
    """The caps of two days; nothing where no interval has one."""
    own = np.concatenate([cap_wh[days.first[each] : days.first[each + 1]] for each in of])
    return own.tobytes() if own.min() < MOST_WH else b""


def _places(day: date, *, lattice: Lattice, calendar: ServiceCalendar) -> list[int]:
    begins = calendar.start_of_day(day)
    length = _intervals(lattice, calendar.start_of_day(day + _DAY)) - _intervals(lattice, begins)
    if length == lattice.slots:
        return list(range(lattice.slots + 1))
    zone = ZoneInfo(lattice.zone)
    step = timedelta(minutes=lattice.minutes)
    found: list[int] = []
    for slot in range(lattice.slots):
        minute = slot * lattice.minutes
        at = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
        found.append(min(max((at - begins) // step, 0), length))
    return [*found, length]


def _intervals(lattice: Lattice, at: datetime) -> int:
    return (at - lattice.start_at) // timedelta(minutes=lattice.minutes)
