"""Commands of customers on the web, with real steps: asked, checked, done; a refused one is a sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from evenroll.enrollment.form import Dwelling, Language
from evenroll.enrollment.leaving import lockout_end
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.programs.program import MeterCapability, Track
from evenroll.programs.program_terms import IncentivePer
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey
from evenroll.records.organizations import organization_names
from tests.enrollment.money_life import per
from tests.meter_work import book_visit
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.web.browsing import customer_of, signed_in_as, token_in

VISIT_ON = date(2026, 11, 10)
OTHER_DAY = date(2026, 11, 12)


@pytest.fixture
def enrolled(web: None, territory: Territory) -> CaseNumber:
    wire(territory, NOW)
    number = territory.apply(territory.premise())
    territory.run()
    return number


def wire(territory: Territory, now: datetime) -> None:
    """Pages work with this territory, at this instant."""
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: now))


def mine(territory: Territory, number: CaseNumber, *, at: OrganizationKey | None = None) -> Any:
    customer = territory.case(at or territory.utility, number).proof.customer
    assert customer is not None
    return signed_in_as(customer_of(at or territory.utility, customer))


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def hidden_in(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page)
    return {**dict(found), "csrfmiddlewaretoken": token_in(page)}


def checked(asked: Any, address: str, **answers: str) -> Any:
    """The page on which the answers are checked, or sent back with their errors."""
    return asked.post(address, {**hidden_in(text_of(asked.get(address))), **answers, "step": "check"})


def confirmed(asked: Any, address: str, **answers: str) -> Any:
    """Through all pages of a command."""
    page = checked(asked, address, **answers) if answers else asked.get(address)
    assert 'value="confirm"' in text_of(page), text_of(page)
    return asked.post(address, {**hidden_in(text_of(page)), "step": "confirm"})


def offered(page: str, number: CaseNumber) -> set[str]:
    return set(re.findall(rf'href="/cases/{number}/do/([a-z_]+)"', page))


def test_only_what_is_possible_now_is_offered(territory: Territory, enrolled: CaseNumber) -> None:
    from evenroll.portal.case_changes import EVERY_QUESTION

    asked = mine(territory, enrolled)
    first = offered(text_of(asked.get(f"/cases/{enrolled}")), enrolled)
    assert "withdraw" in first
    assert not first & {"rescind", "open_appeal", "rebook_visit", "unenroll", "stay_enrolled"}
    book_visit(territory, territory.order_of(territory.utility, enrolled).number, on=VISIT_ON)
    territory.run()
    assert "rebook_visit" in offered(text_of(asked.get(f"/cases/{enrolled}")), enrolled)
    for name in EVERY_QUESTION:
        page = text_of(asked.get(f"/cases/{enrolled}/do/{name.value}"))
        is_over = render("case_page.not_now", language=Language.EN) in page
        assert is_over is (name.value not in offered(text_of(asked.get(f"/cases/{enrolled}")), enrolled)), name


def test_the_visit_is_moved_to_another_day(territory: Territory, enrolled: CaseNumber) -> None:
    asked = mine(territory, enrolled)
    order = territory.order_of(territory.utility, enrolled).number
    book_visit(territory, order, on=VISIT_ON)
    territory.run()
    page = text_of(asked.get(f"/cases/{enrolled}"))
    assert "November 10, 2026" in page
    address = f"/cases/{enrolled}/do/rebook_visit"
    empty = checked(asked, address, visit_on="", window="morning")
    assert render("case_ask.day_missing", language=Language.EN) in text_of(empty)
    too_early = confirmed(asked, address, visit_on=(NOW - timedelta(days=30)).date().isoformat(), window="morning")
    assert too_early.status_code == 422
    assert render("case_page.not_done", language=Language.EN) in text_of(too_early)
    check = text_of(checked(asked, address, visit_on=OTHER_DAY.isoformat(), window="morning"))
    assert "November 12, 2026" in check
    answer = confirmed(asked, address, visit_on=OTHER_DAY.isoformat(), window="morning")
    assert answer.status_code == 302, text_of(answer)
    territory.run()
    assert "November 12, 2026" in text_of(asked.get(f"/cases/{enrolled}"))


def test_answers_can_be_changed_before_they_are_sent(territory: Territory, enrolled: CaseNumber) -> None:
    asked = mine(territory, enrolled)
    address = f"/cases/{enrolled}/do/set_parameters"
    page = text_of(checked(asked, address, charge_from="23:00", charge_until="06:00"))
    again = text_of(asked.post(address, {**hidden_in(page), "step": "edit"}))
    assert 'name="charge_from" type="time" value="23:00"' in again
    assert territory.case(territory.utility, enrolled).state_of(Track.SETUP) is State.NOT_TOLD
    assert confirmed(asked, address, charge_from="22:00", charge_until="05:00").status_code == 302
    assert territory.case(territory.utility, enrolled).state_of(Track.SETUP) is State.TOLD
    assert confirmed(asked, f"/cases/{enrolled}/do/confirm_parameters").status_code == 302
    assert territory.case(territory.utility, enrolled).state_of(Track.SETUP) is State.CONFIRMED


def test_equipment_is_chosen_bought_and_installed(web: None, territory: Territory) -> None:
    from evenroll.records.published import publish

    wire(territory, NOW)
    program = replace(territory.night, key=ProgramKey(f"EQUIPPED-{territory.tag}"), equipment_needed=True)
    publish(program)
    number = territory.apply(territory.premise(), program=program)
    territory.run()
    asked, address = mine(territory, number), f"/cases/{number}/do"
    page = text_of(asked.get(f"/cases/{number}"))
    assert render("do_now.equipment_choosing_equipment", language=Language.EN) in page
    choice = text_of(asked.get(f"{address}/choose_equipment"))
    assert render("act_means.choose_equipment", language=Language.EN) in choice
    assert confirmed(asked, f"{address}/choose_equipment", kind="evse", outlet="Corner Shop").status_code == 302
    bought = {"outlet": "Corner Shop", "bought_on": "2026-11-01", "price": "549.00"}
    assert text_of(checked(asked, f"{address}/record_purchase", **{**bought, "price": "cheap"})).count("399.00") >= 1
    assert confirmed(asked, f"{address}/record_purchase", **bought).status_code == 302
    put_in = {"installer": "self", "installed_on": "2026-11-01", "hard_wired": "yes", "serial": "W-1"}
    refused = confirmed(asked, f"{address}/record_installation", **put_in)
    assert refused.status_code == 422
    assert render("refusal.permit_missing", language=Language.EN) in text_of(refused)
    assert confirmed(asked, f"{address}/record_installation", **put_in, permit="P-1").status_code == 302
    assert territory.case(territory.utility, number).state_of(Track.EQUIPMENT) is State.INSPECTING
    passed = {"passed": "yes", "inspected_on": "2026-11-02"}
    assert confirmed(asked, f"{address}/record_inspection", **passed).status_code == 302
    assert territory.case(territory.utility, number).state_of(Track.EQUIPMENT) is State.READY


def test_a_refused_customer_asks_for_another_look_once(web: None, territory: Territory) -> None:
    wire(territory, NOW)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, dwelling=Dwelling.SHARED_GARAGE)
    territory.run()
    asked = mine(territory, number)
    page = text_of(asked.get(f"/cases/{number}"))
    assert render("case_page.may_title", language=Language.EN) in page
    assert render("do_now.case_refused", language=Language.EN) in page
    assert offered(page, number) == {"open_appeal"}
    assert confirmed(asked, f"/cases/{number}/do/open_appeal").status_code == 302
    after = text_of(asked.get(f"/cases/{number}"))
    assert offered(after, number) == set()
    assert render("case_page.looked_again", language=Language.EN) in after
    assert render("case_page.nothing_title", language=Language.EN) in after


def test_an_esco_customer_revokes_the_agreement(web: None, territory: Territory) -> None:
    wire(territory, NOW)
    number = territory.apply(territory.premise(supplier=territory.esco), at=territory.esco, program=territory.supply)
    territory.run()
    asked = mine(territory, number, at=territory.esco)
    assert offered(text_of(asked.get(f"/cases/{number}")), number) == {"rescind"}
    assert confirmed(asked, f"/cases/{number}/do/rescind").status_code == 302
    assert territory.case(territory.esco, number).status is State.RESCINDED
    assert render("stands.rescinded", language=Language.EN) in text_of(asked.get(f"/cases/{number}"))


def test_leaving_tells_its_consequences_first_and_can_be_taken_back(web: None, territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(NOW + days(90))
    later = NOW + days(400)
    territory.run_through(later, since=NOW + days(90))
    assert territory.case(territory.utility, number).status is State.ACTIVE
    wire(territory, later)
    asked, address = mine(territory, number), f"/cases/{number}/do"
    page = text_of(asked.get(f"{address}/unenroll"))
    assert render("act_means.unenroll", language=Language.EN) in page
    again_on = lockout_end(territory.night, ended_on=later.date())
    assert (day(again_on, language=Language.EN) in page) is (again_on > later.date())
    assert 'value="death"' not in page
    assert confirmed(asked, f"{address}/unenroll", reason="not_saving").status_code == 302
    assert territory.case(territory.utility, number).status is State.LEAVING
    assert confirmed(asked, f"{address}/stay_enrolled").status_code == 302
    assert territory.case(territory.utility, number).status is State.ACTIVE


@pytest.mark.parametrize("language", Language)
def test_place_and_credits_are_pages_without_styles_of_their_own(
    territory: Territory, enrolled: CaseNumber, language: Language
) -> None:
    asked = mine(territory, enrolled)
    place = text_of(asked.get(f"/cases/{enrolled}/place?lang={language.value}", follow=True))
    assert 'class="shape marked"' in place
    assert render("process.here", language=language) in place
    money = text_of(asked.get(f"/cases/{enrolled}/ledger"))
    assert render("case_money.none", language=language) in money
    for page in (place, money):
        assert re.findall(r"<script(?![^>]*src=)|<style| style=", page) == []
        assert page.count("<h1") == 1
        assert len(re.findall(r'id="([^"]+)"', page)) == len(set(re.findall(r'id="([^"]+)"', page)))


def test_an_esco_customer_moves_the_visit_in_the_books_of_the_utility(web: None, territory: Territory) -> None:
    number = territory.apply(territory.premise(supplier=territory.esco), at=territory.esco, program=territory.supply)
    later = NOW + days(10)
    territory.run_through(later)
    order = territory.order_of(territory.esco, number).number
    book_visit(territory, order, on=date(2026, 11, 18), now=later)
    territory.run(later)
    wire(territory, later)
    asked, address = mine(territory, number, at=territory.esco), f"/cases/{number}/do/rebook_visit"
    assert "November 18, 2026" in text_of(asked.get(f"/cases/{number}"))
    answers = {"visit_on": "2026-11-20", "window": "morning"}
    page = text_of(checked(asked, address, **answers))
    sent = {**hidden_in(page), "step": "confirm"}
    assert [asked.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert territory.events(territory.utility, order).count("visit_rebooked") == 1
    territory.run(later)
    shown = text_of(asked.get(f"/cases/{number}"))
    assert "November 20, 2026" in shown
    assert organization_names()[territory.utility] in shown
    assert render(Role.PEER, language=Language.EN) not in shown, "who acts has a name that stands on the bill"


def test_what_cannot_be_read_is_told_beside_its_question(territory: Territory, enrolled: CaseNumber) -> None:
    asked, address = mine(territory, enrolled), f"/cases/{enrolled}/do/set_parameters"
    page = checked(asked, address, charge_from="25:99", charge_until="06:00")
    assert page.status_code == 200
    assert render("case_ask.time_wrong", language=Language.EN) in text_of(page)
    empty = text_of(checked(asked, address, charge_from="", charge_until="06:00"))
    assert 'href="#id_charge_from"' in empty
    tampered = {**hidden_in(text_of(asked.get(address))), "version": "x" * 400, "key": "k" * 400, "step": "confirm"}
    answer = asked.post(address, {**tampered, "charge_from": "<b>", "charge_until": "06:00"})
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()
    assert territory.case(territory.utility, enrolled).state_of(Track.SETUP) is State.NOT_TOLD


@pytest.mark.parametrize("language", Language)
def test_what_the_program_brought_is_told_credit_by_credit(web: None, territory: Territory, language: Language) -> None:
    from evenroll.records.published import publish

    key = ProgramKey(f"PAYS-{language.value}-{territory.tag}")
    bonus = per(IncentivePer.ENROLLMENT, "25", code="bonus")
    program = replace(territory.night, key=key, incentives=(bonus,))
    publish(program)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=program)
    later = NOW + days(120)
    territory.run_through(later)
    wire(territory, later)
    asked = mine(territory, number)
    assert f'href="/cases/{number}/ledger"' in text_of(asked.get(f"/cases/{number}?lang={language.value}", follow=True))
    page = text_of(asked.get(f"/cases/{number}/ledger"))
    assert "$25.00" in page
    assert render("case_money.enrollment", language=language) in page
    assert render("credit.earned", language=language) in page
    assert render("case_money.none", language=language) not in page
