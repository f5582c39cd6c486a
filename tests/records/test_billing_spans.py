"""The days of the two bills at a switch: no bill runs past, or begins before, the service that it bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment.service_order import Switch
from evenroll.enrollment.usage_point import Agreement, MeterReads, PointMeter, Register, UsagePoint, advance_wh
from evenroll.programs.bill import BillKind
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId, RateKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.billing_spans import billing_period, days_to_read, spans_of

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


def reads(serial: str, wh: int, *, on: date) -> MeterReads:
    return MeterReads(serial=MeterSerial(serial), read_on=on, values_wh={"total": wh})


def exchanged_on(day: date) -> UsagePoint:
    """The old meter counted to 1,250 Wh until it went on that day, the new one from 5 Wh on."""
    registers = (Register(name="total", rollover_wh=1_000_000),)
    old = PointMeter(
        serial=MeterSerial("OLD"),
        capability=MeterCapability.TOTAL_REGISTER,
        registers=registers,
        installed_on=date(2020, 1, 1),
        opening_wh={"total": 0},
        removed_on=day,
        closing_wh={"total": 1_250},
    )
    new = replace(
        old, serial=MeterSerial("NEW"), installed_on=day, opening_wh={"total": 5}, removed_on=None, closing_wh={}
    )
    return replace(point(), meters=(old, new))


def test_what_the_old_meter_counted_between_the_cut_and_its_exchange_is_on_the_first_bill() -> None:
    """Service switched at a read of 1,000 Wh, and later on that day the meter was exchanged: no Wh is lost."""
    read = reads("OLD", 1_000, on=SWITCH_ON)
    switch = replace(SWITCH, closing=read, opening=read)
    days = DatePeriod(start_on=SWITCH_ON, end_on=NEXT_ON)
    found = spans_of(days, point=exchanged_on(SWITCH_ON), switch=switch, reads=[reads("NEW", 405, on=NEXT_ON)])
    assert found is not None and [(each.serial, each.from_wh, each.to_wh) for each in found] == [
        ("OLD", 1_000, 1_250),
        ("NEW", 5, 405),
    ]
    assert advance_wh(found) == 650


def test_a_cut_at_the_exchange_itself_begins_with_the_new_meter() -> None:
    switch = replace(SWITCH, closing=reads("OLD", 1_250, on=SWITCH_ON), opening=reads("NEW", 5, on=SWITCH_ON))
    days = DatePeriod(start_on=SWITCH_ON, end_on=NEXT_ON)
    found = spans_of(days, point=exchanged_on(SWITCH_ON), switch=switch, reads=[reads("NEW", 405, on=NEXT_ON)])
    assert found is not None and [each.serial for each in found] == ["NEW"]
