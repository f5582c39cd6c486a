"""A customer's own case on the web: what to do, what happened, and a withdrawal that is told, checked and done once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.territory import NOW, Territory
from tests.web.browsing import browser, customer_of, signed_in_as, staff_of, token_in

WITHDRAW = CommandName.WITHDRAW


@pytest.fixture
def enrolled(web: None, territory: Territory) -> CaseNumber:
    """A case of the utility that came through to its decision; pages are asked at the same instant."""
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    number = territory.apply(territory.premise())
    territory.run()
    return number


def owner_of(territory: Territory, number: CaseNumber, *, at: OrganizationKey | None = None) -> Person:
    customer = territory.case(at or territory.utility, number).proof.customer
    assert customer is not None
    return customer_of(at or territory.utility, customer)


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def sent_with(page: str, **more: str) -> dict[str, str]:
    """The hidden fields of the form of a page, and more."""
    hidden = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page)
    return {**{name: unescape(value) for name, value in hidden}, "csrfmiddlewaretoken": token_in(page), **more}


@pytest.mark.parametrize("language", Language)
def test_the_case_says_where_it_stands_and_what_comes(
    territory: Territory, enrolled: CaseNumber, language: Language
) -> None:
    mine = signed_in_as(owner_of(territory, enrolled))
    listed = text_of(mine.get(f"/cases?lang={language.value}", follow=True))
    assert f'href="/cases/{enrolled}"' in listed
    page = text_of(mine.get(f"/cases/{enrolled}"))
    case = territory.case(territory.utility, enrolled)
    for key in (f"stands.{case.status.value}", "case_page.next_title", "case_page.timeline_title", "event.case_opened"):
        assert render(key, language=language) in page, key
    assert territory.night.name.en in page or territory.night.name.es in page
    assert page.count("<h1") == 1
    assert re.findall(r"<script(?![^>]*src=)|<style| style=", page) == []


def test_a_case_of_somebody_else_is_told_like_none(territory: Territory, enrolled: CaseNumber) -> None:
    other = territory.apply(territory.premise())
    territory.run()
    asked = signed_in_as(owner_of(territory, other))
    pages = [
        asked.get(f"/cases/{number}{rest}")
        for number in (enrolled, "EV-00000-00000-0000")
        for rest in ("", "/do/withdraw")
    ]
    assert {each.status_code for each in pages} == {404}
    bodies = {re.sub(r'(nonce|csrfmiddlewaretoken" value|href)="[^"]+"', "", text_of(each)) for each in pages}
    assert len(bodies) == 1
    assert f"/cases/{enrolled}" not in text_of(asked.get("/cases"))
    answer = asked.post(
        f"/cases/{enrolled}/do/withdraw", {"csrfmiddlewaretoken": token_in(text_of(asked.get("/cases")))}
    )
    assert answer.status_code == 404
    assert territory.case(territory.utility, enrolled).status is not State.WITHDRAWN


def test_strangers_are_told_to_sign_in_and_staff_has_no_cases_here(territory: Territory, enrolled: CaseNumber) -> None:
    from evenroll.enrollment.roles import Role

    page = text_of(browser().get("/cases"))
    assert render("case_page.cases_stranger", language=Language.EN) in page
    assert browser().get(f"/cases/{enrolled}").status_code == 404
    staff = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    assert staff.get(f"/cases/{enrolled}").status_code == 404


def test_a_withdrawal_is_told_first_and_done_once(territory: Territory, enrolled: CaseNumber) -> None:
    mine = signed_in_as(owner_of(territory, enrolled))
    address = f"/cases/{enrolled}/do/withdraw"
    assert f'href="{address}"' in text_of(mine.get(f"/cases/{enrolled}"))
    asked = text_of(mine.get(address))
    assert render("act_means.withdraw", language=Language.EN) in asked
    assert territory.case(territory.utility, enrolled).status is State.ENROLLED
    sent = sent_with(asked, step="confirm")
    answer = mine.post(address, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{enrolled}")
    again = mine.post(address, sent)
    assert again.status_code == 302
    assert territory.events(territory.utility, enrolled).count("cancel_sent") == 1
    page = text_of(mine.get(f"/cases/{enrolled}"))
    assert (
        render("case_page.done", language=Language.EN, parameters={"what": render(WITHDRAW, language=Language.EN)})
        in page
    )
    territory.run()
    page = text_of(mine.get(f"/cases/{enrolled}"))
    assert render("stands.withdrawn", language=Language.EN) in page
    assert f'href="{address}"' not in page


def test_who_was_slower_is_told_and_changes_nothing(territory: Territory, enrolled: CaseNumber) -> None:
    mine = signed_in_as(owner_of(territory, enrolled))
    address = f"/cases/{enrolled}/do/withdraw"
    sent = sent_with(text_of(mine.get(address)), step="confirm")
    territory.taken(territory.give(territory.utility, WITHDRAW, enrolled))
    events = territory.events(territory.utility, enrolled)
    answer = mine.post(address, sent)
    assert answer.status_code == 409
    assert render("refusal.case_moved_on", language=Language.EN) in text_of(answer)
    assert territory.events(territory.utility, enrolled) == events
    assert render("case_page.not_now", language=Language.EN) in text_of(mine.get(address))
    assert mine.get(f"/cases/{enrolled}/do/settle_appeal").status_code == 404


def test_the_link_of_a_letter_leads_a_customer_to_the_case_and_everybody_else_to_the_sign_in(
    territory: Territory, enrolled: CaseNumber
) -> None:
    """A stranger is told the same for every number."""
    mine = signed_in_as(owner_of(territory, enrolled))
    assert mine.get(f"/cases?case={enrolled}")["Location"] == f"/cases/{enrolled}"
    for odd in ("../desk/", "a/b", "//elsewhere.example", "", "x" * 400, "\0"):
        assert mine.get("/cases", {"case": odd}).status_code == 200, odd
    stranger = browser()
    told = {without_marks(stranger.get(f"/cases?case={each}")) for each in (enrolled, "EV-00000-00000-0000", "a/b")}
    assert len(told) == 1
    assert 'href="/sign-in"' in told.pop()
    assert 'href="/sign-in"' in text_of(stranger.get(f"/cases/{enrolled}"))
    assert 'href="/sign-in"' not in text_of(mine.get("/cases/EV-00000-00000-0000"))


def without_marks(answer: Any) -> str:
    """The page less what is new in each answer, and the way back to it in the other language."""
    return re.sub(r'(nonce|csrfmiddlewaretoken" value|href)="[^"]*case=[^"]*"|nonce="[^"]+"', "", text_of(answer))
