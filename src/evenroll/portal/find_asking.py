"""From the answers of a browser to the comparison: who serves them, what they use, what they need, at which prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from evenroll.accounts import wired
from evenroll.comparison.comparing import Compared, CompareQuestion, compared, presented
from evenroll.comparison.own_use import OwnUse, use_of_month
from evenroll.comparison.series import SeriesKnown, past_prices, series_of
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.portal.find_answers import OTHER_BILLS, UNKNOWN_BILLS, UTILITY_BILLS, Answers
from evenroll.portal.find_forms import need_of, organization
from evenroll.programs.catalog import Catalog, CatalogOrganization, load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import open_organization, organization_names
from evenroll.records.program_shelf import shelved_programs

USUAL_MONTHLY_KWH: Final = 900
"""What a household is taken to use in a month where nobody says it; the page tells that it was not said."""
_WH: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """catalog: with the programs as this installation publishes them. here: the organizations whose books are here."""

    question: CompareQuestion
    catalog: Catalog
    here: frozenset[OrganizationKey]
    has_own_use: bool

    def compared(self) -> Compared:
        """Every program that is for this customer, with its costs."""
        return compared(self.question, catalog=self.catalog)


def asked_of(answers: Answers, *, own_use: Callable[[int], OwnUse | None]) -> Asked:
    """What is compared for these answers. own_use: of a file, by the year. Raises BatteryTooSmall."""
    utility = organization(answers.utility)
    on = calendar(utility.calendar).business_date(wired.business_now())
    here = frozenset(organization_names())
    catalog = _catalog(utility, here=here, on=on)
    use = own_use(on.year)
    question = _question(answers, utility=utility, on=on, own_use=use)
    return Asked(
        question=_with_prices(question, catalog=catalog), catalog=catalog, here=here, has_own_use=use is not None
    )


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


def _catalog(utility: CatalogOrganization, *, here: frozenset[OrganizationKey], on: date) -> Catalog:
    """The catalog, in which those whose books are here have the programs that stand on their shelf."""
    catalog = load_catalog()
    near = {each.key for each in catalog.organizations if each.calendar == utility.calendar} & here
    if not near:
        return catalog
    with open_organization(utility.key if utility.key in here else min(near)):
        shelf = shelved_programs(near, on=on)
    others = (each for each in catalog.programs if each.organization not in near)
    return replace(catalog, programs=(*others, *shelf))


def _with_prices(question: CompareQuestion, *, catalog: Catalog) -> CompareQuestion:
    programs, _ = presented(question, catalog=catalog)
    needed = series_of((each.rate for each in programs if each.rate), on=question.on)
    prices = past_prices(
        wired.installation().prices,
        needed=needed,
        calendar=calendar(question.organization.calendar),
        on=question.on,
    )
    return replace(question, series=SeriesKnown(prices=prices, assumptions={}))
