"""After sending: the same page for all, and what holders of browser, link or code may do until somebody is proved."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from tests.papers_made import paper as pdf
from tests.statements import counted_traffic
from tests.territory import NOW, Territory
from tests.territory_books import Premise
from tests.web.browsing import browser
from tests.web.enrolling import Enrolling
from tests.web.test_doors import same
from tests.web.test_enroll_ways import ways_back

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FORMS = ("correct", "papers", "withdraw")


@pytest.fixture
def portal(web: None, territory: Territory) -> Iterator[Territory]:
    from django.db import connection

    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    with connection.cursor() as pen:
        pen.execute("DELETE FROM web_letter")
    yield territory


def sent_by(portal: Territory, premise: Premise, *, client: Any = None, **changed: dict[str, str]) -> Enrolling:
    customer = Enrolling(portal, client=client)
    customer.begin()
    customer.answer_all(premise, **changed)
    assert customer.send("/enroll/check", {})["Location"] == "/enroll/done"
    return customer


def number_of(customer: Enrolling) -> CaseNumber:
    customer.open("/enroll/done")
    return CaseNumber(customer.number())


def say(customer: Enrolling, name: str, **answers: Any) -> Any:
    """Fill in a page of what may be done, and send it; nothing follows from it yet."""
    page = customer.client.get(f"/enroll/sent/{name}").content.decode()
    return customer.client.post(f"/enroll/sent/{name}", {**dict(HIDDEN.findall(page)), **answers})


def work(portal: Territory) -> None:
    from evenroll.worker.words_kept import take_words

    take_words(portal.installation, now=NOW)
    portal.run()


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("language", Language)
def test_it_tells_that_it_was_received_and_what_can_be_done(portal: Territory, language: Language) -> None:
    premise = portal.premise()
    customer = sent_by(portal, premise, client=browser(HTTP_ACCEPT_LANGUAGE=language.value))
    told = text_of(customer.client.get("/enroll/sent"))
    for key in ("title", "correct", "papers", "withdraw", "print", "too_late", "sign_in_text"):
        assert render(f"enroll.sent_{key}", language=language, parameters={}) in told
    assert number_of(customer) in told
    for name in FORMS:
        page = text_of(customer.client.get(f"/enroll/sent/{name}"))
        assert render(f"enroll.sent_{name}_text", language=language, parameters={}) in page
        assert premise.name not in page
        assert premise.account_number not in page


def test_known_unknown_and_applied_for_are_answered_alike(portal: Territory) -> None:
    """Bytes, status, headers and statements of every page and form, before the proof and after it."""
    known = portal.premise()
    given = {each.name: getattr(known, each.name) for each in fields(known)}
    unknown = Premise(**{**given, "account_number": f"{secrets.randbelow(10**9):010d}"})
    customers = [sent_by(portal, premise) for premise in (known, unknown, known)]
    numbers = [number_of(each) for each in customers]
    for is_worked in (False, True):
        found: list[list[Any]] = []
        for customer in customers:
            seen: list[Any] = []
            for name in ("", "/correct", "/papers", "/withdraw"):
                with counted_traffic() as traffic:
                    answer = customer.client.get(f"/enroll/sent{name}")
                seen.append((without_key(answer), traffic.statements))
            for name, answers in GIVEN:
                page = customer.client.get(f"/enroll/sent/{name}").content.decode()
                paper = {"papers": SimpleUploadedFile("a.pdf", pdf(), "application/pdf")} if name == "papers" else {}
                sending = {**dict(HIDDEN.findall(page)), **answers, **paper}
                with counted_traffic() as traffic:
                    answer = customer.client.post(f"/enroll/sent/{name}", sending)
                seen.append((without_key(answer), traffic.statements))
                assert answer.status_code == 302, (name, text_of(answer))
            found.append(seen)
        assert found[0] == found[1]
        assert found[0] == found[2]
        if not is_worked:
            # The words of the first round are left, so that only the proof tells the cases apart.
            forget_words()
            portal.run()
            states = [portal.case(portal.utility, each).proof.proved_at is not None for each in numbers]
            assert states[:2] == [True, False]


GIVEN = (("correct", {"email": "other@example.test"}), ("papers", {"kind": "vehicle_registration"}), ("withdraw", {}))


def without_key(answer: Any) -> tuple[int, dict[str, str], str]:
    status, headers, page = same(answer)
    return status, headers, re.sub(r'name="(draft|key)" value="[^"]+"', "", page)


def forget_words() -> None:
    from django.db import connection

    with connection.cursor() as pen:
        pen.execute("DELETE FROM web_letter")


def test_a_correction_goes_through_the_case_s_own_command(portal: Territory) -> None:
    premise = portal.premise()
    customer = sent_by(portal, premise, proof={"last_bill_amount": "1.11"})
    number = number_of(customer)
    portal.run()
    assert "identity_proved" not in portal.events(portal.utility, number)
    assert say(customer, "correct", last_bill_amount=premise.last_bill)["Location"] == "/enroll/sent"
    work(portal)
    found = portal.events(portal.utility, number)
    assert found.index("evidence_given") < found.index("identity_proved")


def test_a_correction_before_the_form_was_looked_at_is_a_form_of_its_own(portal: Territory) -> None:
    premise = portal.premise()
    customer = sent_by(portal, premise, proof={"last_bill_amount": "1.11"})
    number = number_of(customer)
    say(customer, "correct", last_bill_amount=premise.last_bill)
    work(portal)
    found = portal.events(portal.utility, number)
    assert found.count("form_received") == 2
    assert "proof_failed" not in found
    assert "identity_proved" in found


def test_withdrawn_before_the_proof_it_is_over_and_said_once(portal: Territory) -> None:
    customer = sent_by(portal, portal.premise())
    number = number_of(customer)
    page = customer.client.get("/enroll/sent/withdraw").content.decode()
    for _ in range(2):
        customer.client.post("/enroll/sent/withdraw", dict(HIDDEN.findall(page)))
    work(portal)
    assert portal.case(portal.utility, number).status is State.WITHDRAWN
    assert portal.events(portal.utility, number).count("withdrawn") == 1
    told = text_of(customer.client.get("/enroll/sent"))
    assert told.count(render("enroll.sent_withdraw_said", language=Language.EN, parameters={})) == 1


def test_after_the_proof_nothing_is_done_without_a_sign_in(portal: Territory) -> None:
    customer = sent_by(portal, portal.premise())
    number = number_of(customer)
    portal.run()
    before = portal.events(portal.utility, number)
    assert "identity_proved" in before
    say(customer, "correct", email="thief@example.test")
    say(customer, "withdraw")
    work(portal)
    assert portal.events(portal.utility, number) == before
    assert words_left() == 0


def words_left() -> int:
    from django.db import connection

    with connection.cursor() as pen:
        pen.execute("SELECT count(*) FROM web_letter")
        return int(pen.fetchall()[0][0])


def test_papers_stand_with_the_case(portal: Territory) -> None:
    from evenroll.records.organizations import open_organization
    from evenroll.records.papers import papers_of

    customer = sent_by(portal, portal.premise())
    number = number_of(customer)
    paper = SimpleUploadedFile("a.pdf", pdf(), "application/pdf")
    assert say(customer, "papers", kind="vehicle_registration", papers=paper).status_code == 302
    with open_organization(portal.utility):
        assert [each.kind.value for each in papers_of(number)] == ["vehicle_registration"]


def test_what_cannot_be_read_is_said_and_nothing_is_kept(portal: Territory) -> None:
    customer = sent_by(portal, portal.premise())
    for answers, key in (({}, "enroll.sent_nothing_changed"), ({"email": "nobody"}, "enroll.fault_email_wrong")):
        answer = say(customer, "correct", **answers)
        assert answer.status_code == 200
        assert render(key, language=Language.EN, parameters={}) in text_of(answer)
    assert words_left() == 0


def test_link_and_code_lead_there_from_elsewhere_for_thirty_days(portal: Territory) -> None:
    from django.utils import timezone

    customer = Enrolling(portal)
    customer.begin()
    customer.answer_all(portal.premise())
    link, code = ways_back(customer)
    customer.open("/enroll/check")
    customer.send("/enroll/check", {})
    other = Enrolling(portal)
    other.open(link)
    assert other.send(link, {})["Location"] == "/enroll/sent"
    third = Enrolling(portal)
    third.open("/enroll/back")
    assert third.send("/enroll/back", {"code": code})["Location"] == "/enroll/sent"
    say(other, "withdraw")
    draft_ends = ends_of(code)
    assert timedelta(days=29, hours=23) < draft_ends - timezone.now() < timedelta(days=30, hours=1)


def ends_of(code: str) -> Any:
    from django.utils import timezone

    from evenroll.records.drafts import number_of_code, read_draft

    now = timezone.now()
    draft = read_draft(number_of_code(code, at=now) or "", at=now)
    assert draft is not None
    return draft.expires_at


@pytest.mark.parametrize("address", ["sent", *(f"sent/{name}" for name in FORMS)])
def test_who_has_nothing_in_hand_is_led_to_the_beginning(portal: Territory, address: str) -> None:
    assert browser().get(f"/enroll/{address}")["Location"] == "/enroll/"
    begun = Enrolling(portal)
    begun.begin()
    assert begun.client.get(f"/enroll/{address}")["Location"] == "/enroll/tasks"


def test_a_word_waits_enclosed(portal: Territory) -> None:
    from django.db import connection

    customer = sent_by(portal, portal.premise())
    say(customer, "correct", email="somebody.else@example.test")
    with connection.cursor() as pen:
        pen.execute("SELECT kind, t::text, encode(t.data, 'escape') FROM web_letter AS t")
        rows = pen.fetchall()
    assert [row[0] for row in rows] == ["word"]
    assert "somebody.else" not in str(rows)
