"""One way the year may go, in money: twelve bills with the vehicle and twelve without, at three sizes of use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from evenroll.costs.bill import Bill, BillKind, BillLine, Extra, LineCode, SeasonRegister, SeasonUsage
from evenroll.costs.pricing import Pricing, extras_of_load
from evenroll.costs.reference import bill_usage, mean_price
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.money import ZERO
from evenroll.quantities.periods import DatePeriod

# How far a year's use may lie from the one assumed. An assumption of ours, shown with every figure; not
# measured.
SPREAD_PERCENT: Final = 15
PERCENTS: Final = (100 - SPREAD_PERCENT, 100, 100 + SPREAD_PERCENT)
"""The sizes of use that are looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One scenario in one course of the year. costs, pev: USD by size of use. bills: at the use that was assumed."""

    rate: RateKey
    costs: tuple[Decimal, ...]
    pev: tuple[Decimal, ...]
    bills: tuple[Bill, ...]

    @property
    def mid(self) -> Decimal:
        """USD at the use that was assumed."""
        return self.costs[PERCENTS.index(100)]

    @property
    def pev_mid(self) -> Decimal:
        """What the vehicle adds at the use that was assumed, USD."""
        return self.pev[PERCENTS.index(100)]


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseWays:
    """Today, on the program charging as now, and on it charging when it is cheap."""

    today: Way
    unchanged: Way
    managed: Way


def way(pricing: Pricing, *, household: HourlyLoad, pev: HourlyLoad, year: int, calendar: ServiceCalendar) -> Way:
    """The year of a household and its vehicle on one price: bill(with) - bill(without) is the vehicle's part."""
    months = _months(year)
    base = _uses(household, pricing=pricing, months=months, calendar=calendar)
    added = _uses(pev, pricing=pricing, months=months, calendar=calendar)
    costs: list[Decimal] = []
    parts: list[Decimal] = []
    whole: list[Bill] = []
    for percent in PERCENTS:
        without = [_scaled(use, percent=percent) for use in base]
        with_pev = [_sum(one, _scaled(more, percent=percent)) for one, more in zip(without, added, strict=True)]
        bills = _bills(with_pev, rate=pricing.rate, months=months)
        costs.append(_total(bills))
        parts.append(_total(bills) - _total(_bills(without, rate=pricing.rate, months=months)))
        whole = bills if percent == 100 else whole
    return Way(rate=pricing.rate.key, costs=tuple(costs), pev=tuple(parts), bills=tuple(whole))


def way_beside(
    pricing: Pricing,
    *,
    today: Pricing,
    household: HourlyLoad,
    pev: HourlyLoad,
    year: int,
    calendar: ServiceCalendar,
) -> Way:
    """The year where the vehicle has a service of its own: the household stays on today's price."""
    nothing = replace(household, wh=(0,) * len(household.wh))
    home = way(today, household=household, pev=replace(pev, wh=(0,) * len(pev.wh)), year=year, calendar=calendar)
    own = way(pricing, household=nothing, pev=pev, year=year, calendar=calendar)
    return beside(home, own=own)


def beside(home: Way, *, own: Way) -> Way:
    """A household where it is, home, and its vehicle on a service of its own."""
    return Way(
        rate=own.rate,
        costs=tuple(one + other for one, other in zip(home.costs, own.costs, strict=True)),
        # What the service costs without a kWh is the vehicle's as well.
        pev=own.costs,
        bills=(*home.bills, *own.bills),
    )


def yearly(bills: Iterable[Bill]) -> tuple[BillLine, ...]:
    """The lines of all bills, those for the same thing at the same price added up."""
    found: dict[tuple[LineCode, SeasonRegister, Decimal], BillLine] = {}
    for line in (line for bill in bills for line in bill.lines):
        # The prices of the hours are one thing, whatever they came to in a month.
        price = ZERO if line.code is LineCode.HOURLY_PRICES else line.price
        key = (line.code, SeasonRegister(season=line.season, register=line.register), price)
        before = found.get(key)
        found[key] = line if before is None else _added(before, line)
    return tuple(found.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Use:
    """What one load comes to in one month: its energy by register, and the lines beside the rate's own."""

    usage: SeasonUsage
    extras: tuple[Extra, ...]


def _months(year: int) -> tuple[DatePeriod, ...]:
    starts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return tuple(DatePeriod(start_on=start, end_on=end) for start, end in pairwise(starts))


def _uses(
    load: HourlyLoad, *, pricing: Pricing, months: tuple[DatePeriod, ...], calendar: ServiceCalendar
) -> list[_Use]:
    return [
        _Use(
            usage=usage_of_load(load, rate=pricing.rate, period=month, calendar=calendar),
            extras=extras_of_load(load, pricing=pricing, period=month, calendar=calendar),
        )
        for month in months
    ]


def _total(bills: list[Bill]) -> Decimal:
    return sum((bill.total for bill in bills), ZERO)


def _bills(uses: list[_Use], *, rate: Rate, months: tuple[DatePeriod, ...]) -> list[Bill]:
    return [
        bill_usage(use.usage, rate=rate, period=month, kind=BillKind.REGULAR, actual=False, extras=use.extras)
        for use, month in zip(uses, months, strict=True)
    ]


def _scaled(use: _Use, *, percent: int) -> _Use:
    usage = {place: Wh(wh * percent // 100) for place, wh in use.usage.items()}
    left = sum(usage.values())
    extras = tuple(
        replace(
            each,
            # What prices all of the energy prices what is left of it after each register was cut to whole Wh.
            quantity_wh=left if each.code is LineCode.HOURLY_PRICES else each.quantity_wh * percent // 100,
            usd=each.usd * percent / 100,
        )
        for each in use.extras
    )
    return _Use(usage=usage, extras=extras)


def _sum(one: _Use, other: _Use) -> _Use:
    usage = {place: Wh(one.usage.get(place, 0) + other.usage.get(place, 0)) for place in (*one.usage, *other.usage)}
    extras = tuple(
        replace(each, quantity_wh=each.quantity_wh + more.quantity_wh, usd=each.usd + more.usd)
        for each, more in zip(one.extras, other.extras, strict=True)
    )
    return _Use(usage=usage, extras=extras)


def _added(one: BillLine, other: BillLine) -> BillLine:
    wh, usd = one.quantity_wh + other.quantity_wh, one.amount + other.amount
    is_mean = one.code is LineCode.HOURLY_PRICES
    mean = mean_price(Extra(code=one.code, quantity_wh=wh, usd=usd))
    return replace(one, quantity_wh=wh, days=one.days + other.days, price=mean if is_mean else one.price, amount=usd)
