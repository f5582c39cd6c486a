"""Comparing the programs of the catalog for one household and its PEV, without a database; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from evenroll.comparison.own_use import OwnUse
from evenroll.comparison.series import SeriesKnown
from evenroll.costs.charging import PevNeed
from evenroll.costs.charging_day import ChargingHour, charging_day
from evenroll.costs.compare import Assumption, AssumptionCode, Comparison, compare
from evenroll.costs.payback import Payback, payback_of
from evenroll.costs.pricing import Pricing, PricingRefused
from evenroll.costs.program_costs import Circumstances, Costs, costs_of_program, pricing_of_program
from evenroll.costs.years_of_use import over_years
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.offers import HiddenReason, present, supply_status
from evenroll.programs.catalog import Catalog, CatalogOrganization, RateUnknown, is_published
from evenroll.programs.program import Coverage, ProgramVersion, is_open
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey
from evenroll.quantities.money import ZERO

# A load in which the charging stands already tells neither when the car was there nor what it drew.
_TENTH: Final = Decimal("0.1")
_OF_CHARGING: Final = (AssumptionCode.PLUGGED_IN_DAILY, AssumptionCode.HOUSEHOLD_UNCHANGED)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareQuestion:
    """What is compared. on: the day whose prices hold; its calendar year is the one that is told.

    provider: who serves the customer, where that is known: the programs of all who do are compared, and those of others
    in the territory are hidden; absent, the organization's own. need: what the PEV draws; 0 Wh where charging_in_use.
    series: prices of hours. equipment_usd: of charging equipment, where it is said. vehicle: its key in the list of
    vehicles, where one was named.
    """

    organization: CatalogOrganization
    on: date
    use: OwnUse
    need: PevNeed
    assumptions: tuple[Assumption, ...]
    series: SeriesKnown
    rates: tuple[RateKey, ...] = ()
    provider: ProviderAnswer | None = None
    charging_in_use: bool = False
    vehicle: str = ""
    equipment_usd: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramCosts:
    """One program. payback: where equipment has a price and there are figures."""

    program: ProgramVersion
    costs: Costs
    payback: Payback | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotShown:
    """A program that is not offered on the day, with the reason."""

    program: ProgramVersion
    reason: HiddenReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """parts: by part of the bill, those with figures, the cheapest first when charging is managed; never across parts.

    others: without figures, which say why. shares: by part, what today's price of it is of today's bill of all parts,
    percent to a tenth; only where that is known.
    """

    parts: Mapping[Coverage, tuple[ProgramCosts, ...]]
    others: tuple[ProgramCosts, ...]
    hidden: tuple[NotShown, ...]
    shares: Mapping[Coverage, Decimal]

    @property
    def shown(self) -> tuple[ProgramCosts, ...]:
        """Every program that is for this customer, with figures or without."""
        return (*(each for part in self.parts.values() for each in part), *self.others)

    @property
    def figures(self) -> tuple[tuple[ProgramCosts, Comparison], ...]:
        """Every program that has figures, with them."""
        every = (each for part in self.parts.values() for each in part)
        return tuple((each, each.costs) for each in every if isinstance(each.costs, Comparison))


def compared(question: CompareQuestion, *, catalog: Catalog) -> Compared:
    """Every program that is offered to this customer on the day. Raises RateUnknown for a rate it does not have."""
    programs, hidden = presented(question, catalog=catalog)
    offered = [_costs(each, question, catalog) for each in programs]
    priced = sorted(
        (each for each in offered if isinstance(each.costs, Comparison)),
        key=lambda each: (_order(each), each.program.key),
    )
    parts = {
        part: tuple(each for each in priced if each.program.coverage is part)
        for part in Coverage
        if any(each.program.coverage is part for each in priced)
    }
    return Compared(
        parts=parts,
        others=tuple(each for each in offered if not isinstance(each.costs, Comparison)),
        hidden=hidden,
        shares=_shares(parts, question=question, catalog=catalog),
    )


def presented(
    question: CompareQuestion, *, catalog: Catalog
) -> tuple[tuple[ProgramVersion, ...], tuple[NotShown, ...]]:
    """The programs that are offered to this customer on the day, and the others with the reason."""
    if question.provider is None:
        own = question.organization.key
        offered = catalog.programs_of(own, on=question.on)
        others = _not_among(offered, own=own, catalog=catalog)
        return offered, tuple(NotShown(program=each, reason=_why_hidden(each, question.on)) for each in others)
    here = [each.key for each in catalog.organizations if each.calendar == question.organization.calendar]
    of_territory: dict[ProgramKey, ProgramVersion] = {}
    for own in here:
        published = catalog.programs_of(own, on=question.on)
        of_territory |= {each.key: each for each in (*published, *_not_among(published, own=own, catalog=catalog))}
    shown, hidden = present(tuple(of_territory.values()), answer=question.provider, on=question.on)
    return (
        tuple(of_territory[each.program] for each in shown),
        tuple(NotShown(program=of_territory[each.program], reason=HiddenReason(each.reason)) for each in hidden),
    )


def day_of_program(
    question: CompareQuestion, *, program: ProgramVersion, catalog: Catalog, day: date
) -> tuple[ChargingHour, ...]:
    """A day's charging against the program's prices; empty where a price or the time at the plug is missing."""
    of = _circumstances(question, 0)
    try:
        pricing = pricing_of_program(program, of=of, catalog=catalog)
        hours = pricing and charging_day(question.need, day=day, pricing=pricing, calendar=of.calendar)
    except (RateUnknown, PricingRefused):
        return ()
    return hours if isinstance(hours, tuple) else ()


def _not_among(
    offered: tuple[ProgramVersion, ...], *, own: OrganizationKey, catalog: Catalog
) -> tuple[ProgramVersion, ...]:
    """The other programs of an organization, each in its last version."""
    shown = {each.key for each in offered}
    found = {each.key: each for each in catalog.programs if each.organization == own and each.key not in shown}
    return tuple(found.values())


def _costs(program: ProgramVersion, question: CompareQuestion, catalog: Catalog) -> ProgramCosts:
    use = question.use
    found = over_years(
        [
            costs_of_program(program, of=_circumstances(question, number), catalog=catalog)
            for number in range(len(use.years))
        ]
    )
    if not isinstance(found, Comparison):
        return ProgramCosts(program=program, costs=found)
    series = {catalog.rate(each.rate, on=question.on).hourly_series for each in found.scenarios}
    said = tuple(each for key, each in question.series.assumptions.items() if key in series)
    found = replace(found, assumptions=(*found.assumptions, *said))
    if question.charging_in_use:
        found = _without_charging(found)
    payback = None if question.equipment_usd is None else payback_of(found, equipment_usd=question.equipment_usd)
    return ProgramCosts(program=program, costs=found, payback=payback)


def _circumstances(question: CompareQuestion, number: int) -> Circumstances:
    return Circumstances(
        household=question.use.years[number],
        pev=question.need,
        year=question.on.year,
        on=question.on,
        calendar=calendar(question.organization.calendar),
        rates=question.rates,
        assumptions=(*question.use.assumptions, *question.assumptions),
        prices=question.series.prices,
        supply=supply_status(question.provider) if question.provider else None,
    )


def _without_charging(found: Comparison) -> Comparison:
    """Today and the program as the load stands: nobody can move charging that is not told apart from the rest."""
    kept = tuple(each for each in found.assumptions if each.code not in _OF_CHARGING)
    return replace(found, scenarios=found.scenarios[:2], assumptions=kept)


def _shares(
    parts: Mapping[Coverage, tuple[ProgramCosts, ...]], *, question: CompareQuestion, catalog: Catalog
) -> dict[Coverage, Decimal]:
    """A price of both parts is the whole bill; of one part, it is held to the price of the other that was said."""
    found: dict[Coverage, Decimal] = {}
    for part, (first, *_) in parts.items():
        rest = ZERO if part is Coverage.BOTH else _rest(part, question=question, catalog=catalog)
        if rest is not None and isinstance(first.costs, Comparison):
            own = first.costs.scenarios[0].cost.mid
            if own > 0 and own + rest > 0:
                found[part] = (own * 100 / (own + rest)).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return found


def _rest(part: Coverage, *, question: CompareQuestion, catalog: Catalog) -> Decimal | None:
    """What the other part costs in the year at the price that the customer is on, USD; None where none was said."""
    other = Coverage.DELIVERY if part is Coverage.SUPPLY else Coverage.SUPPLY
    said = [catalog.rate(key, on=question.on) for key in question.rates]
    own = [Pricing(rate=rate, hour_prices=question.series.prices.get(rate.hourly_series, {})) for rate in said]
    for pricing in (each for each in own if each.rate.coverage is other and not each.rate.unpriced):
        of = _circumstances(question, 0)
        found = compare(
            pricing, program=pricing, household=of.household, pev=of.pev, calendar=of.calendar, year=of.year
        )
        if isinstance(found, Comparison):
            return found.scenarios[0].cost.mid
    return None


def _order(each: ProgramCosts) -> Decimal:
    return each.costs.scenarios[-1].cost.mid if isinstance(each.costs, Comparison) else Decimal(0)


def _why_hidden(program: ProgramVersion, on: date) -> HiddenReason:
    is_late = is_open(program, on=on) and not is_published(program, on=on)
    return HiddenReason.REVIEW_OVERDUE if is_late else HiddenReason.NOT_OPEN
