"""Credits that wait stand in the queue of whose they are, and overdue ones in the supervisor's, with their cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest

from evenroll.enrollment.credit_duties import CreditDuty, due_at, late_before
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.programs.program_terms import Incentive, IncentivePer
from evenroll.quantities.calendars import calendar
from tests.meter_work import at
from tests.territory import Territory, new_territory
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_case_acts import wire
from tests.web.test_desk import page_of
from tests.worker.test_ledger import DECEMBER, enrolled, with_terms

LATER = date(2027, 3, 2)
JUST_EARNED = date(2027, 1, 4)
FIRST = date(2027, 1, 1)
"""When the clock earned the first of them."""


@pytest.fixture
def territory(django_ready: object) -> Territory:
    """Its own: sums and first pages of a queue are of one organization, and others leave cases in theirs."""
    return new_territory()


def _title(count: int, usd: str) -> str:
    told = {"count": count, "cases": 2, "usd": Decimal(usd), "since": day(FIRST, language=Language.EN)}
    return render("desk.credits_to_approve", language=Language.EN, parameters=told)


def _queue(territory: Territory, role: Role) -> str:
    return unescape(page_of(signed_in_as(staff_of(territory.utility, role)), "/desk/"))


def test_credits_wait_on_the_manager_and_once_they_are_late_on_the_supervisor_too(
    web: None, territory: Territory
) -> None:
    monthly = Incentive(code="monthly", usd=Decimal("8.50"), per=IncentivePer.MONTH)
    program = with_terms(territory, incentives=(monthly,))
    earning = [enrolled(territory, program) for _ in range(2)]
    territory.run_through(at(JUST_EARNED), since=at(DECEMBER))
    wire(territory, at(JUST_EARNED))
    assert _title(2, "17.00") in _queue(territory, Role.PROGRAM_MANAGER)
    assert "Credits to approve" not in _queue(territory, Role.SUPERVISOR)
    territory.run_through(at(LATER), since=at(JUST_EARNED))
    wire(territory, at(LATER))
    for role in (Role.SUPERVISOR, Role.PROGRAM_MANAGER):
        page = _queue(territory, role)
        assert _title(6, "51.00") in page
        for number in earning:
            assert f'<a class="govuk-link" href="/desk/case/{number}/">{number}</a>' in page
    assert "Credits to approve" not in _queue(territory, Role.BILLING)
    _all_count_the_same(territory)


def _all_count_the_same(territory: Territory) -> None:
    """The queue at the terminal, and status, tell what the page tells."""
    from evenroll.records.operating import late_credits
    from evenroll.runtime.cli_options import StaffRole
    from evenroll.runtime.queue_credits import credit_rows

    rows = credit_rows(territory.utility, role=StaffRole.SUPERVISOR, limit=10, now=at(LATER))
    (told,) = late_credits(territory.utility, now=at(LATER))
    assert {each["state"] for each in rows} == {told.duty.value}
    assert (told.cases, told.count) == (len(rows), sum(each["credits"] for each in rows)) == (2, 6)
    assert told.usd == sum(each["usd"] for each in rows) == Decimal("51.00")
    assert told.since == min(each["since"] for each in rows)


@pytest.mark.parametrize("days_on", range(0, 60, 3))
def test_what_is_late_by_the_page_is_late_by_the_terminal(days_on: int) -> None:
    of_territory, since = calendar("US-LAKELAND"), at(JUST_EARNED)
    now = since + timedelta(days=days_on)
    for duty in CreditDuty:
        late = due_at(duty, since=since, calendar=of_territory) <= now
        assert late == (since < late_before(duty, now=now, calendar=of_territory))
