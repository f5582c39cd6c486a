"""What a page is asked with, beside HTTP: the reader's language, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey
from evenroll.records.queries import Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who is signed in, for one organization in one role. customer: set for Role.CUSTOMER only.

    on: today in the territory, set for Role.METER_CREW, which sees the orders of its day.
    """

    organization: OrganizationKey
    kinds: frozenset[OrganizationKind]
    role: Role
    actor: ActorKey
    customer: CustomerId | None = None
    on: date | None = None

    @property
    def viewer(self) -> Viewer:
        """As whom queries are asked."""
        return Viewer(organization=self.organization, role=self.role, customer=self.customer, on=self.on)

    @property
    def acts(self) -> Actor:
        """As whom commands are given."""
        return Actor(key=self.actor, role=self.role, organization=self.organization)


class PageRequest(HttpRequest):
    """A request as the middleware leaves it for a view. person: None for who is not signed in."""

    language: Language
    person: Person | None
    csp_nonce: str


def viewer_of(request: PageRequest) -> Viewer:
    """As whom this page reads; only for pages whose rule asks for a sign-in. Raises NobodySignedIn."""
    return person_of(request).viewer


def person_of(request: PageRequest) -> Person:
    """Who is signed in; only for pages whose rule asks for it. Raises NobodySignedIn."""
    if request.person is None:
        raise NobodySignedIn("This page needs somebody who is signed in; give it a rule that says so.")
    return request.person


class NobodySignedIn(RuntimeError):
    """A view asked who is signed in, though its rule lets strangers in."""
