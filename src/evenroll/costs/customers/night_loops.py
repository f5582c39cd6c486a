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
    """Where a stay lies: early intervals from evening on, then late ones from morning on."""

    evening: int
    early: int
    morning: int
    late: int


@kernel
def add_nights(cars: CarColumns, nights: Nights, loads: NDArray[Any], unserved: IntArray) -> None:
    """Adds what cars draw in the nights to loads, (car, interval), and what finds no room to unserved, (car,), Wh."""
    longest = 2 * nights.place.shape[1] + 16
    price, taken = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    for car in range(cars.need_wh.shape[0]):
        for kind in range(nights.kind_first.shape[0] - 1):
            first, end = nights.kind_first[kind], nights.kind_first[kind + 1]
            # One night stands for all of its kind: what is drawn when.
            stay = _stay(cars, car, nights, int(nights.day[first]))
            length = _prices(stay, nights.price, price)
            left, extra = _cheapest(cars, car, price[:length], taken)
            unserved[car] += left * (end - first)
            _spread(cars, car, (first, end), nights, taken[:length], loads[car])
            unserved[car] += _one_more(cars, car, (first, end), nights, extra, loads[car])


@kernel
def _spread(
    cars: CarColumns, car: int, kind: tuple[int, int], nights: Nights, taken: IntArray, load: NDArray[Any]
) -> None:
    """Adds what is drawn in one night to all nights of its kind."""
    at = np.flatnonzero(taken)
    for n in range(kind[0], kind[1]):
        stay = _stay(cars, car, nights, int(nights.day[n]))
        for k in at:
            load[_spot(stay, int(k))] += taken[k]


@kernel
def _one_more(cars: CarColumns, car: int, kind: tuple[int, int], nights: Nights, extra: int, load: NDArray[Any]) -> int:
    """Adds one Wh to those nights that need one more. extra: where it goes, -1 for nowhere. Returns what is left."""
    left = 0
    for n in range(kind[0], kind[1]):
        if nights.day[n] >= cars.more_from[car]:
            if extra < 0:
                left += 1
            else:
                load[_spot(_stay(cars, car, nights, int(nights.day[n])), extra)] += 1
    return left


@kernel
def _stay(cars: CarColumns, car: int, nights: Nights, day: int) -> _Stay:
    begin, end = cars.begin[car], cars.end[car]
    evening = nights.first[day] + nights.place[day, begin]
    if cars.over_night[car] == 0:
        return _Stay(int(evening), int(nights.place[day, end] - nights.place[day, begin]), 0, 0)
    then = (day + 1) % (nights.first.shape[0] - 1)
    early, late = nights.first[day + 1] - evening, nights.place[then, end]
    return _Stay(int(evening), int(early), int(nights.first[then]), int(late))


@kernel
def _prices(stay: _Stay, price: IntArray, found: IntArray) -> int:
    """The prices of a stay, in order of time. Returns how many."""
    for k in range(stay.early):
        found[k] = price[stay.evening + k]
    for k in range(stay.late):
        found[stay.early + k] = price[stay.morning + k]
    return stay.early + stay.late


@kernel
def _spot(stay: _Stay, k: int) -> int:
    return stay.evening + k if k < stay.early else stay.morning + k - stay.early


@kernel
def _cheapest(cars: CarColumns, car: int, price: IntArray, taken: IntArray) -> tuple[int, int]:
    """Fills taken by rising price, among equals the earliest. Returns what is left, and where one Wh more would go."""
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
