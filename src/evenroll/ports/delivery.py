"""Delivery: brings one message to its receiver, who takes it once however often it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

Parcel_contra = TypeVar("Parcel_contra", contravariant=True)


class DeliveryOutcome(StrEnum):
    """What became of a delivery. Parked: the receiver keeps it in sight; it need not come again."""

    TAKEN = "taken"
    TAKEN_BEFORE = "taken_before"
    PARKED = "parked"
    AWAY = "away"


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
