"""The events that the providers of this installation called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.program_event import EventState, ProgramEvent
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from evenroll.records.organizations import OrganizationUnknown
from evenroll.records.program_events import events_of

PARTNER: Final = "program_events"
_HOUR: Final = timedelta(hours=1)


class StoredEvents:
    """Events from the provider's own books."""

    def hours(
        self, program: ProgramKey, *, provider: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> frozenset[datetime] | PartnerAway:
        """The starts of the hours of all events that were called and not cancelled, UTC."""
        try:
            found = events_of(provider, program=program)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")
        hours = (at for each in found if each.state is not EventState.CANCELLED for at in _hours(each))
        return frozenset(at for at in hours if from_at <= at < until_at)


def _hours(event: ProgramEvent) -> tuple[datetime, ...]:
    """Every hour that the event touches."""
    first = event.starts_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    count = -((first - event.ends_at.astimezone(UTC)) // _HOUR)
    return tuple(first + n * _HOUR for n in range(count))
