"""From the costs to the case: what was shown goes along under its number, what is known is not asked again."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from evenroll.enrollment.case import Case
from evenroll.programs.program import ProgramKind
from evenroll.quantities.identifiers import CaseNumber, OfferId
from tests.territory import Territory
from tests.territory_books import Premise
from tests.web.browsing import customer_of, signed_in_as
from tests.web.enrolling import Enrolling, answers_of
from tests.web.test_find import all_answered, said, text_of
from tests.web.town import KINDS

SCREENS_MAX = 14
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def from_the_finder(town: Territory, program: str, *, client: Any = None) -> Enrolling:
    """Somebody who pressed the button of a program on the page of costs."""
    customer = Enrolling(town, client=client or all_answered())
    for address in ("/find/vehicle", "/find/charging", "/find/billing", "/find/costs"):
        customer.open(address)
    customer.page = block_of(customer.page, program)
    customer.send("/find/chosen", {})
    return customer


def block_of(page: str, program: str) -> str:
    """A program on the page of costs."""
    found = re.search(rf'<article class="program" id="{program}">.*?</article>', page, re.DOTALL)
    assert found, f"{program} is not on the page"
    return found[0]


def answer_what_is_asked(customer: Enrolling, premise: Premise) -> None:
    """Every question as it comes, each answered as this customer does; each consent given."""
    answers = answers_of(premise)
    for _ in range(15):
        name = customer.screens[-1].rpartition("/")[2]
        if name == "check":
            return
        ticked = {each: "on" for each in re.findall(r'type="checkbox"[^>]* name="([^"]+)"', customer.page)}
        ticked |= {each: "on" for each in re.findall(r'name="([^"]+)"[^>]* type="checkbox"', customer.page)}
        chosen = dict(reversed(re.findall(r'name="(choice_[^"]+)"[^>]* value="([^"]+)"', customer.page)))
        sent = customer.answer(name, {**answers.get(name, {}), **ticked, **chosen})
        assert sent.status_code == 302, (name, text_of(sent))
    raise AssertionError("The questions do not end.")


def sent_case(customer: Enrolling, town: Territory) -> Case:
    customer.send("/enroll/check", {})
    assert customer.screens[-1] == "/enroll/done", customer.page
    return town.case(town.utility, CaseNumber(customer.number()))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_kind_is_enrolled_in_few_screens_and_nothing_is_asked_twice(town: Territory, kind: ProgramKind) -> None:
    customer = from_the_finder(town, KINDS[kind])
    customer.send("/enroll/", {})
    assert customer.screens[-1] == "/enroll/tasks"
    customer.open("/enroll/answer/holder")
    answer_what_is_asked(customer, town.premise())
    case = sent_case(customer, town)
    assert case.chosen is not None or case.opening.program == KINDS[kind]
    screens = [each for each in dict.fromkeys(customer.screens) if each.startswith("/enroll")]
    assert len(screens) <= SCREENS_MAX, screens
    questions = [each for each in customer.screens if each.startswith("/enroll/answer/")]
    assert len(questions) == len(set(questions)), questions
    assert "/enroll/answer/vehicle" not in questions


def test_what_was_shown_reaches_the_case_under_its_number(town: Territory) -> None:
    from evenroll.records.offers_shown import read_offer
    from evenroll.records.organizations import open_organization

    customer = from_the_finder(town, "LE-EV-NIGHT")
    address = customer.screens[-1]
    offer = int(re.findall(r"offer=(\d+)", address)[0])
    customer.send("/enroll/", {})
    customer.open("/enroll/answer/holder")
    answer_what_is_asked(customer, town.premise())
    case = sent_case(customer, town)
    assert case.opening.offer == offer
    with open_organization(town.utility):
        kept: Any = read_offer(OfferId(offer))
    assert kept["kind"] == "Comparison"
    town.run()
    mine = signed_in_as(customer_of(town.utility, town.case(town.utility, case.number).proof.customer or 0))
    page = text_of(mine.get(f"/cases/{case.number}"))
    assert f"{said('case_page.offer')} {offer}" in page


def test_pressed_twice_it_is_one_offer(town: Territory) -> None:
    first = from_the_finder(town, "LE-EV-PAUSE")
    again = from_the_finder(town, "LE-EV-PAUSE", client=first.client)
    other = from_the_finder(town, "LE-EV-HOURLY", client=first.client)
    assert first.screens[-1] == again.screens[-1] != other.screens[-1]


@pytest.mark.parametrize("program", ["LE-EV-NIGHT", "LE-EV-HOURLY"])
def test_what_another_browser_or_another_program_was_shown_is_no_word_of_this_one(
    town: Territory, program: str
) -> None:
    """Numbers of offers follow one another, so that anybody could name one."""
    shown = from_the_finder(town, "LE-EV-NIGHT")
    offer = re.findall(r"offer=(\d+)", shown.screens[-1])[0]
    stranger = Enrolling(town, client=shown.client if program == "LE-EV-HOURLY" else None)
    stranger.open(f"/enroll/?program={program}&offer={offer}")
    stranger.send("/enroll/", {})
    stranger.open("/enroll/answer/holder")
    answer_what_is_asked(stranger, town.premise())
    assert sent_case(stranger, town).opening.offer is None


def test_figures_that_changed_are_shown_before_anything_is_kept(town: Territory) -> None:
    browser = all_answered()
    block = block_of(browser.get("/find/costs").content.decode(), "LE-EV-NIGHT")
    given = dict(HIDDEN.findall(block))
    led = browser.post("/find/chosen", {**given, "shown": "0" * 24})
    assert led["Location"] == "/find/costs?changed=1"
    assert said("find.notice_changed") in text_of(browser.get(led["Location"]))
    assert browser.post("/find/chosen", {**given, "program": "PGE-EV2-A"}).status_code == 404
    assert browser.post("/find/chosen", {**given, "program": ""}).status_code == 404


def test_what_the_finder_knows_stands_there_with_its_source_and_can_be_changed(town: Territory) -> None:
    customer = from_the_finder(town, "LE-EV-NIGHT")
    customer.send("/enroll/", {})
    customer.open("/enroll/answer/vehicle")
    assert "Nissan LEAF" in customer.page
    assert said("enroll.told_finder") in html.unescape(customer.page)
    customer.answer("vehicle", {"drivetrain": "phev", "model": "Other"})
    customer.open("/enroll/answer/vehicle")
    assert said("enroll.told_finder") not in html.unescape(customer.page)


def test_who_is_signed_in_is_asked_nothing_that_the_books_know(town: Territory) -> None:
    premise = town.premise()
    number = town.apply(premise)
    town.run()
    who = town.case(town.utility, number).proof.customer
    assert who is not None
    customer = Enrolling(town, client=signed_in_as(customer_of(town.utility, who)))
    customer.open("/enroll/?program=LE-EV-PAUSE")
    customer.send("/enroll/", {})
    customer.open("/enroll/answer/person")
    seen = customer.page
    customer.open("/enroll/answer/vehicle")
    answer_what_is_asked(customer, premise)
    asked = {each.rpartition("/")[2] for each in customer.screens if each.startswith("/enroll/answer/")}
    assert asked.isdisjoint({"holder", "account", "address", "proof"})
    assert "person" not in asked or premise.name in seen
    assert f"{premise.account_number} ({said('enroll.told_account')})" in text_of_html(customer.page)
    assert sent_case(customer, town).form is not None


def text_of_html(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_of_another_organization_the_books_tell_nothing(town: Territory) -> None:
    premise = town.premise()
    number = town.apply(premise)
    town.run()
    who = town.case(town.utility, number).proof.customer
    assert who is not None
    customer = Enrolling(town, client=signed_in_as(customer_of(town.utility, who)))
    customer.open("/enroll/?program=BW-NIGHT-DRIVE")
    customer.send("/enroll/", {})
    customer.open("/enroll/answer/person")
    assert premise.name not in customer.page
    own = Enrolling(town, client=signed_in_as(customer_of(town.utility, who)))
    own.open("/enroll/?program=LE-EV-PAUSE")
    own.send("/enroll/", {})
    own.open("/enroll/program")
    own.send("/enroll/program", {"program": "BW-NIGHT-DRIVE"})
    own.open("/enroll/answer/account")
    assert premise.account_number not in own.page
