"""Rule 14 and row 10: events at one customer, opt-outs against their limit, bill protection, the statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment import money_events as m
from evenroll.enrollment.case_commands import RecordUse
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event_messages import EventCancelTold, EventResultTold
from evenroll.enrollment.ledger import (
    CreditState,
    EventResult,
    Ledger,
    ReverseReason,
    counted_usd,
    owed_back_usd,
)
from evenroll.enrollment.life_events import StatementIssued, UseKind, UseRecorded
from evenroll.enrollment.money_evolve import CreditBroken, evolve_ledger
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State, TrackState
from evenroll.programs.program import Track
from evenroll.programs.program_terms import (
    IncentivePer,
    Protection,
    ProtectionKind,
)
from tests.enrollment.money_life import (
    ACTIVE_ON,
    EVENTS,
    NUMBER,
    Life,
    a_program,
    at_start,
    begin,
    per,
)


def test_an_event_is_settled_by_what_the_customer_decided_and_earns_its_credit() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.EVENT, "4", code="event_credit"),), events=EVENTS))
    assert "ledger" not in life.case.tracks
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.told("E-2", date(2027, 7, 7))
    opted = life.say(C.RECORD_USE, RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 7, 7), reason="trip", event="E-2"))
    assert isinstance(opted, Decided) and isinstance(opted.events[0], UseRecorded)
    assert (opted.events[0].event, opted.events[0].left) == ("E-2", 1)
    life.run_to(date(2027, 7, 20))
    results = {each.number: each.result for each in life.case.ledger.events}
    assert results == {"E-1": EventResult.JOINED, "E-2": EventResult.OPTED_OUT}
    assert life.credits() == {("event_credit", "E-1"): Decimal("4.00")}
    assert life.case.tracks["ledger"].state is State.QUIET


def test_an_event_reached_the_customer_while_any_device_was_live() -> None:
    life = begin(
        a_program(incentives=(per(IncentivePer.EVENT, "4", code="event_credit"),), events=EVENTS), controlled=True
    )
    silent = TrackState(track=Track.DEVICE, subject="", state=State.OFFLINE, since=life.now)
    live = TrackState(track=Track.DEVICE, subject="CD-2", state=State.LIVE, since=life.now)
    life.case = replace(life.case, tracks={**life.case.tracks, "device": silent, "device/CD-2": live})
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.run_to(date(2027, 7, 20))
    assert life.case.ledger.events[0].result is EventResult.JOINED
    life.case = replace(life.case, tracks={**life.case.tracks, "device/CD-2": replace(live, state=State.OFFLINE)})
    life.told("E-2", date(2027, 7, 22))
    life.run_to(date(2027, 8, 5))
    assert life.case.ledger.events[1].result is EventResult.NOT_REACHED


def test_what_was_measured_of_an_event_settles_it_and_takes_back_what_had_no_ground() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.EVENT, "4", code="event_credit"),), events=EVENTS))
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.run_to(date(2027, 7, 20))
    measured = EventResultTold(case=NUMBER, event="E-1", result=EventResult.NOT_REACHED)
    assert isinstance(life.say(C.HEAR_EVENT, measured), Decided)
    assert life.case.ledger.credits[0].state is CreditState.REVERSED
    assert life.say(C.HEAR_EVENT, measured) == Decided(), "the same news twice is once"


EVENT_CREDIT = {"code": "event_credit", "span": "E-1"}
WAY = (CreditState.EARNED, CreditState.APPROVED, CreditState.SENT, CreditState.PAID)


def go(life: Life, state: CreditState) -> None:
    """Bring the credit of the event from where it stands to that state."""
    commands = {
        CreditState.APPROVED: (C.APPROVE_CREDIT, mc.NameCredit(**EVENT_CREDIT)),
        CreditState.SENT: (C.SEND_CREDIT, mc.NameCredit(**EVENT_CREDIT)),
        CreditState.PAID: (C.RECORD_PAYMENT, mc.RecordPayment(**EVENT_CREDIT, paid_on=life.now.date())),
    }
    stands = WAY.index(life.case.ledger.credits[0].state)
    for each in WAY[stands + 1 : WAY.index(state) + 1]:
        assert isinstance(life.say(*commands[each]), Decided)
    assert life.case.ledger.credits[0].state is state


def joined() -> Life:
    life = begin(a_program(incentives=(per(IncentivePer.EVENT, "4", code="event_credit"),), events=EVENTS))
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.run_to(date(2027, 7, 20))
    return life


@pytest.mark.parametrize("state", WAY)
def test_an_event_that_was_joined_after_all_brings_its_credit_back_to_where_it_was(state: CreditState) -> None:
    life = joined()
    go(life, state)
    life.result("E-1", EventResult.NOT_REACHED)
    gone = life.case.ledger.credits[0]
    assert (gone.state, gone.reason) == (CreditState.REVERSED, ReverseReason.NOT_JOINED)
    life.result("E-1", EventResult.JOINED)
    ledger = life.case.ledger
    assert (ledger.credits[0].state, ledger.credits[0].reason, ledger.credits[0].was) == (state, None, None)
    assert (counted_usd(ledger), owed_back_usd(ledger)) == (Decimal("4.00"), 0)
    assert isinstance(life.events[-1], m.IncentiveRestored) and life.events[-1].to is state
    # Once more from the start: it goes and comes as often as it is told.
    life.result("E-1", EventResult.OPTED_OUT)
    assert life.case.ledger.credits[0].state is CreditState.REVERSED
    life.result("E-1", EventResult.JOINED)
    go(life, CreditState.PAID)


def test_what_had_come_in_before_is_earned_anew_and_paid_again() -> None:
    life = joined()
    go(life, CreditState.PAID)
    life.result("E-1", EventResult.NOT_REACHED)
    back = mc.RecordPayment(**EVENT_CREDIT, paid_on=life.now.date(), reference="B-9")
    assert isinstance(life.say(C.RECORD_PAYMENT, back), Decided)
    life.result("E-1", EventResult.JOINED)
    credit = life.case.ledger.credits[0]
    assert (credit.state, credit.returned, credit.first_by) == (CreditState.EARNED, False, "")
    go(life, CreditState.PAID)
    sent = [each.usd for each in life.events if isinstance(each, m.IncentiveSent)]
    assert len(sent) == 2 and owed_back_usd(life.case.ledger) == 0


@pytest.mark.parametrize("reason", [each for each in ReverseReason if each is not ReverseReason.NOT_JOINED])
def test_what_was_taken_back_for_another_reason_stays_taken_back(reason: ReverseReason) -> None:
    life = joined()
    go(life, CreditState.SENT)
    assert isinstance(life.say(C.REVERSE_CREDIT, mc.ReverseCredit(**EVENT_CREDIT, reason=reason)), Decided)
    for result in (EventResult.NOT_REACHED, EventResult.JOINED):
        life.result("E-1", result)
    assert life.case.ledger.credits[0].state is CreditState.REVERSED
    given = m.IncentiveRestored(row=Row.R10, **EVENT_CREDIT, usd=Decimal("4.00"), to=CreditState.SENT, at=life.now)
    with pytest.raises(CreditBroken, match="was not taken back so"):
        evolve_ledger(life.case.ledger, given)
    with pytest.raises(CreditBroken, match="was not taken back so"):
        evolve_ledger(Ledger(), given)


def test_a_cancelled_event_gives_its_opt_out_back() -> None:
    life = begin(a_program(events=EVENTS))
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.say(C.RECORD_USE, RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 7, 6), reason="trip"))
    assert len(life.case.ledger.opt_outs) == 1
    assert isinstance(life.say(C.HEAR_EVENT, EventCancelTold(case=NUMBER, event="E-1")), Decided)
    assert life.case.ledger.opt_outs == ()
    refused = life.say(C.RECORD_USE, RecordUse(kind=UseKind.OPT_IN, on=date(2027, 7, 6), reason="home", event="E-1"))
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.EVENT_UNKNOWN


def test_once_an_event_has_begun_nobody_joins_it_again_and_once_over_nobody_leaves_it() -> None:
    """Else who left an event is paid for it by a word given afterwards, while it still waits to be settled."""
    life = begin(a_program(incentives=(per(IncentivePer.EVENT, "4", code="event_credit"),), events=EVENTS))
    life.run_to(date(2027, 7, 1))
    for number, day in (("E-1", 6), ("E-2", 7)):
        life.told(number, date(2027, 7, day))
    left = RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 7, 6), reason="trip", event="E-1")
    back = replace(left, kind=UseKind.OPT_IN)
    for said in (left, back, left):
        assert isinstance(life.say(C.RECORD_USE, said), Decided), "before it begins either word is taken"
    life.now = at_start(date(2027, 7, 6)) + timedelta(hours=16)
    assert refusal_of(life.say(C.RECORD_USE, back)) is RefusalCode.EVENT_OVER
    life.now = at_start(date(2027, 7, 7)) + timedelta(hours=18)
    late = replace(left, on=date(2027, 7, 7), event="E-2")
    assert refusal_of(life.say(C.RECORD_USE, late)) is RefusalCode.EVENT_OVER
    life.run_to(date(2027, 7, 20))
    assert life.credits() == {("event_credit", "E-2"): Decimal("4.00")}


def refusal_of(said: object) -> RefusalCode:
    assert isinstance(said, Refusal), said
    return said.code


def test_leaving_a_day_twice_is_once() -> None:
    life = begin(a_program(events=EVENTS))
    life.run_to(date(2027, 7, 1))
    left = RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 7, 1), reason="trip")
    assert isinstance(life.say(C.RECORD_USE, left), Decided)
    assert life.say(C.RECORD_USE, left) == Decided()
    assert len(life.case.ledger.opt_outs) == 1


def test_news_of_an_event_that_has_begun_counts_for_nothing() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.EVENT, "4"),), events=EVENTS))
    life.run_to(date(2027, 7, 7))
    life.told("E-1", date(2027, 7, 6))
    assert life.case.ledger.events == () and "ledger" not in life.case.tracks


def test_old_events_leave_the_state_and_open_ones_stay() -> None:
    life = begin(a_program(events=EVENTS))
    for year in (2027, 2028, 2029, 2030):
        life.run_to(date(year, 7, 1))
        life.told(f"E-{year}", date(year, 7, 6))
    life.run_to(date(2030, 8, 1))
    assert [each.number for each in life.case.ledger.events] == ["E-2028", "E-2029", "E-2030"]


def test_rule_14_opt_outs_are_counted_against_the_limit_and_an_override_is_marked() -> None:
    life = begin(a_program(events=EVENTS))
    life.run_to(date(2027, 7, 1))
    for number, day in enumerate((6, 7, 8, 9)):
        life.told(f"E-{number}", date(2027, 7, day))
    for number in (0, 1):
        said = RecordUse(kind=UseKind.OPT_OUT, on=life.now.date(), reason="trip", event=f"E-{number}")
        assert isinstance(life.say(C.RECORD_USE, said), Decided)
        assert life.say(C.RECORD_USE, said) == Decided(), "twice the same is once"
    over = replace(said, event="E-2")
    refused = life.say(C.RECORD_USE, over)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.OPT_OUTS_USED
    assert (refused.parameters["used"], refused.parameters["again_on"]) == ("2", "2028-07-06")
    marked = life.say(C.RECORD_USE, replace(over, kind=UseKind.OVERRIDE))
    assert isinstance(marked, Decided) and isinstance(marked.events[0], UseRecorded)
    assert (marked.events[0].is_over, marked.events[0].left) == (True, 0)
    back = life.say(C.RECORD_USE, replace(over, kind=UseKind.OPT_IN, event="E-0"))
    assert isinstance(back, Decided)
    assert len(life.case.ledger.opt_outs) == 2


PROTECTED = Protection(kind=ProtectionKind.PRICE_GUARANTEE, months=12)


def a_span(paid: str, shadow: str, **changes: Any) -> m.ProtectedSpan:
    return m.ProtectedSpan(
        start_on=ACTIVE_ON,
        end_on=date(2028, 1, 12),
        paid=Decimal(paid),
        shadow=Decimal(shadow),
        source=m.PaidSource.READS,
        **changes,
    )


def test_a_price_guarantee_credits_the_difference_at_the_years_end() -> None:
    life = begin(a_program(protection=PROTECTED))
    track = life.case.tracks["ledger/protection"]
    assert track.due_at == at_start(date(2028, 1, 12))
    life.protection = ProtectionFigures(spans=(a_span("1031.20", "988.65", is_estimated=True),))
    early = life.say(C.SETTLE_PROTECTION)
    assert isinstance(early, Refusal) and early.code is RefusalCode.NOT_YET_DUE
    life.run_to(date(2028, 1, 13))
    assert life.credits() == {("price_guarantee", "2027-01-12/2028-01-12"): Decimal("42.55")}
    assert life.case.tracks["ledger/protection"].state is State.SETTLED
    again = life.say(C.SETTLE_PROTECTION)
    assert isinstance(again, Refusal) and again.code is RefusalCode.NOT_IN_STATE


@pytest.mark.parametrize(("paid", "shadow"), [("900.00", "900.00"), ("899.99", "900.00")])
def test_no_difference_is_said_and_credits_nothing(paid: str, shadow: str) -> None:
    life = begin(a_program(protection=PROTECTED))
    life.protection = ProtectionFigures(spans=(a_span(paid, shadow),))
    life.now = at_start(date(2028, 1, 12))
    decided = life.say(C.SETTLE_PROTECTION)
    assert isinstance(decided, Decided)
    settled = decided.events[0]
    assert isinstance(settled, m.ProtectionSettled) and settled.credit == 0
    assert len(decided.events) == 1 and life.credits() == {}


def test_a_protection_without_figures_waits_on_billing_with_the_reason() -> None:
    life = begin(a_program(protection=PROTECTED))
    life.protection = ProtectionUnknown(reason=m.UsageMissing.READ_TO_COME, until=date(2028, 1, 14))
    life.run_to(date(2028, 1, 13))
    assert life.case.tracks["ledger/protection"].state is State.PROTECTED
    life.protection = ProtectionUnknown(reason=m.UsageMissing.PRICE_UNKNOWN)
    life.run_to(date(2028, 1, 16))
    track = life.case.tracks["ledger/protection"]
    assert (track.state, track.owner) == (State.USAGE_MISSING, Role.BILLING)
    assert life.credits() == {}
    life.protection = ProtectionFigures(spans=(a_span("10.00", "9.00"),))
    assert isinstance(life.say(C.SETTLE_PROTECTION, mc.SettleProtection()), Decided)
    assert list(life.credits().values()) == [Decimal("1.00")]


def test_the_statement_says_events_opt_outs_and_money_by_code_and_state() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.ENROLLMENT, "25"),), events=EVENTS))
    life.run_to(date(2027, 7, 1))
    life.told("E-1", date(2027, 7, 6))
    life.run_to(date(2028, 2, 1))
    decided = life.say(C.ISSUE_STATEMENT)
    assert isinstance(decided, Decided) and isinstance(decided.events[0], StatementIssued)
    said = decided.events[0]
    assert (said.since_on, said.events, said.joined, said.opt_outs) == (ACTIVE_ON, 1, 1, 0)
    assert [(each.code, each.state, each.usd) for each in said.credits] == [
        ("enrollment", CreditState.EARNED, Decimal("25.00"))
    ]
    assert life.case.ledger.stated_on == date(2028, 2, 1)
