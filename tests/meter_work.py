"""What crews and offices do at a meter, and the check that bills tie with reads, for tests on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from evenroll.enrollment.bill_check import billed_wh
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.order_commands import BookVisit, CompleteBackOffice, RecordVisit
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem, ServiceOrder, VisitObstacle, VisitResult
from evenroll.enrollment.usage_point import MeterExchange, Register
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial, OrderNumber
from tests.territory import NOW, Territory
from tests.territory_books import ROLLOVER_WH, Premise
from tests.territory_reads import DAY_WH

NOON = time(18, 0)


def at(day: date) -> datetime:
    """Noon of a day in the territory, about."""
    return datetime.combine(day, NOON, tzinfo=UTC)


def book_visit(territory: Territory, number: OrderNumber, *, on: date, now: datetime = NOW) -> None:
    command = BookVisit(visit_on=on)
    territory.taken(
        territory.give(territory.utility, CommandName.BOOK_VISIT, number, command, role=Role.METER_OFFICE, now=now)
    )


def the_exchange(
    territory: Territory,
    premise: Premise,
    *,
    on: date,
    registers: tuple[str, ...],
    capability: MeterCapability = MeterCapability.PERIOD_REGISTERS,
) -> MeterExchange:
    """A new meter for the one in place, with reads that fit; the reading route knows it from then on."""
    new = MeterSerial(f"N-{premise.serial}")
    territory.reads.knows(new, registers, since=on, opening_wh=17)
    return MeterExchange(
        old_serial=premise.serial,
        new_serial=new,
        closing_wh=territory.reads.shown(premise.serial, on=on),
        opening_wh=dict.fromkeys(registers, 17),
        capability=capability,
        registers=tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in registers),
    )


def record_visit(
    territory: Territory,
    number: OrderNumber,
    *,
    on: date,
    result: VisitResult,
    exchange: MeterExchange | None = None,
    obstacle: VisitObstacle = VisitObstacle.OTHER,
):
    command = RecordVisit(result=result, visited_on=on, exchange=exchange, obstacle=obstacle)
    return territory.give(
        territory.utility, CommandName.RECORD_VISIT, number, command, role=Role.METER_CREW, now=at(on)
    )


def complete_back_office(territory: Territory, number: OrderNumber, *, now: datetime) -> None:
    command = CompleteBackOffice(done=frozenset(BackOfficeItem))
    territory.taken(
        territory.give(
            territory.utility, CommandName.COMPLETE_BACK_OFFICE, number, command, role=Role.METER_OFFICE, now=now
        )
    )


def exchange_meter(
    territory: Territory,
    premise: Premise,
    number: OrderNumber,
    *,
    on: date,
    registers: tuple[str, ...],
    capability: MeterCapability = MeterCapability.PERIOD_REGISTERS,
) -> None:
    """Book the visit, exchange the meter, and do the back office, all on time."""
    book_visit(territory, number, on=on)
    exchange = the_exchange(territory, premise, on=on, registers=registers, capability=capability)
    territory.taken(record_visit(territory, number, on=on, result=VisitResult.EXCHANGED, exchange=exchange))
    complete_back_office(territory, number, now=at(on))


def assert_bills_tie(territory: Territory, premise: Premise, order: ServiceOrder) -> None:
    """Periods tile, and the two bills charge what the registers counted: every Wh once."""
    closing, first, switch = order.closing_bill, order.first_bill, order.switch
    assert closing is not None and first is not None and switch is not None
    assert closing.end_on == first.start_on == switch.switch_on
    point = territory.point(premise.pod)
    assert [each.start_on for each in point.agreements][-1] == switch.switch_on
    for bill in (closing, first):
        counted = 0
        for meter in point.meters:
            start = max(bill.start_on, meter.installed_on)
            end = min(bill.end_on, meter.removed_on or bill.end_on)
            counted += max((end - start).days, 0) * DAY_WH * len(meter.registers)
        assert billed_wh(bill) == counted
        assert bill.total == sum(line.amount for line in bill.lines)
