"""A rate over the twelve months of a calendar year, compiled once: into which step of which bill each hour counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.fleet.rate_prices import cells_of_intervals
from evenroll.costs.lattice.compiled import RatesRefused, compile_rates
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.lines import CompiledRates
from evenroll.costs.lattice.schedule import ScheduleRefused
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.money import Rounding
from evenroll.quantities.periods import DatePeriod

Ints = NDArray[np.int64]

_EARLY: Final = date(1900, 1, 1)
_E9: Final = 10**9
_NO_END: Final = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterOfMonth:
    """A register in one month's bill. prices: USD per kWh, by step."""

    month: int
    season: str
    register: str
    prices: tuple[Decimal, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RateYear:
    """A rate of the catalog over a calendar year; prices of hours, events and credits come beside it.

    registers: in the order of the bills. of_hour: (hour,), the register of each hour. starts: (register, step), Wh at
    which a step begins. price_e8: (register, step), 1e-8 USD per kWh. month_of: (register,). month_first: (month + 1,),
    hours. fixed_cents, least_cents: (month,). rates: as compiled, for what lines charge that no load changes.
    """

    rate: Rate
    periods: tuple[DatePeriod, ...]
    registers: tuple[RegisterOfMonth, ...]
    of_hour: Ints
    starts: Ints
    price_e8: Ints
    month_of: Ints
    month_first: Ints
    fixed_cents: Ints
    least_cents: Ints
    rates: CompiledRates

    @property
    def hours(self) -> int:
        """Hours of the year."""
        return len(self.of_hour)


@lru_cache(maxsize=128)
def rate_year(rate: Rate, *, year: int, calendar: ServiceCalendar) -> RateYear | None:
    """The rate over a calendar year of the territory at these prices, whatever the year; None where it has no bill.

    That is a rider, a rate of which prices are not known, and one whose prices are finer than 1e-8 USD.
    """
    try:
        # The prices of the hours, which differ from course to course, are laid on later.
        schedule = replace(schedule_of_rate(rate), effective_on=_EARLY, hourly_series="")
        periods = months_of_year(year)
        rates = compile_rates([[schedule]], cycles=periods, calendar=calendar, minutes=60)
    except (ScheduleRefused, RatesRefused):
        return None
    steps = max(len(part.limits) for part in rates.energy) + 1
    registers = _registers(rate, rates=rates)
    return RateYear(
        rate=rate,
        periods=periods,
        registers=registers,
        of_hour=_of_hour(rates),
        starts=np.array([_padded((0, *part.limits), steps, _NO_END) for part in rates.energy], dtype=np.int64),
        price_e8=np.array([_padded(_prices_e8(part.line, len(part.limits), rates), steps, 0) for part in rates.energy]),
        month_of=np.array([each.month for each in registers], dtype=np.int64),
        month_first=rates.lattice.cycle_first.astype(np.int64),
        fixed_cents=np.array(_fixed(rates), dtype=np.int64),
        least_cents=np.array([each.cents for each in rates.minimums], dtype=np.int64),
        rates=rates,
    )


def months_of_year(year: int) -> tuple[DatePeriod, ...]:
    """The calendar months of a year."""
    starts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return tuple(DatePeriod(start_on=start, end_on=end) for start, end in pairwise(starts))


def cents_of_e11(amount: Ints, *, rule: Rounding, per: int = 1) -> Ints:
    """1e-11 USD, over `per`, in whole cents, each rounded once: half a cent away from zero, or to the even cent."""
    whole, rest = np.divmod(np.abs(amount), _E9 * per)
    half = 2 * rest - _E9 * per
    up = (half > 0) | ((half == 0) & ((whole % 2 == 1) if rule is Rounding.HALF_EVEN else True))
    return np.sign(amount) * (whole + up)


def _registers(rate: Rate, *, rates: CompiledRates) -> tuple[RegisterOfMonth, ...]:
    prices = {
        (season.key, row.register): (row.usd_per_kwh, *(step.usd_per_kwh for step in row.steps))
        for season in rate.seasons
        for row in season.prices
    }
    lines = [rates.lines[part.line] for part in rates.energy]
    return tuple(
        RegisterOfMonth(
            month=line.bill, season=line.season, register=line.register, prices=prices[line.season, line.register]
        )
        for line in lines
    )


def _of_hour(rates: CompiledRates) -> Ints:
    """Each register of a rate of the catalog has its own steps, so that an hour counts into one part of the bills."""
    of_cell = np.full(rates.lattice.cells, -1, dtype=np.int64)
    for number, part in enumerate(rates.energy):
        for first, end in part.slots[0]:
            of_cell[first:end] = number
    return of_cell[cells_of_intervals(rates.lattice)]


def _prices_e8(line: int, limits: int, rates: CompiledRates) -> tuple[int, ...]:
    return tuple(rates.lines[line + step].price_e8 for step in range(limits + 1))


def _padded(values: Sequence[int], length: int, filler: int) -> tuple[int, ...]:
    return (*values, *(filler,) * (length - len(values)))


def _fixed(rates: CompiledRates) -> list[int]:
    found = [0] * rates.bills
    for each in rates.fixed:
        found[each.bill] += each.cents
    return found
