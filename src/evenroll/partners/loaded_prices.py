"""The price series of this installation, as they were loaded into the books of those who set them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from evenroll.enrollment.facts import PartnerAway
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import OrganizationUnknown, open_organization
from evenroll.records.price_series import HourPrice, prices_of

PARTNER: Final = "price_series"
_HOUR: Final = timedelta(hours=1)
_E8_PLACES: Final = -8


class LoadedPrices:
    """Prices from the table that files are loaded into."""

    def prices(
        self, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, Decimal] | PartnerAway:
        """USD per kWh by the start of each hour; hours that a row does not cover whole are left out."""
        try:
            with open_organization(owner):
                rows = prices_of(series, from_at=from_at, until_at=until_at)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")
        found: dict[datetime, Decimal] = {}
        for row in rows:
            found.update(_by_hour(row))
        return found


def _by_hour(row: HourPrice) -> dict[datetime, Decimal]:
    price = _usd(row.price_e8_per_kwh)
    start_at = row.start_at.astimezone(UTC)
    first = start_at.replace(minute=0, second=0, microsecond=0)
    if first != start_at:
        first += _HOUR
    hours = (row.end_at.astimezone(UTC) - first) // _HOUR
    return {first + n * _HOUR: price for n in range(hours)}


def _usd(price_e8: int) -> Decimal:
    sign, digits, _ = Decimal(price_e8).as_tuple()
    return Decimal((sign, digits, _E8_PLACES))
