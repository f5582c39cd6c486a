"""Row 1: what every open program would cost this customer and bring them; what was shown is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from evenroll.costs.charging import NeedDoesNotFit, PevNeed
from evenroll.costs.compare import Assumption, Comparison, CoverageDiffers, LoadTooShort, SeriesTooShort, compare
from evenroll.costs.pricing import HourPrices, Pricing, pricing_of
from evenroll.costs.rewards import Reward, rewards_of
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.case import Hidden
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.offers import present, serving, supply_status
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import Coverage, ProgramVersion, SupplyStatus
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.rate import Rate
from evenroll.quantities.identifiers import OfferId, ProgramKey, RateKey
from evenroll.records.offers_shown import keep_offer
from evenroll.records.organizations import current
from evenroll.records.program_shelf import published_programs, shelved_programs
from evenroll.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Interest:
    """Who asks what a program would cost. Nobody's name: a question is not yet an application.

    provider: who serves the usage point, where that is known already; absent, our own programs are shown.
    rates: the prices that the customer is on today, of whatever part of the bill; where none covers what a program
    prices, its standard rate stands for today's. household: the load without the PEV, over the year. assumptions: what
    household and pev take for granted themselves; they are shown and kept with the figures. prices: USD per kWh by hour
    of each series, as far as they are known.
    """

    household: HourlyLoad
    pev: PevNeed
    year: int
    provider: ProviderAnswer | None = None
    rates: tuple[RateKey, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    prices: Mapping[str, HourPrices] = field(default_factory=dict[str, HourPrices], repr=False)


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
class Shown:
    """What was shown of one program, under the number by which it reaches the case (`Opening.offer`)."""

    offer: OfferId
    program: ProgramVersion
    costs: Costs


def inform(work: UnitOfWork, *, interest: Interest) -> tuple[Shown, ...]:
    """Every open program that this customer may see, by organization and key; each kept as it was shown.

    Prices that cover different parts of the bill stand side by side and are never ranked.
    """
    programs = _published(work, interest)
    if interest.provider is not None:
        hidden = {each.program for each in hidden_from(work, interest=interest)}
        programs = tuple(each for each in programs if each.key not in hidden)
    return tuple(_shown(work, each, interest) for each in programs)


def hidden_from(work: UnitOfWork, *, interest: Interest) -> tuple[Hidden, ...]:
    """The published programs that are not for this customer, each with the reason, as row 2b will say it."""
    if interest.provider is None:
        return ()
    programs = shelved_programs({work.organization, *serving(interest.provider)}, on=work.business_on)
    _, hidden = present(programs, answer=interest.provider, on=work.business_on)
    return hidden


def _published(work: UnitOfWork, interest: Interest) -> tuple[ProgramVersion, ...]:
    publishers = {work.organization}
    if interest.provider is not None:
        publishers |= serving(interest.provider)
    return published_programs(publishers, on=work.business_on)


def _shown(work: UnitOfWork, program: ProgramVersion, interest: Interest) -> Shown:
    costs = _costs(work, program, interest)
    kept = keep_offer(program, at=work.now, costs=costs)
    return Shown(offer=kept, program=program, costs=costs)


def _costs(work: UnitOfWork, program: ProgramVersion, interest: Interest) -> Costs:
    rewards = rewards_of(program, pev_wh=interest.pev.annual_wh)
    try:
        new = None if program.rate is None else load_catalog().rate(program.rate, on=work.business_on)
        missing = tuple(dict.fromkeys((*_of_other_part(program, interest), *program.unpriced, *_unpriced(new))))
        if missing:
            return PriceNotInCatalog(program=program.key, rate=program.rate, missing=missing, rewards=rewards)
        if new is None:
            return RewardsOnly(program=program.key, rewards=rewards)
        today, changed = _pricings(interest, program=program, new=new, work=work)
    except RateUnknown:
        return PriceNotInCatalog(program=program.key, rate=program.rate, rewards=rewards)
    unpriced = (*today.rate.unpriced, *changed.rate.unpriced)
    if unpriced:
        return PriceNotInCatalog(program=program.key, rate=today.rate.key, missing=unpriced, rewards=rewards)
    found = compare(
        today,
        program=changed,
        household=interest.household,
        pev=interest.pev,
        calendar=current().calendar,
        year=interest.year,
    )
    if isinstance(found, Comparison):
        return replace(found, assumptions=(*interest.assumptions, *found.assumptions), rewards=rewards)
    return found


def _unpriced(rate: Rate | None) -> tuple[MissingPrice, ...]:
    return rate.unpriced if rate else ()


def _of_other_part(program: ProgramVersion, interest: Interest) -> tuple[MissingPrice, ...]:
    """Whoever buys the commodity elsewhere pays the utility for its part alone, which no price of both parts tells."""
    status = supply_status(interest.provider) if interest.provider else None
    is_elsewhere = status in (SupplyStatus.ESCO, SupplyStatus.CCA)
    return (MissingPrice.DELIVERY_PART,) if is_elsewhere and program.coverage is Coverage.BOTH else ()


def _pricings(interest: Interest, *, program: ProgramVersion, new: Rate, work: UnitOfWork) -> tuple[Pricing, Pricing]:
    """Today's price and the program's. A rider leaves today's rate in place and lays its own money on it."""
    today = _today(interest, new, candidates=(*interest.rates, *new.rides_on, *program.replaces_rates), work=work)
    changed = pricing_of(today if new.rides_on else new, program=program)
    if new.rides_on:
        changed = replace(changed, riders=(new.key,))
    return _with_series(Pricing(rate=today), interest), _with_series(changed, interest)


def _with_series(pricing: Pricing, interest: Interest) -> Pricing:
    prices = interest.prices.get(pricing.rate.hourly_series, {})
    return replace(pricing, hour_prices=prices) if prices else pricing


def _today(interest: Interest, new: Rate, *, candidates: Iterable[RateKey], work: UnitOfWork) -> Rate:
    """Today's price for the same part of the bill; else what the customer is on, which compares to nothing."""
    catalog, on = load_catalog(), work.business_on
    rates = [catalog.rate(key, on=on) for key in candidates]
    same = [rate for rate in rates if rate.coverage is new.coverage and rate.key != new.key]
    if same:
        return same[0]
    if interest.rates:
        return rates[0]
    return catalog.standard_rate(new.organization, coverage=new.coverage, on=on)
