"""The prices of hours that a comparison knows, and which of them it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from evenroll.costs.compare import Assumption
from evenroll.costs.courses import PAST_YEARS
from evenroll.costs.pricing import HourPrices
from evenroll.enrollment.facts import PartnerAway
from evenroll.ports.prices import PriceSource
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesKnown:
    """prices: USD per kWh by the start of each hour, UTC, by series. assumptions: what is to be said, by series."""

    prices: Mapping[str, HourPrices] = field(repr=False)
    assumptions: Mapping[str, Assumption]


def series_of(rates: Iterable[RateKey], *, on: date) -> dict[str, Rate]:
    """The series by which one of these rates is priced, each with such a rate."""
    found: dict[str, Rate] = {}
    for key in rates:
        with suppress(RateUnknown):
            rate = load_catalog().rate(key, on=on)
            if is_hourly(rate):
                found[rate.hourly_series] = rate
    return found


def past_prices(
    source: PriceSource, *, needed: Mapping[str, Rate], calendar: ServiceCalendar, on: date
) -> dict[str, HourPrices]:
    """The past years of each series, as far as the source knows them. needed: by series, a rate that it prices."""
    found: dict[str, HourPrices] = {}
    for series, rate in needed.items():
        known = source.prices(
            series,
            owner=rate.organization,
            from_at=calendar.start_of_day(date(on.year - PAST_YEARS, 1, 1)),
            until_at=calendar.start_of_day(on),
        )
        if not isinstance(known, PartnerAway) and known:
            found[series] = known
    return found
