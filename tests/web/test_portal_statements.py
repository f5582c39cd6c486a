"""Every page of the portal asks the database as often beside much as beside little, and seldom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.statements import counted_traffic
from tests.territory import NOW, Territory
from tests.web.browsing import customer_of, signed_in_as
from tests.web.enrolling import Enrolling, answers_of
from tests.web.test_find import all_answered

FINDER = (
    "/",
    "/find",
    "/find/vehicle",
    "/find/charging",
    "/find/billing",
    "/find/costs",
    "/find/costs.txt",
    "/browser",
)
APPLICATION = ("/enroll/tasks", "/enroll/later", "/enroll/check", "/enroll/program", "/enroll/answer/person")
MOST = 12


@pytest.fixture
def portal(web: None, territory: Territory) -> Iterator[Territory]:
    from evenroll.accounts.wired import Wired, use_wired

    # Wired once, as a process that serves keeps it.
    installation = territory.installation
    use_wired(Wired(installation=lambda: installation, now=lambda: NOW))
    yield territory


def statements(asked: Any, addresses: tuple[str, ...]) -> dict[str, int]:
    """How many each page takes at its second look."""
    counts: dict[str, int] = {}
    for address in addresses:
        asked.get(address)
        with counted_traffic() as traffic:
            assert asked.get(address).status_code == 200, address
        counts[address] = traffic.statements
    return counts


def applied(portal: Territory, *, sends: bool) -> Enrolling:
    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    if sends:
        customer.send("/enroll/check", {})
    return customer


def looked(portal: Territory, *, customer: Any) -> dict[str, int]:
    """Every page, by somebody who looks for a program, who applies, and whose case stands."""
    number = portal.case(portal.utility, customer).proof.customer
    mine = signed_in_as(customer_of(portal.utility, number or 0))
    own = ("/cases", f"/cases/{customer}", f"/cases/{customer}/place", f"/cases/{customer}/ledger")
    applying = applied(portal, sends=False).client
    questions = tuple(f"/enroll/answer/{name}" for name in answers_of(portal.premise()) if name != "papers")
    return {
        **statements(all_answered(), FINDER),
        **statements(applying, (*APPLICATION, *questions)),
        **statements(applied(portal, sends=True).client, ("/enroll/done",)),
        **statements(mine, own),
    }


def test_pages_ask_as_often_beside_many_as_beside_few(portal: Territory) -> None:
    number = portal.apply(portal.premise())
    portal.run()
    few = looked(portal, customer=number)
    for _ in range(3):
        portal.apply(portal.premise())
        applied(portal, sends=True)
    portal.run()
    many = looked(portal, customer=number)
    assert many == few
    assert {address: count for address, count in few.items() if count > MOST} == {}
