"""What a door asks of its own books before row 5 by one statement: the same as by one for each partner."""

from __future__ import annotations

from typing import Any

import pytest

from evenroll.enrollment.eligibility_facts import Known
from evenroll.ports.premises import PremiseFacts
from evenroll.quantities.identifiers import AccountId, PodId
from tests.statements import counted_traffic
from tests.territory import NOW, Territory, new_territory

NOBODYS = AccountId(2**31 - 1)
NOWHERE, WITHOUT_STREAM = PodId("LP-NONE"), PodId("LP-BOOKS-ONLY")


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def _asked(territory: Territory, account: AccountId, pod: PodId) -> tuple[Any, Any]:
    """What register and premises of the utility say."""
    from evenroll.partners.own_register import OwnRegister
    from evenroll.partners.utility_premises import UtilityPremises

    register = OwnRegister(organization=territory.utility)
    premise = UtilityPremises().look_up(pod, utility=territory.utility, on=NOW.date())
    return register.account_facts(account, pod=pod), premise


def _move_books(territory: Territory, pod: PodId, to: PodId) -> None:
    """The books call a usage point otherwise than its stream does."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE usage_point SET pod = %s WHERE pod = %s", (to, pod))


def test_one_statement_says_what_two_would(territory: Territory) -> None:
    from evenroll.records.books_for_decision import books_for_decision
    from evenroll.records.foreseen import deciding_from
    from evenroll.records.organizations import open_organization

    here, there, parted = territory.premise(), territory.premise(good_standing=False), territory.premise()
    _move_books(territory, parted.pod, WITHOUT_STREAM)
    accounts = (here.account, there.account, parted.account, NOBODYS)
    pods = (here.pod, there.pod, parted.pod, WITHOUT_STREAM, NOWHERE)
    seen = set[tuple[Known, bool]]()
    for account, pod in ((account, pod) for account in accounts for pod in pods):
        by_two = _asked(territory, account, pod)
        with counted_traffic() as said, open_organization(territory.utility):
            with deciding_from(books_for_decision(account, pod=pod)):
                assert _asked(territory, account, pod) == by_two, (account, pod)
        assert said.statements == 2, "the organization is opened, and one statement asks"
        seen.add((by_two[0].active, by_two[1] == PremiseFacts()))
    assert seen == {(active, nothing) for active in (Known.YES, Known.NO) for nothing in (True, False)}
