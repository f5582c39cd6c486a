"""What the fast loops over sessions and rates read: sessions and kinds of slots by column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.sessions import IntArray


class Columns(NamedTuple):
    """The columns of sessions.Sessions, each of integers of 64 bits without gaps."""

    first: IntArray
    end: IntArray
    need: IntArray
    slot_wh: IntArray
    first_wh: IntArray
    last_wh: IntArray


class LevelColumns(NamedTuple):
    """Slots by kind (price and cap), the cheapest kind first.

    price_e8, cap_wh: (kind, rate). before: (slot + 1, kind, rate), how many slots of a kind lie before a slot. Rates
    come last, so that the processor takes several of them at once.
    """

    price_e8: IntArray
    cap_wh: IntArray
    before: NDArray[np.int32]
