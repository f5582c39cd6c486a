"""The finder before anybody asks: prices read and the page made once, so that the first reader waits like the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from evenroll.accounts import wired
from evenroll.enrollment.form import Language
from evenroll.pages.web_request import PageRequest
from evenroll.portal.find import costs
from evenroll.portal.find_answers import OTHER_VEHICLE, UTILITY_BILLS, Answers
from evenroll.portal.find_asking import asked_of
from evenroll.portal.find_forms import suppliers, utilities
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import organization_names
from evenroll.records.price_series import price_stamps
from evenroll.records.web_sessions import SessionStore

# Any household will do: what is slow at first is the same for all.
_ANYBODY: Final = Answers(vehicle=OTHER_VEHICLE, wh_per_100_miles=30_000, miles=9_000, monthly_kwh=600)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What every comparison stands on. days: the business day of each territory."""

    here: frozenset[OrganizationKey]
    days: tuple[tuple[OrganizationKey, date], ...]
    stamps: tuple[tuple[OrganizationKey, int], ...]


def warmed(before: Ground | None) -> Ground:
    """What comparisons stand on now; where that is not `before`, everybody's part of them is worked out first.

    Three small statements where nothing changed. Raises what reading prices raises.
    """
    ground = _ground()
    if ground != before:
        for answers in _asked_first(ground):
            asked_of(answers, own_use=lambda _year: None)
        _make_page(ground)
    return ground


def _ground() -> Ground:
    here, now = frozenset(organization_names()), wired.business_now()
    days = tuple((each.key, calendar(each.calendar).business_date(now)) for each in utilities())
    return Ground(here=here, days=days, stamps=price_stamps())


def _asked_first(ground: Ground) -> Iterator[Answers]:
    """A household of each utility and seller with books here: together they need every series that has prices."""
    for each in [own for own in utilities() if own.key in ground.here] or utilities()[:1]:
        sellers = (UTILITY_BILLS, *(other.key for other in suppliers(each) if other.key in ground.here))
        yield from (_ANYBODY.but(utility=each.key, billed_by=seller) for seller in sellers)


def _make_page(ground: Ground) -> None:
    """The page in every language, for no browser: its session is never kept."""
    answers = next(_asked_first(ground))
    for language in Language:
        request = PageRequest()
        request.method = "GET"
        request.language, request.person = language, None
        request.session = SessionStore()
        answers.kept_in(request)
        costs(request)
