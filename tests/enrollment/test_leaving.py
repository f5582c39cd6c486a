"""Who may leave when, and what the utility makes of an order that only switches service back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import Record
from evenroll.enrollment.decide_leaving import standard_rate
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.leaving import LOCKS_OUT, ended_on
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.leaving_events import LockoutSet
from evenroll.enrollment.life_events import Ended
from evenroll.enrollment.messages import RequestRefusal
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_events import OrderOpened, RequestRefused
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.program import ServiceChange
from evenroll.quantities.identifiers import RateKey
from tests.world import facts as f
from tests.world.leaving import OTHER, today, unenroll
from tests.world.memory import Key, World
from tests.world.people import new_world
from tests.world.programs import UTILITY
from tests.world.scenes import case_of, say, whole_life


@pytest.fixture
def world() -> World:
    return new_world()


def leaving(world: World, *, program: str = "LE-EV-NIGHT", pod: str = "POD-2") -> Key:
    key = whole_life(world, program=program, pod=pod)
    unenroll(world, key)
    world.settle(until=lambda: case_of(world, key).leaving is not None)
    return key


def asked(world: World, **changes: object) -> object:
    """What the utility makes of the request to go back, with these of its words changed."""
    message = next(each.message for each in world.post if getattr(each.message.body, "returning", False))
    request = replace(message.body, **changes)
    facts = f.order_facts(world, None, C.RECEIVE_REQUEST, pod=request.pod)
    return decide_order(None, C.RECEIVE_REQUEST, ReceiveRequest(request=request, requester=UTILITY), facts)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"old_rate": RateKey("LE-R")}, RequestRefusal.PROGRAM_UNKNOWN),
        ({"service_change": ServiceChange.RIDER}, RequestRefusal.PROGRAM_UNKNOWN),
        ({"new_rate": RateKey("BW-TOU")}, RequestRefusal.NOTHING_TO_RETURN),
        ({"new_rate": None}, RequestRefusal.NOTHING_TO_RETURN),
    ],
)
def test_a_return_is_judged_by_the_utilitys_own_books(
    world: World, changes: dict[str, object], reason: RequestRefusal
) -> None:
    leaving(world)
    taken = asked(world)
    assert isinstance(taken, Decided) and isinstance(taken.events[0], OrderOpened)
    refused = asked(world, **changes)
    assert isinstance(refused, Decided) and isinstance(refused.events[0], RequestRefused)
    assert refused.events[0].reason is reason


def test_a_rate_that_is_not_in_force_cannot_be_taken_off(world: World) -> None:
    key = leaving(world)
    pod = case_of(world, key).pod
    stream = world.points[pod]
    before = stream.state
    stream.state = replace(before, agreements=(replace(before.agreements[-1], rate=RateKey("LE-R"), end_on=None),))
    refused = asked(world)
    stream.state = before
    assert isinstance(refused, Decided) and isinstance(refused.events[0], RequestRefused)
    assert refused.events[0].reason is RequestRefusal.NOTHING_TO_RETURN


@pytest.mark.parametrize("reason", EndReason)
def test_the_one_end_frees_the_place_and_locks_out_only_who_left(world: World, reason: EndReason) -> None:
    """Rule 17: a move, a death, a closed program or a lost supplier brings no lock-out."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    case = case_of(world, key)
    facts = f.case_facts(world, case, key=key)
    events = ended_on(case, reason, today(world), facts)
    assert isinstance(events[0], Ended) and events[0].reason is reason
    assert any(isinstance(each, LockoutSet) for each in events) is (reason in LOCKS_OUT)


def test_who_was_never_on_the_program_is_not_locked_out(world: World) -> None:
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    case = replace(case_of(world, key), control_since=None, price_since=None)
    events = ended_on(case, EndReason.CUSTOMER, today(world), f.case_facts(world, case, key=key))
    assert not any(isinstance(each, LockoutSet) for each in events)


def test_the_standard_rate_is_the_one_that_was_replaced(world: World) -> None:
    key = whole_life(world, program="LE-EV-NIGHT", pod="POD-2")
    case, program = case_of(world, key), f.case_facts(world, case_of(world, key), key=key).need_program()
    assert standard_rate(case, program) == "LE-R"
    two = replace(program, replaces_rates=(RateKey("OTHER"), RateKey("LE-R")))
    assert standard_rate(case, two) == "LE-R"
    assert standard_rate(replace(case, order=None), two) == "OTHER"


def test_the_customer_leaves_from_the_end_of_the_stay_on(world: World) -> None:
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    agreement = case_of(world, key).agreement
    assert agreement is not None and agreement.minimum_stay_ends_on is not None
    refused = world.give(key, C.UNENROLL, OTHER, role=Role.CUSTOMER)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.MINIMUM_STAY
    yesterday = lc.Unenroll(reason=LeaveReason.OTHER, on=today(world) - timedelta(days=1))
    wrong = world.give(key, C.UNENROLL, yesterday, role=Role.ENROLLMENT_DESK)
    assert isinstance(wrong, Refusal) and wrong.code is RefusalCode.DATE_WRONG
    far = lc.Unenroll(reason=LeaveReason.OTHER, on=date(9999, 12, 31))
    refused = world.give(key, C.UNENROLL, far, role=Role.ENROLLMENT_DESK)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.DATE_WRONG
    told = render(refused.code, language=Language.EN, parameters=dict(refused.parameters))
    assert "too long ago" not in told, "a day too far ahead is no day long past"
    world.advance(to=world.calendar.start_of_day(agreement.minimum_stay_ends_on) + timedelta(hours=9))
    say(world, key, C.UNENROLL, OTHER)
    assert case_of(world, key).status is State.ENDED


def test_what_was_asked_twice_happened_once(world: World) -> None:
    key = leaving(world)
    again = world.give(key, C.UNENROLL, OTHER, role=Role.CUSTOMER)
    assert isinstance(again, Decided) and again.events == ()
    moved = lc.Unenroll(reason=LeaveReason.DEATH)
    closed = world.give(key, C.UNENROLL, moved, role=Role.ENROLLMENT_DESK)
    assert isinstance(closed, Decided) and closed.events == ()
    assert sum(each.state.request.returning for each in world.orders.values()) <= 1
    assert key[0] is Record.CASE
