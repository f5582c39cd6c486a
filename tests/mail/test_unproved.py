"""Before proof every mail is the same, whatever the books and the clearinghouse answered; after it all is told."""

from __future__ import annotations

import re

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.notices import NoticeState, WithheldReason
from evenroll.quantities.identifiers import CaseNumber
from tests.mail.sending import Box, mailing_territory
from tests.mail.test_sending import send, told
from tests.territory import Territory

pytestmark = pytest.mark.usefixtures("django_ready")

WRONG_BILL = {FormField.LAST_BILL_AMOUNT: "1.07"}
NOWHERE = {FormField.SERVICE_ADDRESS: "1 Nowhere Row", FormField.ACCOUNT_NUMBER: "70999999"}


def texts_of(box: Box, numbers: list[CaseNumber]) -> list[list[str]]:
    """All that each case was mailed, less what is its own: number and links."""
    found = list[list[str]]()
    for number in numbers:
        mine = [each for each in box.letters if number in each.subject]
        found.append([re.sub(rf"{number}(/[0-9a-zA-Z_-]+)?", "IT", f"{each.subject}\n{each.text}") for each in mine])
    return found


def applied(territory: Territory, outcome: str) -> CaseNumber:
    """An application that nobody is proved for; outcome: what row 2 and 4a come to."""
    match outcome:
        case "supplier":
            premise = territory.premise(supplier=territory.esco)
            return territory.apply(premise, answers=premise.answers() | WRONG_BILL)
        case "supplier, handed over":
            premise = territory.premise(supplier=territory.esco)
            return territory.apply(premise, answers=premise.answers() | WRONG_BILL, consents_hand_over=True)
        case "nowhere":
            premise = territory.premise()
            return territory.apply(premise, answers=premise.answers() | WRONG_BILL | NOWHERE)
        case _:
            premise = territory.premise()
            return territory.apply(premise, answers=premise.answers() | WRONG_BILL)


def test_nobody_learns_by_mail_who_provides_or_which_of_account_and_bill_is_wrong() -> None:
    territory, box = mailing_territory()
    outcomes = ("utility", "supplier", "supplier, handed over", "nowhere")
    numbers = [applied(territory, each) for each in outcomes]
    territory.run()
    send(territory)
    states = {str(territory.case(territory.utility, each).status) for each in numbers}
    assert len(states) > 2, f"the answers of the books differ: {states}"
    mails = texts_of(box, numbers)
    assert [len(each) for each in mails] == [1] * len(numbers)
    assert len({each[0] for each in mails}) == 1
    assert "five business days" in mails[0][0].lower()


def test_another_wrong_proof_is_told_to_nobody_and_a_right_one_tells_all() -> None:
    territory, box = mailing_territory()
    premise = territory.premise()
    number = territory.apply(premise, answers=premise.answers() | WRONG_BILL)
    territory.run()
    send(territory)
    for bill, mails in (("2.08", 1), (premise.last_bill, 2)):
        given = {FormField.LAST_BILL_AMOUNT: bill}
        territory.taken(territory.give(territory.utility, CommandName.GIVE_EVIDENCE, number, answers=given))
        territory.run()
        send(territory)
        assert len(box.letters) == mails
    withheld = [each for each in told(territory, number) if each.state is NoticeState.WITHHELD]
    assert {each.why for each in withheld} == {WithheldReason.NOT_PROVED}
    assert "enrolled since" in box.letters[-1].text


def test_what_the_form_lacks_is_told_because_the_form_says_it() -> None:
    territory, box = mailing_territory()
    premise = territory.premise()
    territory.apply(premise, signed_on=None)
    territory.run()
    send(territory)
    (letter,) = box.letters
    assert "sign and date" in letter.text
    assert "electricity supplier" not in letter.text


def test_a_case_that_is_closed_before_proof_tells_no_reason() -> None:
    territory, box = mailing_territory()
    premise = territory.premise()
    number = territory.apply(premise, answers=premise.answers() | WRONG_BILL)
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number))
    territory.run()
    send(territory)
    (letter,) = box.letters
    assert letter.subject == f"Your application is closed ({number})"
    assert "bill" not in letter.text.partition("YOUR APPLICATION")[0].lower()
