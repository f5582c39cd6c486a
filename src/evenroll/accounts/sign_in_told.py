"""Mails about the own sign-in: to the contact on file, when something is new that could be a stranger's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenroll.accounts import wired
from evenroll.accounts.browser_kind import OTHER
from evenroll.accounts.posting import later
from evenroll.enrollment.form import Language
from evenroll.pages.texts import Parameter, render
from evenroll.pages.web_request import Person
from evenroll.records.organizations import open_organization
from evenroll.records.own_account import own_account
from evenroll.records.web_sign_ins import Way

WAYS: Mapping[Way, str] = {
    Way.CODE: "sign_in.way_code",
    Way.PASSKEY: "sign_in.way_passkey",
    Way.PASSWORD: "sign_in.way_password",
    Way.ORGANIZATION: "sign_in.way_organization",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ToWhom:
    """Who is told. address: by which they signed in, personal; where it is not known, a customer's in the books."""

    person: Person
    address: str = field(repr=False)
    language: Language


def browser_named(browser: str, *, language: Language) -> str:
    """A kind of browser for a reader."""
    return render("sign_in.browser_unknown", language=language) if browser == OTHER else browser


def tell_new_way(to: ToWhom, *, way: Way, browser: str) -> None:
    """That somebody signed in as they never did before."""
    given = {"way": render(WAYS[way], language=to.language), "browser": browser_named(browser, language=to.language)}
    later(lambda: _send(to, "sign_in.new_way_subject", "sign_in.new_way_text", given))


def tell_passkey_added(to: ToWhom, *, browser: str) -> None:
    """That a passkey was added."""
    given = {"browser": browser_named(browser, language=to.language)}
    later(lambda: _send(to, "sign_in.passkey_told_subject", "sign_in.passkey_told_text", given))


def _send(to: ToWhom, subject: str, text: str, given: Mapping[str, Parameter]) -> None:
    address = to.address or _on_file(to.person)
    if address:
        wired.post(
            wired.Mail(
                to=address,
                subject=render(subject, language=to.language),
                text=render(text, language=to.language, parameters=given),
                language=to.language.value,
            )
        )


def _on_file(person: Person) -> str:
    """A customer's address in the books; of the staff no address is kept."""
    if person.customer is None:
        return ""
    with open_organization(person.organization):
        return own_account(person.customer).email
