"""What only the utility knows of a premise: its meter and read cycle. An ESCO asks the utility for it (row 4a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from evenroll.enrollment.eligibility_facts import Known, Told
from evenroll.enrollment.facts import MeterFacts, PartnerAway
from evenroll.quantities.identifiers import OrganizationKey, PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class PremiseFacts:
    """The meter in place and what else of the premise decides eligibility. Nothing about the customer.

    meter: absent where the utility has no meter there.
    """

    meter: MeterFacts | None = None
    net_metering: Known = Known.UNKNOWN
    exchangeable: Known = Known.UNKNOWN
    rates: Told = field(default_factory=Told)


class Premises(Protocol):
    """The utility, as a provider asks it about a usage point."""

    def look_up(self, pod: PodId, *, utility: OrganizationKey, on: date) -> PremiseFacts | PartnerAway:
        """The premise as it stands on that day; empty for a usage point that the utility does not have."""
        ...
