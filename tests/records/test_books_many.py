"""Many rows at once stand in the books as those do that were added one by one."""

from __future__ import annotations

from datetime import date

import pytest

from evenroll.quantities.identifiers import CustomerId
from evenroll.records import books, looked_up, register_match, vault
from evenroll.records.books import NewAccount, NewPoint, NewSupply
from evenroll.records.books_many import (
    NewCustomer,
    NewLocation,
    add_accounts,
    add_customers,
    add_locations,
    add_points,
    add_supplies,
)
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.tokens import TokenKind
from tests.records.invented import CLEARINGHOUSE, ESCO, UTILITY, new_pod

COUNT = 7


def test_many_households_are_found_as_one_is() -> None:
    pods = [new_pod() for _ in range(COUNT)]
    with open_organization(UTILITY):
        customers = add_customers(
            [NewCustomer(personal={TokenKind.NAME: f"Many {pod}", TokenKind.PHONE: ""}) for pod in pods]
        )
        accounts = add_accounts(
            [
                NewAccount(
                    customer=customer, number=f"MANY-{pod}", customer_class="residential", opened_on=date(2020, 1, 1)
                )
                for customer, pod in zip(customers, pods, strict=True)
            ]
        )
        locations = add_locations([NewLocation(address=f"{pod} Many Ln", postal_code="60999") for pod in pods])
        add_points(
            [
                NewPoint(pod=pod, location=location, account=account, read_cycle="3")
                for pod, location, account in zip(pods, locations, accounts, strict=True)
            ]
        )
    for pod, account, customer in zip(pods, accounts, customers, strict=True):
        told = {TokenKind.ACCOUNT_NUMBER: f"many {pod}", TokenKind.NAME: f"MANY {pod}"}
        found = register_match.match(UTILITY, values={**told, TokenKind.SERVICE_ADDRESS: f"{pod} many ln"})
        assert found.agreed == {*told, TokenKind.SERVICE_ADDRESS}
        assert found.account is not None
        assert (found.account.account, found.account.customer, found.account.pods) == (account, customer, (pod,))
        assert register_match.match(ESCO, values=told) == register_match.Match()
    with open_organization(UTILITY), cursor() as pen:
        rows = pen.execute(
            "SELECT personal FROM customer WHERE id = ANY(%s) ORDER BY id", (list(customers),)
        ).fetchall()
        assert [vault.read(row[0])["name"] for row in rows] == [f"Many {pod}" for pod in pods]
        vault.destroy_keys([books.customer_key(customers[0])])
        with pytest.raises(vault.PersonalErased):
            vault.read(rows[0][0])
        assert vault.read(rows[1][0])["name"] == f"Many {pods[1]}"


def test_an_account_of_nobody_is_refused() -> None:
    new = NewAccount(customer=CustomerId(2**62), number="x", customer_class="residential", opened_on=date(2020, 1, 1))
    with open_organization(UTILITY), pytest.raises(vault.PersonalMissing, match="Load it first"):
        add_accounts([new])


def test_many_rows_of_the_registry_are_found_by_point_and_by_address() -> None:
    pods = [new_pod() for _ in range(COUNT)]
    with open_organization(CLEARINGHOUSE):
        add_supplies(
            [
                NewSupply(
                    pod=pod,
                    postal_code="60999",
                    address=f"{pod} Registry Ln",
                    utility=UTILITY,
                    supplier=ESCO if place % 2 else None,
                    supplier_kind="esco" if place % 2 else "utility",
                    from_on=date(2020, 1, 1),
                )
                for place, pod in enumerate(pods)
            ]
        )
    on = date(2026, 1, 1)
    for place, pod in enumerate(pods):
        known = looked_up.supply_of(CLEARINGHOUSE, pod=pod, on=on)
        assert known is not None
        assert known.supplier == (ESCO if place % 2 else None)
        found = looked_up.supply_at(CLEARINGHOUSE, postal_code="60999", address=f"{pod} registry ln", on=on)
        assert [each.pod for each in found] == [pod]


def test_nothing_at_all_is_no_harm() -> None:
    with open_organization(UTILITY):
        assert add_customers([]) == ()
        assert add_locations([]) == ()
        add_points([])
        add_supplies([])
