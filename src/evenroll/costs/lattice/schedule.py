"""A rate schedule: everything that the fast bills can price, as stated by its source and not yet compiled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from evenroll.programs.program import Coverage
from evenroll.programs.rate import StepBasis
from evenroll.programs.tariff_holidays import NO_HOLIDAYS, TERRITORY_HOLIDAYS, holiday_list_keys
from evenroll.quantities.money import Rounding

HOURS: Final = 24
PRICE_PLACES: Final = 8
"""Prices are whole multiples of 1e-8 USD."""
PRICE_E8_MAX: Final = 2**31 - 1
"""The highest price of energy, 1e-8 USD per kWh (21.47 USD): products with the energy of a month stay in 64 bits."""
DEMAND_E8_MAX: Final = 2**34
"""The highest price of demand, 1e-8 USD per kW (171.79 USD)."""


class ScheduleRefused(ValueError):
    """A rate that cannot be priced here. feature: what is not supported; place: where it stands in the source."""

    def __init__(self, rate: str, *, feature: str, place: str, why: str) -> None:
        super().__init__(f"Rate {rate} cannot be priced: {feature} at {place}. {why}")
        self.rate, self.feature, self.place = rate, feature, place


@dataclass(frozen=True, kw_only=True, slots=True)
class DayHours:
    """The register of each clock hour, by type of day. holiday: None where holidays are days of the weekend.

    Each is (24,), clock hours from midnight on. An empty name: the hour counts into no register (demand only).
    """

    weekday: tuple[str, ...]
    weekend: tuple[str, ...]
    holiday: tuple[str, ...] | None = None

    def of_type(self, day_type: int) -> tuple[str, ...]:
        """The hours of a day. day_type: 0 weekday, 1 weekend, 2 holiday."""
        if day_type == 0:
            return self.weekday
        return self.weekend if day_type == 1 or self.holiday is None else self.holiday

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers in order of first hour."""
        return tuple(name for name in dict.fromkeys((*self.weekday, *self.weekend, *(self.holiday or ()))) if name)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnergyBlock:
    """Registers whose energy together fills the same tiers, each tier shared among them in proportion to their use.

    usd_per_kwh: (register, tier). limits: (tier - 1), the kWh at which the next tier begins, rising, stated for a
    basis and prorated by the days billed; per_kw: for each kW of the highest demand of those days.
    """

    registers: tuple[str, ...]
    usd_per_kwh: tuple[tuple[Decimal, ...], ...]
    limits: tuple[Decimal, ...] = ()
    basis: StepBasis = StepBasis.CALENDAR_MONTH
    per_kw: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratchet:
    """Demand billed is at least a share, above 0 and up to 1, of the highest in so many billing cycles before."""

    share: Decimal
    cycles_back: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandPrice:
    """The highest demand in the hours of a register; all hours where the register is empty.

    usd_per_kw: (tier), per month, prorated by days. limits: (tier - 1), the kW at which the next tier begins, rising.
    ratchet: for demand of all hours only.
    """

    register: str = ""
    usd_per_kw: tuple[Decimal, ...]
    limits: tuple[Decimal, ...] = ()
    ratchet: Ratchet | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleSeason:
    """Months (1-12) that share hours and prices. demand_hours: the registers of demand that is priced by hours."""

    key: str
    months: tuple[int, ...]
    hours: DayHours
    blocks: tuple[EnergyBlock, ...]
    demands: tuple[DemandPrice, ...] = ()
    demand_hours: DayHours | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RateSchedule:
    """One dated version of a rate.

    fixed_*, minimum_*: USD; what is per month is prorated by days, each day its share of its own calendar month.
    effective_on: the first day on which it holds. holidays: as in `programs.rate.Rate`. hourly_series: the series whose
    price of each hour is added to that of the registers. demand_minutes: the span over which demand is averaged,
    None where the source does not say. left_out: charges of the source that no bill here holds. Raises ScheduleRefused.
    """

    key: str
    coverage: Coverage
    effective_on: date
    seasons: tuple[ScheduleSeason, ...]
    rounding: Rounding = Rounding.HALF_UP
    fixed_usd_per_month: Decimal = Decimal(0)
    fixed_usd_per_day: Decimal = Decimal(0)
    minimum_usd_per_month: Decimal = Decimal(0)
    minimum_usd_per_day: Decimal = Decimal(0)
    holidays: str = NO_HOLIDAYS
    hourly_series: str = ""
    demand_minutes: int | None = None
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)


def season_of(schedule: RateSchedule, *, month: int) -> ScheduleSeason:
    """The season of a month (1-12)."""
    return next(season for season in schedule.seasons if month in season.months)


