"""Scenes of row 10's ledger: events heard, settled and cancelled; credits on their way; bills protected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.event_messages import EventCancelTold, EventResultTold, EventTold
from evenroll.enrollment.ledger import CreditState, EventResult, ReverseReason
from evenroll.enrollment.ledger_track import awaited_months
from evenroll.enrollment.life_events import UseKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber
from tests.world.memory import Key, World
from tests.world.people import days
from tests.world.programs import program_of
from tests.world.scenes import case_of, connect, enroll, say

PROGRAM = "LE-LEDGER"
_PEER, _MANAGER, _BILLING = Role.PEER, Role.PROGRAM_MANAGER, Role.BILLING


def active(world: World, *, pod: str = "POD-1", program: str = PROGRAM) -> Key:
    """An enrollment whose control is live."""
    key = enroll(world, program=program, pod=pod)
    connect(world, key)
    assert case_of(world, key).status is State.ACTIVE
    return key


def told(world: World, key: Key, event: str, *, ahead: int) -> None:
    """The case hears of an event so many days ahead."""
    starts_at = world.now + timedelta(days=ahead)
    on = world.calendar.business_date(starts_at)
    number = CaseNumber(key[2])
    body = EventTold(case=number, event=event, on=on, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    say(world, key, C.HEAR_EVENT, body, role=_PEER)


def uses(world: World, key: Key, kind: UseKind, event: str) -> None:
    """The customer's word on an event."""
    today = world.calendar.business_date(world.now)
    say(world, key, C.RECORD_USE, c.RecordUse(kind=kind, on=today, reason="trip", event=event))


def events_of_a_summer(world: World) -> None:
    """Joined, opted out of, overridden over the limit, cancelled, and measured otherwise than was thought."""
    key = active(world)
    number = CaseNumber(key[2])
    for position in range(5):
        told(world, key, f"E-{position}", ahead=2 + position)
    uses(world, key, UseKind.OPT_OUT, "E-1")
    uses(world, key, UseKind.OVERRIDE, "E-2")
    uses(world, key, UseKind.OPT_IN, "E-2")
    say(world, key, C.HEAR_EVENT, EventCancelTold(case=number, event="E-4"), role=_PEER)
    days(world, 12)
    measured = EventResultTold(case=number, event="E-3", result=EventResult.NOT_REACHED)
    say(world, key, C.HEAR_EVENT, measured, role=_PEER)
    events = {each.number: each.result for each in case_of(world, key).ledger.events}
    assert events["E-0"] is EventResult.JOINED and events["E-1"] is EventResult.OPTED_OUT
    assert events["E-3"] is EventResult.NOT_REACHED and events["E-4"] is None
    assert case_of(world, key).ledger.credit("event", span="E-3").state is CreditState.REVERSED
    # The meters were read wrongly: it was joined after all.
    mended = EventResultTold(case=number, event="E-3", result=EventResult.JOINED)
    say(world, key, C.HEAR_EVENT, mended, role=_PEER)
    assert case_of(world, key).ledger.credit("event", span="E-3").state is CreditState.EARNED
    days(world, 380)


def credits_on_their_way(world: World) -> None:
    """Earned, approved by two, sent, paid; and one that is taken back. Billing measures what is paid by the kWh."""
    key = active(world)
    days(world, 45)
    big = {"code": "bonus", "span": "enrollment"}
    for _ in range(2):
        say(world, key, C.APPROVE_CREDIT, mc.NameCredit(**big), role=_MANAGER)
    say(world, key, C.SEND_CREDIT, mc.NameCredit(**big), role=_BILLING)
    today = world.calendar.business_date(world.now)
    say(world, key, C.RECORD_PAYMENT, mc.RecordPayment(**big, paid_on=today, reference="B-1"), role=_BILLING)
    say(world, key, C.REVERSE_CREDIT, mc.ReverseCredit(**big, reason=ReverseReason.CLAWBACK), role=_MANAGER)
    # What was paid is owed back, and comes in.
    say(world, key, C.RECORD_PAYMENT, mc.RecordPayment(**big, paid_on=today, reference="B-2"), role=_BILLING)
    days(world, 40)
    assert case_of(world, key).tracks["ledger"].owner is _BILLING
    month = f"{world.calendar.business_date(world.now).replace(day=1) - timedelta(days=1):%Y-%m}"
    measured = mc.RecordCharging(
        month=month, charged_kwh=Decimal(200), window_kwh=Decimal(150), peak_kwh=Decimal("0.5")
    )
    say(world, key, C.RECORD_CHARGING, measured, role=_BILLING)
    days(world, 60)


