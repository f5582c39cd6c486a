"""The credits that wait for whoever reads the queue: how many at how many cases, of how much, and which cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from evenroll.accounts.wired import business_now
from evenroll.backoffice.desk_words import due_tag
from evenroll.enrollment.credit_duties import DUTY_RULES, STATE_OF, CreditDuty, due_at, late_before
from evenroll.enrollment.roles import Role
from evenroll.pages.formats import day
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Tag
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.credit_queue import CreditBacklog, credit_backlog
from evenroll.records.organizations import current

CASES_MOST: Final = 50
"""Of each act; as these are done, the next ones come up."""
_TITLES: Final[Mapping[CreditDuty, str]] = {
    CreditDuty.TO_APPROVE: "desk.credits_to_approve",
    CreditDuty.TO_SEND: "desk.credits_to_send",
    CreditDuty.TO_CONFIRM: "desk.credits_to_confirm",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCase:
    """A case in words, and its page."""

    href: str
    number: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPart:
    """The credits that wait for one act. more: that not all cases are named; "" where they are."""

    title: str
    due: Tag
    cases: Sequence[CreditCase]
    more: str


def credit_parts(request: PageRequest) -> list[CreditPart]:
    """What waits of credits in the open organization on the role that looks."""
    now, calendar = business_now(), current().calendar
    before = duties_of(person_of(request).role, now=now, calendar=calendar)
    return [_part(request, each, now=now) for each in credit_backlog(before, limit=CASES_MOST)] if before else []


def duties_of(role: Role, *, now: datetime, calendar: ServiceCalendar) -> Mapping[CreditDuty, datetime]:
    """The acts that wait on a role, each with the instant before which credits began to wait that are its own.

    What is overdue is the supervisor's too, and stays with whose it was. An auditor reads all.
    """
    if role is Role.SUPERVISOR:
        return {each: late_before(each, now=now, calendar=calendar) for each in STATE_OF}
    until = now + timedelta(days=1)
    return {each: until for each in STATE_OF if role in (DUTY_RULES[each].owner, Role.AUDITOR)}


def _part(request: PageRequest, found: CreditBacklog, *, now: datetime) -> CreditPart:
    calendar, language = current().calendar, request.language
    told = {"count": found.count, "cases": found.cases, "usd": found.usd}
    since = day(calendar.business_date(found.since), language=language)
    late_at = due_at(found.duty, since=found.since, calendar=calendar)
    return CreditPart(
        title=said(request, _TITLES[found.duty], since=since, **told),
        due=due_tag(late_at, now=now, calendar=calendar, language=language),
        cases=[
            CreditCase(
                href=reverse("desk-case", args=[each.number]),
                number=each.number,
                text=said(
                    request,
                    "desk.credits_case",
                    count=each.count,
                    usd=each.usd,
                    since=day(calendar.business_date(each.since), language=language),
                ),
            )
            for each in found.oldest
        ],
        more=said(request, "desk.credits_more", count=len(found.oldest)) if found.cases > len(found.oldest) else "",
    )
