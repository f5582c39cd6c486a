"""Signing in and out: what of a person a session keeps, codes only, and how it is looked at again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from evenroll.enrollment.roles import ROLES_OF, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey
from evenroll.records.organizations import OrganizationUnknown, kinds_of

_KEPT = "person"


def sign_in(request: HttpRequest, person: Person) -> None:
    """Keep who this is in a session of its own: nothing of the one before is in it."""
    request.session.flush()
    request.session[_KEPT] = {
        "organization": person.organization,
        "role": person.role.value,
        "actor": person.actor,
        "customer": person.customer,
    }


def sign_out(request: HttpRequest) -> None:
    """End the session, on the server too."""
    request.session.flush()


def signed_in(request: HttpRequest) -> Person | None:
    """Who is signed in; None for a stranger, and for one whose organization or role is no longer there."""
    kept: Any = request.session.get(_KEPT)
    if not isinstance(kept, dict):
        return None
    return _person(kept)


def _person(kept: dict[str, Any]) -> Person | None:
    organization, role = OrganizationKey(kept["organization"]), Role(kept["role"])
    try:
        kinds = kinds_of(organization)
    except OrganizationUnknown:
        return None
    customer = kept["customer"]
    held = role in frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds))
    if not (held or (role is Role.CUSTOMER and customer is not None)):
        return None
    return Person(
        organization=organization,
        kinds=kinds,
        role=role,
        actor=ActorKey(kept["actor"]),
        customer=None if customer is None else CustomerId(customer),
    )
