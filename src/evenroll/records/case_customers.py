"""Customers of an organization with the latest of their cases: codes only, no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, CustomerId
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import PAGE_MAX, NotForViewer, Viewer
from evenroll.records.register import CUSTOMER
from evenroll.records.tokens import TokenKind


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCase:
    """A customer and the case that was opened last for this customer."""

    customer: CustomerId
    number: CaseNumber
    status: State


def customer_cases(viewer: Viewer, *, limit: int) -> Sequence[CustomerCase]:
    """Customers who have a case here, the newest first. Raises NotForViewer for all but the system itself."""
    if viewer.role is not Role.SYSTEM:
        raise NotForViewer("Only the system itself may list customers. Look for a case by its number.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT customer_id, (array_agg(number ORDER BY id DESC))[1], (array_agg(status ORDER BY id DESC))[1] "
            "FROM case_record WHERE organization_id = %s AND customer_id IS NOT NULL "
            "GROUP BY customer_id ORDER BY max(id) DESC LIMIT %s",
            (opened.id, min(limit, PAGE_MAX)),
        ).fetchall()
    return _found(rows)


def customers_of_contact(viewer: Viewer, *, email_token: str) -> Sequence[CustomerCase]:
    """Customers with a case here who have this address of e-mail on file, the newest case first.

    email_token: of `tokens.token_of`. Raises NotForViewer for all but the system itself.
    """
    if viewer.role is not Role.SYSTEM:
        raise NotForViewer("Only the system itself may look up a contact. Look for a case by its number.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT customer_id, (array_agg(number ORDER BY id DESC))[1], (array_agg(status ORDER BY id DESC))[1] "
            "FROM case_record WHERE organization_id = %(org)s AND customer_id IN (SELECT subject_id FROM search_token "
            "WHERE organization_id = %(org)s AND kind = %(kind)s AND token = %(token)s AND subject_kind = %(subject)s) "
            "GROUP BY customer_id ORDER BY max(id) DESC LIMIT %(limit)s",
            {
                "org": opened.id,
                "kind": TokenKind.EMAIL.value,
                "token": email_token,
                "subject": CUSTOMER,
                "limit": PAGE_MAX,
            },
        ).fetchall()
    return _found(rows)


def _found(rows: Sequence[tuple[Any, ...]]) -> Sequence[CustomerCase]:
    return tuple(
        CustomerCase(customer=CustomerId(row[0]), number=CaseNumber(row[1]), status=State(row[2])) for row in rows
    )
