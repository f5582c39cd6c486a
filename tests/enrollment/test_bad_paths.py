"""Bad paths of meter, switch and bill at an order: each ends in a code that crew, office and customer see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, RefusalCode
from evenroll.enrollment.messages import BillTold, SwitchTold
from evenroll.enrollment.order_commands import BookVisit, DateSwitch
from evenroll.enrollment.order_facts import BillAnew
from evenroll.enrollment.point_events import PointSupplierChanged, evolve_point
from evenroll.enrollment.reversal_commands import (
    CorrectRead,
    QuestionRead,
    ReversalFault,
    ReversalReason,
    ReverseSwitch,
)
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import VisitObstacle, VisitResult
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import check_periods
from evenroll.programs.bill import Bill, BillKind, LineCode
from evenroll.programs.program import MeterNeedKind
from evenroll.quantities.identifiers import MeterSerial
from tests.enrollment.order_world import (
    ESCO,
    POD,
    ROLLOVER_WH,
    STANDARD,
    TUESDAY,
    World,
    booked,
    exchanged,
    opened,
    refused,
    switched,
)
from tests.world.people import new_world
from tests.world.reversing import estimated, taken_back

# Row 5c: the meter


@pytest.mark.parametrize("obstacle", VisitObstacle)
def test_every_obstacle_is_told_and_a_visit_may_be_booked_again(obstacle: VisitObstacle) -> None:
    world = booked()
    assert isinstance(world.record(VisitResult.CANNOT_DO, obstacle=obstacle), Decided)
    assert world.live.meter.state is State.CANNOT_DO and world.live.obstacle is obstacle
    assert world.live.meter.owner is Role.CUSTOMER and world.live.meter.on_lapse is C.END_CONDITION
    again = BookVisit(visit_on=world.today + timedelta(days=1))
    assert isinstance(world.give(C.REBOOK_VISIT, again), Decided) and world.live.obstacle is None


def test_a_read_that_runs_backwards_is_not_taken() -> None:
    world = booked()
    before = world.wh("OLD-1", TUESDAY)
    no = world.record(VisitResult.EXCHANGED, exchange=world.exchange(closing_wh=max(0, before - 5_000_000)))
    refused(no, RefusalCode.READ_IMPLAUSIBLE)
    assert world.live.work is None and world.live.meter.state is State.SCHEDULED


def test_a_negative_read_is_not_taken() -> None:
    world = booked()
    refused(world.record(VisitResult.EXCHANGED, exchange=world.exchange(closing_wh=-1)), RefusalCode.READ_IMPLAUSIBLE)


def test_a_register_that_passed_its_top_is_no_fault() -> None:
    """The dial of the old meter goes over its top on the way: what it moved by counts, not what it shows."""
    world = booked()
    at_top = world.wh("OLD-1", TUESDAY)
    assert at_top < world.wh("OLD-1", date(2026, 1, 1)), "the dial went over its top"
    assert isinstance(world.record(VisitResult.EXCHANGED, exchange=world.exchange()), Decided)
    assert world.live.meter.state is State.BACK_OFFICE


def test_a_read_with_the_multiplier_forgotten_or_twice_is_not_taken() -> None:
    """Ten times too much cannot have flowed through the service since the last read."""
    world = booked()
    moved = world.wh("OLD-1", TUESDAY) + 60_000_000
    no = world.record(VisitResult.EXCHANGED, exchange=world.exchange(closing_wh=moved % ROLLOVER_WH))
    refused(no, RefusalCode.READ_IMPLAUSIBLE)


def test_a_read_that_is_questioned_holds_the_back_office_and_is_corrected() -> None:
    world = exchanged()
    office = world.live.work
    assert office is not None
    closing = office.exchange.closing_wh["total"]
    assert isinstance(world.give(C.QUESTION_READ, QuestionRead(serial=MeterSerial("OLD-1"))), Decided)
    refused(world.finish_back_office(), RefusalCode.READ_QUESTIONED)
    right = CorrectRead(closing_wh={"total": closing + 900}, opening_wh={"total": 40})
    assert isinstance(world.give(C.CORRECT_READ, right, _at_exchange(world)), Decided)
    assert world.point is not None
    assert world.point.meters[0].closing_wh == {"total": closing + 900}
    assert isinstance(world.finish_back_office(), Decided)
    assert world.kinds().index("read_questioned") < world.kinds().index("read_corrected")


def test_a_correction_that_cannot_be_is_not_taken() -> None:
    world = exchanged()
    assert isinstance(world.give(C.QUESTION_READ, QuestionRead(serial=MeterSerial("NEW-1"), register="total")), Decided)
    wrong = CorrectRead(closing_wh={"total": -4}, opening_wh={"total": 40})
    refused(world.give(C.CORRECT_READ, wrong, _at_exchange(world)), RefusalCode.READ_IMPLAUSIBLE)
    assert world.live.questioned == "NEW-1"


def _at_exchange(world: World):
    """The last known reads of the meter that was removed: none but those of its installation."""
    return replace(world.facts(C.CORRECT_READ), reads=None)


def test_a_read_of_another_meter_cannot_be_questioned() -> None:
    world = exchanged()
    refused(world.give(C.QUESTION_READ, QuestionRead(serial=MeterSerial("OTHER"))), RefusalCode.SERIAL_WRONG)


def test_nobody_corrects_a_read_that_was_not_questioned() -> None:
    world = exchanged()
    right = CorrectRead(closing_wh={"total": 1}, opening_wh={"total": 40})
    refused(world.give(C.CORRECT_READ, right), RefusalCode.NOT_IN_STATE)


# Row 5d: the switch


def test_a_meter_that_is_done_late_dates_the_switch_anew_with_its_reason() -> None:
    """A day told before is moved, and the provider hears the new one with what bound it."""
    world = opened(need=MeterNeedKind.ALREADY_THERE)
    world.run_clock()
    first = world.live.switch_on
    assert first is not None
    assert isinstance(world.give(C.DATE_SWITCH, DateSwitch(not_before_on=first + timedelta(days=2))), Decided)
    assert world.kinds()[-1] == "switch_redated"
    told_last = world.told(SwitchTold)[-1]
    assert told_last.switch_on == world.live.switch_on and "requested" in told_last.reasons


def test_a_switch_that_was_wrong_is_taken_back_and_the_periods_tile() -> None:
    world = switched()
    assert world.live.switch is not None and world.point is not None
    assert isinstance(world.give(C.REVERSE_SWITCH, ReverseSwitch(reason=ReversalReason.WRONG_RATE)), Decided)
    assert world.live.service.state is State.CANCELLED and world.live.reversed_for is ReversalReason.WRONG_RATE
    [agreement] = world.point.agreements
    assert agreement.rate == STANDARD and agreement.end_on is None
    check_periods(world.point.agreements, pod=POD)
    assert world.told(SwitchTold)[-1].state is State.REVERSED


def billed() -> World:
    world = switched()
    while world.live.first_bill is None:
        world.at(world.today + timedelta(days=1))
    return world


def test_the_first_bill_of_a_switch_that_was_wrong_is_corrected_with_what_was_charged_as_a_line() -> None:
    world = billed()
    was = world.live.first_bill
    assert was is not None
    assert isinstance(world.give(C.REVERSE_SWITCH, ReverseSwitch(reason=ReversalReason.NOT_AGREED)), Decided)
    assert world.live.service.state is State.REVERSED and world.live.service.on_lapse is C.CORRECT_BILL
    right = _anew(world, was, rate=STANDARD, usd="3.00")
    facts = replace(world.facts(C.CORRECT_BILL), bills_anew=(right,))
    assert isinstance(world.give(C.CORRECT_BILL, NoPayload(), facts), Decided)
    [made] = world.live.corrections
    assert made.kind is BillKind.CORRECTION and made.total == Decimal("3.00") - was.total
    assert made.lines[-1].code is LineCode.ALREADY_CHARGED and made.lines[-1].amount == -was.total
    assert world.live.service.state is State.CANCELLED
    assert world.told(BillTold)[-1].bill == made


def _anew(world: World, was: Bill, *, rate: Any, usd: str) -> BillAnew:
    line = replace(was.lines[0], amount=Decimal(usd))
    bill = replace(was, kind=BillKind.CORRECTION, rate=rate, lines=(line,), total=Decimal(usd))
    return BillAnew(was=was, bill=bill, spans=world.spans(was.start_on, was.end_on))


@pytest.mark.parametrize("spoiled", ["rate", "days", "total", "energy", "spans"])
def test_a_correction_that_is_wrong_itself_is_held(spoiled: str) -> None:
    world = billed()
    was = world.live.first_bill
    assert was is not None
    world.give(C.REVERSE_SWITCH, ReverseSwitch(reason=ReversalReason.WRONG_DAY))
    right = _anew(world, was, rate=STANDARD, usd="3.00")
    wrong = {
        "rate": replace(right, bill=replace(right.bill, rate=was.rate)),
        "days": replace(right, bill=replace(right.bill, end_on=was.end_on + timedelta(days=1))),
        "total": replace(right, bill=replace(right.bill, total=Decimal("3.01"))),
        "energy": replace(right, bill=replace(right.bill, lines=(replace(right.bill.lines[0], quantity_wh=1),))),
        "spans": replace(right, spans=()),
    }[spoiled]
    facts = replace(world.facts(C.CORRECT_BILL), bills_anew=(wrong,))
    assert isinstance(world.give(C.CORRECT_BILL, NoPayload(), facts), Decided)
    assert world.kinds()[-1] == "bill_held" and world.live.service.owner is Role.BILLING
    by_billing = replace(facts, by=Role.BILLING)
    refused(world.give(C.CORRECT_BILL, NoPayload(), by_billing), RefusalCode.ORDER_MISMATCH)
    assert world.live.corrections == ()


def test_a_switch_that_something_rests_on_is_not_simply_taken_back() -> None:
    for fault, changes in (
        (ReversalFault.OTHER_ORDER, {"other_open_order": True}),
        (ReversalFault.PROGRAM_BEFORE, {"program_before": True}),
        (ReversalFault.BILLED_SINCE, {"now": switched().now + timedelta(days=120)}),
    ):
        world = switched()
        facts = replace(world.facts(C.REVERSE_SWITCH), **changes)
        no = world.give(C.REVERSE_SWITCH, ReverseSwitch(reason=ReversalReason.WRONG_POINT), facts)
        assert refused(no, RefusalCode.CANNOT_REVERSE).parameters["reversal"] == fault.value
    world = switched()
    changed = PointSupplierChanged(row=Row.ACTION, changed_on=world.today + timedelta(days=3), supplier=ESCO)
    world.point = evolve_point(world.point, changed)
    no = world.give(C.REVERSE_SWITCH, ReverseSwitch(reason=ReversalReason.WRONG_POINT))
    assert refused(no, RefusalCode.CANNOT_REVERSE).parameters["reversal"] == ReversalFault.LATER_CHANGE.value


def test_where_nothing_was_estimated_no_bill_is_corrected() -> None:
    refused(billed().give(C.CORRECT_BILL, NoPayload()), RefusalCode.NOTHING_TO_CORRECT)


def test_the_case_hears_of_the_reversal_and_ends_by_it() -> None:
    world = new_world()
    taken_back(world, at=State.BILLED)
    [case] = [each.state for each in world.cases.values()]
    assert case.ended_because is EndReason.SWITCH_REVERSED and not case.live_places
    assert case.order is not None and case.order.bills[-1].kind is BillKind.CORRECTION


def test_a_closing_bill_at_an_estimate_is_trued_up_when_the_meter_was_read() -> None:
    world = new_world()
    estimated(world, at=State.CLOSING_BILLED)
    [order] = [each.state for each in world.orders.values()]
    assert order.corrections[0].kind is BillKind.CORRECTION and order.corrections[0].end_on == order.switch.switch_on
