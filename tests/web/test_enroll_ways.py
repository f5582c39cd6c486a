"""Enrolling that does not go straight: closed browsers, two windows, links and codes, answers that are not known."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from evenroll.quantities.identifiers import CaseNumber
from tests.territory import NOW, Territory
from tests.web.browsing import browser
from tests.web.enrolling import Enrolling, answers_of


@pytest.fixture
def portal(web: None, territory: Territory) -> Territory:
    """The web with the partners of the territory, on its day."""
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return territory


@pytest.fixture
def begun(portal: Territory) -> Enrolling:
    """An application with one answer."""
    customer = Enrolling(portal)
    customer.begin()
    customer.answer("person", {"name": "Robin Example", "email": "someone@example.test"})
    return customer


def ways_back(customer: Enrolling) -> tuple[str, str]:
    """Path of the link, and code."""
    customer.open("/enroll/later")
    link = re.search(r'href="http://[^/]+(/enroll/back/[^"]+)"', customer.page)
    code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", customer.page)
    assert link is not None
    assert code is not None
    return link[1], code[0]


def test_a_browser_that_was_killed_loses_nothing(begun: Enrolling) -> None:
    link, _ = ways_back(begun)
    elsewhere = Enrolling(begun.territory)
    elsewhere.open(link)
    assert "Robin Example" not in elsewhere.page
    assert elsewhere.client.get("/enroll/tasks")["Location"] == "/enroll/"
    elsewhere.send(link, {})
    assert elsewhere.screens[-1] == "/enroll/tasks"
    elsewhere.open("/enroll/answer/person")
    assert "Robin Example" in elsewhere.page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}.lower"])
def test_a_code_of_a_letter_leads_back(begun: Enrolling, typed: str) -> None:
    _, code = ways_back(begun)
    written = code.lower().replace("-", " ") if typed.endswith("lower") else typed.format(code)
    elsewhere = Enrolling(begun.territory)
    elsewhere.open("/enroll/back")
    assert elsewhere.send("/enroll/back", {"code": written}).status_code == 302
    elsewhere.open("/enroll/answer/person")
    assert "Robin Example" in elsewhere.page


def test_a_wrong_link_is_no_page_and_a_wrong_code_says_nothing_more(begun: Enrolling) -> None:
    link, _ = ways_back(begun)
    asked = browser()
    found = [asked.get(address) for address in (f"{link}x", link[:-1], "/enroll/back/x", "/nowhere")]
    assert {each.status_code for each in found} == {404}
    elsewhere = Enrolling(begun.territory)
    elsewhere.open("/enroll/back")
    assert elsewhere.send("/enroll/back", {"code": "0000-0000-0000"}).status_code == 200
    assert "There is no application with this code" in elsewhere.page
    assert 'href="#id_code"' in elsewhere.page


def test_one_that_is_over_is_as_if_it_never_was(begun: Enrolling) -> None:
    from django.db import connection
    from django.utils import timezone

    link, code = ways_back(begun)
    with connection.cursor() as pen:
        pen.execute("UPDATE enrollment_draft SET expires_at = %s", (timezone.now() - timedelta(seconds=1),))
    assert begun.client.get("/enroll/tasks")["Location"] == "/enroll/"
    assert browser().get(link).status_code == 404
    elsewhere = Enrolling(begun.territory)
    elsewhere.open("/enroll/back")
    elsewhere.send("/enroll/back", {"code": code})
    assert "There is no application with this code" in elsewhere.page


def test_a_form_that_names_another_s_draft_is_no_page(begun: Enrolling) -> None:
    begun.open("/enroll/answer/vehicle")
    mark = re.search(r'name="draft" value="([^"]+)"', begun.page)
    assert mark is not None
    other = Enrolling(begun.territory)
    other.begin()
    other.open("/enroll/answer/vehicle")
    page = other.page
    theirs = other.send("/enroll/answer/vehicle", {"drivetrain": "bev", "draft": mark[1]})
    other.page = page
    nobody_s = other.send("/enroll/answer/vehicle", {"drivetrain": "bev", "draft": "0" * 12})
    assert (theirs.status_code, nobody_s.status_code) == (404, 404)


def test_two_windows_save_both_and_send_what_was_seen(portal: Territory) -> None:
    premise = portal.premise()
    first = Enrolling(portal)
    first.begin()
    first.answer_all(premise)
    second = Enrolling(portal, client=first.client)
    second.answer("vehicle", {"drivetrain": "phev"})
    assert first.send("/enroll/check", {}).status_code == 200
    assert "changed since this page was shown" in first.page
    assert "A battery and fuel" in first.page
    assert first.send("/enroll/check", {}).status_code == 302
    assert first.number()


def test_two_windows_with_two_applications_do_not_mix(portal: Territory) -> None:
    first = Enrolling(portal)
    first.begin()
    first.open("/enroll/answer/person")
    second = Enrolling(portal, client=first.client)
    second.begin()
    first.send("/enroll/answer/person", {"name": "Robin First", "email": "first@example.test"})
    link, _ = ways_back(first)
    second.open("/enroll/answer/person")
    assert "Robin First" in second.page
    second.begin()
    second.open("/enroll/answer/person")
    assert "Robin First" not in second.page
    assert ways_back(second)[0] != link


def test_the_table_shows_no_answer_and_no_secret(begun: Enrolling) -> None:
    from django.db import connection

    link, code = ways_back(begun)
    with connection.cursor() as pen:
        pen.execute("SELECT number, link, code, data FROM enrollment_draft")
        rows = [(f"{row[0]} {row[1]} {row[2]}", bytes(row[3])) for row in pen.fetchall()]
    assert rows
    for text, data in rows:
        assert link.rpartition("/")[2] not in text
        assert code not in text
        assert b"Robin" not in data


def test_after_sending_the_answers_are_gone_from_the_draft(portal: Territory) -> None:
    from django.utils import timezone

    from evenroll.records.drafts import number_of_code, read_draft

    premise = portal.premise()
    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(premise)
    _, code = ways_back(customer)
    customer.open("/enroll/check")
    customer.send("/enroll/check", {})
    now = timezone.now()
    draft = read_draft(number_of_code(code, at=now) or "", at=now)
    assert draft is not None
    assert set(draft.drafted.cells) <= {"organization", "program", "vehicle_on_order"}
    assert premise.vin not in str(dict(draft.drafted.cells))


def test_a_car_on_order_and_no_account_number_are_answers(portal: Territory) -> None:
    from evenroll.enrollment.form import FormField, VinState

    customer = Enrolling(portal)
    customer.begin()
    premise = portal.premise()
    customer.answer_all(premise, account={"without": "yes"}, vin={"without": "yes"})
    assert "look for me by my address" in customer.page
    assert "The car is on order" in customer.page
    customer.send("/enroll/check", {})
    assert "You give us the number of your car" in customer.page
    form = portal.case(portal.utility, CaseNumber(customer.number())).form
    assert form is not None
    assert form.vin_state is VinState.ON_ORDER
    assert FormField.ACCOUNT_NUMBER not in form.fields
    portal.run()
    assert "identity_proved" in portal.events(portal.utility, customer.number())


def test_who_is_not_the_account_holder_is_told_two_ways(portal: Territory) -> None:
    customer = Enrolling(portal)
    customer.begin()
    customer.answer("holder", {"holder": "neither"})
    assert customer.screens[-1] == "/enroll/account-holder"
    assert "/enroll/back/" in customer.page
    assert 'href="/enroll/answer/account"' in customer.page


def test_change_leads_back_to_the_answers(portal: Territory) -> None:
    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    address = "/enroll/answer/vehicle?back=check"
    assert address in customer.page
    customer.open(address)
    customer.send(address, {"drivetrain": "phev"})
    assert customer.screens[-1] == "/enroll/check"
    assert "A battery and fuel" in customer.page


def test_another_program_keeps_the_answers_and_asks_its_consents_anew(begun: Enrolling) -> None:
    territory = begun.territory
    begun.answer("consents", {"terms": "on"})
    begun.open("/enroll/program")
    begun.send("/enroll/program", {"program": territory.supply.key})
    begun.open("/enroll/answer/consents")
    assert "checked" not in begun.page
    begun.open("/enroll/answer/person")
    assert "Robin Example" in begun.page


def test_no_consent_is_ticked_before(begun: Enrolling) -> None:
    begun.open("/enroll/answer/consents")
    assert 'type="checkbox"' in begun.page
    assert "checked" not in begun.page
    assert begun.send("/enroll/answer/consents", {}).status_code == 200
    assert "Please agree to the terms of the program." in begun.page


WRONG = [
    ("person", {"name": "Robin", "email": "nobody"}, "email", "con una @"),
    ("person", {"name": "Robin"}, "email", "Indique un correo"),
    ("address", {"service_address": "1 Elm", "postal_code": "12"}, "postal_code", "cinco cifras"),
    ("proof", {"last_bill_amount": "much"}, "last_bill_amount", "dólares y centavos"),
    ("vin", {"vin": "1M8GDM9AXKP042789"}, "vin", "mal o cambiado"),
    ("vehicle", {"drivetrain": "steam"}, "drivetrain", "Elija una de las respuestas"),
    ("holder", {}, "holder", "Elija qué relación"),
    ("account", {"account_number": ""}, "account_number", "Escriba el número de cuenta"),
]


@pytest.mark.parametrize(("name", "said", "field", "words"), WRONG)
def test_what_is_wrong_is_said_and_linked(
    begun: Enrolling, name: str, said: dict[str, str], field: str, words: str
) -> None:
    begun.client.cookies["language"] = "es"
    begun.open(f"/enroll/answer/{name}")
    assert begun.send(f"/enroll/answer/{name}", said).status_code == 200
    assert words in begun.page
    assert f'href="#id_{field}' in begun.page
    begun.open("/enroll/answer/person")
    assert "Robin Example" in begun.page


def test_what_the_finder_was_told_is_not_asked_again(portal: Territory) -> None:
    from django.http import HttpRequest

    from evenroll.portal.find_answers import Answers
    from evenroll.programs.vehicle_models import vehicle_list
    from evenroll.records.web_sessions import SessionStore

    customer = Enrolling(portal)
    model = vehicle_list().models[0]
    request = HttpRequest()
    request.session = SessionStore()
    Answers(postal_code="64801", vehicle=model.key).kept_in(request)
    request.session.save()
    customer.client.cookies["session"] = request.session.session_key
    customer.begin()
    customer.open("/enroll/answer/address")
    assert 'value="64801"' in customer.page
    customer.open("/enroll/answer/vehicle")
    assert model.name in customer.page


def test_every_question_of_every_program_can_be_shown(portal: Territory) -> None:
    """Also those that only some programs ask."""
    from dataclasses import replace

    from evenroll.portal.enroll_questions import QUESTIONS
    from evenroll.portal.enroll_texts import QuestionName
    from evenroll.programs.catalog import load_catalog

    assert [each.name for each in QUESTIONS] == list(QuestionName)
    asked: set[str] = set()
    for program in load_catalog().programs:
        found = {each.name for each in QUESTIONS if each.is_asked(program)}
        asked |= found
        for each in QUESTIONS:
            if each.name in found:
                form = each.form(None, cells={}, program=replace(program), today=NOW.date())
                assert form.fields or each.name is QuestionName.TERMS, (program.key, each.name)
    assert asked == set(QuestionName)


def test_answers_of_the_test_are_all_that_the_program_asks(portal: Territory) -> None:
    from evenroll.portal.enroll_questions import QUESTIONS

    assert list(answers_of(portal.premise())) == [each.name for each in QUESTIONS if each.is_asked(portal.night)]


def test_choices_and_conditions_of_a_program_reach_the_case(portal: Territory) -> None:
    """A program that asks for everything: a choice inside it, statements, the kind of home, three consents."""
    from dataclasses import replace

    from evenroll.enrollment.form import Statement
    from evenroll.programs.catalog import load_catalog
    from evenroll.programs.program import ConsentKind, Selection
    from evenroll.programs.rules import Outcome, Rule, RuleId, RuleKind
    from evenroll.quantities.identifiers import ProgramKey
    from evenroll.records.published import publish

    rules = (
        *load_catalog().program(ProgramKey("LE-EV-NIGHT")).rules,
        Rule(id=RuleId("plug-in"), kind=RuleKind.ATTESTATION_GIVEN, unmet=Outcome.FINAL),
        Rule(id=RuleId("recall"), kind=RuleKind.NO_OPEN_RECALL, unmet=Outcome.FINAL),
        Rule(id=RuleId("building"), kind=RuleKind.HOME_TYPE_IN, unmet=Outcome.FINAL),
    )
    wide = replace(
        portal.night,
        key=ProgramKey(f"WIDE-{portal.tag}"),
        rules=rules,
        selections=(Selection(key="charging_window", options=("from_21_to_5", "from_23_to_7")),),
        consents_required=tuple(ConsentKind),
    )
    publish(wide)
    customer = Enrolling(portal)
    customer.open(f"/enroll/?program={wide.key}")
    customer.send("/enroll/", {})
    customer.answer_all(
        portal.premise(),
        home={"dwelling": "rented", "home": "multi_family"},
        statements={"plug_in_attested": "yes", "recall_open": "no"},
        terms={"choice_charging_window": "from_23_to_7"},
        consents={"terms": "on", "data_sharing": "on", "control": "on", "hand_over": "on"},
    )
    assert "from 11 PM to 7 AM" in customer.page
    customer.send("/enroll/check", {})
    form = portal.case(portal.utility, CaseNumber(customer.number())).form
    assert form is not None
    assert dict(form.selections) == {"charging_window": "from_23_to_7"}
    assert dict(form.statements) == {Statement.PLUG_IN_ATTESTED: True, Statement.RECALL_OPEN: False}
    assert form.consents == frozenset(ConsentKind)
    assert form.consents_hand_over


def test_two_sendings_at_once_are_one_case(portal: Territory) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections
    from django.utils import timezone

    from evenroll.intake.drafted import send_drafted
    from evenroll.records.drafts import number_of_code, read_draft

    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    now = timezone.now()
    draft = read_draft(number_of_code(ways_back(customer)[1], at=now) or "", at=now)
    assert draft is not None

    def send(_turn: int) -> tuple[str, object]:
        try:
            taken = send_drafted(draft.drafted.cells, name=f"web-{draft.number}", now=NOW, today=NOW.date())
            return taken.number, taken.refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as many:
        found = set(many.map(send, range(4)))
    assert len(found) == 1
    number, refusal = found.pop()
    assert refusal is None
    assert portal.events(portal.utility, str(number)).count("case_opened") == 1
