"""From the answers of a browser to the comparison: who serves them, what they use, what they need, at which prices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from evenroll.accounts import wired
from evenroll.comparison.comparing import Compared, CompareQuestion, ProgramCosts, compared, presented
from evenroll.comparison.own_use import OwnUse, use_of_month
from evenroll.comparison.series import SeriesKnown, past_prices, series_of
from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.portal.find_answers import OTHER_BILLS, UNKNOWN_BILLS, UTILITY_BILLS, Answers
from evenroll.portal.find_forms import need_of, organization
from evenroll.portal.find_kept import Kept, KeptPrices
from evenroll.ports.prices import PriceSource
from evenroll.programs.catalog import Catalog, CatalogOrganization, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.calendars import calendar
from evenroll.quantities.codec import canonical, encode
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from evenroll.records.organizations import organization_names
from evenroll.records.price_series import price_stamps
from evenroll.records.program_shelf import shelved_programs

USUAL_MONTHLY_KWH: Final = 900
"""What a household is taken to use in a month where nobody says it; the page tells that it was not said."""
_WH: Final = 1000
_MARK_DIGITS: Final = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What was asked, and what came of it.

    question: of the use only its sum of the year is in it. found: every program that is for this customer, with its
    costs. catalog: with the programs as this installation publishes them. here: the organizations whose books are here.
    marks: by program, what tells its terms and costs from all others.
    """

    question: CompareQuestion
    found: Compared
    catalog: Catalog
    here: frozenset[OrganizationKey]
    has_own_use: bool
    marks: Mapping[ProgramKey, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class UseGiven:
    """The use of a customer's own file. digest: tells it from any other; read: unfolds it."""

    digest: str
    read: Callable[[], OwnUse]


_kept: Final[Kept[Asked]] = Kept(most=256)


def asked_of(answers: Answers, *, own_use: Callable[[int], UseGiven | None]) -> Asked:
    """What is compared for these answers. own_use: of a file, by the year. Raises BatteryTooSmall.

    Kept in this process until an answer, the day, a program on the shelf or a price changes.
    """
    utility = organization(answers.utility)
    on = calendar(utility.calendar).business_date(wired.business_now())
    here = frozenset(organization_names())
    shelf = _shelf(utility, here=here, on=on)
    stamps, use = price_stamps(), own_use(on.year)
    key = (
        answers.but(postal_code=""),
        on,
        here,
        tuple((each.key, each.version, each.content_hash) for each in shelf),
        stamps,
        use and use.digest,
    )

    def asked() -> Asked:
        catalog = _catalog(utility, here=here, shelf=shelf)
        question = _question(answers, utility=utility, on=on, own_use=use and use.read())
        priced = _with_prices(question, catalog=catalog, source=KeptPrices(source=_source(), stamps=stamps))
        found = compared(priced, catalog=catalog)
        return Asked(
            question=replace(priced, use=_summed(question.use)),
            found=found,
            catalog=catalog,
            here=here,
            has_own_use=use is not None,
            marks={each.program.key: _mark(each) for each in found.shown},
        )

    return _kept.of(key, asked)


def _mark(each: ProgramCosts) -> str:
    told = f"{each.program.content_hash}/{canonical(encode(each.costs))}"
    return hashlib.sha256(told.encode()).hexdigest()[:_MARK_DIGITS]


def _source() -> PriceSource:
    return wired.installation().prices


def _summed(use: OwnUse) -> OwnUse:
    """The same without its hours, which are nobody's business once the figures stand."""
    whole = HourlyLoad(start_at=use.years[0].start_at, wh=(use.annual_wh,))
    return OwnUse(years=(whole,), assumptions=use.assumptions)


def _question(answers: Answers, *, utility: CatalogOrganization, on: date, own_use: OwnUse | None) -> CompareQuestion:
    need, assumptions = need_of(answers)
    monthly_wh = (answers.monthly_kwh or USUAL_MONTHLY_KWH) * _WH
    return CompareQuestion(
        organization=utility,
        on=on,
        use=own_use or use_of_month(monthly_wh, year=on.year, calendar=calendar(utility.calendar)),
        need=need,
        assumptions=assumptions,
        series=SeriesKnown(prices={}, assumptions={}),
        provider=_provider(answers, utility=utility, on=on),
        vehicle=answers.vehicle,
    )


def _provider(answers: Answers, *, utility: CatalogOrganization, on: date) -> ProviderAnswer:
    """Who serves, as the customer says. Who does not know is taken for a customer of the utility, and is told so."""
    if answers.billed_by in (UTILITY_BILLS, UNKNOWN_BILLS):
        return ProviderAnswer(kind=ProviderAnswerKind.UTILITY, as_of=on, utility=utility.key, supplier=utility.key)
    supplier = None if answers.billed_by == OTHER_BILLS else OrganizationKey(answers.billed_by)
    return ProviderAnswer(kind=ProviderAnswerKind.ESCO, as_of=on, utility=utility.key, supplier=supplier)


def _shelf(utility: CatalogOrganization, *, here: frozenset[OrganizationKey], on: date) -> tuple[ProgramVersion, ...]:
    """The programs of this territory's organizations whose books are here."""
    near = _near(utility, here=here)
    return shelved_programs(near, on=on) if near else ()


def _catalog(
    utility: CatalogOrganization, *, here: frozenset[OrganizationKey], shelf: tuple[ProgramVersion, ...]
) -> Catalog:
    """The catalog, in which those whose books are here have the programs that stand on their shelf."""
    catalog, near = load_catalog(), _near(utility, here=here)
    others = (each for each in catalog.programs if each.organization not in near)
    return replace(catalog, programs=(*others, *shelf))


def _near(utility: CatalogOrganization, *, here: frozenset[OrganizationKey]) -> frozenset[OrganizationKey]:
    return frozenset(each.key for each in load_catalog().organizations if each.calendar == utility.calendar) & here


def _with_prices(question: CompareQuestion, *, catalog: Catalog, source: PriceSource) -> CompareQuestion:
    programs, _ = presented(question, catalog=catalog)
    needed = series_of((each.rate for each in programs if each.rate), on=question.on)
    prices = past_prices(source, needed=needed, calendar=calendar(question.organization.calendar), on=question.on)
    return replace(question, series=SeriesKnown(prices=prices, assumptions={}))
