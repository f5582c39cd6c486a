"""What a utility takes from a provider's request: its own shelf, its own meter, and the law's window come first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evenroll.enrollment import order_commands as c
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import RequestAnswer, RequestAnswered, RequestRefusal
from evenroll.enrollment.order_events import OrderOpened
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import PointMeter
from evenroll.programs.program import MeterCapability, MeterNeedKind, ProgramKey, ServiceChange
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.identifiers import OrganizationKey
from tests.enrollment.order_world import ESCO, FLAT, START, STRANGER, WIRES, World, published, request

AS_ITS_OWN = {"need": MeterNeedKind.EXCHANGE, "service_change": ServiceChange.SUPPLIER_PRODUCT}


def answered(world: World) -> RequestAnswered:
    [answer] = world.told(RequestAnswered)
    assert isinstance(answer, RequestAnswered)
    return answer


def asked(world: World, requester: OrganizationKey, **changes: Any) -> RequestAnswered:
    command = c.ReceiveRequest(request=request(**changes), requester=requester)
    assert isinstance(world.give(C.RECEIVE_REQUEST, command), Decided)
    return answered(world)


@pytest.mark.parametrize("change", [each for each in ServiceChange if each is not ServiceChange.SUPPLIER_PRODUCT])
def test_a_supplier_orders_nothing_but_its_own_product(change: ServiceChange) -> None:
    world = World(shelf=(published(request(service_change=change), ESCO),))
    answer = asked(world, ESCO, service_change=change)
    assert (answer.answer, answer.reason) == (RequestAnswer.REFUSED, RequestRefusal.NOT_SUPPLIERS_TO_ASK)


@pytest.mark.parametrize(
    ("organization", "changes"),
    [
        (ESCO, {"program": ProgramKey("unheard-of")}),
        (ESCO, {"new_rate": FLAT}),
        (ESCO, {"new_rate": None}),
        (ESCO, {"timing": SwitchTiming.FIRST_BUSINESS_DAY}),
        (ESCO, {"notice": NoticeWindow(calendar_days_before=9)}),
        (STRANGER, {}),
        (WIRES, {}),
    ],
)
def test_program_rate_and_organization_must_agree(organization: OrganizationKey, changes: dict[str, Any]) -> None:
    good = request(**AS_ITS_OWN)
    world = World(shelf=(published(good, organization),))
    answer = asked(world, ESCO, **{**AS_ITS_OWN, **changes})
    assert (answer.answer, answer.reason) == (RequestAnswer.REFUSED, RequestRefusal.PROGRAM_UNKNOWN)
    other = asked(World(shelf=(published(good, ESCO),)), ESCO, **AS_ITS_OWN)
    assert other.answer is RequestAnswer.ACCEPTED


def test_the_utility_s_own_program_stands_on_its_shelf_too() -> None:
    assert asked(World(shelf=()), WIRES).reason is RequestRefusal.PROGRAM_UNKNOWN
    older = replace(published(request(), WIRES), version=1)
    newer = replace(older, version=2, rate=FLAT)
    assert asked(World(shelf=(older, newer)), WIRES).answer is RequestAnswer.ACCEPTED


@pytest.mark.parametrize("said", [MeterNeedKind.NONE, MeterNeedKind.ALREADY_THERE, MeterNeedKind.SUBMETER])
def test_the_utility_looks_at_its_own_meter(said: MeterNeedKind) -> None:
    terms = {**AS_ITS_OWN, "need": said}
    program = replace(published(request(**terms), ESCO), meter_capability=MeterCapability.INTERVAL)
    world = World(shelf=(program,))
    assert asked(world, ESCO, **terms).meter is State.TO_SCHEDULE
    assert world.live.request.need is said
    [opened] = world.events
    assert isinstance(opened, OrderOpened) and opened.need is MeterNeedKind.EXCHANGE


def test_a_stronger_need_than_the_meter_s_is_kept() -> None:
    program = replace(published(request(), WIRES), meter_capability=MeterCapability.TOTAL_REGISTER)
    assert asked(World(shelf=(program,)), WIRES, need=MeterNeedKind.EXCHANGE).meter is State.TO_SCHEDULE


def test_a_meter_that_can_be_changed_from_afar_and_one_whose_customer_opted_out() -> None:
    program = replace(published(request(), WIRES), meter_capability=MeterCapability.INTERVAL)
    world = World(shelf=(program,))
    assert world.point is not None and isinstance(world.point.meter, PointMeter)
    world.point = replace(world.point, meters=(replace(world.point.meter, remote_changeable=True),))
    asking = c.ReceiveRequest(request=request(need=MeterNeedKind.NONE), requester=WIRES)
    facts = world.facts(C.RECEIVE_REQUEST)
    opted_out = World(point=world.point)
    assert isinstance(opted_out.give(C.RECEIVE_REQUEST, asking, replace(facts, interval_opt_out=True)), Decided)
    assert answered(opted_out).meter is State.TO_SCHEDULE
    assert isinstance(world.give(C.RECEIVE_REQUEST, asking, facts), Decided)
    assert answered(world).meter is State.REMOTE_CHANGE


def test_where_no_meter_is_one_is_set_if_the_program_needs_it() -> None:
    program = replace(published(request(), WIRES), meter_capability=MeterCapability.INTERVAL)
    for needed, meter in ((program, State.TO_SCHEDULE), (replace(program, meter_capability=None), State.NOT_NEEDED)):
        world = World(shelf=(needed,))
        assert world.point is not None
        world.point = replace(world.point, meters=())
        assert asked(world, WIRES, need=MeterNeedKind.NONE).meter is meter


def test_a_program_with_a_right_to_rescind_is_not_ordered_without_its_end() -> None:
    program = replace(published(request(**AS_ITS_OWN), ESCO), rescission_business_days=3)
    assert asked(World(shelf=(program,)), ESCO, **AS_ITS_OWN).reason is RequestRefusal.RESCISSION_UNSAID
    ends_on = START.date()
    said = asked(World(shelf=(program,)), ESCO, **AS_ITS_OWN, rescission_ends_on=ends_on)
    assert said.answer is RequestAnswer.ACCEPTED
