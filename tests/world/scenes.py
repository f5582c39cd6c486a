"""Scenes that chance seldom plays: each is a short life that leads a record into a rare state and out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import order_commands as oc
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.form import VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem, ServiceOrder, VisitObstacle, VisitResult
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, Track
from evenroll.quantities.identifiers import CaseNumber, PodId, ProgramKey
from tests.world.memory import Key, World, order_key
from tests.world.payloads import a_form
from tests.world.people import days, open_case
from tests.world.programs import UTILITY, world_programs

Scene = Callable[[World], None]
NOTHING = c.NoPayload()


def say(world: World, key: Key, name: C, payload: object = NOTHING, *, role: Role = Role.CUSTOMER) -> None:
    """Give a command that must be accepted."""
    decided = world.give(key, name, payload, role=role)
    assert isinstance(decided, Decided), f"{name}: {decided}"


def case_of(world: World, key: Key) -> Case:
    """The case as it stands."""
    return world.cases[key].state


def order_of(world: World, key: Key) -> ServiceOrder:
    """The service order that a case asked for."""
    return world.orders[asked_of(world, key)].state


def asked_of(world: World, key: Key) -> Key:
    """The key of the order that a case asked for."""
    link = case_of(world, key).order
    assert link is not None
    return order_key(link.number)


def apply(world: World, *, program: str, pod: str, vin: VinState = VinState.GIVEN, until: State | None = None) -> Key:
    """A complete application at the right door, driven on as far as it goes, or until the case is so."""
    door = next(each.organization for each in world_programs() if each.key == program)
    key = open_case(world, pod=pod, at=door, program=program)
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=ProgramKey(program), vin=vin)))
    world.settle(until=lambda: case_of(world, key).status is until)
    return key


def enroll(world: World, *, program: str, pod: str) -> Key:
    """An application that is past its rescission window, with everything asked of the utility."""
    key = apply(world, program=program, pod=pod)
    while case_of(world, key).status is State.IN_RESCISSION:
        days(world, 1)
    assert case_of(world, key).status in (State.ENROLLED, State.ACTIVE), case_of(world, key).status
    return key


def equip(world: World, key: Key, *, hard_wired: bool = True) -> None:
    """Equipment chosen, bought, installed and inspected."""
    today = world.calendar.business_date(world.now)
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
    installation = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=today, serial="E-1", permit="P-1", hard_wired=hard_wired
    )
    say(world, key, C.RECORD_INSTALLATION, installation)
    if hard_wired:
        say(world, key, C.RECORD_INSPECTION, c.RecordInspection(passed=True, inspected_on=today))
    world.settle()


def connect(world: World, key: Key, *, cause: str = "") -> None:
    """A control device registered and tested."""
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-1", kind="evse"))
    say(world, key, C.RECORD_DEVICE_TEST, c.RecordDeviceTest(device="D-1", cause=cause), role=Role.ENROLLMENT_DESK)
    world.settle()


def visit(world: World, key: Key, result: VisitResult | None) -> None:
    """A visit booked, and what came of it; None: nobody said."""
    order = order_of(world, key)
    today = world.calendar.business_date(world.now)
    day = world.calendar.add_business_days(max(today, order.request.rescission_ends_on or today), 3)
    name = C.BOOK_VISIT if order.meter.state is State.TO_SCHEDULE else C.REBOOK_VISIT
    say(world, asked_of(world, key), name, oc.BookVisit(visit_on=day), role=Role.METER_OFFICE)
    world.settle()
    if result is None:
        return
    world.advance(to=world.calendar.start_of_day(day) + timedelta(hours=15))
    report(world, key, result)
    world.settle()


def report(world: World, key: Key, result: VisitResult) -> None:
    """The crew's word on the visit of its day."""
    order = order_of(world, key)
    assert order.visit is not None
    point = world.point(order.pod)
    assert point is not None
    exchange = None
    if result is VisitResult.EXCHANGED:
        premise = world.premises[order.pod]
        exchange = premise.exchange(point, on=order.visit.visit_on, to=MeterCapability.INTERVAL, remote=False)
    recorded = oc.RecordVisit(
        result=result, visited_on=order.visit.visit_on, exchange=exchange, obstacle=VisitObstacle.NO_ACCESS
    )
    say(world, asked_of(world, key), C.RECORD_VISIT, recorded, role=Role.METER_CREW)


