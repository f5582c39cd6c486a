"""Delivery: brings one message to its receiver, who takes it once however often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

Parcel_contra = TypeVar("Parcel_contra", contravariant=True)


class DeliveryOutcome(StrEnum):
    """What became of a delivery. Parked: the receiver keeps it in sight; it need not come again.

    Busy: another holds what it is about; it had no effect and may come again at once.
    """

    TAKEN = "taken"
    TAKEN_BEFORE = "taken_before"
    PARKED = "parked"
    AWAY = "away"
    BUSY = "busy"


class DropReason(StrEnum):
    """Why a person puts a parked message away without an effect."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    OBSOLETE = "obsolete"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """The outcome, and for parked and away the code why."""

    outcome: DeliveryOutcome
    why: str = ""


class Delivery(Protocol[Parcel_contra]):
    """A way to other organizations: here, over signed HTTPS, or as files."""

    def deliver(self, parcel: Parcel_contra, *, now: datetime) -> Delivered:
        """Bring the message to its receiver."""
        ...

    def deliver_together(self, parcels: Sequence[Parcel_contra], *, now: datetime) -> Sequence[Delivered | None]:
        """Bring messages of one sender, in the order of their numbers; what became of each.

        None: it is to be brought by itself, and nothing happened to it yet. A way that has nothing to gain says so of
        all of them.
        """
        ...
