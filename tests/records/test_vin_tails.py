"""Answers that an older release kept are found by the tail of their VIN, too: filled in a few at a time, and erased."""

from __future__ import annotations

import pytest

from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.answers_in_hand import ANSWERS
from evenroll.records.case_search import find_cases
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import Viewer
from evenroll.records.tokens import TokenKind, find_by_token
from evenroll.records.vault import destroy_keys
from evenroll.records.vin_tails import fill_vin_tails
from evenroll.runtime.database import DatabaseUrls
from tests.territory import Premise, Territory, new_territory


@pytest.fixture(scope="module")
def territory(django_ready: DatabaseUrls) -> Territory:
    return new_territory()


def applied(territory: Territory) -> tuple[Premise, CaseNumber]:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    return premise, number


def tail_of(premise: Premise) -> str:
    return premise.answers()[FormField.VIN][-6:]


def found(territory: Territory, premise: Premise) -> list[CaseNumber]:
    desk = Viewer(organization=territory.utility, role=Role.ENROLLMENT_DESK)
    return [each.number for each in find_cases(desk, said=tail_of(premise))]


def forget_tails(territory: Territory) -> None:
    """As an older release left them."""
    with open_organization(territory.utility), cursor() as pen:
        pen.execute("DELETE FROM search_token WHERE kind = %s", (TokenKind.VIN_TAIL.value,))


def test_tails_are_filled_in_in_batches_and_once(territory: Territory) -> None:
    told = [applied(territory) for _ in range(3)]
    assert all(number in found(territory, premise) for premise, number in told)
    forget_tails(territory)
    assert not any(number in found(territory, premise) for premise, number in told)
    assert fill_vin_tails(organizations=[territory.utility], batch=2) == 3
    assert all(number in found(territory, premise) for premise, number in told)
    assert fill_vin_tails(organizations=[territory.utility], batch=2) == 0


def test_who_was_stopped_goes_on_where_it_was(territory: Territory) -> None:
    told = [applied(territory) for _ in range(2)]
    forget_tails(territory)
    fill_vin_tails(organizations=[territory.utility])
    with open_organization(territory.utility), cursor() as pen:
        refs = [territory.case(territory.utility, number).answers for _, number in told]
        pen.execute("DELETE FROM search_token WHERE kind = %s AND subject_id = %s", (TokenKind.VIN_TAIL.value, refs[0]))
    assert fill_vin_tails(organizations=[territory.utility]) == 1
    assert all(number in found(territory, premise) for premise, number in told)


@pytest.mark.parametrize("is_filled", [False, True])
def test_a_tail_goes_with_the_key_of_its_customer(territory: Territory, is_filled: bool) -> None:
    premise, number = applied(territory)
    if is_filled:
        forget_tails(territory)
        fill_vin_tails(organizations=[territory.utility])
    ref = territory.case(territory.utility, number).answers
    with open_organization(territory.utility), cursor() as pen:
        assert find_by_token(TokenKind.VIN_TAIL, tail_of(premise), subject_kind=ANSWERS) == (ref,)
        row = pen.execute(
            "SELECT key_id, (SELECT key_id FROM customer WHERE id = %s) FROM personal_record WHERE id = %s",
            (territory.case(territory.utility, number).proof.customer, ref),
        ).fetchone()
        assert row is not None and row[0] == row[1]
        destroy_keys([row[1]])
        assert find_by_token(TokenKind.VIN_TAIL, tail_of(premise), subject_kind=ANSWERS) == ()
