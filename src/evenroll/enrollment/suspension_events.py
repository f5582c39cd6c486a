"""The events of an enrollment that rests: a device that is silent, a consent that ended, a person who suspends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import SuspensionCause


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceLost(Event):
    """Action: the control device is silent, or gone; cause is a code. is_last: no other one of the case obeys."""

    cause: str
    is_last: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceBack(Event):
    """Action: the control device answers again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentEnded(Event):
    """Action: the customer's consent to control, or to the device's data, ended.

    silent: a device did not obey by then.
    """

    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRenewed(Event):
    """Action: the consent was given again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspended(Event):
    """Action: the enrollment rests for this cause and ends on that day if it is not cured. since_on: as it began.

    next_at: when the next act of the active enrollment was due, so that it is due then again.
    """

    cause: SuspensionCause
    since_on: date
    ends_on: date
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionEased(Event):
    """Action: one of several causes is gone; the enrollment still rests."""

    cause: SuspensionCause


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumed(Event):
    """Action: the last cause is gone; the enrollment goes on, the same case."""

    cause: SuspensionCause
