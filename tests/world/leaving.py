"""Scenes of the life after enrollment: leaving, staying after all, a program that closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.form import Form
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, PodId, ProgramKey, RateKey
from tests.world.memory import Key, World, order_key
from tests.world.payloads import BAD_ANSWERS, a_form
from tests.world.people import days, open_case, supplier_changes
from tests.world.programs import BRIGHTWATER, NORTHFORK, UTILITY
from tests.world.scenes import apply, case_of, connect, enroll, equip, order_of, say, whole_life
from tests.world.trouble import delay

HARDSHIP = lc.Unenroll(reason=LeaveReason.HARDSHIP)
OTHER = lc.Unenroll(reason=LeaveReason.NOT_SAVING)


def unenroll(world: World, key: Key) -> None:
    """The desk lets a customer go before the minimum stay is over."""
    say(world, key, C.UNENROLL, HARDSHIP, role=Role.ENROLLMENT_DESK)


def return_of(world: World, key: Key) -> ServiceOrder:
    """The order that switches the service of a case back."""
    link = case_of(world, key).leaving
    assert link is not None
    return world.orders[order_key(link.number)].state


def today(world: World) -> date:
    """The business date of the territory."""
    return world.calendar.business_date(world.now)


def leaves(world: World, *, program: str, pod: str, back_to: str) -> None:
    """A rate hangs on it: service is switched back, billed twice, and the enrollment ends on the day of the switch."""
    key = whole_life(world, program=program, pod=pod)
    unenroll(world, key)
    unenroll(world, key)
    assert case_of(world, key).status is State.LEAVING and case_of(world, key).live_places
    days(world, 100)
    case, back = case_of(world, key), return_of(world, key)
    assert case.status is State.ENDED and not case.live_places
    assert back.switch is not None and case.ended_on == back.switch.switch_on
    assert back.switch.new_rate == RateKey(back_to) and back.first_bill is not None
    point = world.point(back.pod)
    assert point is not None and point.agreements[-1].start_on == case.ended_on
    assert case.leaving is not None and len(case.leaving.bills) == 2


def leaves_credit(world: World) -> None:
    """Nothing was switched: it ends at once, or on the day that was wished for."""
    for later in (False, True):
        key = whole_life(world, program="LE-CREDIT", pod="POD-1" if later else "POD-5")
        on = today(world) + timedelta(days=20) if later else None
        command = lc.Unenroll(reason=LeaveReason.HARDSHIP, on=on)
        say(world, key, C.UNENROLL, command, role=Role.ENROLLMENT_DESK)
        assert case_of(world, key).status is (State.LEAVING if later else State.ENDED)
        days(world, 21)
        case = case_of(world, key)
        assert case.status is State.ENDED and case.ended_on == (on or case.ended_on)
        assert case.lockout_ends_on is not None and case.ended_on is not None
        assert case.lockout_ends_on > case.ended_on


def leaves_before_the_bill(world: World) -> None:
    """The first bill of the program's rate is awaited, and only then is the utility asked: no day is billed twice."""
    key = enroll(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    while case_of(world, key).status is not State.ACTIVE:
        days(world, 1)
    say(world, key, C.UNENROLL, OTHER)
    days(world, 1)
    assert case_of(world, key).leaving is None
    days(world, 120)
    assert case_of(world, key).status is State.ENDED
    assert return_of(world, key).service.state is State.BILLED


def leaves_open_order(world: World, *, crossed: bool) -> None:
    """Active by control while its rate is still to come: the order is stopped, or it was too late and goes back."""
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    equip(world, key)
    connect(world, key)
    assert case_of(world, key).status is State.ACTIVE and case_of(world, key).price_since is None
    if crossed:
        switch_on = order_of(world, key).switch_on
        assert switch_on is not None
        world.advance(to=world.calendar.start_of_day(switch_on) - timedelta(hours=2))
    say(world, key, C.UNENROLL, OTHER)
    if crossed:
        delay(world, hours=30)
    days(world, 150)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.CUSTOMER
    assert (case.leaving is not None) == crossed


def stays(world: World, *, asked: bool) -> None:
    """The customer stays after all: before the utility was asked, or once it has stopped the order."""
    key = enroll(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    days(world, 120 if asked else 45)
    assert case_of(world, key).status is State.ACTIVE
    statement_at = case_of(world, key).course.due_at
    say(world, key, C.UNENROLL, OTHER)
    if asked:
        world.settle()
        assert case_of(world, key).leaving is not None
    say(world, key, C.STAY_ENROLLED)
    world.settle()
    assert case_of(world, key).status is State.ACTIVE and case_of(world, key).leave is None
    assert case_of(world, key).course.due_at == statement_at
    days(world, 60)


def never_active(world: World, *, stay: bool) -> None:
    """Enrolled with the price live and control never proved: it leaves as well, and may stay."""
    key = enroll(world, program="LE-IN-ORDER", pod="POD-2")
    equip(world, key, hard_wired=False)
    days(world, 150)
    case = case_of(world, key)
    assert case.status is State.ENROLLED and case.price_since is not None
    unenroll(world, key)
    assert case_of(world, key).status is State.LEAVING
    if stay:
        # Nothing is asked of the utility before the next turn of the clock.
        say(world, key, C.STAY_ENROLLED)
        assert case_of(world, key).status is State.ENROLLED
    else:
        days(world, 100)
        assert case_of(world, key).status is State.ENDED


def return_refused(world: World) -> None:
    """The utility has another order open: the supervisor is told, the desk asks again once it is done."""
    key = whole_life(world, program="LE-EV-NIGHT", pod="POD-2")
    other = enroll(world, program="LE-RIDER", pod="POD-2")
    unenroll(world, key)
    world.settle()
    case = case_of(world, key)
    assert case.status is State.LEAVING and case.leaving is None and case.course.owner is Role.SUPERVISOR
    while order_of(world, other).is_open:
        days(world, 5)
    say(world, key, C.REQUEST_METER, role=Role.ENROLLMENT_DESK)
    days(world, 60)
    assert case_of(world, key).status is State.ENDED


def silent_utility(world: World) -> None:
    """The post is slow: after a business day without an answer the supervisor is asked."""
    key = whole_life(world, program="LE-EV-NIGHT", pod="POD-2")
    unenroll(world, key)
    world.late_hours = 400
    days(world, 12)
    assert case_of(world, key).status is State.LEAVING and case_of(world, key).course.owner is Role.SUPERVISOR
    world.late_hours = 0
    days(world, 80)
    assert case_of(world, key).status is State.ENDED


def supply_lost_while_leaving(world: World) -> None:
    """Another supplier serves from today: the enrollment is over, and the order to go back is stopped."""
    key = whole_life(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    say(world, key, C.UNENROLL, OTHER)
    world.settle()
    assert case_of(world, key).status is State.LEAVING
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    days(world, 10)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.SUPPLIER
    assert not any(each.state.is_open for each in world.orders.values())


def program_closes(world: World, *, at: State, program: str, pod: str) -> None:
    """Everybody in the program is told, and ends on the day; the same once more changes nothing."""
    key = _brought_to(world, at=at, program=program, pod=pod)
    closes_on = today(world) + timedelta(days=2 if at is State.ACTIVE else 0)
    command = lc.CloseProgram(program=ProgramKey(program), closes_on=closes_on)
    for _ in range(2):
        say(world, key, C.CLOSE_PROGRAM, command, role=Role.SYSTEM)
    if at is State.ACTIVE:
        assert case_of(world, key).status is State.ACTIVE and case_of(world, key).closes_on == closes_on
        days(world, 3)
        say(world, key, C.CLOSE_PROGRAM, command, role=Role.SYSTEM)
    days(world, 120)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.PROGRAM_CLOSED
    assert not case.live_places and case.lockout_ends_on is None


def _brought_to(world: World, *, at: State, program: str, pod: str) -> Key:
    if at is State.ACTIVE:
        return whole_life(world, program=program, pod=pod)
    if at is State.ENROLLED:
        return enroll(world, program=program, pod=pod)
    if at in (State.IN_RESCISSION, State.WAITLISTED):
        if at is State.WAITLISTED:
            apply(world, program=program, pod="POD-1")
        key = apply(world, program=program, pod=pod)
        assert case_of(world, key).status is at
        return key
    key = open_case(world, pod=pod, at=UTILITY, program=program)
    household = world.households[CaseNumber(key[2])]
    if at is State.COMPLETING:
        say(world, key, C.ASK_PROVIDER)
    else:
        answers = BAD_ANSWERS if at is State.PROVING else 1
        if at is State.NEEDS_ANSWER:
            household.flaws = {"good_standing": Known.NO}
        form = a_form(world, program=ProgramKey(program), answers=answers)
        say(world, key, C.SUBMIT_FORM, _submitted(form))
    world.settle(until=lambda: case_of(world, key).status is at)
    assert case_of(world, key).status is at, case_of(world, key).status
    return key


def _submitted(form: Form) -> c.SubmitForm:
    return c.SubmitForm(form=form)


def asked_anew_as_it_closes(world: World) -> None:
    """Its provider was being looked for again when the program closed."""
    key = open_case(world, pod="POD-4", at=BRIGHTWATER, program="BW-NIGHT-DRIVE")
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert case_of(world, key).status is State.COMPLETING
    world.away = frozenset({"registry"})
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    world.settle()
    assert case_of(world, key).status is State.FINDING_PROVIDER
    command = lc.CloseProgram(program=ProgramKey("BW-NIGHT-DRIVE"), closes_on=today(world))
    say(world, key, C.CLOSE_PROGRAM, command, role=Role.SYSTEM)
    assert case_of(world, key).status is State.ENDED


NIGHT = "LE-EV-NIGHT"

LEAVING: tuple[Callable[[World], None], ...] = (
    partial(leaves, program=NIGHT, pod="POD-2", back_to="LE-R"),
    partial(leaves, program=NIGHT, pod="POD-1", back_to="LE-R"),
    partial(leaves, program="BW-NIGHT-DRIVE", pod="POD-4", back_to="BW-STD"),
    partial(leaves, program="LE-RIDER", pod="POD-1", back_to="LE-R"),
    partial(leaves, program="LE-IN-ORDER", pod="POD-1", back_to="LE-R"),
    leaves_credit,
    leaves_before_the_bill,
    partial(leaves_open_order, crossed=False),
    partial(leaves_open_order, crossed=True),
    partial(stays, asked=False),
    partial(stays, asked=True),
    partial(never_active, stay=False),
    partial(never_active, stay=True),
    return_refused,
    silent_utility,
    supply_lost_while_leaving,
    partial(program_closes, at=State.ACTIVE, program=NIGHT, pod="POD-2"),
    partial(program_closes, at=State.ACTIVE, program="LE-CREDIT", pod="POD-2"),
    partial(program_closes, at=State.ENROLLED, program=NIGHT, pod="POD-1"),
    partial(program_closes, at=State.IN_RESCISSION, program="LE-RIDER", pod="POD-1"),
    partial(program_closes, at=State.COMPLETING, program=NIGHT, pod="POD-1"),
    partial(program_closes, at=State.PROVING, program=NIGHT, pod="POD-1"),
    partial(program_closes, at=State.DECIDING, program=NIGHT, pod="POD-1"),
    partial(program_closes, at=State.NEEDS_ANSWER, program=NIGHT, pod="POD-1"),
    partial(program_closes, at=State.WAITLISTED, program="LE-CAPPED", pod="POD-2"),
    asked_anew_as_it_closes,
)
