"""The reads of a meter: what each register stood at on the morning of a day, and what it counted hour by hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
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

    def hours(
        self, serial: MeterSerial, *, utility: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, int] | PartnerAway:
        """Wh that the meter counted, by the start of each hour in [from_at, until_at); an unknown hour is not there."""
        ...
