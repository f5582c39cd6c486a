"""Customers enroll in a browser: in each kind, from two machines, by keys only, without scripts, in Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evenroll.programs.program import ProgramKind
from evenroll.quantities.identifiers import CaseNumber
from tests.browser.town import Town, aside
from tests.browser.walking import Walker, answer_all, begin, enroll, find_costs, send, walker_at

KINDS = {
    ProgramKind.TOU: "LE-EV-NIGHT",
    ProgramKind.RTP: "LE-EV-HOURLY",
    ProgramKind.CPP: "LE-EV-PEAK-DAYS",
    ProgramKind.DLC: "LE-EV-PAUSE",
    ProgramKind.OPTIMIZED: "LE-EV-BALANCE",
}
SCREENS_MAX = 14


def kinds() -> Iterator[Any]:
    """All five; one is also in `make test`."""
    for kind in KINDS:
        yield pytest.param(kind, marks=() if kind is ProgramKind.OPTIMIZED else pytest.mark.browser)


@pytest.mark.parametrize("kind", list(kinds()), ids=str)
def test_a_customer_enrolls_in_each_kind_from_the_finder_to_the_confirmation(town: Town, kind: ProgramKind) -> None:
    premise = aside(town.territory.premise)
    with town.browser(width=320) as page:
        walker = walker_at(town, page)
        number = enroll(walker, premise, KINDS[kind])
    case = aside(lambda: town.territory.case(town.territory.utility, CaseNumber(number)))
    assert case.chosen is not None
    assert case.chosen.program == KINDS[kind]
    asked = [each for each in dict.fromkeys(walker.screens) if each.startswith("/enroll")]
    assert len(asked) <= SCREENS_MAX


@pytest.mark.parametrize("way", ["link", pytest.param("code", marks=pytest.mark.browser)])
def test_what_is_begun_on_a_phone_goes_on_elsewhere(town: Town, way: str) -> None:
    premise = aside(town.territory.premise)
    with town.browser(width=320) as page:
        phone = walker_at(town, page)
        phone.open("/enroll/?program=LE-EV-PAUSE")
        phone.go_on()
        phone.press('main a.govuk-button[href^="/enroll/"]')
        answer_all(phone, premise, until="address")
        phone.press('main a[href="/enroll/later"]')
        link = page.locator(".secret a").get_attribute("href")
        code = page.locator(".secret--code").inner_text()
    with town.browser() as page:
        desk = walker_at(town, page)
        _come_back(desk, link=link if way == "link" else "", code=code)
        assert desk.path == "/enroll/tasks"
        desk.press('main a.govuk-button[href^="/enroll/"]')
        assert desk.path == "/enroll/answer/address"
        answer_all(desk, premise)
        number = send(desk)
    assert not {"/enroll/answer/holder", "/enroll/answer/account", "/enroll/answer/person"} & set(desk.screens)
    assert aside(lambda: town.territory.events(town.territory.utility, number))[0] == "case_opened"


def _come_back(walker: Walker, *, link: str, code: str) -> None:
    if link:
        walker.open(link)
        walker.go_on()
        return
    walker.open("/enroll/")
    walker.press('main a[href="/enroll/back"]')
    walker.answer({"code": code})


def test_without_scripts_a_customer_enrolls_all_the_same(town: Town) -> None:
    premise = aside(town.territory.premise)
    with town.browser(width=320, scripts=False) as page:
        number = enroll(walker_at(town, page), premise, KINDS[ProgramKind.DLC])
    case = aside(lambda: town.territory.case(town.territory.utility, CaseNumber(number)))
    assert case.form is not None


@pytest.mark.browser
def test_two_windows_of_one_customer_lose_nothing(town: Town) -> None:
    premise = aside(town.territory.premise)
    with town.browser() as page:
        first = walker_at(town, page)
        find_costs(first)
        begin(first, KINDS[ProgramKind.CPP])
        second = walker_at(town, page.context.new_page())
        second.open("/enroll/answer/vehicle")
        second.answer({"drivetrain": "bev"})
        answer_all(first, premise, until="vin")
        assert "/enroll/answer/vehicle" not in first.screens
        answer_all(first, premise)
        assert send(first).startswith("EV-")
