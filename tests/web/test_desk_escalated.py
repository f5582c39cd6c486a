"""What nobody did in time comes to the supervisor's queue, and is done there."""

from __future__ import annotations

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.long_waits import is_long_overdue
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.programs.program import Track
from evenroll.quantities.calendars import calendar
from tests.territory import NOW, Territory, days, new_territory
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_case_acts import wire
from tests.web.test_desk import form_of, page_of


@pytest.fixture
def territory(django_ready: object) -> Territory:
    """Its own: sums and first pages of a queue are of one organization, and others leave cases in theirs."""
    return new_territory()


def test_what_nobody_booked_in_time_stands_in_the_supervisor_s_queue_and_is_booked_there(
    web: None, territory: Territory
) -> None:
    number = territory.apply(territory.premise())
    later = NOW + days(8)
    territory.run_through(later)
    wire(territory, later)
    order = territory.order_of(territory.utility, number)
    assert (order.meter.state, order.meter.owner) == (State.TO_SCHEDULE, Role.SUPERVISOR)
    asked = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    queue = page_of(asked, f"/desk/?track={Track.METER}")
    assert f"/desk/order/{order.number}/" in queue
    assert render(CommandName.BOOK_VISIT, language=Language.EN) in queue
    address = f"/desk/order/{order.number}/do/book_visit/"
    of_territory = calendar("US-LAKELAND")
    visit_on = of_territory.add_business_days(of_territory.business_date(later), 8).isoformat()
    booked = {**form_of(page_of(asked, address), "book_visit"), "visit_on": visit_on, "window": "morning"}
    assert asked.post(address, booked).status_code == 302
    order = territory.order(order.number)
    assert (order.meter.state, order.meter.owner) == (State.SCHEDULED, Role.METER_CREW)


def test_what_stands_with_the_supervisor_for_long_is_late_though_its_date_was_renewed(
    web: None, territory: Territory
) -> None:
    from evenroll.records.operating import long_waits

    number = territory.apply(territory.premise())
    months_later = NOW + days(70)
    territory.run_through(months_later)
    wire(territory, months_later)
    order = territory.order_of(territory.utility, number)
    assert order.meter.due_at is not None and order.meter.due_at > months_later
    page = page_of(signed_in_as(staff_of(territory.utility, Role.SUPERVISOR)), f"/desk/?track={Track.METER}")
    row = page.split(f"/desk/order/{order.number}/")[1].split("</tr>")[0]
    assert render("desk.overdue_long", language=Language.EN) in row
    since = day(calendar("US-LAKELAND").business_date(order.meter.since), language=Language.EN)
    assert render("desk.since_day", language=Language.EN, parameters={"day": since}) in row
    told = long_waits(territory.utility, now=months_later)
    assert told is not None and told.oldest_at <= order.meter.since


@pytest.mark.parametrize(("times", "is_late"), [(0, False), (1, False), (2, True)])
def test_an_appeal_is_late_after_its_first_date_is_over_and_not_by_being_opened(times: int, is_late: bool) -> None:
    told = {"owner": Role.SUPERVISOR, "state": State.REFUSED, "since": NOW - days(31), "now": NOW}
    assert is_long_overdue(times=times, **told) is is_late
    assert not is_long_overdue(times=times, **{**told, "since": NOW - days(29)})
    assert not is_long_overdue(times=times, **{**told, "owner": Role.CUSTOMER})
