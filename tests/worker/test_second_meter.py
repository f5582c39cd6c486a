"""A service of its own for charging: the electrician first, then a second meter beside the first, billed apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from evenroll.enrollment.bill_check import billed_wh
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.order_commands import RecordVisit
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import VisitResult
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterExchange, Register
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import DocumentKind, MeterCapability, MeterNeedKind, ProgramVersion
from evenroll.quantities.identifiers import MeterSerial, ProgramKey
from tests.meter_work import at, book_visit, complete_back_office
from tests.territory import Territory
from tests.territory_books import ROLLOVER_WH
from tests.territory_reads import DAY_WH

VISIT_ON = date(2026, 11, 10)
REGISTERS = ("night", "day")


def second_meter(territory: Territory) -> ProgramVersion:
    """The program, with its wiring done already: what comes before is asked of other tests."""
    from evenroll.records.published import publish

    program = load_catalog().program(ProgramKey("LE-EV-METER"))
    ready = tuple(each for each in program.prerequisites if each.track.value == "service")
    mine = replace(
        program, key=ProgramKey(f"METER-{territory.tag}"), organization=territory.utility, prerequisites=ready
    )
    publish(mine)
    return mine


def test_the_second_meter_waits_for_the_wiring(territory: Territory) -> None:
    """Rule 5 of the trade: electrician, inspection, then the meter."""
    from evenroll.records.published import publish

    program = load_catalog().program(ProgramKey("LE-EV-METER"))
    mine = replace(program, key=ProgramKey(f"WIRED-{territory.tag}"), organization=territory.utility)
    publish(mine)
    number = territory.apply(
        territory.premise(), program=mine, documents=frozenset({DocumentKind.INSPECTION_CERTIFICATE})
    )
    territory.run()
    case = territory.case(territory.utility, number)
    meters = [each.state for key, each in case.tracks.items() if key.startswith("meter")]
    assert meters == [State.BEFORE_METER]
    assert case.tracks["equipment"].state is State.CHOOSING_EQUIPMENT and "service" not in case.tracks


def test_a_second_meter_is_billed_apart_and_the_household_goes_on(territory: Territory) -> None:
    program, premise = second_meter(territory), territory.premise()
    number = territory.apply(premise, program=program, documents=frozenset({DocumentKind.INSPECTION_CERTIFICATE}))
    territory.run()
    order = territory.order_of(territory.utility, number)
    assert order.is_separate and order.request.need is MeterNeedKind.SECOND_METER
    assert order.meter.state is State.TO_SCHEDULE
    book_visit(territory, order.number, on=VISIT_ON)
    new = MeterSerial(f"S-{premise.serial}")
    territory.reads.knows(new, REGISTERS, since=VISIT_ON)
    hung = MeterExchange(
        old_serial=None,
        new_serial=new,
        opening_wh=dict.fromkeys(REGISTERS, 0),
        capability=MeterCapability.PERIOD_REGISTERS,
        registers=tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in REGISTERS),
    )
    taken_down = replace(hung, old_serial=premise.serial, closing_wh=territory.reads.shown(premise.serial, on=VISIT_ON))
    for exchange, is_right in ((taken_down, False), (hung, True)):
        answer = territory.give(
            territory.utility,
            CommandName.RECORD_VISIT,
            order.number,
            RecordVisit(result=VisitResult.EXCHANGED, visited_on=VISIT_ON, exchange=exchange),
            role=Role.METER_CREW,
            now=at(VISIT_ON),
        )
        assert territory.taken(answer) if is_right else territory.refused(answer).code.value == "serial_wrong"
    complete_back_office(territory, order.number, now=at(VISIT_ON))
    territory.run_through(at(date(2026, 12, 20)), since=at(VISIT_ON))
    point, order = territory.point(premise.pod), territory.order(order.number)
    in_place, own = point.meter, point.meter_of(separate=True)
    assert in_place is not None and in_place.serial == premise.serial
    assert own is not None and own.serial == new
    last = point.agreements[-1]
    assert (last.rate, last.separate_rate) == ("LE-R", "LE-EV-SEP")
    bill = order.first_bill
    assert order.closing_bill is None  # the household's service did not end
    assert bill is not None and bill.rate == "LE-EV-SEP" and order.service.state is State.BILLED
    assert billed_wh(bill) == (bill.end_on - bill.start_on).days * DAY_WH * len(REGISTERS)
    assert {line.price for line in bill.lines if line.quantity_wh} == {Decimal("0.06120"), Decimal("0.19850")}
    assert territory.case(territory.utility, number).price_since == bill.start_on
