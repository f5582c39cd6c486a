"""Who decided by an older state of a case does nothing and is told so; who says it twice under one key does it once."""

from __future__ import annotations

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber
from tests.territory import NOW, Territory, new_territory


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def version(territory: Territory, number: CaseNumber) -> int:
    from evenroll.records import queries

    return queries.case_version(queries.Viewer(organization=territory.utility, role=Role.SYSTEM), number=number)


def withdrawn(territory: Territory, number: CaseNumber, *, seen: int, key: str):
    from evenroll.enrollment.case_commands import NoPayload
    from evenroll.records.asked import Asked
    from evenroll.worker.giving import give

    asked = Asked(number=number, command=NoPayload(), key=key, seen=seen)
    who = territory.actor(territory.utility, Role.CUSTOMER)
    return give(territory.installation, actor=who, name=CommandName.WITHDRAW, asked=asked, now=NOW)


def test_what_was_seen_too_early_changes_nothing(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    seen = version(territory, number)
    territory.run()
    assert version(territory, number) > seen
    before = territory.case(territory.utility, number)
    refusal = territory.refused(withdrawn(territory, number, seen=seen, key="k-1"))
    assert refusal.code is RefusalCode.CASE_MOVED_ON
    assert territory.case(territory.utility, number) == before


def test_what_was_seen_last_is_done_and_done_once(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    seen = version(territory, number)
    first = territory.taken(withdrawn(territory, number, seen=seen, key="k-1"))
    assert territory.taken(withdrawn(territory, number, seen=seen, key="k-1")) == first
    assert territory.case(territory.utility, number).status is State.WITHDRAWN
    assert territory.events(territory.utility, number).count("withdrawn") == 1


def test_a_case_that_is_not_there_has_no_version(territory: Territory) -> None:
    from evenroll.records.queries import NotForViewer

    with pytest.raises(NotForViewer):
        version(territory, CaseNumber("EV-00000-00000-0000"))
