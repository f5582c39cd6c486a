"""A rate: what energy costs by season, day and hour, and the charges that do not depend on energy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from evenroll.programs.program import Coverage
from evenroll.programs.text import Text
from evenroll.quantities.identifiers import OrganizationKey, RateKey
from evenroll.quantities.money import Rounding

HOURS_OF_DAY = range(24)


class RateRefused(ValueError):
    """A rate whose hours, months or prices leave a gap, overlap or are negative."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HourBand:
    """Clock hours [from_hour, to_hour) of a register; 23 to 7 passes midnight, 0 to 24 is all day."""

    from_hour: int
    to_hour: int
    register: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterPrice:
    """The energy price of a register, USD per kWh, exact."""

    register: str
    usd_per_kwh: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Season:
    """Months (1-12) that share their hours and prices. Holidays count as weekend days."""

    key: str
    months: tuple[int, ...]
    weekday: tuple[HourBand, ...]
    weekend: tuple[HourBand, ...]
    prices: tuple[RegisterPrice, ...]

    def price(self, register: str) -> Decimal:
        """USD per kWh. Raises RateRefused for a register that the season does not price."""
        for row in self.prices:
            if row.register == register:
                return row.usd_per_kwh
        raise RateRefused(
            f"Season {self.key} has no price for register {register!r}; it prices "
            f"{', '.join(sorted(row.register for row in self.prices))}. Name one of these."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One dated version of a rate, complete by construction: each hour has one register and price.

    fixed_usd_per_month, fixed_usd_per_day, minimum_bill_usd_per_month: USD; zero means none. Charges per
    month are prorated by days, each day being its share of its own calendar month. effective_on: the first
    day on which these prices hold. rounding: how each line item becomes cents. standard: whether a customer
    who chose nothing is served on it (the next occupant starts here).
    """

    key: RateKey
    organization: OrganizationKey
    name: Text
    coverage: Coverage
    standard: bool
    effective_on: date
    seasons: tuple[Season, ...]
    fixed_usd_per_month: Decimal
    fixed_usd_per_day: Decimal
    minimum_bill_usd_per_month: Decimal
    rounding: Rounding
    review_by: date
    source: str

    def __post_init__(self) -> None:
        check_rate(self)


def season_at(rate: Rate, *, month: int) -> Season:
    """The season that a month (1-12) belongs to."""
    for season in rate.seasons:
        if month in season.months:
            return season
    raise RateRefused(f"Rate {rate.key} has no season for month {month}; months are 1 to 12.")


def register_at(rate: Rate, *, local: datetime, is_holiday: bool) -> str:
    """The register that energy drawn at this local clock time counts into.

    local: the clock of the service territory. is_holiday: whether its date is a holiday there (counts as
    weekend).
    """
    season = season_at(rate, month=local.month)
    bands = season.weekend if is_holiday or local.weekday() >= 5 else season.weekday
    return register_of_hour(bands, hour=local.hour)


def register_of_hour(bands: tuple[HourBand, ...], *, hour: int) -> str:
    """The register of a clock hour (0-23) among the bands of one day."""
    for band in bands:
        if hour in hours_of(band):
            return band.register
    raise RateRefused(f"No register for clock hour {hour}; the bands of a day must cover hours 0 to 23.")


def hours_of(band: HourBand) -> tuple[int, ...]:
    """The clock hours of a band, past midnight where `from_hour` is not before `to_hour`."""
    if band.from_hour < band.to_hour:
        return tuple(range(band.from_hour, band.to_hour))
    return (*range(band.from_hour, 24), *range(band.to_hour))


def registers_of(rate: Rate) -> tuple[str, ...]:
    """Every register that the rate prices, in order of first mention: what the meter must tell apart."""
    return tuple(dict.fromkeys(row.register for season in rate.seasons for row in season.prices))


def check_rate(rate: Rate) -> None:
    """Raise RateRefused unless months, hours and prices cover everything once and no charge is negative."""
    months = sorted(month for season in rate.seasons for month in season.months)
    if months != list(range(1, 13)):
        raise RateRefused(f"Rate {rate.key}: its seasons name the months {months}; each of 1 to 12 must stand in one.")
    if len({season.key for season in rate.seasons}) != len(rate.seasons):
        raise RateRefused(f"Rate {rate.key}: two seasons share a name; give each its own.")
    charges = (rate.fixed_usd_per_month, rate.fixed_usd_per_day, rate.minimum_bill_usd_per_month)
    if min(charges) < 0:
        raise RateRefused(f"Rate {rate.key}: a fixed charge or minimum bill is negative; credits belong elsewhere.")
    for season in rate.seasons:
        _check_season(rate.key, season)


def _check_season(key: RateKey, season: Season) -> None:
    where = f"Rate {key}, season {season.key}"
    used: set[str] = set()
    for day, bands in (("weekday", season.weekday), ("weekend", season.weekend)):
        for band in bands:
            if not (0 <= band.from_hour <= 23 and 1 <= band.to_hour <= 24 and band.from_hour != band.to_hour):
                raise RateRefused(f"{where}, {day}: hours {band.from_hour} to {band.to_hour} are no span of a day.")
        hours = sorted(hour for band in bands for hour in hours_of(band))
        if hours != list(HOURS_OF_DAY):
            raise RateRefused(f"{where}, {day}: the hours {hours} must be each of 0 to 23 exactly once.")
        used |= {band.register for band in bands}
    priced = [row.register for row in season.prices]
    if sorted(priced) != sorted(used):
        raise RateRefused(f"{where}: it prices {sorted(priced)} but its hours use {sorted(used)}; price each once.")
    if any(row.usd_per_kwh < 0 for row in season.prices):
        raise RateRefused(f"{where}: a negative energy price is not supported; state it as a credit.")
