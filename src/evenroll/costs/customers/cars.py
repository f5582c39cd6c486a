"""Cars that are plugged in at the same clock times every day, and what they add to the loads of their customers.

Each charges at once, or in the cheapest intervals of its stay: with a price and a cap per interval,
filling the cheapest first costs least. What `costs.charging` says of one car in hours is said here of many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.night_loops import CarColumns, add_nights
from evenroll.costs.customers.nights import DAY_MINUTES, Days, IntArray, Nights

POWER_W_MAX: Final = 1_000_000
"""The most that a car may draw, W."""


class CarsWrong(ValueError):
    """Columns of cars that no car can have."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cars:
    """Cars by column, each (car,).

    need_wh: what each needs from the wall over all days, spread evenly, Wh. night_max_wh: the most that it takes in a
    night, Wh: a full battery. power_w: the most that it draws. plug_in_min, plug_out_min: minutes of the clock day,
    0-1439; it leaves on the next day where plug_out_min is not after plug_in_min. Raises CarsWrong.
    """

    need_wh: IntArray
    night_max_wh: IntArray
    power_w: IntArray
    plug_in_min: IntArray
    plug_out_min: IntArray

    def __post_init__(self) -> None:
        least = np.stack((self.need_wh, self.night_max_wh, self.plug_in_min, self.plug_out_min))
        times = np.stack((self.plug_in_min, self.plug_out_min))
        if least.min(initial=0) < 0 or times.max(initial=0) >= DAY_MINUTES:
            raise CarsWrong("A car needs nothing below zero and has clock times below 24:00. Correct the cars.")
        if self.power_w.min(initial=1) <= 0 or self.power_w.max(initial=0) > POWER_W_MAX:
            raise CarsWrong(f"A car draws more than nothing and {POWER_W_MAX} W at most. Correct the cars.")

    @property
    def count(self) -> int:
        """How many cars."""
        return len(self.need_wh)

    def chosen(self, which: IntArray | slice) -> Cars:
        """Some of the cars, by their places."""
        return Cars(
            need_wh=self.need_wh[which],
            night_max_wh=self.night_max_wh[which],
            power_w=self.power_w[which],
            plug_in_min=self.plug_in_min[which],
            plug_out_min=self.plug_out_min[which],
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LaidOut:
    """Cars on the intervals of loads. short_wh: (car,), what they need beyond full batteries, Wh."""

    columns: CarColumns
    short_wh: IntArray


def laid_out(cars: Cars, *, days: Days) -> LaidOut:
    """The cars on these days. In its first and last interval a car takes what fits into the time that it is there."""
    minutes, count = days.minutes, len(days.first) - 1
    need = np.minimum(cars.need_wh, cars.night_max_wh * count)
    over_night = cars.plug_out_min <= cars.plug_in_min
    begin, end = cars.plug_in_min // minutes, -(-cars.plug_out_min // minutes)
    last_min = (cars.plug_out_min - 1) % minutes + 1
    is_one = ~over_night & (end == begin + 1)
    first_min = np.where(is_one, cars.plug_out_min - cars.plug_in_min, minutes - cars.plug_in_min % minutes)
    columns = CarColumns(
        need_wh=need // count,
        # The last nights take what an even share leaves, as in the year of one car.
        more_from=count - need % count,
        begin=begin,
        end=end,
        over_night=over_night.astype(np.int64),
        whole_wh=cars.power_w * minutes // 60,
        first_wh=cars.power_w * first_min // 60,
        last_wh=cars.power_w * last_min // 60,
    )
    return LaidOut(columns=columns, short_wh=cars.need_wh - need)


def add_charging(loads: NDArray[Any], *, cars: LaidOut, nights: Nights) -> IntArray:
    """Adds what cars draw to loads, (car, interval), Wh, changed. nights: by the prices that they look at.

    Where all intervals cost the same a car charges at once. Returns what is not served, (car,), Wh.
    """
    unserved = cars.short_wh.copy()
    add_nights(cars.columns, nights, loads, unserved)
    return unserved
