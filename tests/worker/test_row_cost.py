"""What a row costs the database: statements and commits of one command through the door, counted on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.quantities.identifiers import OrganizationKey, PodId
from tests.row_costs import RowCost, watched_rows
from tests.statements import counted_traffic
from tests.territory import NOW, new_territory

Rows = Mapping[CommandName, tuple[RowCost, ...]]

STATEMENTS_MAX = 8

ASKING = frozenset(
    {CommandName.FIND_PROVIDER, CommandName.PROVE_IDENTITY, CommandName.DECIDE, CommandName.REQUEST_METER}
)
"""Rows that ask partners. All the books that are asked lie in this database: their statements are counted with them."""

UTILITYS: Mapping[CommandName, int] = {CommandName.DECIDE: 2}
"""So many statements of an ESCO's row are the utility's: its books are opened, and say what they know."""


@pytest.fixture(scope="module")
def rows(django_ready: object) -> Rows:
    return watched_rows(new_territory(), applications=2, counts=True)


def test_the_rows_are_those_of_an_application(rows: Rows) -> None:
    assert {CommandName.OPEN_CASE, CommandName.SUBMIT_FORM, CommandName.CHECK_FORM, *ASKING} <= set(rows)


def test_a_row_is_at_most_one_commit(rows: Rows) -> None:
    assert {name: cost.commits for name, costs in rows.items() for cost in costs if cost.commits > 1} == {}


def test_a_row_has_no_more_statements_than_it_is_allowed(rows: Rows) -> None:
    most = {name: max(cost.statements for cost in costs) for name, costs in rows.items()}
    assert {name: count for name, count in most.items() if count > STATEMENTS_MAX} == {}


def test_an_escos_row_has_no_more_statements_but_for_what_the_utility_says(django_ready: object) -> None:
    rows = watched_rows(new_territory(), applications=2, counts=True, with_esco=True)
    assert {*ASKING, *UTILITYS} <= set(rows)
    most = {name: max(cost.statements for cost in costs) for name, costs in rows.items()}
    assert {name: count for name, count in most.items() if count > STATEMENTS_MAX + UTILITYS.get(name, 0)} == {}
    assert {name for name, costs in rows.items() for cost in costs if cost.commits > 1} == set()


def test_a_row_that_asks_nobody_reads_in_its_own_transaction(rows: Rows) -> None:
    apart = {name for name, costs in rows.items() if any(cost.commits and cost.reads for cost in costs)}
    assert apart <= ASKING


def test_what_is_counted_is_what_was_said(django_ready: object) -> None:
    from evenroll.records.organizations import cursor, open_organization

    territory = new_territory()
    with counted_traffic() as traffic, open_organization(territory.utility), cursor() as pen:
        pen.execute("SELECT\n 1")
        pen.execute("UPDATE track SET times = 0 WHERE track_key = %s AND false", ("x",))
    assert [text.split()[0] for text in traffic.texts] == ["SELECT", "SELECT", "UPDATE"]
    assert (traffic.commits, traffic.reads) == (1, 0)


class _Elsewhere:
    """A utility that is asked beyond these books; it notes whether a transaction of ours was open meanwhile."""

    def __init__(self) -> None:
        self.asked_inside: list[bool] = []

    def look_up(self, pod: PodId, *, utility: OrganizationKey, on: date) -> object:
        from evenroll.partners.utility_premises import UtilityPremises
        from evenroll.records.organizations import is_open

        self.asked_inside.append(is_open())
        return UtilityPremises().look_up(pod, utility=utility, on=on)


def test_a_partner_that_is_not_our_own_books_is_asked_outside_every_transaction(django_ready: object) -> None:
    territory, elsewhere = new_territory(), _Elsewhere()
    territory.partners = {"premises": elsewhere}
    territory.apply(territory.premise())
    territory.run()
    assert elsewhere.asked_inside, "the utility was asked"
    assert not any(elsewhere.asked_inside)


def test_an_idle_look_is_one_transaction_of_an_organization(django_ready: object) -> None:
    from evenroll.worker.driver import run_until_idle

    installation = new_territory().installation
    with counted_traffic() as traffic:
        progress = run_until_idle(installation, now=NOW + timedelta(days=1))
    assert progress.idle
    assert (traffic.commits + traffic.reads, traffic.statements) == (3, 15)
