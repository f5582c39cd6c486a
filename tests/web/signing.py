"""What tests of signing in share: a customer with an address on file, the letters that went out, a browser's forms."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrganizationKey
from tests.territory import Territory
from tests.web.browsing import browser, token_in


@contextmanager
def letters() -> Iterator[list[Any]]:
    """The letters that the web has carried, in their order."""
    from evenroll.accounts import wired

    carried: list[Any] = []
    before = wired._held.wired
    assert before is not None
    wired.use_wired(replace(before, post=carried.append))
    yield carried
    wired.use_wired(before)


def new_address() -> str:
    return f"{secrets.token_hex(5)}@example.test"


def customer_with(territory: Territory, address: str, *, at: OrganizationKey | None = None) -> CaseNumber:
    """A customer of an organization with a case, who has this address on file there."""
    organization = at or territory.utility
    esco = organization == territory.esco
    premise = territory.premise(supplier=territory.esco) if esco else territory.premise()
    number = territory.apply(premise, at=organization, program=territory.supply if esco else None)
    territory.run()
    customer = territory.case(organization, number).proof.customer
    assert customer is not None
    put_on_file(organization, customer, address)
    return number


def put_on_file(organization: OrganizationKey, customer: CustomerId, address: str) -> None:
    from evenroll.records.models import Customer
    from evenroll.records.organizations import open_organization
    from evenroll.records.personal_ref import KeyId
    from evenroll.records.tokens import TokenKind, index

    with open_organization(organization):
        key = KeyId(Customer.objects.get(id=customer).key_id)
        index(key, subject_kind="customer", subject_id=customer, values=[(TokenKind.EMAIL, address)])


def sent(asked: Any, path: str, **answers: str) -> Any:
    """A form of a page, filled in and sent, with the sign of the page."""
    token = token_in(asked.get(path).content.decode())
    return asked.post(path, {"csrfmiddlewaretoken": token, **answers})


def asked_for(address: str, asked: Any = None) -> Any:
    """A browser that asked for a code, after everything that follows from it is done."""
    from evenroll.accounts.posting import finish

    found = asked or browser(REMOTE_ADDR=some_address())
    answer = sent(found, "/sign-in", email=address)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code")
    finish()
    return found


def code_in(letter: Any) -> str:
    found = re.search(r"\b\d{8}\b", letter.text)
    assert found, letter.text
    return found[0]


def some_address() -> str:
    """An address on the net in a network that nobody else has."""
    return ".".join(str(part) for part in (10, *secrets.token_bytes(2), 7))
