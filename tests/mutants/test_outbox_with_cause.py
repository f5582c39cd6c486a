"""A message and its cause are one transaction: what cannot be written down as a message did not happen either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.roles import OrganizationKind
from tests.records.invented import ESCO, UTILITY, cancel_message, open_case, rows, vehicle_recorded, working


@pytest.fixture(autouse=True)
def organizations(django_ready: object) -> None:
    from evenroll.records.organizations import add_organization

    for key, kind in ((UTILITY, OrganizationKind.UTILITY), (ESCO, OrganizationKind.SUPPLIER)):
        add_organization(key, name=key.title(), kinds=frozenset({kind}), calendar_key="US-LAKELAND")


STRANGE = 9_999_999
"""A reference to personal answers that nobody stored: the message that should carry them cannot be written."""


def test_a_message_that_cannot_be_written_takes_its_cause_with_it() -> None:
    case = open_case(ESCO)
    message = replace(cancel_message(case.number, to=UTILITY), sealed=STRANGE)
    decided = Decided(events=(vehicle_recorded(),), messages=(message,))
    with pytest.raises(Exception, match=str(STRANGE)), working(ESCO) as uow:
        uow.record_case(case.number, decided, expected=uow.case(case.number))
    with working(ESCO) as uow:
        kept = uow.case(case.number)
        assert kept is not None and kept.vehicle is None
    count = "SELECT count(*) FROM outbox_message WHERE conversation = %s"
    assert rows(count, case.number, organization=ESCO) == [(0,)]
