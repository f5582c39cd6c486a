"""Whatever happens to an order, in whatever sequence: what must always be true of it and of its usage point."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.enrollment import order_commands as c
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.messages import (
    CancelAnswered,
)
from evenroll.enrollment.moves import is_final
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.service_order import (
    ChangeResult,
    ServiceOrder,
    VisitResult,
)
from evenroll.programs.bill import LineCode
from evenroll.programs.program import MeterNeedKind, ServiceChange
from evenroll.programs.timing import SwitchTiming
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.periods import check_tiling
from tests.enrollment.order_world import ESCO, WIRES, World

ACTS = (
    *("book", "rebook", "exchange", "missed", "missed_by_us", "cannot", "permit", "show", "remote", "remote_failed"),
    *("office", "date", "switch", "cancel", "reads_lost", "reads_found"),
)


def act(world: World, name: str) -> None:
    """Try one act; whether it is taken or refused is the order's business."""
    day = world.today + timedelta(days=3)
    visits = {
        "missed": VisitResult.MISSED_BY_CUSTOMER,
        "missed_by_us": VisitResult.MISSED_BY_UTILITY,
        "cannot": VisitResult.CANNOT_DO,
        "permit": VisitResult.PERMIT_NEEDED,
    }
    if name in visits:
        world.record(visits[name])
    elif name in ("book", "rebook"):
        world.give(C.BOOK_VISIT if name == "book" else C.REBOOK_VISIT, c.BookVisit(visit_on=day))
    elif name == "exchange":
        world.record(VisitResult.EXCHANGED, exchange=world.exchange(new=f"NEW-{len(world.events)}"))
    elif name == "show":
        world.give(C.SHOW_PERMIT, c.ShowPermit(seen_on=world.today))
    elif name.startswith("reads_"):
        world.reads_known = name == "reads_found"
    else:
        act_of_office(world, name)


def act_of_office(world: World, name: str) -> None:
    match name:
        case "remote":
            same = world.exchange(new=str(world.point.meter.serial if world.point and world.point.meter else ""))
            done = c.RecordRemoteChange(result=ChangeResult.DONE, changed_on=world.today, exchange=same)
            world.give(C.RECORD_REMOTE_CHANGE, done)
        case "remote_failed":
            failed = c.RecordRemoteChange(result=ChangeResult.FAILED, changed_on=world.today)
            world.give(C.RECORD_REMOTE_CHANGE, failed)
        case "office":
            world.finish_back_office()
        case "date":
            world.give(C.DATE_SWITCH, c.DateSwitch())
        case "switch":
            world.give(C.SWITCH_SERVICE, NoPayload())
        case _:
            world.cancel()


def check(world: World, cancels: int) -> None:
    """What must always be true of an order and its usage point."""
    order, point = world.live, world.point
    assert point is not None and not check_tiling(each.period for each in point.agreements)
    for track in order.tracks.values():
        owed = (track.owner is not None, track.due_at is not None, track.on_lapse is not None)
        assert owed == ((False,) * 3 if is_final(track.track, state=track.state) else (True,) * 3), track
    assert len(world.told(CancelAnswered)) == min(cancels, 1)
    assert decode(ServiceOrder, encode(order)) == order
    switch = order.switch
    if switch is not None:
        not_before = order.request.rescission_ends_on
        assert not_before is None or switch.switch_on >= not_before
    if switch is not None and order.closing_bill and order.first_bill:
        whole = world.spans(order.closing_bill.start_on, order.first_bill.end_on)
        charged = sum(
            line.quantity_wh
            for bill in (order.closing_bill, order.first_bill)
            for line in bill.lines
            if line.code is LineCode.ENERGY
        )
        assert charged == sum((span.to_wh - span.from_wh) % span.rollover_wh for span in whole)


@settings(max_examples=150)
@given(
    need=st.sampled_from(
        [MeterNeedKind.EXCHANGE, MeterNeedKind.REMOTE_CHANGE, MeterNeedKind.ALREADY_THERE, MeterNeedKind.NONE]
    ),
    timing=st.sampled_from(SwitchTiming),
    change=st.sampled_from(ServiceChange),
    rescission=st.sampled_from([None, 3, 9]),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(min_value=0, max_value=12)), max_size=25),
)
def test_whatever_happens_to_an_order(
    need: MeterNeedKind,
    timing: SwitchTiming,
    change: ServiceChange,
    rescission: int | None,
    acts: list[tuple[str, int]],
) -> None:
    world = World()
    ends_on = world.today + timedelta(days=rescission) if rescission else None
    requester = ESCO if change is ServiceChange.SUPPLIER_PRODUCT else WIRES
    world.open(requester=requester, need=need, timing=timing, service_change=change, rescission_ends_on=ends_on)
    cancels = 0
    for name, days in acts:
        world.at(world.today + timedelta(days=days))
        act(world, name)
        cancels += name == "cancel"
        world.run_clock()
        check(world, cancels)
    replayed: ServiceOrder | None = None
    for event in world.events:
        replayed = evolve_order(replayed, event)
    assert replayed == world.order
