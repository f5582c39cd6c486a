"""Loads of many customers in one block: whole watt-hours of each hour or quarter-hour, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.usage import LoadWrong

WhArray: TypeAlias = NDArray[np.uint16] | NDArray[np.int32]
"""Watt-hours, two bytes where no interval holds more than 65,535 Wh, else four."""

MINUTES: Final = (15, 60)
_SMALL_MAX: Final = 65_535


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadBlock:
    """Loads that begin together.

    wh: (customer, interval), Wh drawn, u16 or i32, C order, never negative. start_at: the start of the first interval,
    UTC. minutes: 15 or 60. zone: the IANA name of the clock by which it is billed. estimated: (customer,
    ceil(interval / 8)), bits as `numpy.packbits` makes them, 1 where a value was not measured; None: all measured.
    Raises LoadWrong.
    """

    wh: WhArray
    start_at: datetime
    minutes: int
    zone: str
    estimated: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def customers(self) -> int:
        """How many loads."""
        return self.wh.shape[0]

    def rows(self, first: int, end: int) -> LoadBlock:
        """The loads [first, end), without copying."""
        bits = None if self.estimated is None else self.estimated[first:end]
        return LoadBlock(
            wh=self.wh[first:end], start_at=self.start_at, minutes=self.minutes, zone=self.zone, estimated=bits
        )


def smallest(wh: NDArray[np.int64]) -> WhArray:
    """The same watt-hours in two bytes where they fit, else in four. Raises LoadWrong where four are too few."""
    if wh.size and (int(wh.min()) < 0 or int(wh.max()) > np.iinfo(np.int32).max):
        raise LoadWrong("A load holds less than nothing or more than 2,147 MWh in an interval. Correct the load.")
    if not wh.size or int(wh.max()) <= _SMALL_MAX:
        return wh.astype(np.uint16)
    return wh.astype(np.int32)


def _check(block: LoadBlock) -> None:
    wh = block.wh
    if wh.ndim != 2 or wh.dtype not in (np.dtype(np.uint16), np.dtype(np.int32)):
        raise LoadWrong(f"Loads are (customer, interval) of u16 or i32, and not {wh.ndim}-dimensional {wh.dtype}.")
    if not wh.flags.c_contiguous:
        raise LoadWrong("Loads lie customer by customer in memory (C order). Copy them into that order.")
    if block.minutes not in MINUTES:
        raise LoadWrong(f"Intervals of {block.minutes} minutes are not supported; sum them to 15 or 60.")
    if block.start_at.utcoffset() != timedelta(0):
        raise LoadWrong("A load begins at an instant that is not given in UTC. Convert it first.")
    if wh.dtype == np.dtype(np.int32) and wh.size and int(wh.min()) < 0:
        raise LoadWrong("A load draws less than nothing in an interval; what is fed in is not supported here.")
    bits = block.estimated
    if bits is not None and bits.shape != (wh.shape[0], -(-wh.shape[1] // 8)):
        raise LoadWrong("The bits of quality do not fit the loads: a row for each customer, a bit for each interval.")
