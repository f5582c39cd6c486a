"""What all meters of an account can tell apart: known only where every one of them is."""

from __future__ import annotations

import pytest

from evenroll.enrollment.eligibility import NOT_TOLD, told
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import AccountId, PodId
from tests.territory import POSTAL_CODE, Territory, new_territory

HOURLY, TOTAL = MeterCapability.INTERVAL, MeterCapability.TOTAL_REGISTER


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_one_meter_is_all_of_them(territory: Territory) -> None:
    from evenroll.records.account_meters import account_meters
    from evenroll.records.organizations import open_organization

    premise = territory.premise()
    with open_organization(territory.utility):
        assert account_meters(premise.account, pod=premise.pod, in_place=HOURLY) == told("interval")
        assert account_meters(premise.account, pod=premise.pod, in_place=None) == NOT_TOLD
        assert account_meters(None, pod=premise.pod, in_place=HOURLY) == NOT_TOLD
        assert account_meters(AccountId(10**12), pod=premise.pod, in_place=HOURLY) == NOT_TOLD


def test_a_second_usage_point_counts_and_one_whose_meter_is_not_in_the_books_leaves_it_open(
    territory: Territory,
) -> None:
    from evenroll.records import books
    from evenroll.records.account_meters import account_meters
    from evenroll.records.organizations import open_organization

    premise, other = territory.premise(), territory.premise(capability=TOTAL)
    with open_organization(territory.utility):
        location = books.add_location(address=f"1 Oak Street {territory.tag}", postal_code=POSTAL_CODE)
        pod = PodId(f"LX-{territory.tag}")
        books.add_point(books.NewPoint(pod=pod, location=location, account=premise.account, read_cycle="12"))
        assert account_meters(premise.account, pod=premise.pod, in_place=HOURLY) == NOT_TOLD
        books.add_point(
            books.NewPoint(pod=PodId(f"LY-{territory.tag}"), location=location, account=other.account, read_cycle="12")
        )
        assert account_meters(other.account, pod=PodId(f"LY-{territory.tag}"), in_place=HOURLY) == told(
            "interval", "total_register"
        )
