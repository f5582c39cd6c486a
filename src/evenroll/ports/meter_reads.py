"""The reads of a meter: what each register stood at on the morning of a day."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.usage_point import MeterReads
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey


class ReadSource(Protocol):
    """The utility's meter data."""

    def reads(
        self, serial: MeterSerial, *, utility: OrganizationKey, on: tuple[date, ...]
    ) -> tuple[MeterReads, ...] | PartnerAway:
        """The reads of the days asked for, ascending; a day without a complete read is left out."""
        ...
