"""The three invented organizations, in the test database, before any test of the records."""

from __future__ import annotations

import pytest

from tests.records.invented import CLEARINGHOUSE, ESCO, UTILITY


@pytest.fixture(autouse=True)
def organizations(django_ready: object) -> None:
    from evenroll.enrollment.roles import OrganizationKind
    from evenroll.records.organizations import add_organization

    for key, kind in (
        (UTILITY, OrganizationKind.UTILITY),
        (ESCO, OrganizationKind.SUPPLIER),
        (CLEARINGHOUSE, OrganizationKind.CLEARINGHOUSE),
    ):
        add_organization(key, name=key.title(), kinds=frozenset({kind}), calendar_key="US-LAKELAND")
