"""The hours in which a provider called an event of a program, as whoever bills them asks for them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from evenroll.enrollment.facts import PartnerAway
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey


class CalledEvents(Protocol):
    """The provider's calendar of events."""

    def hours(
        self, program: ProgramKey, *, provider: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> frozenset[datetime] | PartnerAway:
        """The starts of the hours in [from_at, until_at) in an event that was called and not cancelled, UTC."""
        ...
