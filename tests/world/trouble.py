"""Scenes of trouble: supply lost, post that crosses, reads and bills that are not right, nobody who acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.form import Channel, FormField, VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import VisitResult
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, Track
from evenroll.quantities.identifiers import AccountId, CaseNumber, PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads import BAD_ANSWERS, a_form
from tests.world.people import Place, days, new_world, open_case, supplier_changes
from tests.world.programs import BRIGHTWATER, NORTHFORK, UTILITY
from tests.world.scenes import (
    apply,
    case_of,
    connect,
    enroll,
    equip,
    order_of,
    say,
    visit,
    whole_life,
)

Scene = Callable[[World], None]


def delay(world: World, *, hours: int) -> None:
    """Everything in the post arrives that much later."""
    late = timedelta(hours=hours)
    world.post = tuple(replace(each, arrives_at=each.arrives_at + late) for each in world.post)


def crosses_the_switch(world: World, *, told: bool) -> None:
    """A withdrawal that reaches the utility after the switch; the news of the switch came first, or is on its way."""
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 1)
    switch_on = order_of(world, key).switch_on
    assert switch_on is not None
    world.advance(to=world.calendar.start_of_day(switch_on) - timedelta(hours=2))
    say(world, key, C.WITHDRAW)
    delay(world, hours=30)
    if not told:
        world.settle()
    days(world, 3)
    assert case_of(world, key).status is State.ACTIVE
    days(world, 70)


def supply_lost(world: World, *, at: State) -> None:
    """Row "action": another supplier serves from today, whatever the case was about to do."""
    pod = PodId("POD-4")
    key = apply(world, program="BW-CONTROL", pod=pod)
    assert case_of(world, key).status is State.IN_RESCISSION
    if at is not State.IN_RESCISSION:
        while case_of(world, key).status is State.IN_RESCISSION:
            days(world, 1)
    if at is State.WITHDRAWING:
        say(world, key, C.WITHDRAW)
        delay(world, hours=40)
    if at is State.ACTIVE:
        equip(world, key)
        connect(world, key)
    assert case_of(world, key).status is at, case_of(world, key).status
    supplier_changes(world, pod=pod, to=NORTHFORK)
    days(world, 6)
    assert case_of(world, key).status is State.ENDED


def supply_lost_early(world: World, *, at: State) -> Key:
    """Before the decision: it is asked anew who provides, and the case goes to them, nothing typed again."""
    key = open_case(world, pod="POD-4", at=BRIGHTWATER, program=None if at is State.CHOOSING else "BW-NIGHT-DRIVE")
    household = world.households[CaseNumber(key[2])]
    if at is State.NEEDS_ANSWER:
        household.flaws = {"good_standing": Known.NO}
    if at is State.CHOOSING:
        say(world, key, C.ASK_PROVIDER)
    else:
        form = a_form(world, program=ProgramKey("BW-NIGHT-DRIVE"))
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
    world.settle(until=lambda: case_of(world, key).status is at)
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    days(world, 1)
    if at is State.CHOOSING:
        say(world, key, C.AGREE_HAND_OVER)
        world.settle()
    assert case_of(world, key).status is State.HANDED_OVER
    moved = case_of(world, (key[0], NORTHFORK, key[2]))
    assert moved.status in (State.CHOOSING, State.COMPLETING)
    return key


def comes_back(world: World) -> None:
    """Handed over, and back again when the first supplier serves anew: the same number lives at the first door."""
    key = supply_lost_early(world, at=State.COMPLETING)
    supplier_changes(world, pod=PodId("POD-4"), to=BRIGHTWATER)
    days(world, 1)
    there = (key[0], NORTHFORK, key[2])
    if case_of(world, there).status is State.CHOOSING:
        say(world, there, C.AGREE_HAND_OVER)
        world.settle()
    assert case_of(world, there).status is State.HANDED_OVER
    assert case_of(world, key).status is not State.HANDED_OVER


_EARLY = (State.CHOOSING, State.COMPLETING, State.PROVING, State.DECIDING, State.NEEDS_ANSWER)


def looked_at_by_a_person(world: World) -> None:
    """Life support at home: the desk has five days, then the supervisor; who looked records it, and it is decided."""
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT")
    household = world.households[CaseNumber(key[2])]
    household.flaws = {"life_support": Known.YES}
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=ProgramKey("LE-EV-NIGHT"))))
    world.settle()
    assert case_of(world, key).course.owner is Role.ENROLLMENT_DESK
    days(world, 12)
    assert case_of(world, key).course.owner is Role.SUPERVISOR
    say(world, key, C.RECORD_REVIEW, role=Role.SUPERVISOR)
    world.settle()
    assert case_of(world, key).status is State.ENROLLED


def others_supply(world: World) -> None:
    """A program of the wires goes on when its customer changes the supplier."""
    key = enroll(world, program="LE-CREDIT", pod="POD-4")
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    days(world, 6)
    assert case_of(world, key).status is State.ENROLLED


def product_without_supplier(world: World) -> None:
    """The supplier is another one when the product should begin: the switch is held, billing is asked, then stopped."""
    key = enroll(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    days(world, 1)
    switch_on = order_of(world, key).switch_on
    assert switch_on is not None
    world.advance(to=world.calendar.start_of_day(switch_on) - timedelta(hours=2))
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    delay(world, hours=400)
    days(world, 30)
    assert case_of(world, key).status is State.ENDED


def reads_missing(world: World, *, stale_days: int) -> None:
    """The reads of the switch are not in for two weeks, or are those of another day: service does not switch."""
    world.premises[PodId("POD-2")].unread = stale_days == 0
    world.premises[PodId("POD-2")].stale_days = stale_days
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 50)
    assert case_of(world, key).status is State.ENROLLED
    world.premises[PodId("POD-2")].unread, world.premises[PodId("POD-2")].stale_days = False, 0
    say(world, _order(world, key), C.SWITCH_SERVICE, role=Role.BILLING)
    world.settle()
    assert case_of(world, key).status is State.ACTIVE


def bills_wrong(world: World, *, spoiled: str) -> None:
    """A bill that is computed wrong is held; billing issues it when it is right."""
    premise = world.premises[PodId("POD-2")]
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    for state in (State.SWITCHED, State.CLOSING_BILLED):
        premise.spoiled = spoiled
        while order_of(world, key).service.owner is not Role.BILLING:
            days(world, 1)
        assert order_of(world, key).service.state is state
        days(world, 25)
        premise.spoiled = ""
        name = C.ISSUE_CLOSING_BILL if state is State.SWITCHED else C.ISSUE_FIRST_BILL
        say(world, _order(world, key), name, role=Role.BILLING)
        world.settle()


def _order(world: World, key: Key) -> Key:
    number = order_of(world, key).number
    return next(each for each in world.orders if each[2] == number)


def vacant(world: World) -> None:
    """Nobody was served before: nothing closes, and the first bill is the only one."""
    empty = new_world(places=(Place(pod="POD-9", supplier=UTILITY, capability=MeterCapability.INTERVAL, vacant=True),))
    world.premises |= empty.premises
    world.points |= empty.points
    key = whole_life(world, program="LE-RIDER", pod="POD-9")
    link = case_of(world, key).order
    assert link is not None and len(link.bills) == 1


def condition_lapses(world: World, *, withdrawing: bool) -> None:
    """A car that never came: the enrollment ends, also one whose withdrawal is on its way."""
    key = apply(world, program="LE-RIDER", pod="POD-1", vin=VinState.ON_ORDER)
    due_at = case_of(world, key).tracks["condition/vin"].due_at
    assert due_at is not None
    if withdrawing:
        while case_of(world, key).status is State.IN_RESCISSION:
            days(world, 1)
        say(world, key, C.WITHDRAW)
        delay(world, hours=24 * 100)
        world.advance(to=due_at + timedelta(days=1))
        assert case_of(world, key).status is State.WITHDRAWING
        # The withdrawal came too late, so the enrollment stood; then its condition ended it all the same.
        days(world, 30)
        assert case_of(world, key).status is State.ENDED
    else:
        world.advance(to=due_at + timedelta(hours=1))
        # Its rate is in force by then, so service goes back first.
        assert case_of(world, key).status is State.LEAVING
        days(world, 30)
        assert case_of(world, key).status is State.ENDED


def no_day_of_switch(world: World) -> None:
    """No day can be told: billing, then the supervisor, is asked until the customer gives up."""
    key = enroll(world, program="LE-TOO-FAR", pod="POD-2")
    days(world, 30)
    assert order_of(world, key).service.state is State.WAITING
    assert order_of(world, key).service.owner is Role.SUPERVISOR
    say(world, key, C.WITHDRAW)
    days(world, 5)
    assert case_of(world, key).status is State.WITHDRAWN


def nobody_acts(world: World, *, after: VisitResult | None, program: str = "LE-EV-NIGHT", pod: str = "POD-1") -> None:
    """Nobody acts any more after the visit, or where none was told of, for half a year."""
    key = enroll(world, program=program, pod=pod)
    if order_of(world, key).meter.state is State.TO_SCHEDULE:
        visit(world, key, after)
    days(world, 180)


def register_away(world: World) -> None:
    """Row 4a: the register does not answer for days; the case waits, asks once a day, and goes on by itself."""
    world.away = frozenset({"register"})
    key = apply(world, program="LE-EV-NIGHT", pod="POD-2")
    days(world, 6)
    assert case_of(world, key).status is State.PROVING
    world.away = frozenset()
    days(world, 4)
    assert case_of(world, key).status is State.ENROLLED


def not_proved(world: World, *, settled: bool) -> None:
    """Row 4a: three times not proved, then a person looks."""
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT")
    form = a_form(world, program=ProgramKey("LE-EV-NIGHT"), answers=BAD_ANSWERS)
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
    world.settle()
    for _ in range(2):
        evidence = c.GiveEvidence(answers=BAD_ANSWERS, fields=frozenset(FormField))
        say(world, key, C.GIVE_EVIDENCE, evidence)
        world.settle()
    say(world, key, C.GIVE_EVIDENCE, c.GiveEvidence(answers=1, fields=frozenset(FormField)))
    days(world, 9)
    account = AccountId(int(world.households[CaseNumber(key[2])].customer) + 1000) if settled else None
    say(world, key, C.SETTLE_MATCH, c.SettleMatch(account=account), role=Role.SUPERVISOR)
    world.settle()
    assert case_of(world, key).status is (State.ENROLLED if settled else State.REFUSED)


def mailed(world: World) -> None:
    """Row 3: a stamped form, keyed by two who differ and a third who settles; then nobody proves anything."""
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT", channel=Channel.MAIL)
    stamp = c.StampMail(receipt="R-7", received_at=world.now)
    say(world, key, C.STAMP_MAIL, stamp, role=Role.ENROLLMENT_DESK)
    form = a_form(world, program=ProgramKey("LE-EV-NIGHT"), answers=BAD_ANSWERS, channel=Channel.MAIL)
    for by, name in (("ana", "one"), ("bo", "two"), ("cy", "two")):
        keyed = c.KeyForm(by=by, fingerprints={"name": name, "vin": "same"}, form=form)
        say(world, key, C.KEY_FORM, keyed, role=Role.ENROLLMENT_DESK)
    world.settle()
    assert case_of(world, key).status is State.PROVING
    days(world, 60)
    assert case_of(world, key).status is State.EXPIRED


def let_go(world: World, *, at: State) -> None:
    """Withdrawn with equipment or device half way: nothing goes on without an enrollment."""
    key = enroll(world, program="LE-IN-ORDER", pod="POD-1")
    today = world.calendar.business_date(world.now)
    if at is State.INSPECTING:
        say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
        installed = c.RecordInstallation(installer=Installer.SELF, installed_on=today, serial="E", permit="P")
        say(world, key, C.RECORD_INSTALLATION, installed)
    else:
        equip(world, key, hard_wired=False)
        connect(world, key, cause="silent" if at is State.TEST_FAILED else "")
    track = Track.EQUIPMENT if at is State.INSPECTING else Track.DEVICE
    assert case_of(world, key).state_of(track) is at
    say(world, key, C.WITHDRAW)
    days(world, 3)
    assert case_of(world, key).state_of(track) is State.CANCELLED


def tested_while_leaving(world: World) -> None:
    """A device that passes its test while the withdrawal is on its way activates nothing."""
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    equip(world, key)
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-1", kind="evse"))
    say(world, key, C.WITHDRAW)
    delay(world, hours=30)
    say(world, key, C.RECORD_DEVICE_TEST, c.RecordDeviceTest(device="D-1"), role=Role.ENROLLMENT_DESK)
    assert case_of(world, key).status is State.WITHDRAWING
    days(world, 5)
    assert case_of(world, key).status in (State.WITHDRAWN, State.ACTIVE)


def wrong_door(world: World, *, agreed: bool) -> None:
    """Row 2b: a customer of a supplier knocks at the utility; handed over with consent, else nothing goes."""
    key = open_case(world, pod="POD-3", at=UTILITY, program="BW-NIGHT-DRIVE")
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert case_of(world, key).status is State.CHOOSING
    if agreed:
        say(world, key, C.AGREE_HAND_OVER)
        world.settle()
        assert case_of(world, (key[0], BRIGHTWATER, key[2])).status is State.COMPLETING
    days(world, 40)
    assert case_of(world, key).status is (State.HANDED_OVER if agreed else State.EXPIRED)


def not_here(world: World) -> None:
    """Row 2a: a point that cannot be enrolled, and nobody appeals; and one who gives up while nobody answers."""
    key = open_case(world, pod="POD-1", at=UTILITY)
    world.households[CaseNumber(key[2])].answer_next = "blocked"
    say(world, key, C.ASK_PROVIDER)
    days(world, 40)
    assert case_of(world, key).status is State.CLOSED
    world.away = frozenset({"registry"})
    other = open_case(world, pod="POD-1", at=UTILITY)
    say(world, other, C.ASK_PROVIDER)
    days(world, 3)
    say(world, other, C.WITHDRAW)


TROUBLE: tuple[Scene, ...] = (
    partial(crosses_the_switch, told=True),
    partial(crosses_the_switch, told=False),
    *(
        partial(supply_lost, at=state)
        for state in (State.IN_RESCISSION, State.ENROLLED, State.WITHDRAWING, State.ACTIVE)
    ),
    *(partial(supply_lost_early, at=state) for state in _EARLY),
    looked_at_by_a_person,
    comes_back,
    others_supply,
    product_without_supplier,
    partial(reads_missing, stale_days=0),
    partial(reads_missing, stale_days=1),
    *(partial(bills_wrong, spoiled=how) for how in ("energy", "total", "days", "spans", "missing")),
    vacant,
    partial(condition_lapses, withdrawing=False),
    partial(condition_lapses, withdrawing=True),
    no_day_of_switch,
    *(partial(nobody_acts, after=result) for result in (None, *(each for each in VisitResult))),
    partial(nobody_acts, after=None, pod="POD-6"),
    register_away,
    partial(not_proved, settled=True),
    partial(not_proved, settled=False),
    mailed,
    *(partial(let_go, at=state) for state in (State.INSPECTING, State.TEST_FAILED, State.LIVE)),
    tested_while_leaving,
    partial(wrong_door, agreed=True),
    partial(wrong_door, agreed=False),
    not_here,
)
