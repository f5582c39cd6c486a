"""The people whom one can be in a demo: the staff of every organization in every role, and customers with a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evenroll.enrollment.roles import ROLES_OF, Role
from evenroll.enrollment.tracks import State
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records.case_customers import CustomerCase, customer_cases
from evenroll.records.organizations import kinds_of, organization_names
from evenroll.records.queries import Viewer

CUSTOMERS_MAX = 500
PER_STATE_MAX = 2
_IN_PAIRS = frozenset({Role.ENROLLMENT_DESK, Role.PROGRAM_MANAGER, Role.SUPERVISOR})
"""Roles of which two are there, because one decides what another prepared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPerson:
    """One whom one can be. key: what the form sends; case, state: of a customer."""

    key: str
    person: Person
    case: str = ""
    state: State | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoGroup:
    """The people of one organization."""

    organization: OrganizationKey
    name: str
    staff: Sequence[DemoPerson]
    customers: Sequence[DemoPerson]


def demo_groups() -> Sequence[DemoGroup]:
    """Everybody, by organization."""
    return [
        DemoGroup(organization=key, name=name, staff=tuple(demo_staff(key)), customers=tuple(_customers(key)))
        for key, name in organization_names().items()
    ]


def demo_person(key: str) -> Person | None:
    """The person of a key that the list shows; None for any other."""
    people = (each for group in demo_groups() for each in (*group.staff, *group.customers))
    return next((each.person for each in people if each.key == key), None)


def demo_staff(organization: OrganizationKey) -> Iterator[DemoPerson]:
    """The staff of one organization, in every role that it has."""
    kinds = kinds_of(organization)
    roles = frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds))
    for role in (each for each in Role if each in roles):
        for number in (1, 2) if role in _IN_PAIRS else (1,):
            actor = ActorKey(f"{role.value}-{number}")
            person = Person(organization=organization, kinds=kinds, role=role, actor=actor)
            yield DemoPerson(key=f"{organization}/{actor}", person=person)


def _customers(organization: OrganizationKey) -> Iterator[DemoPerson]:
    viewer = Viewer(organization=organization, role=Role.SYSTEM)
    shown: Counter[State] = Counter()
    for each in customer_cases(viewer, limit=CUSTOMERS_MAX):
        shown[each.status] += 1
        if shown[each.status] <= PER_STATE_MAX:
            yield _customer(organization, each)


def _customer(organization: OrganizationKey, each: CustomerCase) -> DemoPerson:
    actor = ActorKey(f"customer/{each.customer}")
    person = Person(
        organization=organization,
        kinds=kinds_of(organization),
        role=Role.CUSTOMER,
        actor=actor,
        customer=each.customer,
    )
    return DemoPerson(key=f"{organization}/{actor}", person=person, case=each.number, state=each.status)
