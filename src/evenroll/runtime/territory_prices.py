"""The invented prices of hours: two series made by a formula, the same on every machine; no market's figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.territory_draws import Draws
from evenroll.runtime.territory_plan import BRIGHTWATER, SEED, TERRITORY, UTILITY

PRICED_FROM_ON: Final = date(2023, 1, 1)
PRICED_UNTIL_ON: Final = date(2028, 1, 1)

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
# 1e-8 USD per kWh: five cents on an ordinary hour.
_BASE_E8: Final = 5_000_000
# Percent of that in each clock hour from midnight on: low at night, a dip at noon, high in the evening. Invented.
_HOURS: Final = (
    58, 52, 50, 50, 54, 66, 92, 108, 104, 92, 80, 72, 68, 72, 86, 112, 148, 186, 204, 182, 146, 112, 84, 68,
)  # fmt: skip
_MONTHS: Final = (122, 116, 92, 78, 80, 108, 138, 134, 100, 82, 94, 114)
_WEEKEND_PERCENT: Final = 86
# A year differs from the next, so that past years disagree.
_YEARS: Final[Mapping[int, int]] = {2023: 118, 2024: 84, 2025: 102, 2026: 97, 2027: 108}
_SCARCE_PERCENT: Final = 3
_SUNNY_PERCENT: Final = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class InventedSeries:
    """A series and whose it is. percent: of the common formula; offset_e8: added to each hour, 1e-8 USD per kWh."""

    key: str
    owner: OrganizationKey
    percent: int = 100
    offset_e8: int = 0


SERIES: Final = (
    InventedSeries(key="le-day-ahead", owner=UTILITY),
    InventedSeries(key="bw-day-ahead", owner=BRIGHTWATER, percent=96, offset_e8=150_000),
)


def hour_prices(series: InventedSeries) -> Iterator[tuple[datetime, int]]:
    """The start of each hour, UTC, and its price in 1e-8 USD per kWh; on sunny spring noons it may be negative."""
    for at, price_e8 in _common():
        yield at, price_e8 * series.percent // 100 + series.offset_e8


@cache
def _common() -> tuple[tuple[datetime, int], ...]:
    where = calendar(TERRITORY)
    zone = ZoneInfo(where.zone)
    at, until_at = where.start_of_day(PRICED_FROM_ON), where.start_of_day(PRICED_UNTIL_ON)
    found: list[tuple[datetime, int]] = []
    while at < until_at:
        local = at.astimezone(zone)
        found.append((at.astimezone(UTC), _price_e8(local.date(), local.hour)))
        at += _HOUR
    return tuple(found)


def _price_e8(day: date, hour: int) -> int:
    percents = _percents(day)
    return _BASE_E8 * percents[hour] // 100


@cache
def _percents(day: date) -> tuple[int, ...]:
    """Percent of the base in each clock hour of a day: season, year, weekend, and what is drawn for that day."""
    draws = Draws(seed=SEED, subject=f"prices/{day.isoformat()}")
    level = _MONTHS[day.month - 1] * _YEARS[day.year] * (80 + draws.number("level", below=41)) // 10_000
    if day.weekday() >= _SATURDAY:
        level = level * _WEEKEND_PERCENT // 100
    percents = [share * level // 100 for share in _HOURS]
    if day.month in (6, 7, 8, 12, 1) and draws.is_so("scarce", percent=_SCARCE_PERCENT):
        for hour in range(15, 20):
            percents[hour] *= 4 + draws.number("scarcity", below=6)
    if day.month in (3, 4, 5) and draws.is_so("sunny", percent=_SUNNY_PERCENT):
        for hour in range(11, 15):
            percents[hour] = -8 - draws.number("surplus", below=15)
    return tuple(percents)


def load_prices() -> None:
    """Put every series into the books of its owner; what is there already stays."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.price_series import HourPrice, add_prices

    for series in SERIES:
        with open_organization(series.owner):
            add_prices(
                series.key,
                (
                    HourPrice(start_at=at, end_at=at + _HOUR, price_e8_per_kwh=price_e8)
                    for at, price_e8 in hour_prices(series)
                ),
                source="invented",
                as_of_on=PRICED_FROM_ON,
            )