def finish_meter(world: World, key: Key) -> None:
    """The back office's checklist."""
    done = oc.CompleteBackOffice(done=frozenset(BackOfficeItem))
    say(world, asked_of(world, key), C.COMPLETE_BACK_OFFICE, done, role=Role.METER_OFFICE)
    world.settle()


def whole_life(world: World, *, program: str, pod: str) -> Key:
    """Every track to its end, and the first bill."""
    key = enroll(world, program=program, pod=pod)
    if case_of(world, key).state_of(Track.EQUIPMENT) is State.CHOOSING_EQUIPMENT:
        equip(world, key)
    if case_of(world, key).state_of(Track.DEVICE) is State.REGISTERING:
        connect(world, key)
    if case_of(world, key).order and order_of(world, key).meter.state is State.TO_SCHEDULE:
        visit(world, key, VisitResult.EXCHANGED)
        finish_meter(world, key)
    days(world, 100)
    assert case_of(world, key).status is State.ACTIVE, case_of(world, key).status
    return key


def _life(world: World, *, program: str, pod: str) -> None:
    whole_life(world, program=program, pod=pod)


def several_points(world: World) -> None:
    """Row 2a: several points, of which one is chosen; or nothing found, and a form mends it."""
    for answer in ("several_points", "not_found"):
        key = open_case(world, pod="POD-1", at=UTILITY, program="LE-EV-NIGHT")
        household = world.households[CaseNumber(key[2])]
        household.answer_next = answer
        say(world, key, C.ASK_PROVIDER)
        world.settle()
        household.answer_next = ""
        if answer == "several_points":
            say(world, key, C.CHOOSE_USAGE_POINT, c.ChooseUsagePoint(pod=PodId("POD-1")))
        else:
            say(world, key, C.GIVE_CURE, c.SubmitForm(form=a_form(world, program=ProgramKey("LE-EV-NIGHT"))))
        world.settle()
        assert case_of(world, key).status not in (State.NEEDS_ANSWER, State.FINDING_PROVIDER)
        days(world, 60)


def appeals(world: World) -> None:
    """A refusal that is appealed: opened again, upheld, or left until the supervisor is asked again."""
    for turn, pod in enumerate(("POD-1", "POD-2", "POD-6")):
        key = apply(world, program="LE-EV-NIGHT", pod=pod, until=State.DECIDING)
        household = world.households[CaseNumber(key[2])]
        household.flaws = {"in_territory": Known.NO}
        world.settle()
        assert case_of(world, key).status is State.REFUSED
        say(world, key, C.OPEN_APPEAL)
        household.flaws = {}
        days(world, 30 if turn == 2 else 1)
        say(world, key, C.SETTLE_APPEAL, c.SettleAppeal(reopened=turn != 1), role=Role.SUPERVISOR)
        world.settle()
        assert (case_of(world, key).status is State.ENROLLED) == (turn != 1)


def books_away(world: World) -> None:
    """Row 5: the facts cannot be had, for minutes, then for days; never a no."""
    world.away = frozenset({"books"})
    key = apply(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 12)
    assert case_of(world, key).status is State.DECIDING
    world.away = frozenset()
    days(world, 12)
    assert case_of(world, key).status is State.ENROLLED


