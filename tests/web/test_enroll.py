"""Enrolling in the portal, from the first page to a decided case on the database."""

from __future__ import annotations

from typing import Any

import pytest

from evenroll.quantities.identifiers import CaseNumber
from tests.territory import NOW, Territory
from tests.web.browsing import browser
from tests.web.enrolling import Enrolling

SCREENS_MAX = 14


@pytest.fixture
def portal(web: None, territory: Territory) -> Territory:
    """The web with the partners of the territory, on its day."""
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return territory


def cases(territory: Territory) -> int:
    from evenroll.records.models import CaseRecord
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return CaseRecord.objects.count()


def test_the_whole_path_is_a_case_that_the_worker_decides(portal: Territory) -> None:
    premise = portal.premise()
    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(premise)
    assert customer.screens[-1] == "/enroll/check"
    assert premise.vin in customer.page
    customer.send("/enroll/check", {})
    assert customer.screens[-1] == "/enroll/done"
    # A program that asks for papers has one page more.
    screens = [each for each in customer.screens if each != "/enroll/answer/papers"]
    assert len(screens) <= SCREENS_MAX, screens
    number = CaseNumber(customer.number())
    assert portal.case(portal.utility, number).form is not None
    portal.run()
    found = portal.events(portal.utility, number)
    assert found.index("identity_proved") < found.index("decision_made")


def test_it_says_what_a_row_of_a_file_says(portal: Territory) -> None:
    from evenroll.enrollment.form import Channel, Dwelling, Holder, VinState

    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    customer.send("/enroll/check", {})
    case = portal.case(portal.utility, CaseNumber(customer.number()))
    form: Any = case.form
    assert (form.channel, form.holder, form.dwelling) == (Channel.WEB, Holder.ACCOUNT_HOLDER, Dwelling.OWN)
    assert (form.vin_state, form.signed_on) == (VinState.GIVEN, NOW.date())
    assert {each.value for each in form.consents} == {"terms"}


def test_sent_twice_it_is_one_case(portal: Territory) -> None:
    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    before, page = cases(portal), customer.page
    customer.send("/enroll/check", {})
    number = customer.number()
    customer.page = page
    assert customer.send("/enroll/check", {}).status_code == 302
    assert (customer.number(), cases(portal)) == (number, before + 1)


def test_sent_again_after_a_crash_it_is_one_case(portal: Territory) -> None:
    """The case stands, and the draft never learned of it."""
    from django.utils import timezone

    from evenroll.intake.drafted import send_drafted
    from evenroll.portal.enroll_drafts import read_draft
    from evenroll.records.web_sessions import SessionStore

    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    number = SessionStore(customer.client.cookies["session"].value)["draft"]
    draft = read_draft(number, at=timezone.now())
    assert draft is not None
    taken = send_drafted(draft.drafted.cells, name=f"web-{number}", now=NOW, today=NOW.date())
    assert taken.refusal is None
    customer.send("/enroll/check", {})
    assert customer.number() == taken.number


@pytest.mark.parametrize("address", ["check", "done", "tasks", "later", "answer/vin", "program", "account-holder"])
def test_who_has_no_draft_is_led_to_the_beginning(portal: Territory, address: str) -> None:
    answer = browser().get(f"/enroll/{address}")
    assert (answer.status_code, answer["Location"]) == (302, "/enroll/")


@pytest.mark.parametrize("address", ["check", "done"])
def test_a_step_cannot_be_skipped(portal: Territory, address: str) -> None:
    customer = Enrolling(portal)
    customer.begin()
    before = cases(portal)
    assert customer.client.get(f"/enroll/{address}")["Location"] == "/enroll/tasks"
    customer.open("/enroll/answer/holder")
    assert customer.send("/enroll/check", {"version": "1"}).status_code == 302
    assert customer.screens[-1] == "/enroll/tasks"
    assert cases(portal) == before