def earns_nothing(world: World) -> None:
    """A month that asks for no opt-out, and had one."""
    key = active(world)
    told(world, key, "E-1", ahead=40)
    uses(world, key, UseKind.OPT_OUT, "E-1")
    days(world, 90)
    assert case_of(world, key).ledger.missed


def quiet_until_an_event(world: World) -> None:
    """A ledger with nothing to count rests until an event is heard of, and rests again."""
    key = active(world, program="LE-QUIET")
    days(world, 2)
    assert case_of(world, key).state_of(Track.LEDGER) is State.QUIET
    told(world, key, "E-1", ahead=2)
    assert case_of(world, key).state_of(Track.LEDGER) is State.COUNTING
    days(world, 10)
    assert case_of(world, key).state_of(Track.LEDGER) is State.QUIET


def protected(world: World, *, away: str, pod: str) -> None:
    """The year's end: settled at once, after a read that was to come, or by billing."""
    key = active(world, pod=pod)
    world.away = frozenset({away}) if away else frozenset()
    days(world, 372)
    state = case_of(world, key).state_of(Track.LEDGER, subject="protection")
    if away == "reads":
        assert state is State.USAGE_MISSING
    world.away = frozenset()
    days(world, 12)
    assert case_of(world, key).state_of(Track.LEDGER, subject="protection") is State.SETTLED


def leaves(world: World, *, after: int) -> None:
    """Who leaves has nothing counted on and nothing protected; what was earned stays."""
    key = active(world)
    world.away = frozenset({"reads"})
    days(world, after)
    earned = case_of(world, key).ledger.credits
    say(world, key, C.UNENROLL, _unenroll())
    days(world, 40)
    case = case_of(world, key)
    assert case.status is State.ENDED
    assert case.state_of(Track.LEDGER, subject="protection") is State.CANCELLED
    assert case.ledger.credits == earned or len(case.ledger.credits) > len(earned)
    _measured_late(world, key)


def _measured_late(world: World, key: Key) -> None:
    """Whole months of before the end wait on billing, and count once they are measured; then nobody is waited on."""
    case = case_of(world, key)
    assert case.ended_on is not None
    program = program_of(case.chosen.program, version=case.chosen.version)
    awaited = awaited_months(case.ledger, program=program, today=case.ended_on)
    track = case.tracks["ledger"]
    assert (track.state, track.owner) == ((State.COUNTING, _BILLING) if awaited else (State.CANCELLED, None))
    for month in awaited:
        measured = mc.RecordCharging(month=month, charged_kwh=Decimal(200), window_kwh=Decimal(150))
        say(world, key, C.RECORD_CHARGING, measured, role=_BILLING)
        assert case_of(world, key).ledger.credit("night", span=month).usd == Decimal("15.00")
    assert not awaited or case_of(world, key).state_of(Track.LEDGER) is State.QUIET


def _unenroll() -> object:
    from evenroll.enrollment.leaving_codes import LeaveReason
    from evenroll.enrollment.leaving_commands import Unenroll

    return Unenroll(reason=next(iter(LeaveReason)))


MONEY: tuple[Callable[[World], None], ...] = (
    events_of_a_summer,
    credits_on_their_way,
    earns_nothing,
    quiet_until_an_event,
    *(partial(protected, away=away, pod=pod) for away, pod in (("", "POD-1"), ("", "POD-2"), ("reads", "POD-1"))),
    partial(protected, away="read of the month", pod="POD-1"),
    *(partial(leaves, after=after) for after in (40, 375)),
)
