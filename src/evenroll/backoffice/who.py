"""Which staff may open which records, and their colleagues: whom one may give a record to."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from evenroll.accounts.demo_people import demo_staff
from evenroll.accounts.rules import Rule, staff
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.memberships import members
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamKind

OF_CASES: Final = staff(Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING)
OF_PAPERS: Final = staff(Role.ENROLLMENT_DESK, Role.SUPERVISOR)
"""Those who decide on what a customer hands in."""

OF_ORDERS: Final = staff(
    *(Role.METER_OFFICE, Role.METER_CREW, Role.BILLING, Role.SUPERVISOR, Role.ENROLLMENT_DESK),
    kinds=frozenset({OrganizationKind.UTILITY}),
)
RULES: Final = {StreamKind.CASE: OF_CASES, StreamKind.SERVICE_ORDER: OF_ORDERS}
"""Who works on records of a kind."""
READ_CASES: Final = Rule(roles=OF_CASES.roles | {Role.AUDITOR})
READ_ORDERS: Final = Rule(roles=OF_ORDERS.roles | {Role.AUDITOR}, kinds=OF_ORDERS.kinds)
READERS: Final = {StreamKind.CASE: READ_CASES, StreamKind.SERVICE_ORDER: READ_ORDERS}
"""Who may open the page of a record: those who work on it, and the auditor, who only reads."""
PROVERS: Final = staff(
    *(Role.SUPERVISOR, Role.AUDITOR), kinds=frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})
)
"""Who reads the journal of a case with its hashes and proof."""


def colleagues(person: Person, *, kind: StreamKind) -> tuple[ActorKey, ...]:
    """Those of the same organization, but this person, who may open records of a kind; sorted by key."""
    with open_organization(person.organization):
        roles = [(each.user, each.role) for each in members()]
    if settings.EVENROLL_WEB.is_demo:
        roles += [(each.person.actor, each.person.role) for each in demo_staff(person.organization)]
    found = {user for user, role in roles if role in RULES[kind].roles}
    return tuple(sorted(found - {person.actor}))
