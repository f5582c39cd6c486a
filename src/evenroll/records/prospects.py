"""A customer whom a supplier is about to win: an account of its own in its books, from what the customer told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from evenroll.enrollment.facts import RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import AccountId, CustomerId, PodId
from evenroll.records import register
from evenroll.records.books import NewAccount, NewPoint, add_account, add_customer, add_location, add_point
from evenroll.records.organizations import current
from evenroll.records.tokens import TokenKind

UNKNOWN_CYCLE = "none"


def keep_prospect(
    answer: RegisterAnswer, *, pod: PodId, answers: Mapping[FormField, str], on: date, language: str
) -> RegisterAnswer:
    """The answer with a customer and an account of our own, made now; the utility's numbers mean nothing here.

    answers: personal, as the customer gave them; they are kept under the new customer's key.
    """
    customer = add_customer(personal=_personal(answers), language=language)
    number = answers.get(FormField.ACCOUNT_NUMBER, "")
    new = NewAccount(customer=customer, number=number, customer_class=answer.customer_class, opened_on=on)
    account = add_account(new)
    if register.point(current().key, pod=pod) is None:
        location = add_location(
            address=answers.get(FormField.SERVICE_ADDRESS, ""), postal_code=answers.get(FormField.POSTAL_CODE, "")
        )
        add_point(NewPoint(pod=pod, location=location, account=account, read_cycle=UNKNOWN_CYCLE))
    return replace(answer, customer=CustomerId(customer), account=AccountId(account), pods=(pod,))


def _personal(answers: Mapping[FormField, str]) -> dict[TokenKind, str]:
    kinds = ((FormField.NAME, TokenKind.NAME), (FormField.PHONE, TokenKind.PHONE), (FormField.EMAIL, TokenKind.EMAIL))
    return {kind: answers[field] for field, kind in kinds if answers.get(field, "").strip()}
