"""What a program of the catalog would cost a household with a PEV: compared with today's price, or why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from evenroll.costs.charging import NeedDoesNotFit, PevNeed
from evenroll.costs.compare import Assumption, Comparison, CoverageDiffers, LoadTooShort, SeriesTooShort, compare
from evenroll.costs.pricing import HourPrices, Pricing, pricing_of
from evenroll.costs.rewards import Reward, rewards_of
from evenroll.costs.usage import HourlyLoad
from evenroll.programs.catalog import Catalog, RateUnknown
from evenroll.programs.program import Coverage, ProgramVersion, SupplyStatus
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ProgramKey, RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceNotInCatalog:
    """No price, so no comparison: the program may still be chosen. missing: what is not known of it."""

    program: ProgramKey
    rate: RateKey | None
    missing: tuple[MissingPrice, ...] = ()
    rewards: tuple[Reward, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RewardsOnly:
    """The program leaves prices as they are, and pays for taking part."""

    program: ProgramKey
    rewards: tuple[Reward, ...]


Costs: TypeAlias = (
    Comparison | CoverageDiffers | NeedDoesNotFit | LoadTooShort | SeriesTooShort | PriceNotInCatalog | RewardsOnly
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """Whom costs are worked out for, and by what. Nobody's name.

    household: the load without the PEV, over the calendar year. on: the day whose prices hold. rates: the prices that
    the customer is on today, of whatever part of the bill; where none covers what a program prices, its standard rate
    stands for today's. assumptions: what household and pev take for granted themselves. prices: USD per kWh by hour of
    each series, as far as they are known. supply: who sells the commodity, where that is known.
    """

    household: HourlyLoad
    pev: PevNeed
    year: int
    on: date
    calendar: ServiceCalendar
    rates: tuple[RateKey, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    prices: Mapping[str, HourPrices] = field(default_factory=dict[str, HourPrices], repr=False)
    supply: SupplyStatus | None = None


def costs_of_program(program: ProgramVersion, *, of: Circumstances, catalog: Catalog) -> Costs:
    """The program beside today's price for the same part of the bill; a reason as a value where no figure is honest."""
    rewards = rewards_of(program, pev_wh=of.pev.annual_wh)
    try:
        new = None if program.rate is None else catalog.rate(program.rate, on=of.on)
        missing = tuple(dict.fromkeys((*_of_other_part(program, of), *program.unpriced, *_unpriced(new))))
        if missing:
            return PriceNotInCatalog(program=program.key, rate=program.rate, missing=missing, rewards=rewards)
        if new is None:
            return RewardsOnly(program=program.key, rewards=rewards)
        today, changed = _pricings(program, new=new, of=of, catalog=catalog)
    except RateUnknown:
        return PriceNotInCatalog(program=program.key, rate=program.rate, rewards=rewards)
    unpriced = (*today.rate.unpriced, *changed.rate.unpriced)
    if unpriced:
        return PriceNotInCatalog(program=program.key, rate=today.rate.key, missing=unpriced, rewards=rewards)
    found = compare(today, program=changed, household=of.household, pev=of.pev, calendar=of.calendar, year=of.year)
    if isinstance(found, Comparison):
        return replace(found, assumptions=(*of.assumptions, *found.assumptions), rewards=rewards)
    return found


def pricing_of_program(program: ProgramVersion, *, of: Circumstances, catalog: Catalog) -> Pricing | None:
    """What the program's energy costs this customer; None where it has no price of its own, or none is known.

    Raises RateUnknown for a rate that the catalog does not have.
    """
    if program.rate is None or program.unpriced:
        return None
    new = catalog.rate(program.rate, on=of.on)
    return None if new.unpriced else _pricings(program, new=new, of=of, catalog=catalog)[1]


def _unpriced(rate: Rate | None) -> tuple[MissingPrice, ...]:
    return rate.unpriced if rate else ()


def _of_other_part(program: ProgramVersion, of: Circumstances) -> tuple[MissingPrice, ...]:
    """Whoever buys the commodity elsewhere pays the utility for its part alone, which no price of both parts tells."""
    is_elsewhere = of.supply in (SupplyStatus.ESCO, SupplyStatus.CCA)
    return (MissingPrice.DELIVERY_PART,) if is_elsewhere and program.coverage is Coverage.BOTH else ()


def _pricings(program: ProgramVersion, *, new: Rate, of: Circumstances, catalog: Catalog) -> tuple[Pricing, Pricing]:
    """Today's price and the program's. A rider leaves today's rate in place and lays its own money on it."""
    today = _today(new, candidates=(*of.rates, *new.rides_on, *program.replaces_rates), of=of, catalog=catalog)
    changed = pricing_of(today if new.rides_on else new, program=program)
    if new.rides_on:
        changed = replace(changed, riders=(new.key,))
    return _with_series(Pricing(rate=today), of), _with_series(changed, of)


def _with_series(pricing: Pricing, of: Circumstances) -> Pricing:
    prices = of.prices.get(pricing.rate.hourly_series, {})
    return replace(pricing, hour_prices=prices) if prices else pricing


def _today(new: Rate, *, candidates: Iterable[RateKey], of: Circumstances, catalog: Catalog) -> Rate:
    """Today's price for the same part of the bill; else what the customer is on, which compares to nothing."""
    rates = [catalog.rate(key, on=of.on) for key in candidates]
    same = [rate for rate in rates if rate.coverage is new.coverage and rate.key != new.key]
    if same:
        return same[0]
    if of.rates:
        return rates[0]
    return catalog.standard_rate(new.organization, coverage=new.coverage, on=of.on)
