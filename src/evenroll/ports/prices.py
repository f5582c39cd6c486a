"""Prices of hours that nobody can state in advance: a series that an organization loads as it becomes known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from evenroll.enrollment.facts import PartnerAway
from evenroll.quantities.identifiers import OrganizationKey


class PriceSource(Protocol):
    """Where the prices of a series are kept."""

    def prices(
        self, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, Decimal] | PartnerAway:
        """USD per kWh by the start of each hour in [from_at, until_at), UTC; an hour without a price is left out."""
        ...
