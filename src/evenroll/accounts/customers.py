"""Which customers an address of e-mail stands for: those with a case who have it on file, asked anew each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evenroll.enrollment.roles import Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records.case_customers import customers_of_contact
from evenroll.records.organizations import OrganizationUnknown, kinds_of, organization_keys
from evenroll.records.queries import Viewer
from evenroll.records.tokens import TokenKind, normalized, token_of


def normal_address(email: str) -> str:
    """The form in which two writings of an address agree; personal."""
    return normalized(TokenKind.EMAIL, email)


def contact_tokens(email: str) -> Mapping[OrganizationKey, str]:
    """The token of an address in each organization: by these it is found again, and it cannot be told from them."""
    return {key: token_of(key, kind=TokenKind.EMAIL, value=email) for key in organization_keys()}


def customer_people(contacts: Mapping[OrganizationKey, str]) -> Sequence[Person]:
    """The customers whom these tokens find, by organization, the newest case first."""
    return tuple(each for key, token in contacts.items() for each in _people(key, token))


def _people(organization: OrganizationKey, token: str) -> Sequence[Person]:
    try:
        kinds = kinds_of(organization)
        viewer = Viewer(organization=organization, role=Role.SYSTEM)
        found = customers_of_contact(viewer, email_token=token)
    except OrganizationUnknown:
        return ()
    return tuple(
        Person(
            organization=organization,
            kinds=kinds,
            role=Role.CUSTOMER,
            actor=ActorKey(f"customer/{each.customer}"),
            customer=each.customer,
        )
        for each in found
    )
