"""What the fleet plan does with whole columns of cars: how much could move between two slots, and moving it.

A column holds one number per car. Each act exists twice, compiled and in numpy, and gives exactly the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.sessions import SlotWh
from evenroll.costs.lattice.jit import HAS_KERNELS, kernel

Marks = NDArray[np.int32]
"""One mark per car: all bits set where it is marked, else none, so that marking and asking need no comparison."""

_BLOCK = 512


class Column(NamedTuple):
    """One slot. drawn: what each car draws in it, Wh. room: what each could draw beside that."""

    drawn: SlotWh
    room: SlotWh


@dataclass(frozen=True, kw_only=True, slots=True)
class Kernels:
    """could_move(giver, taker): Wh, each car's energy in the one slot as far as it has room in the other.

    move(giver, taker, wh): moves wh of that, from the first cars on; gives what it moved. mark(marks, giver): marks
    each car that draws in the slot. has_room(marks, taker): whether a marked car has room in the slot.
    """

    could_move: Callable[[Column, Column], int]
    move: Callable[[Column, Column, int], int]
    mark: Callable[[Marks, Column], None]
    has_room: Callable[[Marks, Column], bool]


@cache
def kernels() -> Kernels:
    """The compiled ones where numba is installed, else those in numpy."""
    if not HAS_KERNELS:
        return PLAIN
    return Kernels(
        could_move=kernel(_could_move),
        move=kernel(_move),
        mark=kernel(_mark),
        has_room=kernel(_has_room),
    )


def _plain_could_move(giver: Column, taker: Column) -> int:
    return int(np.minimum(giver.drawn, taker.room).sum(dtype=np.int64))


def _plain_move(giver: Column, taker: Column, wh: int) -> int:
    could = np.minimum(giver.drawn, taker.room)
    before = could.cumsum(dtype=np.int64) - could
    moved = np.clip(wh - before, 0, could).astype(np.int32)
    giver.drawn[:] -= moved
    giver.room[:] += moved
    taker.drawn[:] += moved
    taker.room[:] -= moved
    return int(moved.sum(dtype=np.int64))


def _plain_mark(marks: Marks, giver: Column) -> None:
    marks |= -giver.drawn >> 31


def _plain_has_room(marks: Marks, taker: Column) -> bool:
    return bool((marks & taker.room).any())


PLAIN = Kernels(could_move=_plain_could_move, move=_plain_move, mark=_plain_mark, has_room=_plain_has_room)
"""Those in numpy."""


def _could_move(giver: Column, taker: Column) -> int:
    wh = 0
    for car in range(len(giver.drawn)):
        wh += min(giver.drawn[car], taker.room[car])
    return wh


def _move(giver: Column, taker: Column, wh: int) -> int:
    left = wh
    # Block by block: one that moves whole needs no decision per car, so the processor takes many cars at once.
    for start in range(0, len(giver.drawn), _BLOCK):
        drawn, room = giver.drawn[start : start + _BLOCK], giver.room[start : start + _BLOCK]
        taking, free = taker.drawn[start : start + _BLOCK], taker.room[start : start + _BLOCK]
        could = 0
        for car in range(len(drawn)):
            could += min(drawn[car], free[car])
        if could == 0:
            continue
        if could <= left:
            for car in range(len(drawn)):
                moved = min(drawn[car], free[car])
                drawn[car] -= moved
                room[car] += moved
                taking[car] += moved
                free[car] -= moved
            left -= could
        else:
            for car in range(len(drawn)):
                moved = min(drawn[car], free[car], left)
                drawn[car] -= moved
                room[car] += moved
                taking[car] += moved
                free[car] -= moved
                left -= moved
        if left == 0:
            break
    return wh - left


def _mark(marks: Marks, giver: Column) -> None:
    for car in range(len(marks)):
        # The sign of what is drawn, turned: all bits set where it is above zero.
        marks[car] |= -giver.drawn[car] >> 31


def _has_room(marks: Marks, taker: Column) -> bool:
    for start in range(0, len(marks), _BLOCK):
        marked, room = marks[start : start + _BLOCK], taker.room[start : start + _BLOCK]
        found = np.int32(0)
        for car in range(len(marked)):
            found |= marked[car] & room[car]
        if found:
            return True
    return False
