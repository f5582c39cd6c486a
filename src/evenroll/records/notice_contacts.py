"""Where a customer is written to: the address of e-mail that the case gave, else the one in the books."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.form import FormField
from evenroll.records import vault
from evenroll.records.case_answers import read_answers
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import PersonalRef
from evenroll.records.tokens import TokenKind, normalized


def email_of(case: Case) -> str:
    """The address for mails of a case of the open organization; "" where none is known. Raises vault.PersonalErased.

    What the customer said last goes first: it is what a later application, or a correction, put in its place.
    """
    said = read_answers(case.answers).get(FormField.EMAIL, "").strip()
    return said or _on_file(case)


def email_told_too(case: Case) -> str:
    """The address in the books of who was proved, where the application said another one; "" where it did not.

    Whoever knows a bill can apply with an address of their own: whose account it is hears of it all the same. Raises
    vault.PersonalErased.
    """
    said = read_answers(case.answers).get(FormField.EMAIL, "").strip()
    kept = _on_file(case)
    is_same = normalized(TokenKind.EMAIL, said) == normalized(TokenKind.EMAIL, kept)
    return "" if not said or is_same else kept


def _on_file(case: Case) -> str:
    if case.proof.customer is None:
        return ""
    with cursor() as pen:
        row = pen.execute(
            "SELECT personal FROM customer WHERE organization_id = %s AND id = %s", (current().id, case.proof.customer)
        ).fetchone()
    return "" if row is None else str(vault.read(PersonalRef(row[0])).get(TokenKind.EMAIL.value, "")).strip()
