"""A crew sees the service orders of its day and the work at their meters: no other order, no case, nothing of money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from evenroll.accounts.wired import Wired, use_wired
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.records import queries
from evenroll.records.desk_queue import QueueAsked, queue_page
from evenroll.records.queries import NotForViewer, Viewer
from tests.meter_work import at, book_visit, exchange_meter
from tests.territory import NIGHT_RATE, Territory
from tests.web.browsing import signed_in_as, staff_of, token_in

DAY = date(2026, 11, 12)


def ordered(territory: Territory, on: date | None = DAY) -> OrderNumber:
    """An order whose visit is that day, or is not booked."""
    number = territory.apply(territory.premise())
    territory.run()
    order = territory.order_of(territory.utility, number).number
    if on is not None:
        book_visit(territory, order, on=on)
    return order


@pytest.fixture
def crew(web: None, territory: Territory) -> Any:
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: at(DAY)))
    return signed_in_as(staff_of(territory.utility, Role.METER_CREW))


def queue_of(crew: Any) -> str:
    return "".join(crew.get(f"/desk/?scope={scope}").content.decode() for scope in ("to_do", "role", "all"))


def test_a_crew_finds_the_orders_of_its_day_and_no_others(crew: Any, territory: Territory) -> None:
    today = ordered(territory)
    others = [ordered(territory, DAY + timedelta(days=1)), ordered(territory, None)]
    shown = queue_of(crew)
    assert f"/desk/order/{today}/" in shown
    assert crew.get(f"/desk/order/{today}/").status_code == 200
    token = token_in(crew.get(f"/desk/order/{today}/").content.decode())
    for each in others:
        assert each not in shown
        for page in ("", "do/record_visit/", "address/"):
            assert crew.get(f"/desk/order/{each}/{page}").status_code == 404
        said = {"csrfmiddlewaretoken": token, "act": "claim"}
        assert crew.post(f"/desk/order/{each}/claim/", said).status_code == 404
        row = {"csrfmiddlewaretoken": token, "row": f"service_order:{each}:1", "step": "do", "command": "record_visit"}
        assert crew.post("/desk/together/", row).status_code == 422
        with pytest.raises(NotForViewer):
            queries.order(Viewer(organization=territory.utility, role=Role.METER_CREW, on=DAY), number=each)


def test_a_crew_hears_of_the_meter_and_not_of_money(crew: Any, territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number).number
    exchange_meter(territory, premise, order, on=DAY, registers=NIGHT_RATE)
    territory.run_through(at(DAY + timedelta(days=70)), since=at(DAY))
    assert territory.order(order).closing_bill is not None
    told = queries.order_timeline(Viewer(organization=territory.utility, role=Role.METER_CREW, on=DAY), number=order)
    every = queries.order_timeline(Viewer(organization=territory.utility, role=Role.METER_OFFICE), number=order)
    assert "closing_bill_issued" in {each.event for each in every.entries}
    assert {"visit_booked", "meter_exchanged"} <= {each.event for each in told.entries}
    assert {each.row for each in told.entries}.isdisjoint({"5d", "10"})
    assert told.seen == every.seen == every.entries[-1].number
    page, of_office = (
        each.get(f"/desk/order/{order}/").content.decode().partition("<main")[2]
        for each in (crew, signed_in_as(staff_of(territory.utility, Role.METER_OFFICE)))
    )
    assert "$" in of_office and "$" not in page


def test_a_crew_without_a_day_sees_nothing(crew: Any, territory: Territory) -> None:
    order, case = ordered(territory), territory.apply(territory.premise())
    nowhen = Viewer(organization=territory.utility, role=Role.METER_CREW)
    asked = QueueAsked(on=None)
    assert queue_page(nowhen, asked=asked).rows == ()
    for look in (
        lambda: queries.order(nowhen, number=order),
        lambda: queries.case(nowhen, number=CaseNumber(case)),
        lambda: queries.cases(nowhen),
        lambda: queries.waiting(nowhen),
        lambda: queries.orders_of(nowhen, case_number=CaseNumber(case)),
        lambda: queries.status_counts(nowhen),
    ):
        with pytest.raises(NotForViewer):
            look()
