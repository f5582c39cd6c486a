"""A change that comes while a page is read is no part of what was seen: what is sent from that page does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import LiteralString, TypeVar

import pytest

from evenroll.accounts.wired import business_now
from evenroll.backoffice.order_shown import shown_order
from evenroll.backoffice.shown_parts import Looking
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.order_commands import BookVisit
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.records.asked import Asked
from evenroll.records.organizations import cursor
from evenroll.records.queries import Viewer, order_version
from evenroll.records.unit_of_work import unit_of_work
from evenroll.runtime.database import DatabaseUrls
from evenroll.worker.giving import COMMAND_FUNCTIONS
from tests.territory import Territory
from tests.waiting import until_somebody_waits
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_desk import form_of, page_of, working_days

Read = TypeVar("Read")
_HELD: dict[CommandName, LiteralString] = {
    CommandName.WITHDRAW: "LOCK TABLE case_record IN ACCESS EXCLUSIVE MODE",
    CommandName.BOOK_VISIT: "LOCK TABLE service_order IN ACCESS EXCLUSIVE MODE",
}


@contextmanager
def changing(territory: Territory, name: CommandName, asked: Asked, role: Role) -> Iterator[None]:
    """A change that is done at the end of this block; until then nobody can read the record that it is for."""
    actor = territory.actor(territory.utility, role)
    with unit_of_work(territory.utility, actor=actor, now=business_now(), command="") as work:
        cursor().execute(_HELD[name])
        territory.taken(COMMAND_FUNCTIONS[name](work, asked=asked))
        yield


def alone(read: Callable[[], Read]) -> Read:
    """What is read on a connection of its own."""
    from django.db import connections

    try:
        return read()
    finally:
        connections.close_all()


@pytest.fixture
def number(web: None, territory: Territory) -> CaseNumber:
    """A case of the utility that waits for its meter."""
    found = territory.apply(territory.premise())
    territory.run()
    return found


@pytest.fixture
def order(number: CaseNumber, territory: Territory) -> OrderNumber:
    return territory.order_of(territory.utility, number).number


def test_a_case_that_changes_while_its_command_is_read_takes_nothing_from_that_page(
    number: CaseNumber, territory: Territory, django_ready: DatabaseUrls
) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    address = f"/desk/case/{number}/do/withdraw/"
    change = Asked(number=number, command=NoPayload())
    with ThreadPoolExecutor(1) as reader:
        with changing(territory, CommandName.WITHDRAW, change, Role.ENROLLMENT_DESK):
            reading = reader.submit(alone, lambda: page_of(desk, address))
            until_somebody_waits(django_ready.owner)
        page = reading.result()
    assert desk.post(address, form_of(page, "withdraw")).status_code == 409


def test_an_order_that_changes_while_its_command_is_read_takes_nothing_from_that_page(
    order: OrderNumber, territory: Territory, django_ready: DatabaseUrls
) -> None:
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    first, second = working_days()
    address = f"/desk/order/{order}/do/book_visit/"
    change = Asked(number=order, command=BookVisit(visit_on=date.fromisoformat(first)))
    with ThreadPoolExecutor(1) as reader:
        with changing(territory, CommandName.BOOK_VISIT, change, Role.METER_OFFICE):
            reading = reader.submit(alone, lambda: page_of(office, address))
            until_somebody_waits(django_ready.owner)
        page = reading.result()
    said = {**form_of(page, "book_visit"), "visit_on": second, "window": "morning"}
    assert office.post(address, said).status_code == 409


def test_the_page_of_an_order_is_never_sent_with_more_than_it_shows(
    order: OrderNumber, territory: Territory, django_ready: DatabaseUrls
) -> None:
    viewer = Viewer(organization=territory.utility, role=Role.METER_OFFICE)
    before = order_version(viewer, number=order)
    change = Asked(number=order, command=BookVisit(visit_on=date.fromisoformat(working_days()[0])))
    looking = Looking(viewer=viewer, now=business_now(), language=Language.EN)
    with ThreadPoolExecutor(1) as reader:
        with changing(territory, CommandName.BOOK_VISIT, change, Role.METER_OFFICE):
            reading = reader.submit(alone, lambda: shown_order(looking, number=order).seen)
            until_somebody_waits(django_ready.owner)
        assert reading.result() == before < order_version(viewer, number=order)
