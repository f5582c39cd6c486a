"""The loop that adds to loads what cars draw at night, compiled; `cars` says what it computes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.nights import IntArray, Nights
from evenroll.costs.lattice.jit import kernel


class CarColumns(NamedTuple):
    """Cars by column, each (car,). need_wh: of a night. more_from: the night from which each needs one Wh more.

    begin, end: intervals of the clock day between which it is there. over_night: 1 where it leaves on the next day.
    whole_wh, first_wh, last_wh: the most that it takes in an interval, in its first and in its last.
    """

    need_wh: IntArray
    more_from: IntArray
    begin: IntArray
    end: IntArray
    over_night: IntArray
    whole_wh: IntArray
    first_wh: IntArray
    last_wh: IntArray


class _Stay(NamedTuple):
    """Where the stays of a kind of night lie: from so many intervals after a day begins, so many intervals on.

    early: those until the day ends; where the night after is not the next one, the others are counted from its day's
    beginning.
    """

    after: int
    length: int
    early: int


@kernel
def add_nights(cars: CarColumns, nights: Nights, loads: NDArray[Any], unserved: IntArray) -> None:
    """Adds what cars draw in the nights to loads, (car, interval), and what finds no room to unserved, (car,), Wh."""
    longest = 2 * nights.place.shape[1] + 16
    price, taken = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    cap_wh = np.zeros(longest if nights.cap_wh.shape[0] > 0 else 0, np.int64)
    begins = nights.first[nights.day]
    for car in range(cars.need_wh.shape[0]):
        for kind in range(nights.kind_first.shape[0] - 1):
            first, end = nights.kind_first[kind], nights.kind_first[kind + 1]
            # One night stands for all of its kind: what is drawn when.
            day = int(nights.day[first])
            stay = _stay(cars, car, nights, day)
            _at_stay(stay, nights, day, nights.price, price)
            if cap_wh.shape[0] > 0:
                _at_stay(stay, nights, day, nights.cap_wh, cap_wh)
            left, extra = _cheapest(cars, car, price[: stay.length], cap_wh, taken)
            unserved[car] += left * (end - first)
            for k in range(stay.length):
                if taken[k] > 0:
                    _spread(begins[first:end], _spot(stay, nights, day, k), taken[k], loads[car])
            later = _first_at_least(nights.day, (first, end), cars.more_from[car])
            if extra < 0:
                unserved[car] += end - later
            else:
                _spread(begins[later:end], _spot(stay, nights, day, extra), np.int64(1), loads[car])


@kernel
def _first_at_least(days: IntArray, among: tuple[int, int], least: int) -> int:
    """The first place among some whose day is not before another; days rise there."""
    for n in range(among[0], among[1]):
        if days[n] >= least:
            return n
    return among[1]


@kernel
def _spread(begins: IntArray, spot: int, wh: np.int64, load: NDArray[Any]) -> None:
    """Adds the same to the same interval of all nights of a kind. spot: intervals after the day begins."""
    for n in range(begins.shape[0]):
        load[begins[n] + spot] += wh


@kernel
def _stay(cars: CarColumns, car: int, nights: Nights, day: int) -> _Stay:
    begin, end = cars.begin[car], cars.end[car]
    after = int(nights.place[day, begin])
    if cars.over_night[car] == 0:
        length = int(nights.place[day, end]) - after
        return _Stay(after, length, length)
    then = (day + 1) % (nights.first.shape[0] - 1)
    early = int(nights.first[day + 1] - nights.first[day]) - after
    return _Stay(after, early + int(nights.place[then, end]), early)


@kernel
def _spot(stay: _Stay, nights: Nights, day: int, k: int) -> int:
    """Where an interval of a stay lies, counted from the beginning of its day."""
    last = nights.first.shape[0] - 2
    if day < last or k < stay.early:
        return stay.after + k
    return k - stay.early - int(nights.first[last])


@kernel
def _at_stay(stay: _Stay, nights: Nights, day: int, of_all: IntArray, found: IntArray) -> None:
    """The prices or caps of a stay, in order of time."""
    for k in range(stay.length):
        found[k] = of_all[nights.first[day] + _spot(stay, nights, day, k)]


@kernel
def _cheapest(cars: CarColumns, car: int, price: IntArray, cap_wh: IntArray, taken: IntArray) -> tuple[int, int]:
    """Fills taken by rising price, among equals the earliest. Returns what is left, and where one Wh more would go.

    cap_wh: empty where there are no caps.
    """
    length = price.shape[0]
    taken[:length] = 0
    left = int(cars.need_wh[car])
    if length == 0:
        return left, -1
    dearest = price.max()
    done = price.min() - 1
    while done < dearest:
        next_price = dearest
        for k in range(length):
            next_price = min(next_price, price[k] if price[k] > done else dearest)
        for k in range(length):
            if price[k] == next_price:
                room = _room(cars, car, k, length)
                if cap_wh.shape[0] > 0:
                    room = min(room, cap_wh[k])
                taken[k] = min(left, room)
                left -= taken[k]
                if taken[k] < room:
                    return left, k
        done = next_price
    return left, -1


@kernel
def _room(cars: CarColumns, car: int, k: int, length: int) -> int:
    """The most that a car takes in one interval of its stay."""
    if k == 0:
        return int(cars.first_wh[car])
    return int(cars.last_wh[car] if k == length - 1 else cars.whole_wh[car])
