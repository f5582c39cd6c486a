"""Scenes of an enrollment that rests, and of recorded facts that are corrected by two persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_correction import recorded
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.leaving_codes import CorrectableFact, SuspensionCause
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from tests.world.leaving import today, unenroll
from tests.world.memory import Key, World
from tests.world.people import days
from tests.world.scenes import apply, case_of, connect, enroll, equip, say, whole_life

DESK = Role.ENROLLMENT_DESK
LOST = lc.LoseDevice(cause="silent")
RETEST = c.RecordDeviceTest(device="D-1")


def _device(world: World, key: Key) -> State | None:
    return case_of(world, key).state_of(Track.DEVICE)


def _lose(world: World, key: Key) -> None:
    for _ in range(2):
        say(world, key, C.LOSE_DEVICE, LOST, role=Role.SYSTEM)


def comes_back(world: World, *, tested: bool) -> None:
    """Rule 13: silent, suspended with a day, resumed in the same case when the device answers or passes its test."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    statement_at = case_of(world, key).course.due_at
    _lose(world, key)
    case = case_of(world, key)
    assert case.status is State.SUSPENDED and case.suspension is not None
    assert case.suspension.ends_on == today(world) + timedelta(days=30)
    days(world, 16)
    if tested:
        connect(world, key, cause="silent")
        connect(world, key)
    else:
        say(world, key, C.RESUME, lc.Resume(), role=Role.SYSTEM)
    case = case_of(world, key)
    assert case.status is State.ACTIVE and case.suspension is None and _device(world, key) is State.LIVE
    assert case.course.due_at == statement_at


def one_of_two(world: World) -> None:
    """While another device obeys, one that is lost suspends nothing."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-2", kind="evse"))
    say(world, key, C.RECORD_DEVICE_TEST, c.RecordDeviceTest(device="D-2"), role=DESK)
    _lose(world, key)
    assert case_of(world, key).status is State.ACTIVE
    unknown = world.give(key, C.LOSE_DEVICE, lc.LoseDevice(cause="silent", device="D-9"), role=DESK)
    assert isinstance(unknown, Refusal) and unknown.code is RefusalCode.DEVICE_UNKNOWN
    say(world, key, C.LOSE_DEVICE, lc.LoseDevice(cause="silent", device="D-2"), role=DESK)
    assert case_of(world, key).status is State.SUSPENDED
    say(world, key, C.RESUME, lc.Resume(device="D-2"), role=DESK)
    assert case_of(world, key).status is State.ACTIVE


def never_comes_back(world: World, *, program: str, pod: str) -> None:
    """Rule 13: not cured in time it ends, after service was switched back where a rate hangs on it."""
    key = whole_life(world, program=program, pod=pod)
    _lose(world, key)
    days(world, 120)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.DEVICE_LOST
    assert case.lockout_ends_on is not None and _device(world, key) is State.CANCELLED


def price_goes_on(world: World) -> None:
    """Rule 1: where only a price is at stake a lost device suspends nothing."""
    key = whole_life(world, program="LE-EV-NIGHT", pod="POD-2")
    connect(world, key)
    _lose(world, key)
    assert case_of(world, key).status is State.ACTIVE and _device(world, key) is State.OFFLINE
    say(world, key, C.RESUME, lc.Resume(), role=DESK)
    say(world, key, C.END_CONSENT)
    assert case_of(world, key).status is State.ACTIVE and _device(world, key) is State.CONSENT_ENDED
    days(world, 60)
    say(world, key, C.RENEW_CONSENT)
    assert case_of(world, key).status is State.ACTIVE and _device(world, key) is State.LIVE


def consent(world: World, *, renewed: bool, silent: bool) -> None:
    """Rule 13: the consent ends, whatever the device does; renewed, a silent one still has to show that it obeys."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    if silent:
        _lose(world, key)
    for _ in range(2):
        say(world, key, C.END_CONSENT)
    assert case_of(world, key).status is State.SUSPENDED
    if renewed:
        days(world, 5)
        say(world, key, C.RENEW_CONSENT)
        if silent:
            assert case_of(world, key).status is State.SUSPENDED and _device(world, key) is State.TESTING
            say(world, key, C.RECORD_DEVICE_TEST, RETEST, role=DESK)
    days(world, 120)
    case = case_of(world, key)
    assert case.status is (State.ACTIVE if renewed else State.ENDED)
    assert renewed or case.ended_because is EndReason.CONSENT_ENDED


