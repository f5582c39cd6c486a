"""Delivery within one installation: the receiver takes the message in its own transaction, behind its own wall.

Personal answers arrive as they left, sealed for the receiver; only its own keys open them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.envelope import Envelope

Receive = Callable[[Envelope, datetime], Delivered]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalDelivery:
    """Hands a message to the receiving door of an organization that lives here.

    receivers: the organizations here. receive: that door; it takes a message once however often it comes.
    """

    receivers: frozenset[OrganizationKey]
    receive: Receive

    def deliver(self, parcel: Envelope, *, now: datetime) -> Delivered:
        """Bring the message to its receiver; away if it does not live here."""
        if parcel.receiver not in self.receivers:
            return Delivered(outcome=DeliveryOutcome.AWAY, why="receiver_not_here")
        return self.receive(parcel, now)
