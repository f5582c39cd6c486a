"""What nobody did in time comes to the supervisor's queue, and is done there."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.program import Track
from evenroll.quantities.calendars import calendar
from tests.territory import NOW, Territory, days
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_case_acts import wire
from tests.web.test_desk import form_of, page_of


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
