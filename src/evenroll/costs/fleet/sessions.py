"""Charging sessions on a grid of slots: when a car is there, what it needs, the most that it takes in a slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
"""Integers of 64 bits: Wh, prices of 1e-8 USD per kWh, positions of slots."""

SlotWh = NDArray[np.int32]
"""Wh of one session in one slot: 2 GWh at most."""

MOST_WH: Final = 2**31 - 1
"""The most that one session may need or take, Wh: what an integer of 32 bits holds."""

_SECOND: Final = timedelta(seconds=1)
_HOUR_S: Final = 3600
_SLOT_MINUTES: Final = (15, 30, 60)


class GridWrong(ValueError):
    """A grid of slots on which nothing can be planned."""


class SessionWrong(ValueError):
    """A charging session that no car can have, or one that the grid does not hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotGrid:
    """The slots of a plan, one after the other in real time: a day of 23 or 25 hours has fewer or more of them.

    start_at: instant with a zone. slot_min: 15, 30 or 60 minutes. slots: how many. Raises GridWrong.
    """

    start_at: datetime
    slot_min: int
    slots: int

    def __post_init__(self) -> None:
        if self.start_at.tzinfo is None:
            raise GridWrong("A grid of slots starts at an instant with a zone. Say the zone.")
        if self.slot_min not in _SLOT_MINUTES or self.slots <= 0:
            raise GridWrong("A grid has one slot or more, each of 15, 30 or 60 minutes. Correct the grid.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingSession:
    """One car, plugged in from plug_in_at to plug_out_at, instants with a zone.

    need_wh: Wh from the wall. power_w: the most that it draws. Raises SessionWrong.
    """

    plug_in_at: datetime
    plug_out_at: datetime
    need_wh: int
    power_w: int

    def __post_init__(self) -> None:
        if self.plug_in_at.tzinfo is None or self.plug_out_at.tzinfo is None:
            raise SessionWrong("A session begins and ends at instants with a zone. Say the zone.")


class Sessions(NamedTuple):
    """Many sessions on one grid, column by column; each of shape (session,), all integers.

    The car is there from slot first_slot up to, not including, end_slot. slot_wh: the most that it takes in a whole
    slot; first_wh and last_wh: in its first and its last one, where it is there for a part (the same where both are
    one slot). need_wh: what it needs.
    """

    first_slot: IntArray
    end_slot: IntArray
    need_wh: IntArray
    slot_wh: IntArray
    first_wh: IntArray
    last_wh: IntArray


def sessions_on(sessions: Sequence[ChargingSession], *, grid: SlotGrid) -> Sessions:
    """The sessions on the slots of a grid. Raises SessionWrong where one begins before the grid or ends after it."""
    # In UTC: within one zone a subtraction would count hours of the clock, of which a night may have one more or less.
    start_at = grid.start_at.astimezone(UTC)
    seconds = [
        [(at.astimezone(UTC) - start_at) // _SECOND for at in (each.plug_in_at, each.plug_out_at)] for each in sessions
    ]
    return sessions_of_seconds(
        np.array(seconds, dtype=np.int64).reshape(-1, 2),
        need_wh=np.array([each.need_wh for each in sessions], dtype=np.int64),
        power_w=np.array([each.power_w for each in sessions], dtype=np.int64),
        slot_min=grid.slot_min,
        slots=grid.slots,
    )


def sessions_of_seconds(
    seconds: IntArray, *, need_wh: IntArray, power_w: IntArray, slot_min: int, slots: int
) -> Sessions:
    """The same from columns.

    seconds: (session, 2), plug-in and plug-out in seconds since the grid starts. need_wh, power_w: (session,), Wh and
    W. What a car takes in a part of a slot is cut to whole Wh. Raises SessionWrong.
    """
    slot_s = slot_min * 60
    in_s, out_s = seconds[:, 0].astype(np.int64), seconds[:, 1].astype(np.int64)
    _refuse(out_s <= in_s, why="ends before it begins: correct its times")
    _refuse(
        (power_w <= 0) | (power_w > MOST_WH // _HOUR_S), why="has a power that no charger has: correct its power in W"
    )
    first, end = in_s // slot_s, -(-out_s // slot_s)
    sessions = Sessions(
        first_slot=first,
        end_slot=end,
        need_wh=need_wh.astype(np.int64),
        slot_wh=power_w * slot_s // _HOUR_S,
        first_wh=power_w * (np.minimum((first + 1) * slot_s, out_s) - in_s) // _HOUR_S,
        last_wh=power_w * (out_s - np.maximum((end - 1) * slot_s, in_s)) // _HOUR_S,
    )
    check_sessions(sessions, slots=slots)
    return sessions


def check_sessions(sessions: Sessions, *, slots: int) -> None:
    """Raises SessionWrong where a session does not lie in so many slots, or where its numbers are none of a car's."""
    if len({column.shape for column in sessions}) > 1:
        raise SessionWrong("The columns of the sessions differ in length. Give one number for each session.")
    outside = (sessions.first_slot < 0) | (sessions.end_slot > slots)
    _refuse(outside, why="does not lie in the grid of slots: make the grid longer")
    _refuse(sessions.end_slot <= sessions.first_slot, why="ends before it begins: correct its times")
    for column in (sessions.need_wh, sessions.slot_wh, sessions.first_wh, sessions.last_wh):
        _refuse((column < 0) | (column > MOST_WH), why=f"has less than 0 or more than {MOST_WH} Wh: correct its energy")


def caps_in_slot(sessions: Sessions, *, slot: int) -> IntArray:
    """The most that each session takes in one slot, (session,), Wh: zero where the car is not there."""
    there = (sessions.first_slot <= slot) & (slot < sessions.end_slot)
    caps = np.where(there, sessions.slot_wh, 0)
    caps = np.where(sessions.end_slot - 1 == slot, sessions.last_wh, caps)
    return np.where(sessions.first_slot == slot, sessions.first_wh, caps)


def caps_of(sessions: Sessions, *, slot_caps_wh: IntArray) -> SlotWh:
    """The most that each session takes in each slot, (slot, session), Wh.

    slot_caps_wh: (slot,), the most that any car may take in a slot, from a DLC event or one in which none charges.
    """
    caps = np.zeros((len(slot_caps_wh), len(sessions.need_wh)), dtype=np.int32)
    slot_wh = sessions.slot_wh.astype(np.int32)
    for slot, row in enumerate(caps):
        np.copyto(row, slot_wh, where=(sessions.first_slot <= slot) & (slot < sessions.end_slot))
    cars = np.arange(len(sessions.need_wh))
    caps[sessions.end_slot - 1, cars] = sessions.last_wh
    caps[sessions.first_slot, cars] = sessions.first_wh
    for row, most in zip(caps, slot_caps_wh, strict=True):
        if most < MOST_WH:
            np.minimum(row, np.int32(most), out=row)
    return caps


def chosen(sessions: Sessions, *, which: NDArray[np.int64] | NDArray[np.bool_]) -> Sessions:
    """The sessions at these positions, or those that are marked, in that order."""
    return Sessions(*(column[which] for column in sessions))


def _refuse(wrong: NDArray[np.bool_], *, why: str) -> None:
    if wrong.any():
        raise SessionWrong(f"Session {int(np.flatnonzero(wrong)[0])} {why}.")
