"""Delivery within one installation: the receiver takes the message in its own transaction, behind its own wall.

Personal answers arrive as they left, sealed for the receiver; only its own keys open them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.envelope import Envelope

Receive = Callable[[Envelope, datetime], Delivered]
ReceiveTogether = Callable[[Sequence[Envelope], datetime], Sequence[Delivered | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalDelivery:
    """Hands a message to the receiving door of an organization that lives here.

    receivers: the organizations here. receive: that door; it takes a message once however often it comes.
    receive_together: its door for several of one sender to one of them; None of one that is to come by itself.
    """

    receivers: frozenset[OrganizationKey]
    receive: Receive
    receive_together: ReceiveTogether

    def deliver(self, parcel: Envelope, *, now: datetime) -> Delivered:
        """Bring the message to its receiver; away if it does not live here."""
        if parcel.receiver not in self.receivers:
            return Delivered(outcome=DeliveryOutcome.AWAY, why="receiver_not_here")
        return self.receive(parcel, now)

    def deliver_together(self, parcels: Sequence[Envelope], *, now: datetime) -> Sequence[Delivered | None]:
        """Bring messages of one sender, each receiver's in one transaction; None of one that is to come by itself."""
        told: list[Delivered | None] = [None] * len(parcels)
        for receiver in sorted(self.receivers & {parcel.receiver for parcel in parcels}):
            places = [at for at, parcel in enumerate(parcels) if parcel.receiver == receiver]
            answers = self.receive_together([parcels[at] for at in places], now)
            for at, answer in zip(places, answers, strict=True):
                told[at] = answer
        return told
