"""Hours as the books of an installation tell them: intervals, prices of a series, events that were called."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from evenroll.enrollment.facts import PartnerAway
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, ProgramKey
from tests.territory import Territory, new_territory

WHERE = calendar("US-LAKELAND")
NOBODY = OrganizationKey("nobody-here")
HOUR = timedelta(hours=1)
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_intervals_are_told_hour_by_hour_and_only_once(territory: Territory) -> None:
    from evenroll.partners.meter_reads import StoredReads
    from evenroll.records.interval_reads import NewIntervals, add_intervals
    from evenroll.records.organizations import open_organization

    serial = MeterSerial(f"I-{secrets.token_hex(4)}")
    long_day = WHERE.start_of_day(date(2026, 11, 1))
    days = [
        NewIntervals(serial=serial, start_at=long_day - 24 * HOUR, wh=tuple(range(24))),
        NewIntervals(serial=serial, start_at=long_day, wh=tuple(range(100, 125))),
    ]
    for again in (days, [NewIntervals(serial=serial, start_at=long_day, wh=(7,) * 25)]):
        with open_organization(territory.utility):
            add_intervals(again)
    source = StoredReads()
    span = {"from_at": long_day - HOUR, "until_at": long_day + 25 * HOUR}
    found = source.hours(serial, utility=territory.utility, **span)
    assert isinstance(found, dict)
    assert list(found.values()) == [23, *range(100, 125)]
    assert source.hours(serial, utility=territory.esco, **span) == {}
    assert isinstance(source.hours(serial, utility=NOBODY, **span), PartnerAway)


def test_prices_are_exact_and_a_gap_stays_one(territory: Territory) -> None:
    from evenroll.partners.loaded_prices import LoadedPrices
    from evenroll.records.organizations import open_organization
    from evenroll.records.price_series import HourPrice, add_prices

    rows = [
        HourPrice(start_at=AT, end_at=AT + HOUR, price_e8_per_kwh=-1_234_567),
        HourPrice(start_at=AT + 2 * HOUR, end_at=AT + 4 * HOUR, price_e8_per_kwh=5_000_000),
    ]
    with open_organization(territory.utility):
        add_prices("live", rows, source="invented", as_of_on=date(2026, 3, 1))
        add_prices("live", rows, source="invented", as_of_on=date(2026, 3, 1))
    span = {"from_at": AT, "until_at": AT + 9 * HOUR}
    found = LoadedPrices().prices("live", owner=territory.utility, **span)
    assert found == {
        AT: Decimal("-0.01234567"),
        AT + 2 * HOUR: Decimal("0.05"),
        AT + 3 * HOUR: Decimal("0.05"),
    }
    assert LoadedPrices().prices("live", owner=territory.esco, **span) == {}
    assert isinstance(LoadedPrices().prices("live", owner=NOBODY, **span), PartnerAway)


def test_no_events_are_no_hours_and_nobody_is_away(territory: Territory) -> None:
    from evenroll.partners.stored_events import StoredEvents

    span = {"from_at": AT, "until_at": AT + 9 * HOUR}
    program = ProgramKey(f"P-{territory.tag}")
    assert StoredEvents().hours(program, provider=territory.utility, **span) == frozenset()
    assert isinstance(StoredEvents().hours(program, provider=NOBODY, **span), PartnerAway)
