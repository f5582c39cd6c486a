"""A rate: what energy costs by season, day and hour, and the charges that do not depend on energy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from evenroll.programs.program import Coverage
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.tariff_holidays import NO_HOLIDAYS, TERRITORY_HOLIDAYS, holiday_list_keys
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


class StepBasis(StrEnum):
    """What the energy at which a further price begins is stated for."""

    DAY = "day"
    MONTH_OF_30_DAYS = "month_of_30_days"
    CALENDAR_MONTH = "calendar_month"


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceStep:
    """Energy of the register above from_kwh (per day or month, as its price says) costs usd_per_kwh instead."""

    from_kwh: Decimal
    usd_per_kwh: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterPrice:
    """The energy price of a register, USD per kWh, exact.

    usd_per_kwh: of the first kWh; on a rate with an hourly series it is added to the price of each hour. steps: the
    prices of what goes beyond, by rising energy; basis: what that energy is stated for, prorated by the days billed.
    """

    register: str
    usd_per_kwh: Decimal
    steps: tuple[PriceStep, ...] = ()
    basis: StepBasis | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Season:
    """Months (1-12) that share their hours and prices. Days that the rate takes for holidays count as weekend."""

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
    """One dated version of a rate, complete by construction: each hour has one register and price, or it says why not.

    fixed_usd_per_month, fixed_usd_per_day, minimum_bill_usd_per_month: USD; zero means none. Charges per
    month are prorated by days, each day being its share of its own calendar month. effective_on: the first
    day on which these prices hold. rounding: how each line item becomes cents. standard: whether a customer
    who chose nothing is served on it (the next occupant starts here).
    hourly_series: the price series that prices each hour of the clock; empty where there is none. holidays: which days
    beside Saturday and Sunday are weekend: those of the territory, none, or a named list of `tariff_holidays`.
    unpriced: what the catalog does not know; such a rate is enrolled in and billed by others, never compared, and it
    may have no seasons. rides_on: the rates beside which a rider stands; it has no seasons and no charges of its own,
    its money being what its program adds in events and credits. rounding_known: whether the source states the
    rounding; where it does not, half a cent is rounded up, and that is said.
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
    hourly_series: str = ""
    holidays: str = TERRITORY_HOLIDAYS
    unpriced: tuple[MissingPrice, ...] = ()
    rides_on: tuple[RateKey, ...] = ()
    rounding_known: bool = True

    def __post_init__(self) -> None:
        check_rate(self)


def is_hourly(rate: Rate) -> bool:
    """Whether each hour has a price of its own, so that only interval usage can be billed."""
    return rate.hourly_series != ""


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
    _check_charges(rate)
    if not rate.seasons and (rate.unpriced or rate.rides_on):
        return
    months = sorted(month for season in rate.seasons for month in season.months)
    if months != list(range(1, 13)):
        raise RateRefused(f"Rate {rate.key}: its seasons name the months {months}; each of 1 to 12 must stand in one.")
    if len({season.key for season in rate.seasons}) != len(rate.seasons):
        raise RateRefused(f"Rate {rate.key}: two seasons share a name; give each its own.")
    for season in rate.seasons:
        _check_season(rate.key, season)
        for row in season.prices:
            _check_steps(f"Rate {rate.key}, season {season.key}, register {row.register}", row)
            if row.steps and is_hourly(rate):
                raise RateRefused(f"Rate {rate.key}: prices by the hour and steps of energy do not go together.")


def _check_charges(rate: Rate) -> None:
    charges = (rate.fixed_usd_per_month, rate.fixed_usd_per_day, rate.minimum_bill_usd_per_month)
    if min(charges) < 0:
        raise RateRefused(f"Rate {rate.key}: a fixed charge or minimum bill is negative; credits belong elsewhere.")
    if rate.rides_on and (rate.seasons or is_hourly(rate) or max(charges) > 0 or rate.standard):
        raise RateRefused(f"Rate {rate.key}: a rider has no prices of its own and is no standard; take them away.")
    lists = (TERRITORY_HOLIDAYS, NO_HOLIDAYS, *holiday_list_keys())
    if rate.holidays not in lists:
        raise RateRefused(
            f"Rate {rate.key}: no list of holidays is called {rate.holidays!r}; name one of {', '.join(lists)}."
        )


def _check_steps(where: str, row: RegisterPrice) -> None:
    if bool(row.steps) != (row.basis is not None):
        raise RateRefused(f"{where}: steps need a basis (day, month_of_30_days, calendar_month), and only steps do.")
    starts = [step.from_kwh for step in row.steps]
    if any(start <= 0 for start in starts) or starts != sorted(set(starts)):
        raise RateRefused(
            f"{where}: its steps begin at {[str(start) for start in starts]} kWh; they must rise above 0."
        )
    if any(step.usd_per_kwh < 0 for step in row.steps):
        raise RateRefused(f"{where}: a negative energy price is not supported; state it as a credit.")


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
