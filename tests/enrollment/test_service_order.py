"""A service order from the request on, with what can go wrong at the meter (5b, 5c), and how it stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from evenroll.enrollment import order_commands as c
from evenroll.enrollment.case_commands import NoPayload, OnTrack
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import (
    BillTold,
    CancelAnswered,
    CancelResult,
    MeterTold,
    RequestAnswer,
    RequestAnswered,
    RequestRefusal,
    SwitchTold,
    VisitTold,
)
from evenroll.enrollment.order_decide import ORDER_DECIDERS
from evenroll.enrollment.order_evolve import OrderHistoryBroken, evolve_order
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    ChangeResult,
    VisitObstacle,
    VisitResult,
)
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.programs.program import MeterCapability, MeterNeedKind, ServiceChange, Track
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from tests.enrollment.order_world import (
    ESCO,
    FLAT,
    NIGHT,
    STANDARD,
    STRANGER,
    TUESDAY,
    WIRES,
    World,
    booked,
    exchanged,
    opened,
    refused,
    request,
    switched,
)


def test_every_command_of_orders_has_its_decider() -> None:
    ours = {name for name, rule in COMMANDS.items() if rule.record is Record.SERVICE_ORDER}
    lapses = {C.REMIND, C.ESCALATE, C.END_CONDITION}
    assert set(ORDER_DECIDERS) | {C.RECEIVE_REQUEST} == ours | lapses


def test_exchange_from_request_to_first_bill() -> None:
    world = switched()
    assert world.live.service.state is State.CLOSING_BILLED
    world.at(date(2026, 3, 14))
    assert world.kinds() == [
        "order_opened",
        "visit_booked",
        "cutover_ordered",
        "in_service_date_told",
        "meter_exchanged",
        "back_office_done",
        "meter_done",
        "switch_dated",
        "service_switched",
        "closing_bill_issued",
        "first_bill_issued",
    ]
    assert world.live.service.state is State.BILLED and not world.live.is_open
    assert [type(body) for body in world.sent] == [
        RequestAnswered,
        VisitTold,
        MeterTold,
        MeterTold,
        SwitchTold,
        SwitchTold,
        BillTold,
        BillTold,
    ]
    switch = world.live.switch
    assert switch is not None and switch.switch_on == TUESDAY and switch.closing and switch.opening
    assert (switch.closing.serial, switch.opening.serial) == ("OLD-1", "NEW-1")
    assert world.point is not None and world.point.meter is not None and world.point.meter.serial == "NEW-1"
    assert [each.rate for each in world.point.agreements] == [STANDARD, NIGHT]


def test_the_meter_is_there_already_and_the_next_scheduled_read_switches() -> None:
    world = opened(need=MeterNeedKind.ALREADY_THERE, timing=SwitchTiming.NEXT_SCHEDULED_READ)
    world.run_clock()
    assert world.live.meter.state is State.ALREADY_THERE
    assert (world.live.service.state, world.live.switch_on) == (State.DATED, date(2026, 3, 12))
    world.at(date(2026, 4, 13))
    assert world.live.service.state is State.BILLED
    first, closing = world.live.first_bill, world.live.closing_bill
    assert first is not None and closing is not None
    assert (closing.end_on, first.start_on, first.end_on) == (date(2026, 3, 12),) * 2 + (date(2026, 4, 12),)


def test_an_exchange_that_is_not_needed_switches_at_the_next_read() -> None:
    world = opened(need=MeterNeedKind.NONE)
    world.run_clock()
    assert world.live.switch_on == date(2026, 3, 12)


def test_a_supplier_s_product_changes_the_supply_alone() -> None:
    world = opened(
        requester=ESCO,
        need=MeterNeedKind.ALREADY_THERE,
        service_change=ServiceChange.SUPPLIER_PRODUCT,
        timing=SwitchTiming.NEXT_SCHEDULED_READ,
    )
    world.at(date(2026, 3, 13))
    assert world.point is not None
    last = world.point.agreements[-1]
    assert (last.rate, last.supply_rate, last.supplier) == (STANDARD, NIGHT, ESCO)
    assert world.live.closing_bill is not None and world.live.closing_bill.rate == FLAT


@pytest.mark.parametrize(
    ("world", "requester", "reason"),
    [
        (World(point=None), WIRES, RequestRefusal.POINT_UNKNOWN),
        (World(), STRANGER, RequestRefusal.NOT_SUPPLIER_OF_RECORD),
    ],
)
def test_a_request_is_refused_by_its_reason(world: World, requester: str, reason: RequestRefusal) -> None:
    assert isinstance(world.open(requester=requester), Decided)
    [answer] = world.told(RequestAnswered)
    assert isinstance(answer, RequestAnswered)
    assert (answer.answer, answer.reason) == (RequestAnswer.REFUSED, reason)
    assert world.live.meter.state is State.CANCELLED and not world.live.is_open
    assert world.kinds() == ["request_refused"]


def test_only_one_open_order_per_usage_point() -> None:
    world = World()
    facts = replace(world.facts(C.RECEIVE_REQUEST), other_open_order=True)
    world.give(C.RECEIVE_REQUEST, c.ReceiveRequest(request=request(), requester=WIRES), facts)
    assert world.live.refused is RequestRefusal.OTHER_ORDER_OPEN


def test_the_same_request_again_changes_nothing_and_another_is_a_mismatch() -> None:
    world = opened()
    assert world.open() == Decided()
    refused(world.open(need=MeterNeedKind.NONE), RefusalCode.ORDER_MISMATCH)
    with pytest.raises(OrderHistoryBroken, match="requested twice"):
        evolve_order(world.live, world.events[0])
    with pytest.raises(OrderHistoryBroken, match="not with a request"):
        evolve_order(None, booked().events[1])


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 7)])
def test_no_visit_in_the_past_or_on_a_day_off(day: date) -> None:
    refused(opened().book(day), RefusalCode.VISIT_DATE_WRONG)


def test_no_visit_is_promised_inside_rescission_or_notice() -> None:
    world = opened(rescission_ends_on=date(2026, 3, 6))
    no = refused(world.book(date(2026, 3, 5)), RefusalCode.VISIT_DATE_WRONG)
    assert no.parameters["earliest_on"] == "2026-03-06"
    assert isinstance(world.book(date(2026, 3, 6)), Decided)
    noticed = opened(notice=NoticeWindow(business_days_before=5))
    assert (
        refused(noticed.book(date(2026, 3, 6)), RefusalCode.VISIT_DATE_WRONG).parameters["earliest_on"] == "2026-03-09"
    )


def test_a_visit_missed_by_the_customer_is_reminded_twice_and_then_the_office_s_task() -> None:
    world = booked()
    world.record(VisitResult.MISSED_BY_CUSTOMER)
    assert world.live.meter.owner is Role.CUSTOMER
    world.at(TUESDAY + timedelta(days=23))
    assert world.kinds()[-2:] == ["order_reminded", "order_reminded"]
    world.at(TUESDAY + timedelta(days=34))
    assert (world.live.meter.owner, world.live.meter.state) == (Role.METER_OFFICE, State.MISSED_BY_CUSTOMER)
    world.at(TUESDAY + timedelta(days=45))
    assert world.live.meter.owner is Role.SUPERVISOR
    rebooked = world.give(C.REBOOK_VISIT, c.BookVisit(visit_on=date(2026, 4, 28)))
    assert isinstance(rebooked, Decided) and world.live.meter.owner is Role.METER_CREW
    assert len(world.told(VisitTold)) == 2


def test_a_visit_without_a_result_becomes_the_office_s_task_then_the_supervisor_s() -> None:
    world = booked()
    world.at(TUESDAY + timedelta(days=1))
    assert (world.live.meter.state, world.live.meter.owner) == (State.SCHEDULED, Role.METER_OFFICE)
    world.at(TUESDAY + timedelta(days=3))
    assert world.live.meter.owner is Role.SUPERVISOR
    since = world.live.meter.since
    world.at(TUESDAY + timedelta(days=10))
    assert world.live.meter.owner is Role.SUPERVISOR and world.live.meter.since == since
    late = c.RecordVisit(result=VisitResult.EXCHANGED, visited_on=TUESDAY, exchange=world.exchange(closing_wh=40_000))
    assert isinstance(world.give(C.RECORD_VISIT, late), Decided)


def test_no_result_before_the_visit() -> None:
    world = opened()
    world.book(TUESDAY)
    refused(world.record(VisitResult.EXCHANGED, exchange=world.exchange()), RefusalCode.DATE_WRONG)


def test_what_a_crew_brings_back_must_be_possible() -> None:
    world = booked()
    good = world.exchange()
    known = world.wh("OLD-1", TUESDAY)
    wrong = {
        RefusalCode.SERIAL_WRONG: [replace(good, old_serial="OLD-2"), replace(good, new_serial="OLD-1")],
        RefusalCode.EXCHANGE_MISSING: [None],
        RefusalCode.READ_IMPLAUSIBLE: [
            replace(good, closing_wh={"total": known - 1}),
            replace(good, closing_wh={"total": known + 20_000_000}),
            replace(good, closing_wh={"total": -1}),
            replace(good, closing_wh={}),
            replace(good, opening_wh={"peak": 1}),
            replace(good, registers=()),
        ],
    }
    for code, tries in wrong.items():
        for each in tries:
            refused(world.record(VisitResult.EXCHANGED, exchange=each), code)
    assert isinstance(world.record(VisitResult.EXCHANGED, exchange=good), Decided)


def test_a_new_meter_can_do_what_the_program_and_its_rate_need() -> None:
    world = booked()
    good = world.exchange()
    needs = replace(world.facts(C.RECORD_VISIT), need=MeterCapability.INTERVAL, rate_registers=("peak", "night"))
    weak = replace(good, capability=MeterCapability.TOTAL_REGISTER)

    def recorded(exchange: MeterExchange, facts: OrderFacts) -> Decided | Refusal:
        command = c.RecordVisit(result=VisitResult.EXCHANGED, visited_on=TUESDAY, exchange=exchange)
        return world.give(C.RECORD_VISIT, command, facts)

    no = refused(recorded(weak, needs), RefusalCode.METER_UNFIT)
    assert no.parameters["needed_meter"] == "interval"
    no = refused(recorded(good, needs), RefusalCode.METER_UNFIT)
    assert no.parameters["registers"] == "peak, night"
    refused(recorded(good, replace(needs, rate_registers=(), is_elsewhere=True)), RefusalCode.METER_ELSEWHERE)
    assert isinstance(recorded(good, replace(needs, rate_registers=("total",))), Decided)


def test_a_visit_and_a_wished_switch_lie_within_a_year() -> None:
    for day in (date(2027, 3, 4), date.max):
        no = refused(opened().book(day), RefusalCode.VISIT_DATE_WRONG)
        assert no.parameters["latest_on"] == "2027-03-03"
    world = opened(need=MeterNeedKind.ALREADY_THERE)
    refused(world.give(C.DATE_SWITCH, c.DateSwitch(not_before_on=date.max)), RefusalCode.VISIT_DATE_WRONG)


def test_a_permit_is_asked_seen_and_a_visit_booked_again() -> None:
    world = booked()
    world.record(VisitResult.PERMIT_NEEDED)
    tomorrow = c.ShowPermit(seen_on=TUESDAY + timedelta(days=1))
    refused(world.give(C.SHOW_PERMIT, tomorrow), RefusalCode.DATE_WRONG)
    assert isinstance(world.give(C.SHOW_PERMIT, c.ShowPermit(seen_on=TUESDAY)), Decided)
    assert isinstance(world.book(date(2026, 3, 17)), Decided)


@pytest.mark.parametrize(
    ("result", "obstacle"),
    [
        (VisitResult.CANNOT_DO, VisitObstacle.WIRING_UNFIT),
        (VisitResult.PERMIT_NEEDED, VisitObstacle.PERMIT),
    ],
)
def test_an_obstacle_that_is_never_cleared_ends_the_order(result: VisitResult, obstacle: VisitObstacle) -> None:
    world = booked()
    world.record(result, obstacle=VisitObstacle.WIRING_UNFIT)
    world.at(TUESDAY + timedelta(days=62))
    assert not world.live.is_open and world.live.meter.state is State.CANCELLED
    last = world.told(MeterTold)[-1]
    assert isinstance(last, MeterTold) and (last.state, last.reason) == (State.CANCELLED, obstacle.value)
    world.cancel()
    [answer] = world.told(CancelAnswered)
    assert isinstance(answer, CancelAnswered) and answer.result is CancelResult.CANCELLED


def test_a_change_from_afar_done_failed_or_never_heard_of() -> None:
    done = opened(need=MeterNeedKind.REMOTE_CHANGE)
    change = done.exchange(new="OLD-1")
    done.give(
        C.RECORD_REMOTE_CHANGE,
        c.RecordRemoteChange(result=ChangeResult.DONE, changed_on=done.today, exchange=change),
    )
    assert done.live.meter.state is State.BACK_OFFICE
    assert isinstance(done.finish_back_office(), Decided)
    failed = opened(need=MeterNeedKind.REMOTE_CHANGE)
    failed.give(C.RECORD_REMOTE_CHANGE, c.RecordRemoteChange(result=ChangeResult.FAILED, changed_on=failed.today))
    silent = opened(need=MeterNeedKind.REMOTE_CHANGE)
    silent.at(date(2026, 3, 10))
    for world in (failed, silent):
        assert world.live.meter.state is State.TO_SCHEDULE and world.live.meter.owner is not None
        assert isinstance(world.book(date(2026, 3, 17)), Decided)


def test_the_checklist_names_what_is_open() -> None:
    world = exchanged()
    some = frozenset(BackOfficeItem) - {BackOfficeItem.RATE_CODE, BackOfficeItem.READ_CYCLE}
    no = refused(world.give(C.COMPLETE_BACK_OFFICE, c.CompleteBackOffice(done=some)), RefusalCode.CHECKLIST_OPEN)
    assert no.parameters["open"] == "rate_code, read_cycle"


@pytest.mark.parametrize(
    ("begin", "result"),
    [
        (opened, CancelResult.CANCELLED),
        (booked, CancelResult.CANCELLED),
        (exchanged, CancelResult.METER_STAYS),
        (switched, CancelResult.TOO_LATE),
    ],
)
def test_a_cancellation_is_answered_once(begin: Callable[[], World], result: CancelResult) -> None:
    world = begin()
    before = dict(world.live.tracks)
    world.cancel()
    assert world.cancel() == Decided()
    [answer] = world.told(CancelAnswered)
    assert isinstance(answer, CancelAnswered) and answer.result is result
    if result is CancelResult.TOO_LATE:
        assert answer.switch_on == TUESDAY and world.live.tracks == before
        return
    assert world.live.service.state is State.CANCELLED
    if result is CancelResult.METER_STAYS:
        world.finish_back_office()
        assert world.live.meter.state is State.DONE
    assert not world.live.is_open and world.told(SwitchTold) == []


def test_a_crew_that_had_not_heard_of_the_cancellation() -> None:
    world = booked()
    world.cancel()
    refused(world.record(VisitResult.MISSED_BY_CUSTOMER), RefusalCode.NOT_IN_STATE)
    assert isinstance(world.record(VisitResult.EXCHANGED, exchange=world.exchange()), Decided)
    world.finish_back_office()
    assert world.point is not None and world.point.meter is not None and world.point.meter.serial == "NEW-1"
    assert world.told(MeterTold) == [] and not world.live.is_open


def test_the_clock_may_not_act_early_or_on_what_is_not_there() -> None:
    world = opened()
    early = world.give(C.ESCALATE, OnTrack(track=Track.METER, subject="POD-1"))
    refused(early, RefusalCode.NOT_YET_DUE)
    refused(world.give(C.REMIND, OnTrack(track=Track.METER, subject="POD-1")), RefusalCode.NOT_IN_STATE)
    refused(world.give(C.ESCALATE, OnTrack(track=Track.METER, subject="POD-2")), RefusalCode.NO_SUCH_TRACK)
    refused(World().give(C.BOOK_VISIT, c.BookVisit(visit_on=TUESDAY)), RefusalCode.ORDER_MISMATCH)
    refused(world.give(C.OPEN_CASE, NoPayload()), RefusalCode.NOT_ALLOWED)