def consent_before_active(world: World, *, tested: str) -> None:
    """The consent ends while the device is tested, or after it passed but before the price is live."""
    key = enroll(world, program="LE-IN-ORDER", pod="POD-2")
    equip(world, key, hard_wired=False)
    if tested == "passed":
        connect(world, key)
        _lose(world, key)
        assert case_of(world, key).control_since is None
        say(world, key, C.RESUME, lc.Resume(), role=DESK)
    elif tested == "failed":
        connect(world, key, cause="silent")
    else:
        say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-1", kind="evse"))
    say(world, key, C.END_CONSENT)
    days(world, 20)
    assert case_of(world, key).status is State.ENROLLED and case_of(world, key).control_since is None
    say(world, key, C.RENEW_CONSENT)
    if tested != "passed":
        assert _device(world, key) is State.TESTING
        say(world, key, C.RECORD_DEVICE_TEST, RETEST, role=DESK)
    days(world, 90)
    assert case_of(world, key).status is State.ACTIVE


def by_a_person(world: World, *, cause: SuspensionCause) -> None:
    """The desk suspends and resumes; the second breach of the rules ends it."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    for turn in range(2):
        say(world, key, C.SUSPEND, lc.Suspend(cause=cause), role=DESK)
        if case_of(world, key).status is State.ENDED:
            assert turn == 1 and case_of(world, key).ended_because is EndReason.COMPLIANCE
            return
        say(world, key, C.SUSPEND, lc.Suspend(cause=cause), role=Role.SUPERVISOR)
        assert case_of(world, key).status is State.SUSPENDED
        _lose(world, key)
        say(world, key, C.RESUME, lc.Resume(), role=DESK)
        assert case_of(world, key).status is State.SUSPENDED
        say(world, key, C.RESUME, lc.Resume(), role=Role.SYSTEM)
        assert case_of(world, key).status is State.ACTIVE
    assert cause is SuspensionCause.ACCOUNT
    say(world, key, C.SUSPEND, lc.Suspend(cause=cause), role=DESK)
    days(world, 40)
    assert case_of(world, key).status is State.ENDED


def lost_while_leaving(world: World, *, suspended: bool) -> None:
    """A device that is lost on the way out stops nothing; who stays after all has to cure it."""
    key = whole_life(world, program="BW-CONTROL", pod="POD-4")
    if suspended:
        _lose(world, key)
    unenroll(world, key)
    if not suspended:
        _lose(world, key)
    assert case_of(world, key).status is State.LEAVING
    say(world, key, C.STAY_ENROLLED)
    world.settle()
    assert case_of(world, key).status is State.SUSPENDED
    say(world, key, C.RESUME, lc.Resume(), role=DESK)
    assert case_of(world, key).status is State.ACTIVE
    _lose(world, key)
    unenroll(world, key)
    say(world, key, C.RESUME, lc.Resume(), role=DESK)
    days(world, 60)
    assert case_of(world, key).status is State.ENDED


def corrects(world: World, *, fact: CorrectableFact, after: str, agreed: bool) -> None:
    """Two persons: one proposes, another settles, and the supervisor is asked until somebody does."""
    program = "LE-CREDIT" if fact is not CorrectableFact.IN_SERVICE_DATE else "LE-EV-NIGHT"
    key = enroll(world, program=program, pod="POD-1")
    if program == "LE-CREDIT":
        equip(world, key)
        today_on = today(world)
        say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
        bought = c.RecordPurchase(outlet="store", bought_on=today_on, price=Decimal("399.00"))
        say(world, key, C.RECORD_PURCHASE, bought)
        say(world, key, C.RECORD_INSTALLATION, _installed(world))
        connect(world, key)
    said = lc.ProposeCorrection(fact=fact, after=after, by="desk-1")
    refused = world.give(key, C.PROPOSE_CORRECTION, said, role=DESK)
    if fact is CorrectableFact.IN_SERVICE_DATE:
        assert isinstance(refused, Refusal) and refused.code is RefusalCode.CORRECTION_NONE
        return
    assert not isinstance(refused, Refusal), refused
    same = world.give(key, C.SETTLE_CORRECTION, lc.SettleCorrection(agreed=agreed, by=" DESK-1"), role=DESK)
    assert isinstance(same, Refusal) and same.code is RefusalCode.SAME_PERSON_CORRECTS
    days(world, 5)
    assert case_of(world, key).tracks["condition/correction-1"].owner is Role.SUPERVISOR
    settled = lc.SettleCorrection(agreed=agreed, by="supervisor-1")
    say(world, key, C.SETTLE_CORRECTION, settled, role=Role.SUPERVISOR)
    assert (recorded(case_of(world, key), fact) == after) is agreed


def terms_came_later(world: World) -> None:
    """The window of rescission hangs on the day of the terms: corrected, it is computed anew."""
    key = apply(world, program="LE-RIDER", pod="POD-1")
    case = case_of(world, key)
    assert case.agreement is not None and case.status is State.IN_RESCISSION
    days(world, 1)
    before = case.agreement
    said = lc.ProposeCorrection(fact=CorrectableFact.TERMS_DATE, after=today(world).isoformat(), by="desk-1")
    say(world, key, C.PROPOSE_CORRECTION, said, role=DESK)
    say(world, key, C.SETTLE_CORRECTION, lc.SettleCorrection(agreed=True, by="desk-2"), role=DESK)
    terms = case_of(world, key).agreement
    assert terms is not None and terms.rescission_ends_on > before.rescission_ends_on
    due_at = case_of(world, key).course.due_at
    assert due_at == world.calendar.start_of_day(terms.rescission_ends_on)
    days(world, 10)
    late = world.give(key, C.PROPOSE_CORRECTION, said, role=DESK)
    assert isinstance(late, Refusal) and late.code is RefusalCode.CORRECTION_LATE


def ended_earlier(world: World) -> None:
    """The lock-out hangs on the day of the end: corrected, it is computed anew."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    unenroll(world, key)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.lockout_ends_on is not None
    on = today(world) - timedelta(days=10)
    said = lc.ProposeCorrection(fact=CorrectableFact.ENDED_DATE, after=on.isoformat(), by="desk-1")
    say(world, key, C.PROPOSE_CORRECTION, said, role=DESK)
    say(world, key, C.SETTLE_CORRECTION, lc.SettleCorrection(agreed=True, by="desk-2"), role=DESK)
    after = case_of(world, key)
    assert after.ended_on == on and after.lockout_ends_on == case.lockout_ends_on - timedelta(days=10)


