"""The filtered queue as a file: the same rows, no formula, nothing of anybody else's, and noted for who oversees."""

from __future__ import annotations

import csv
import io
from typing import Any

import psycopg
import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import OrderNumber
from evenroll.records.desk_claims import claim
from evenroll.records.desk_exports import note_export
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import order_stream
from evenroll.runtime.database import DatabaseUrls
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.test_desk import page_of


@pytest.fixture
def order(web: None, territory: Territory) -> str:
    """An order of the utility that waits for its day."""
    number = territory.apply(territory.premise())
    territory.run()
    return territory.order_of(territory.utility, number).number


def taken(asked: Any, **chosen: str) -> list[list[str]]:
    token = token_in(page_of(asked, "/desk/"))
    answer = asked.post("/desk/queue.csv", {"csrfmiddlewaretoken": token, **chosen})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("language", Language)
def test_the_file_has_the_rows_of_the_filter_in_the_language_of_the_reader(
    order: str, territory: Territory, language: Language
) -> None:
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    office.get(f"/desk/?lang={language.value}")
    heads, *rows = taken(office, track="meter", state=State.TO_SCHEDULE.value)
    assert heads[0] == render("desk.number", language=language)
    assert order in {row[0] for row in rows}
    assert {row[2] for row in rows} == {render(State.TO_SCHEDULE, language=language)}
    assert taken(office, track="meter", state=State.SCHEDULED.value) != [heads, *rows]
    assert order not in {row[0] for row in taken(signed_in_as(staff_of(territory.esco, Role.BILLING)), scope="all")}


def test_no_cell_is_a_formula(order: str, territory: Territory) -> None:
    office = staff_of(territory.utility, Role.METER_OFFICE)
    claim(order_stream(OrderNumber(order)), actor=office.acts)
    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE desk_claim SET holder = '=1+1' WHERE stream_key = %s", (order,))
    cells = [cell for row in taken(signed_in_as(office), scope="all") for cell in row]
    assert "'=1+1" in cells and [each for each in cells if each.startswith(("=", "+", "-", "@"))] == []


def test_each_file_is_noted_and_read_by_who_oversees(order: str, territory: Territory) -> None:
    office, supervisor, auditor = (
        signed_in_as(staff_of(territory.utility, role)) for role in (Role.METER_OFFICE, Role.SUPERVISOR, Role.AUDITOR)
    )
    taken(office, scope="all", track="meter", state=State.TO_SCHEDULE.value)
    for asked in (supervisor, auditor):
        page = page_of(asked, "/desk/taken/")
        assert f"scope=all track=meter state={State.TO_SCHEDULE.value}" in page and "meter_office-1" in page
    assert office.get("/desk/taken/").status_code == 404
    other = signed_in_as(staff_of(territory.esco, Role.SUPERVISOR))
    assert "state=to_schedule" not in page_of(other, "/desk/taken/")


def test_what_was_noted_is_only_added_to(order: str, territory: Territory, django_ready: DatabaseUrls) -> None:
    note_export(staff_of(territory.utility, Role.SUPERVISOR).acts, what="queue", rows=1)
    with psycopg.connect(django_ready.app) as connection, pytest.raises(psycopg.Error):
        connection.execute("DELETE FROM desk_export")
