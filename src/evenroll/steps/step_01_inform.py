"""Row 1: what every open program would cost this customer and bring them; what was shown is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from evenroll.costs.charging import NeedDoesNotFit, PevNeed
from evenroll.costs.compare import Assumption, Comparison, CoverageDiffers, LoadTooShort, compare
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.case import Hidden
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.offers import present, serving
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import Rate
from evenroll.quantities.identifiers import OfferId, ProgramKey, RateKey
from evenroll.records.offers_shown import keep_offer
from evenroll.records.organizations import current
from evenroll.records.program_shelf import published_programs
from evenroll.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Interest:
    """Who asks what a program would cost. Nobody's name: a question is not yet an application.

    provider: who serves the usage point, where that is known already; absent, our own programs are shown.
    rates: the prices that the customer is on today, of whatever part of the bill; where none covers what a program
    prices, its standard rate stands for today's. household: the load without the PEV, over the year. assumptions: what
    household and pev take for granted themselves; they are shown and kept with the figures.
    """

    household: HourlyLoad
    pev: PevNeed
    year: int
    provider: ProviderAnswer | None = None
    rates: tuple[RateKey, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceNotInCatalog:
    """No price, so no comparison: the program may still be chosen."""

    program: ProgramKey
    rate: RateKey | None


Costs: TypeAlias = Comparison | CoverageDiffers | NeedDoesNotFit | LoadTooShort | PriceNotInCatalog


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
    _, hidden = present(_published(work, interest), answer=interest.provider, on=work.business_on)
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
    on = work.business_on
    if program.rate is None:
        return PriceNotInCatalog(program=program.key, rate=None)
    try:
        new = load_catalog().rate(program.rate, on=on)
        today = _today(interest, new, candidates=(*interest.rates, *program.replaces_rates), work=work)
    except RateUnknown:
        return PriceNotInCatalog(program=program.key, rate=program.rate)
    found = compare(
        today,
        program=new,
        household=interest.household,
        pev=interest.pev,
        calendar=current().calendar,
        year=interest.year,
    )
    if isinstance(found, Comparison):
        return replace(found, assumptions=(*interest.assumptions, *found.assumptions))
    return found


def _today(interest: Interest, new: Rate, *, candidates: Iterable[RateKey], work: UnitOfWork) -> Rate:
    """Today's price for the same part of the bill; else what the customer is on, which compares to nothing."""
    catalog, on = load_catalog(), work.business_on
    rates = [catalog.rate(key, on=on) for key in candidates]
    same = [rate for rate in rates if rate.coverage is new.coverage]
    if same:
        return same[0]
    if interest.rates:
        return rates[0]
    return catalog.standard_rate(new.organization, coverage=new.coverage, on=on)