def _installed(world: World) -> c.RecordInstallation:
    return c.RecordInstallation(
        installer=Installer.SELF, installed_on=today(world), serial="EQ-9", permit="", hard_wired=False
    )


RESTING: tuple[Callable[[World], None], ...] = (
    partial(comes_back, tested=False),
    partial(comes_back, tested=True),
    one_of_two,
    partial(never_comes_back, program="LE-CREDIT", pod="POD-1"),
    partial(never_comes_back, program="BW-CONTROL", pod="POD-4"),
    partial(never_comes_back, program="LE-IN-ORDER", pod="POD-1"),
    price_goes_on,
    *(partial(consent, renewed=renewed, silent=silent) for renewed in (True, False) for silent in (True, False)),
    *(partial(consent_before_active, tested=tested) for tested in ("passed", "failed", "testing")),
    partial(by_a_person, cause=SuspensionCause.ACCOUNT),
    partial(by_a_person, cause=SuspensionCause.COMPLIANCE),
    partial(lost_while_leaving, suspended=True),
    partial(lost_while_leaving, suspended=False),
    *(
        partial(corrects, fact=fact, after=after, agreed=agreed)
        for fact, after, agreed in (
            (CorrectableFact.PURCHASE_DATE, "2026-01-31", True),
            (CorrectableFact.PURCHASE_PRICE, "389.00", True),
            (CorrectableFact.PURCHASE_PRICE, "389.00", False),
            (CorrectableFact.EQUIPMENT_SERIAL, "EQ-8", True),
            (CorrectableFact.DRIVETRAIN, "phev", True),
            (CorrectableFact.SIGNED_DATE, "2026-01-30", True),
            (CorrectableFact.IN_SERVICE_DATE, "2026-03-01", True),
        )
    ),
    terms_came_later,
    ended_earlier,
)
