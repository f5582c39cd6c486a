"""Row 1: what every open program would cost this customer and bring them; what was shown is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Assumption
from evenroll.costs.pricing import HourPrices
from evenroll.costs.program_costs import Circumstances, Costs, costs_of_program
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.case import Hidden
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.offers import present, serving, supply_status
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import OfferId, RateKey
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
    costs = costs_of_program(program, of=_circumstances(work, interest), catalog=load_catalog())
    kept = keep_offer(program, at=work.now, costs=costs)
    return Shown(offer=kept, program=program, costs=costs)


def _circumstances(work: UnitOfWork, interest: Interest) -> Circumstances:
    return Circumstances(
        household=interest.household,
        pev=interest.pev,
        year=interest.year,
        on=work.business_on,
        calendar=current().calendar,
        rates=interest.rates,
        assumptions=interest.assumptions,
        prices=interest.prices,
        supply=supply_status(interest.provider) if interest.provider else None,
    )
