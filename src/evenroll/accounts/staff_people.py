"""As whom one of the staff can go on: each role in each organization, asked of the memberships each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evenroll.enrollment.roles import ROLES_OF, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.memberships import UserUnknown, is_member, memberships_of
from evenroll.records.organizations import kinds_of, open_organization


def staff_people(user: ActorKey) -> Sequence[Person]:
    """The people whom a user can be; nobody for one who is not known or has no role any more."""
    return tuple(_people(user))


def is_still(person: Person) -> bool:
    """Whether somebody of the staff holds the role still."""
    with open_organization(person.organization):
        return is_member(person.actor, role=person.role)


def _people(user: ActorKey) -> Iterator[Person]:
    try:
        held = memberships_of(user)
    except UserUnknown:
        return
    for organization, roles in held.items():
        kinds = kinds_of(organization)
        there = frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds))
        for role in (each for each in Role if each in roles & there):
            yield Person(organization=organization, kinds=kinds, role=role, actor=user)
