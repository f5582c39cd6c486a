"""The prices of hours that a comparison knows without a database: those of the invented organizations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.pricing import HourPrices
from evenroll.programs.catalog import CatalogOrganization, RateUnknown, load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey
from evenroll.runtime.territory_prices import SERIES, hour_prices

_E8 = -8


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesKnown:
    """prices: USD per kWh by the start of each hour, UTC, by series. assumptions: what is to be said, by series."""

    prices: Mapping[str, HourPrices] = field(repr=False)
    assumptions: Mapping[str, Assumption]


def known_series(organization: CatalogOrganization, *, rates: Iterable[RateKey], on: date) -> SeriesKnown:
    """The prices up to the day of every series that is needed and known, and what is to be said of them."""
    needed = series_needed(organization, rates=rates, on=on)
    until_at = calendar(organization.calendar).start_of_day(on)
    found = {each.key: _before(hour_prices(each), until_at) for each in SERIES if each.key in needed}
    said = {key: Assumption(code=AssumptionCode.INVENTED_PRICES, parameters={"series": key}) for key in found}
    return SeriesKnown(prices=found, assumptions=said)


def series_needed(organization: CatalogOrganization, *, rates: Iterable[RateKey], on: date) -> frozenset[str]:
    """The series by which a program of the organization, or a price of today, is priced."""
    catalog = load_catalog()
    keys = [*rates, *(each.rate for each in catalog.programs_of(organization.key, on=on) if each.rate)]
    found: set[str] = set()
    for key in keys:
        with suppress(RateUnknown):
            found.add(catalog.rate(key, on=on).hourly_series)
    return frozenset(found - {""})


def _before(prices: Iterable[tuple[datetime, int]], until_at: datetime) -> dict[datetime, Decimal]:
    return {at: Decimal(price_e8).scaleb(_E8) for at, price_e8 in prices if at < until_at}
