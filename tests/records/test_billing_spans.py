"""The days of the two bills at a switch: no bill runs past, or begins before, the service that it bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment.service_order import Switch
from evenroll.enrollment.usage_point import Agreement, UsagePoint
from evenroll.programs.bill import BillKind
from evenroll.quantities.identifiers import OrganizationKey, PodId, RateKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.billing_spans import billing_period, days_to_read

SUPPLIER, WIRES = OrganizationKey("brightside"), OrganizationKey("lakeland")
SWITCH_ON, LOST_ON, NEXT_ON = date(2026, 11, 12), date(2026, 11, 17), date(2026, 12, 14)
OLD, NEW = RateKey("flat"), RateKey("night")
SWITCH = Switch(switch_on=SWITCH_ON, old_rate=OLD, new_rate=NEW, next_read_on=NEXT_ON)


def point(*, lost_on: date | None = None) -> UsagePoint:
    before = Agreement(
        rate=RateKey("wires"), supplier=SUPPLIER, start_on=date(2020, 1, 1), end_on=SWITCH_ON, supply_rate=OLD
    )
    after = replace(before, start_on=SWITCH_ON, end_on=lost_on, supply_rate=NEW)
    then = () if lost_on is None else (replace(after, start_on=lost_on, end_on=None, supplier=WIRES, supply_rate=None),)
    return UsagePoint(pod=PodId("POD-1"), agreements=(before, after, *then))


def period(kind: BillKind, *, at: UsagePoint, reads: tuple[date, ...] = (), switch: Switch = SWITCH) -> object:
    return billing_period(switch, kind=kind, point=at, scheduled_reads=reads)


def test_the_first_bill_ends_where_the_service_does() -> None:
    assert period(BillKind.FIRST, at=point()) == DatePeriod(start_on=SWITCH_ON, end_on=NEXT_ON)
    assert period(BillKind.FIRST, at=point(lost_on=LOST_ON)) == DatePeriod(start_on=SWITCH_ON, end_on=LOST_ON)
    later = point(lost_on=date(2027, 1, 5))
    assert period(BillKind.FIRST, at=later) == DatePeriod(start_on=SWITCH_ON, end_on=NEXT_ON)


def test_the_read_at_the_loss_is_asked_for() -> None:
    days = days_to_read(SWITCH, switch_on=SWITCH_ON, point=point(lost_on=LOST_ON), scheduled_reads=())
    assert LOST_ON in days and NEXT_ON not in days


def test_the_closing_bill_begins_where_the_switch_said_however_late_it_is() -> None:
    told = replace(SWITCH, closing_from_on=date(2026, 10, 13))
    for reads in ((), (date(2026, 12, 14),)):
        closing = period(BillKind.CLOSING, at=point(), reads=reads, switch=told)
        assert closing == DatePeriod(start_on=date(2026, 10, 13), end_on=SWITCH_ON)


def test_a_switch_that_did_not_say_so_goes_by_the_reads() -> None:
    reads = (date(2026, 9, 14), date(2026, 10, 13), NEXT_ON)
    closing = period(BillKind.CLOSING, at=point(), reads=reads)
    assert closing == DatePeriod(start_on=date(2026, 10, 13), end_on=SWITCH_ON)


def test_a_drop_that_was_told_late_moves_the_closing_bill_up() -> None:
    told = replace(SWITCH, closing_from_on=date(2026, 10, 13))
    before, after = point().agreements
    dropped_on = date(2026, 11, 9)
    late = (replace(before, end_on=dropped_on), replace(before, start_on=dropped_on, supplier=WIRES), after)
    closing = period(BillKind.CLOSING, at=replace(point(), agreements=late), switch=told)
    assert closing == DatePeriod(start_on=dropped_on, end_on=SWITCH_ON)
