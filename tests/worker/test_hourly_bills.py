"""Row 5d by the hour: prices of hours and events from interval usage, to the cent, or held with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from evenroll.enrollment.bill_check import billed_wh
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import HeldReason, ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import BillKind, LineCode
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.meter_work import at
from tests.territory import Territory
from tests.territory_reads import DAY_WH

CATALOG = load_catalog()
WHERE = calendar("US-LAKELAND")
UNTIL = datetime(2027, 1, 20, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class EveryHour:
    """A series in which an hour of the clock costs its number in cents, but for those that are not known."""

    until_at: datetime = UNTIL
    away: bool = False

    def prices(
        self, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, Decimal] | PartnerAway:
        assert (series, owner) == ("le-day-ahead", "lakeland-electric")
        if self.away:
            return PartnerAway(partner="price_series")
        hours = (until_at - from_at) // HOUR
        known = (from_at + n * HOUR for n in range(hours))
        return {hour: Decimal(hour.hour) / 100 for hour in known if hour < self.until_at}


@dataclass(frozen=True)
class OneEvent:
    """An event of two hours was called."""

    starts_at: datetime

    def hours(self, program: ProgramKey, **asked: Any) -> frozenset[datetime]:
        return frozenset({self.starts_at, self.starts_at + HOUR})


def offered(territory: Territory, key: str) -> ProgramVersion:
    from evenroll.records.published import publish

    mine = load_catalog().program(ProgramKey(key))
    program = replace(mine, key=ProgramKey(f"{key}-{territory.tag}"), organization=territory.utility)
    publish(program)
    return program


def ordered(territory: Territory, key: str, **partners: Any) -> ServiceOrder:
    """A customer with an interval meter on the program, up to the morning after the first bill."""
    territory.partners = partners
    premise = territory.premise(registers=("total",), capability=MeterCapability.INTERVAL)
    number = territory.apply(premise, program=offered(territory, key))
    territory.run_through(at(date(2026, 12, 20)))
    return territory.order_of(territory.utility, number)


def test_prices_of_the_hours_are_billed_to_the_cent(territory: Territory) -> None:
    order = ordered(territory, "LE-EV-HOURLY", prices=EveryHour())
    bill = order.first_bill
    assert bill is not None and bill.rate == "LE-RTP"
    days = (bill.end_on - bill.start_on).days
    assert billed_wh(bill) == days * DAY_WH
    hourly = next(line for line in bill.lines if line.code is LineCode.HOURLY_PRICES)
    # 375 Wh in every hour of a day of 24: the mean of 0 to 23 cents is 11.5 cents per kWh.
    assert hourly.quantity_wh == days * DAY_WH
    assert hourly.amount == (Decimal(days * DAY_WH) / 1000 * Decimal("0.115")).quantize(Decimal("0.01"))
    assert bill.total == sum(line.amount for line in bill.lines)
    assert order.service.state is State.BILLED


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"prices": EveryHour(until_at=datetime(2026, 11, 20, tzinfo=UTC))}, HeldReason.PRICES_MISSING),
        ({"prices": EveryHour(away=True)}, HeldReason.PRICES_MISSING),
    ],
)
def test_a_bill_without_prices_is_held_for_billing(
    territory: Territory, trouble: Mapping[str, Any], reason: HeldReason
) -> None:
    order = ordered(territory, "LE-EV-HOURLY", **trouble)
    assert order.first_bill is None and order.service.owner in (Role.BILLING, Role.SUPERVISOR)
    assert reason.value in held(territory, order)


def test_a_bill_without_all_hours_is_held_for_billing(territory: Territory) -> None:
    territory.reads.silent_hours = 1
    order = ordered(territory, "LE-EV-HOURLY", prices=EveryHour())
    assert order.first_bill is None
    assert HeldReason.INTERVALS_MISSING.value in held(territory, order)


def test_hours_that_are_not_what_the_registers_counted_are_held(territory: Territory) -> None:
    """Rule of the trade: energy is conserved; the sum of the intervals is what the registers moved by."""
    right = territory.reads.hours

    def one_too_many(*asked: Any, **how: Any) -> Mapping[datetime, int]:
        found = dict(right(*asked, **how))  # type: ignore[arg-type]
        first = min(found)
        return {**found, first: found[first] + 1}

    class Wrong:
        reads = staticmethod(territory.reads.reads)
        hours = staticmethod(one_too_many)

    order = ordered(territory, "LE-EV-HOURLY", prices=EveryHour(), reads=Wrong())
    assert order.first_bill is None
    assert HeldReason.INTERVALS_WRONG.value in held(territory, order)


def test_a_rider_is_billed_with_the_rate_that_it_rides_on(territory: Territory) -> None:
    event = OneEvent(WHERE.start_of_day(date(2026, 11, 6)) + 15 * HOUR)
    order = ordered(territory, "LE-EV-PEAK-DAYS", events=event)
    bill = order.first_bill
    assert bill is not None and bill.rate == "LE-R" and bill.riders == ("LE-PEAK-DAYS",)
    by_code = {line.code: line for line in bill.lines}
    assert by_code[LineCode.EVENT].quantity_wh == 2 * DAY_WH // 24
    assert by_code[LineCode.EVENT].amount == Decimal("0.47")  # 0.750 kWh at 0.62
    assert LineCode.CREDIT not in by_code  # it is for summer months
    assert by_code[LineCode.ENERGY].price == Decimal("0.13620")
    closing = order.closing_bill
    assert closing is not None and closing.kind is BillKind.CLOSING and closing.riders == ()


def test_where_the_price_is_not_known_others_settle_and_no_amount_is_invented(territory: Territory) -> None:
    from evenroll.records.published import publish

    mine = CATALOG.program(ProgramKey("LE-EV-HOURLY"))
    program = replace(
        mine, key=ProgramKey(f"OPEN-{territory.tag}"), organization=territory.utility, settled_by_others=True
    )
    publish(program)
    premise = territory.premise(registers=("total",), capability=MeterCapability.INTERVAL)
    number = territory.apply(premise, program=program)
    territory.run_through(at(date(2026, 12, 20)))
    bill = territory.order_of(territory.utility, number).first_bill
    assert bill is not None and not bill.priced
    [line] = bill.lines
    assert line.code is LineCode.SETTLED_BY_OTHERS and line.amount == bill.total == Decimal("0.00")
    assert line.quantity_wh == billed_wh(bill) == (bill.end_on - bill.start_on).days * DAY_WH
    assert line.days == (bill.end_on - bill.start_on).days


def held(territory: Territory, order: ServiceOrder) -> str:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = JournalEntry.objects.filter(stream_key=order.number, event="bill_held").order_by("number")
        return str(list(rows.values_list("data", flat=True)))