# Each price is looked at when it is checked and again when it is compiled, and months share it.
@lru_cache(maxsize=4096)
def scaled(price: Decimal) -> int:
    """A price in 1e-8 USD. Raises ValueError where it is finer than that."""
    whole = price.scaleb(PRICE_PLACES)
    if whole != whole.to_integral_value():
        raise ValueError(f"The price {price} is finer than 1e-8 USD.")
    return int(whole)


def _check(schedule: RateSchedule) -> None:
    months = sorted(month for season in schedule.seasons for month in season.months)
    if months != list(range(1, 13)):
        raise _refusal(schedule, "months", "seasons", f"They name {months}; each of 1 to 12 must stand in one.")
    lists = (TERRITORY_HOLIDAYS, NO_HOLIDAYS, *holiday_list_keys())
    if schedule.holidays not in lists:
        raise _refusal(schedule, f"holidays {schedule.holidays!r}", "holidays", f"Known are {', '.join(lists)}.")
    for season in schedule.seasons:
        _check_hours(schedule, season)
        for block in season.blocks:
            _check_block(schedule, season, block)
        for demand in season.demands:
            _check_demand(schedule, season, demand)


def _check_hours(schedule: RateSchedule, season: ScheduleSeason) -> None:
    where = f"season {season.key}"
    for hours in (season.hours, season.demand_hours):
        days = () if hours is None else (hours.weekday, hours.weekend, hours.holiday or hours.weekend)
        if any(len(day) != HOURS for day in days):
            raise _refusal(schedule, "hours of a day", where, "Each type of day needs 24 of them.")
    priced = sorted(name for block in season.blocks for name in block.registers)
    if priced != sorted(season.hours.registers) or "" in (*season.hours.weekday, *season.hours.weekend):
        raise _refusal(
            schedule, "registers", where, f"It prices {priced}; its hours use {sorted(season.hours.registers)}."
        )


def _check_block(schedule: RateSchedule, season: ScheduleSeason, block: EnergyBlock) -> None:
    where = f"season {season.key}, registers {', '.join(block.registers)}"
    if any(len(row) != len(block.limits) + 1 for row in block.usd_per_kwh):
        raise _refusal(schedule, "tiers", where, "Each register needs one price more than there are limits.")
    _check_prices(schedule, where, tuple(price for row in block.usd_per_kwh for price in row), highest=PRICE_E8_MAX)
    _check_limits(schedule, where, block.limits)


def _check_demand(schedule: RateSchedule, season: ScheduleSeason, demand: DemandPrice) -> None:
    where = f"season {season.key}, demand {demand.register or 'of all hours'}"
    if len(demand.usd_per_kw) != len(demand.limits) + 1:
        raise _refusal(schedule, "tiers of demand", where, "There is one price more than there are limits.")
    if demand.register and (season.demand_hours is None or demand.register not in season.demand_hours.registers):
        raise _refusal(schedule, "demand", where, "No hour counts into it.")
    if demand.ratchet and demand.register:
        raise _refusal(schedule, "a ratchet on demand of some hours", where, "Only that of all hours is supported.")
    if demand.ratchet and not (0 < demand.ratchet.share <= 1 and demand.ratchet.cycles_back > 0):
        raise _refusal(schedule, "a ratchet", where, "It needs a share above 0 and up to 1, and cycles to look at.")
    _check_prices(schedule, where, demand.usd_per_kw, highest=DEMAND_E8_MAX)
    _check_limits(schedule, where, demand.limits)


def _check_prices(schedule: RateSchedule, where: str, prices: tuple[Decimal, ...], *, highest: int) -> None:
    for price in prices:
        try:
            price_e8 = scaled(price)
        except ValueError:
            why = "It is finer than 1e-8 USD; state fewer digits."
            raise _refusal(schedule, f"price {price}", where, why) from None
        if abs(price_e8) > highest:
            raise _refusal(schedule, f"price {price}", where, f"The highest is {highest / 10**PRICE_PLACES:.2f} USD.")


def _check_limits(schedule: RateSchedule, where: str, limits: tuple[Decimal, ...]) -> None:
    if any(limit < 0 for limit in limits) or list(limits) != sorted(set(limits)):
        raise _refusal(schedule, f"limits {[str(limit) for limit in limits]}", where, "They must rise from 0 on.")


def _refusal(schedule: RateSchedule, feature: str, place: str, why: str) -> ScheduleRefused:
    return ScheduleRefused(schedule.key, feature=feature, place=place, why=why)
