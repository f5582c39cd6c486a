"""Row 4a for who is signed in: the sign-in proves, what the system filled in does not, and nobody else may say so."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from evenroll.enrollment.case_commands import KeyForm, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.facts import Factor
from evenroll.enrollment.form import Channel, Form, FormField
from evenroll.enrollment.messages import Body
from evenroll.intake.file_rows import file_rows
from evenroll.intake.file_shape import FileRefused, file_shape
from evenroll.intake.said_command import PAYLOADS, asked_with
from evenroll.intake.said_values import SaidWrong
from evenroll.quantities.identifiers import CaseNumber, CustomerId
from tests.steps.test_mail import stamped
from tests.territory import NOW, Territory
from tests.territory_books import Premise
from tests.web.browsing import browser, customer_of, signed_in_as
from tests.web.enrolling import Enrolling, answers_of
from tests.web.test_enroll_ways import ways_back

IN_BOOKS = frozenset({"holder", "account", "address", "proof"})
"""What is not asked of who is signed in; these books have no contact."""
PROOF = {FormField.LAST_BILL_AMOUNT, FormField.METER_SERIAL}


@pytest.fixture
def portal(web: None, territory: Territory) -> Territory:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return territory


def known_as(portal: Territory, premise: Premise) -> CustomerId:
    """Whom the books have at this premise, from a case of theirs."""
    number = portal.apply(premise)
    portal.run()
    found = portal.case(portal.utility, number).proof.customer
    assert found is not None
    return found


def begun_by(portal: Territory, customer: CustomerId) -> Enrolling:
    enrolling = Enrolling(portal, client=signed_in_as(customer_of(portal.utility, customer)))
    enrolling.begin()
    return enrolling


def answer_left(enrolling: Enrolling, premise: Premise, *, without: frozenset[str] = frozenset()) -> None:
    for name, said in answers_of(premise).items():
        if name not in without:
            assert enrolling.answer(name, said).status_code == 302, (name, enrolling.page)


def cells_of(enrolling: Enrolling) -> dict[str, str]:
    from django.utils import timezone

    from evenroll.records.drafts import number_of_code, read_draft

    now = timezone.now()
    draft = read_draft(number_of_code(ways_back(enrolling)[1], at=now) or "", at=now)
    assert draft is not None
    return dict(draft.drafted.cells)


def test_the_sign_in_is_the_proof_and_the_books_fill_in_none(portal: Territory) -> None:
    premise = portal.premise()
    customer = known_as(portal, premise)
    enrolling = begun_by(portal, customer)
    answer_left(enrolling, premise, without=IN_BOOKS)
    assert enrolling.screens[-1] == "/enroll/check"
    assert "You are signed in. Nothing more is needed." in enrolling.page
    assert not cells_of(enrolling).keys() & {each.value for each in PROOF}
    assert enrolling.client.get("/enroll/answer/proof").status_code == 404
    enrolling.open("/enroll/check")
    enrolling.send("/enroll/check", {})
    number = CaseNumber(enrolling.number())
    form = portal.case(portal.utility, number).form
    assert form is not None
    assert not form.fields & PROOF
    portal.run()
    proof = portal.case(portal.utility, number).proof
    assert Factor.SIGN_IN in proof.factors
    assert not proof.factors & {Factor.LAST_BILL_AMOUNT, Factor.METER_SERIAL}
    assert proof.customer == customer


def test_begun_signed_in_and_sent_by_a_stranger_it_is_no_proof(portal: Territory) -> None:
    premise = portal.premise()
    enrolling = begun_by(portal, known_as(portal, premise))
    answer_left(enrolling, premise, without=IN_BOOKS)
    link, _ = ways_back(enrolling)
    stranger = Enrolling(portal, client=browser())
    stranger.open(link)
    stranger.send(link, {})
    stranger.open("/enroll/tasks")
    assert stranger.send("/enroll/check", {})["Location"] == "/enroll/tasks"
    stranger.answer("proof", {"last_bill_amount": "1.11"})
    stranger.open("/enroll/check")
    stranger.send("/enroll/check", {})
    number = CaseNumber(stranger.number())
    assert portal.case(portal.utility, number).proof.signed_in is None
    portal.run()
    assert "identity_proved" not in portal.events(portal.utility, number)


def test_a_sign_in_proves_nobody_else_s_account(portal: Territory) -> None:
    victim = portal.premise()
    enrolling = begun_by(portal, known_as(portal, portal.premise()))
    answer_left(enrolling, victim, without=frozenset({"proof"}))
    enrolling.open("/enroll/check")
    enrolling.send("/enroll/check", {})
    number = CaseNumber(enrolling.number())
    portal.run()
    assert "proof_failed" in portal.events(portal.utility, number)
    assert "identity_proved" not in portal.events(portal.utility, number)


def test_who_applies_for_somebody_else_is_asked_for_a_proof(portal: Territory) -> None:
    enrolling = begun_by(portal, known_as(portal, portal.premise()))
    enrolling.answer("holder", {"holder": "authorized"})
    assert enrolling.client.get("/enroll/answer/proof").status_code == 200


def test_of_another_organization_it_is_no_sign_in(portal: Territory) -> None:
    customer = known_as(portal, portal.premise())
    enrolling = Enrolling(portal, client=signed_in_as(customer_of(portal.esco, customer)))
    enrolling.begin()
    assert enrolling.client.get("/enroll/answer/proof").status_code == 200


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.PARTNER, Channel.BULK, Channel.WEB])
def test_no_form_of_another_door_is_one_of_a_sign_in(portal: Territory, channel: Channel) -> None:
    """The very customer, in the role of one: without a session that a door checked it is no proof."""
    premise = portal.premise()
    known_as(portal, premise)
    number = portal.apply(premise, answers=known_of(premise), channel=channel)
    portal.run()
    assert "identity_proved" not in portal.events(portal.utility, number)
    assert "form_returned" in portal.events(portal.utility, number)
    again = SubmitForm(form=portal.form(channel=channel))
    wrong = {**known_of(premise), FormField.LAST_BILL_AMOUNT: "1.11"}
    portal.taken(portal.give(portal.utility, CommandName.COMPLETE_ANSWERS, number, again, answers=wrong))
    portal.run()
    assert "identity_proved" not in portal.events(portal.utility, number)


def known_of(premise: Premise) -> dict[FormField, str]:
    """What the books know of a customer, without what proves it."""
    return {name: text for name, text in premise.answers().items() if name not in PROOF}


def test_no_letter_is_one_either(portal: Territory) -> None:
    premise = portal.premise()
    known_as(portal, premise)
    number = CaseNumber(stamped(portal))
    for clerk in ("clerk-1", "clerk-2"):
        keyed = KeyForm(by=clerk, fingerprints={}, form=portal.form(channel=Channel.MAIL))
        portal.give(portal.utility, CommandName.KEY_FORM, number, keyed, answers=known_of(premise), by=clerk)
    assert portal.case(portal.utility, number).form is not None
    assert portal.case(portal.utility, number).proof.signed_in is None


def test_what_a_person_or_a_partner_writes_has_no_word_for_it() -> None:
    """Every payload and message: none has a field that says as whom somebody was signed in."""
    for payload in (*PAYLOADS.values(), *get_args(Body), Form, SubmitForm, KeyForm):
        assert "signed_in" not in {each.name for each in fields(payload)}, payload
    for name in (CommandName.SUBMIT_FORM, CommandName.COMPLETE_ANSWERS, CommandName.KEY_FORM):
        with pytest.raises(SaidWrong):
            asked_with(name, number="EV-1", values={"signed_in": "1"}, form=None, now=NOW, today=NOW.date())


def test_no_file_has_a_column_for_it(portal: Territory, tmp_path: Path) -> None:
    path = tmp_path / "applications.csv"
    path.write_text("organization,channel,name,signed_in\nlakeland-electric,web,Robin,1\n")
    with pytest.raises(FileRefused, match="signed_in"):
        list(file_rows(file_shape(path)))
