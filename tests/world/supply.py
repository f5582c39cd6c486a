"""Scenes of supply that is lost around a switch: no bill of a product has a day on which another supplied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from evenroll.enrollment.messages import Message, SupplyLost
from evenroll.enrollment.point_events import PointSupplierChanged
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import PodId
from tests.world.memory import Key, World
from tests.world.people import days, supplier_changes
from tests.world.programs import BRIGHTWATER, NORTHFORK, REGISTRY, UTILITY
from tests.world.scenes import case_of, enroll, order_of

Scene = Callable[[World], None]
POD = PodId("POD-4")


def _switched(world: World) -> tuple[Key, date]:
    """A supplier's product, from the evening of the day on which it began."""
    key = enroll(world, program="BW-NIGHT-DRIVE", pod=POD)
    days(world, 1)
    switch_on = order_of(world, key).switch_on
    assert switch_on is not None
    world.advance(to=world.calendar.start_of_day(switch_on) + timedelta(hours=20))
    assert order_of(world, key).switch is not None and case_of(world, key).status is State.ACTIVE
    return key, switch_on


def lost_before_the_first_bill(world: World, *, after_days: int) -> None:
    """Supply is lost before the first bill is due: it ends on that day, and the rest is the next supplier's."""
    key, switch_on = _switched(world)
    days(world, after_days)
    supplier_changes(world, pod=POD, to=NORTHFORK)
    days(world, 60)
    order = order_of(world, key)
    assert order.closing_bill is not None and order.switch is not None
    assert order.closing_bill.start_on == order.switch.closing_from_on
    assert order.first_bill is not None
    assert order.first_bill.end_on == min(switch_on + timedelta(days=after_days), order.switch.next_read_on)
    assert case_of(world, key).status is State.ENDED


def told_after_the_switch(world: World, *, to: str) -> None:
    """Supply was lost days before the switch, and it is told only now: the product never began, and is not billed."""
    key, switch_on = _switched(world)
    lost_on, supplier = switch_on - timedelta(days=3), NORTHFORK if to == "another" else UTILITY
    world.tell_point(POD, PointSupplierChanged(row=Row.ACTION, changed_on=lost_on, supplier=supplier))
    body = SupplyLost(pod=POD, lost_on=lost_on, supplier=supplier)
    for receiver in (BRIGHTWATER, UTILITY):
        world.send(REGISTRY, Message(to=receiver, conversation=POD, body=body))
    days(world, 60)
    point, order = world.point(POD), order_of(world, key)
    assert point is not None and point.agreements[-1].supplier == supplier
    assert order.first_bill is None and order.service.owner in (Role.BILLING, Role.SUPERVISOR)


SUPPLY: tuple[Scene, ...] = (
    *(partial(lost_before_the_first_bill, after_days=number) for number in (1, 5, 45)),
    *(partial(told_after_the_switch, to=to) for to in ("another", "default")),
)
