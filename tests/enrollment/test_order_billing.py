"""Row 5d: the day of the switch, the switch without a gap, and bills that charge every Wh once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from evenroll.enrollment import order_commands as c
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.messages import (
    BillTold,
)
from evenroll.enrollment.point_events import PointSupplierChanged, evolve_point
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import (
    HeldReason,
    VisitResult,
)
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT
from evenroll.pages.texts import render
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, ServiceChange
from evenroll.programs.timing import SwitchTiming
from tests.enrollment.order_world import (
    DAY_WH,
    ESCO,
    NIGHT,
    STRANGER,
    TUESDAY,
    World,
    exchanged,
    opened,
    refused,
)


def test_without_a_date_the_switch_is_billing_s_task_until_there_is_one() -> None:
    world = World(scheduled=())
    world.open(need=MeterNeedKind.ALREADY_THERE)
    world.run_clock()
    assert (world.live.service.state, world.live.service.owner) == (State.WAITING, Role.BILLING)
    world.at(date(2026, 3, 20))
    assert world.live.service.owner is Role.SUPERVISOR
    world.scheduled = (date(2026, 4, 13),)
    assert isinstance(world.give(C.DATE_SWITCH, c.DateSwitch()), Decided)
    assert world.live.switch_on == date(2026, 4, 13)
    world.scheduled = (date(2026, 5, 13),)
    world.give(C.DATE_SWITCH, c.DateSwitch(not_before_on=date(2026, 5, 1)))
    assert world.live.switch_on == date(2026, 5, 13) and world.kinds()[-1] == "switch_redated"
    assert world.give(C.DATE_SWITCH, c.DateSwitch()) == Decided()


def test_no_switch_before_its_day_nor_without_reads() -> None:
    world = opened(need=MeterNeedKind.ALREADY_THERE)
    world.run_clock()
    refused(world.give(C.SWITCH_SERVICE, NoPayload()), RefusalCode.NOT_YET_DUE)
    world.reads_known = False
    world.at(date(2026, 3, 12))
    assert (world.live.service.state, world.live.service.owner) == (State.DATED, Role.BILLING)
    assert world.kinds()[-1] == "switch_held"
    world.reads_known = True
    world.at(date(2026, 3, 14))
    assert world.live.switch is not None and world.live.switch.switch_on == date(2026, 3, 12)


def test_a_person_is_told_why_nothing_was_switched() -> None:
    world = opened(need=MeterNeedKind.ALREADY_THERE)
    world.run_clock()
    world.reads_known = False
    world.at(date(2026, 3, 12))
    before = world.live
    by_billing = replace(world.facts(C.SWITCH_SERVICE), by=Role.BILLING)
    no = refused(world.give(C.SWITCH_SERVICE, NoPayload(), by_billing), RefusalCode.SWITCH_HELD)
    assert no.parameters["held_for"] == "reads_missing"
    assert "a meter read is missing" in render(no.code, language=Language.EN, parameters=dict(no.parameters))
    assert world.live == before


def test_a_supplier_who_lost_the_customer_does_not_switch() -> None:
    world = opened(requester=ESCO, need=MeterNeedKind.ALREADY_THERE, service_change=ServiceChange.SUPPLIER_PRODUCT)
    assert world.point is not None
    [agreement] = world.point.agreements
    world.point = replace(world.point, agreements=(replace(agreement, supplier=STRANGER),))
    world.at(date(2026, 3, 12))
    held = world.events[-1]
    assert getattr(held, "reason", None) is HeldReason.SUPPLIER_CHANGED


def test_a_vacant_point_has_nothing_to_close() -> None:
    world = World()
    assert world.point is not None
    [agreement] = world.point.agreements
    world.point = replace(world.point, agreements=(replace(agreement, rate=VACANT),))
    world.open(need=MeterNeedKind.ALREADY_THERE, service_change=ServiceChange.REPLACED_RATE)
    world.at(date(2026, 3, 12))
    assert world.live.service.state is State.CLOSING_BILLED and world.told(BillTold) == []
    world.at(date(2026, 4, 14))
    assert world.live.service.state is State.BILLED


def test_a_credit_alone_switches_nothing() -> None:
    world = opened(service_change=ServiceChange.CREDIT_ONLY, new_rate=None)
    assert world.live.service.state is State.NOT_NEEDED
    world.book(TUESDAY)
    world.at(TUESDAY)
    world.record(VisitResult.EXCHANGED, exchange=world.exchange())
    world.finish_back_office()
    assert not world.live.is_open and world.live.service.state is State.NOT_NEEDED


def wrong_bills(bill: Bill) -> dict[HeldReason, Bill]:
    [line] = bill.lines
    return {
        HeldReason.KIND_WRONG: replace(bill, kind="regular"),
        HeldReason.RATE_WRONG: replace(bill, rate=NIGHT),
        HeldReason.DAYS_WRONG: replace(bill, end_on=bill.end_on + timedelta(days=1)),
        HeldReason.TOTAL_WRONG: replace(bill, total=bill.total + Decimal("0.01")),
        HeldReason.ENERGY_WRONG: replace(bill, lines=(replace(line, quantity_wh=line.quantity_wh - 1),)),
    }


def test_a_bill_that_loses_or_doubles_anything_is_held() -> None:
    world = exchanged()
    world.reads_known = False
    world.finish_back_office()
    world.run_clock()
    assert (world.live.service.state, world.live.service.owner) == (State.SWITCHED, Role.BILLING)
    assert getattr(world.events[-1], "reason", None) is HeldReason.BILL_MISSING
    world.reads_known = True
    facts = world.facts(C.ISSUE_CLOSING_BILL)
    assert facts.bill is not None
    for reason, bill in wrong_bills(facts.bill).items():
        no = refused(
            world.give(C.ISSUE_CLOSING_BILL, NoPayload(), replace(facts, bill=bill)), RefusalCode.ORDER_MISMATCH
        )
        assert no.parameters["bill"] == reason.value
    [span] = facts.spans
    for spans in ((), (span, span), (replace(span, to_wh=span.to_wh + 1),)):
        no = refused(
            world.give(C.ISSUE_CLOSING_BILL, NoPayload(), replace(facts, spans=spans)), RefusalCode.ORDER_MISMATCH
        )
        assert no.parameters["bill"] == HeldReason.SPANS_WRONG.value
    assert isinstance(world.give(C.ISSUE_CLOSING_BILL, NoPayload(), facts), Decided)


def test_a_first_bill_that_runs_past_the_loss_of_supply_is_held() -> None:
    world = opened(
        requester=ESCO,
        need=MeterNeedKind.ALREADY_THERE,
        service_change=ServiceChange.SUPPLIER_PRODUCT,
        timing=SwitchTiming.NEXT_SCHEDULED_READ,
    )
    world.at(date(2026, 3, 13))
    assert world.live.service.state is State.CLOSING_BILLED and world.point is not None
    lost = PointSupplierChanged(row=Row.ACTION, changed_on=date(2026, 3, 17), supplier=STRANGER)
    world.point = evolve_point(world.point, lost)
    world.at(date(2026, 4, 14))
    assert getattr(world.events[-1], "reason", None) is HeldReason.AGREEMENT_EXCEEDED
    assert world.live.service.owner is Role.BILLING and world.live.first_bill is None


def test_a_closing_bill_that_begins_before_its_service_is_held() -> None:
    world = exchanged()
    world.reads_known = False
    world.finish_back_office()
    world.run_clock()
    world.reads_known = True
    assert world.point is not None
    began_on = TUESDAY - timedelta(days=5)
    old, new = world.point.agreements
    parts = (replace(old, end_on=began_on, rate=VACANT), replace(old, start_on=began_on), new)
    world.point = replace(world.point, agreements=parts)
    no = refused(world.give(C.ISSUE_CLOSING_BILL, NoPayload()), RefusalCode.ORDER_MISMATCH)
    assert no.parameters["bill"] == HeldReason.AGREEMENT_EXCEEDED.value


@pytest.mark.parametrize("days", range(1, 60, 7))
def test_a_day_of_energy_is_billed_on_one_side_of_the_cut(days: int) -> None:
    world = opened(need=MeterNeedKind.ALREADY_THERE, timing=SwitchTiming.FIRST_BUSINESS_DAY)
    world.at(world.today + timedelta(days=days))
    closing = world.live.closing_bill
    assert closing is not None and closing.lines[0].quantity_wh == 20 * DAY_WH