def second_order(world: World) -> None:
    """Row 5a: refused because another order is open; asked again by the desk, or withdrawn."""
    for give_up in (False, True):
        pod = "POD-6" if give_up else "POD-2"
        first = enroll(world, program="LE-EV-NIGHT", pod=pod)
        second = enroll(world, program="LE-RIDER", pod=pod)
        days(world, 3)
        assert case_of(world, second).state_of(Track.METER, subject=pod) is State.METER_REFUSED
        if give_up:
            say(world, second, C.WITHDRAW)
            world.settle()
            assert case_of(world, second).status is State.WITHDRAWN
        else:
            while order_of(world, first).is_open:
                days(world, 5)
            say(world, second, C.REQUEST_METER, role=Role.ENROLLMENT_DESK)
            days(world, 60)
            assert case_of(world, second).status is State.ACTIVE


def withdrawn_unasked(world: World) -> None:
    """Withdrawn before the utility was asked: from enrolled, and while the meter waits for what precedes it."""
    key = apply(world, program="LE-EV-NIGHT", pod="POD-1", until=State.ENROLLED)
    say(world, key, C.WITHDRAW)
    other = enroll(world, program="LE-IN-ORDER", pod="POD-2")
    assert case_of(world, other).state_of(Track.METER, subject="POD-2") is State.BEFORE_METER
    # Long enough that the customer is reminded of what the meter waits for.
    days(world, 32)
    say(world, other, C.WITHDRAW)
    world.settle()


def withdrawn_at(world: World, *, at: State, program: str = "LE-EV-NIGHT", pod: str = "POD-1") -> None:
    """Withdrawn while the work at the meter stands so."""
    key = enroll(world, program=program, pod=pod)
    if at is State.ASKED:
        world.late_hours = 60
        key = enroll(world, program="LE-RIDER", pod="POD-2")
    results = {
        State.MISSED_BY_UTILITY: VisitResult.MISSED_BY_UTILITY,
        State.MISSED_BY_CUSTOMER: VisitResult.MISSED_BY_CUSTOMER,
        State.CANNOT_DO: VisitResult.CANNOT_DO,
        State.PERMIT_NEEDED: VisitResult.PERMIT_NEEDED,
        State.BACK_OFFICE: VisitResult.EXCHANGED,
        State.DONE: VisitResult.EXCHANGED,
    }
    if at is State.SCHEDULED or at in results:
        visit(world, key, results.get(at))
    if at is State.DONE:
        finish_meter(world, key)
    assert case_of(world, key).state_of(Track.METER, subject=str(case_of(world, key).pod)) is at
    say(world, key, C.WITHDRAW)
    days(world, 8)
    assert case_of(world, key).status is State.WITHDRAWN
    if at is State.SCHEDULED:
        report(world, key, VisitResult.EXCHANGED)
        finish_meter(world, key)


QUIET: tuple[Scene, ...] = (
    *(
        partial(_life, program=program, pod=pod)
        for program, pod in (
            ("LE-EV-NIGHT", "POD-1"),
            ("LE-EV-NIGHT", "POD-2"),
            ("BW-NIGHT-DRIVE", "POD-3"),
            ("BW-NIGHT-DRIVE", "POD-4"),
            ("LE-IN-ORDER", "POD-1"),
            ("BW-CONTROL", "POD-4"),
            ("LE-RIDER", "POD-1"),
            ("LE-CREDIT", "POD-5"),
        )
    ),
    several_points,
    appeals,
    books_away,
    second_order,
    withdrawn_unasked,
    *(
        partial(withdrawn_at, at=state)
        for state in (
            State.TO_SCHEDULE,
            State.SCHEDULED,
            State.MISSED_BY_UTILITY,
            State.MISSED_BY_CUSTOMER,
            State.CANNOT_DO,
            State.PERMIT_NEEDED,
            State.BACK_OFFICE,
            State.DONE,
            State.ASKED,
        )
    ),
    partial(withdrawn_at, at=State.REMOTE_CHANGE, pod="POD-6"),
    partial(withdrawn_at, at=State.ALREADY_THERE, pod="POD-2"),
    partial(withdrawn_at, at=State.NOT_NEEDED, program="LE-RIDER"),
)
