"""Rule 18: what is earned, each once; approved, sent, paid and taken back; and money adds up whatever people do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment import money_events as m
from evenroll.enrollment.case import DeviceOfCase
from evenroll.enrollment.case_commands import RecordUse
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_money import TWO_PERSONS_FROM_USD
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.ledger import (
    CREDIT_MOVES,
    CreditState,
    EventResult,
    MissReason,
    ReverseReason,
    counted_usd,
    device_key,
    owed_back_usd,
    totals,
)
from evenroll.enrollment.life_events import UseKind
from evenroll.enrollment.money_devices import device_spans, earned_here
from evenroll.enrollment.money_evolve import CreditBroken
from evenroll.enrollment.money_spans import MoneySpan, spans_over
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.statement import statement_of
from evenroll.enrollment.tracks import State, TrackState
from evenroll.programs.program import ServiceChange, Track
from evenroll.programs.program_terms import (
    IncentiveIf,
    IncentivePer,
)
from tests.enrollment.money_life import (
    ACTIVE_ON,
    EVENTS,
    LAKELAND,
    Life,
    a_credit,
    a_program,
    at_start,
    begin,
    per,
)


def test_rule_18_a_month_is_earned_at_its_end_and_only_a_whole_one() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.MONTH, "8.50"),)))
    life.run_to(date(2027, 4, 1))
    assert life.credits() == {("month", "2027-02"): Decimal("8.50"), ("month", "2027-03"): Decimal("8.50")}
    assert {each.state for each in life.case.ledger.credits} == {CreditState.EARNED}


def test_months_that_the_program_names_and_the_days_before_the_first() -> None:
    summer = per(IncentivePer.MONTH, months=(6, 7, 8, 9), after_days=180)
    life = begin(a_program(incentives=(summer,)))
    life.run_to(date(2028, 1, 5))
    # June ends before the 180th day, so it earns nothing.
    assert [span for _, span in life.credits()] == ["2027-07", "2027-08", "2027-09"]


def test_a_season_a_year_and_the_enrollment_itself() -> None:
    incentives = (
        per(IncentivePer.SEASON, "35", months=(6, 7, 8, 9)),
        per(IncentivePer.YEAR, "50"),
        per(IncentivePer.ENROLLMENT, "25", after_days=90),
    )
    life = begin(a_program(incentives=incentives))
    life.run_to(ACTIVE_ON + timedelta(days=89))
    assert life.credits() == {}
    life.run_to(ACTIVE_ON + timedelta(days=90))
    assert life.credits() == {("enrollment", "enrollment"): Decimal("25.00")}
    life.run_to(date(2029, 1, 13))
    assert set(life.credits()) == {
        ("enrollment", "enrollment"),
        ("season", "2027-06/2027-09"),
        ("season", "2028-06/2028-09"),
        ("year", "year-1"),
        ("year", "year-2"),
    }


def test_what_is_earned_at_once_is_counted_at_once_and_then_nothing_is_waited_for() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.ENROLLMENT, "100"),)))
    life.run_to(ACTIVE_ON)
    assert life.credits() == {("enrollment", "enrollment"): Decimal("100.00")}
    track = life.case.tracks["ledger"]
    assert (track.state, track.owner, track.due_at) == (State.QUIET, None, None)


def test_rule_18_once_per_device_for_life_whoever_enrolls_it() -> None:
    once = per(IncentivePer.ENROLLMENT, "100", code="bonus", once_per_device=True)
    first = begin(a_program(incentives=(once,)))
    first.run_to(ACTIVE_ON)
    credit = first.case.ledger.credit("bonus", span="enrollment")
    assert credit is not None and credit.device == "w77231"
    second = begin(a_program(incentives=(once,)))
    second.earned_by_device = frozenset({("w77231", "bonus")})
    second.run_to(ACTIVE_ON + timedelta(days=400))
    assert second.credits() == {}
    assert second.why_missed() == {("bonus", "enrollment"): MissReason.DEVICE_EARNED_BEFORE}


def test_a_device_in_place_of_another_earns_its_own_and_the_old_one_never_again() -> None:
    once = per(IncentivePer.ENROLLMENT, "100", code="bonus", once_per_device=True)
    life = begin(a_program(incentives=(once,)))
    life.run_to(ACTIVE_ON)
    [old] = life.case.ledger.credits
    swapped = replace(life.case, devices=(DeviceOfCase(device="W-9", kind="evse"),))
    span = MoneySpan(key="enrollment", start_on=ACTIVE_ON, end_on=ACTIVE_ON)
    found = list(device_spans(swapped, swapped.ledger, code="bonus", span=span))
    assert [(each.device, each.key) for each in found] == [("w9", "enrollment/w9")]
    # Back again, the old one has had its own.
    assert list(device_spans(life.case, life.case.ledger, code="bonus", span=span)) == []
    assert old.device == "w77231" and earned_here(life.case.ledger, "bonus", device="w77231")


def test_a_device_is_one_however_its_number_is_written() -> None:
    assert device_key("W-77231") == device_key(" w 77231 ") == device_key("w77231")


def test_control_that_was_broken_earns_nothing_for_the_month() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.MONTH, condition=IncentiveIf.CONTROL_LIVE),)), controlled=True)
    life.run_to(date(2027, 3, 1))
    again = TrackState(track=Track.DEVICE, subject="", state=State.LIVE, since=at_start(date(2027, 3, 9)))
    life.case = replace(life.case, tracks={**life.case.tracks, "device": again})
    life.run_to(date(2027, 5, 1))
    assert [span for _, span in life.credits()] == ["2027-02", "2027-04"]
    assert life.why_missed() == {("month", "2027-03"): MissReason.CONTROL_LIVE}


def test_of_several_devices_one_that_was_live_through_the_month_is_enough() -> None:
    life = begin(a_program(incentives=(per(IncentivePer.MONTH, condition=IncentiveIf.CONTROL_LIVE),)), controlled=True)
    silent = TrackState(track=Track.DEVICE, subject="", state=State.OFFLINE, since=at_start(date(2027, 2, 9)))
    live = TrackState(track=Track.DEVICE, subject="CD-2", state=State.LIVE, since=at_start(ACTIVE_ON))
    life.case = replace(life.case, tracks={**life.case.tracks, "device": silent, "device/CD-2": live})
    life.run_to(date(2027, 3, 1))
    assert [span for _, span in life.credits()] == ["2027-02"]


def test_what_stands_on_the_bill_is_not_paid_by_the_ledger_again() -> None:
    everything = per(IncentivePer.KWH, "0.0072")
    life = begin(a_program(incentives=(everything,), service_change=ServiceChange.RIDER))
    life.run_to(date(2027, 4, 1))
    assert "ledger" not in life.case.tracks and life.credits() == {}
    alone = a_program(incentives=(everything,), service_change=ServiceChange.CREDIT_ONLY)
    assert alone.billed_incentives == () and alone.ledger_incentives == (everything,)


def test_opting_out_costs_the_months_and_the_season_that_forbid_it() -> None:
    incentives = (
        per(IncentivePer.MONTH, months=(6, 7), condition=IncentiveIf.NO_OPT_OUT),
        per(IncentivePer.SEASON, months=(6, 7, 8, 9), condition=IncentiveIf.FEW_OPT_OUTS, count=1),
    )
    life = begin(a_program(incentives=incentives, events=EVENTS))
    life.run_to(date(2027, 6, 15))
    life.told("E-1", date(2027, 6, 17))
    assert isinstance(
        life.say(C.RECORD_USE, RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 6, 17), reason="trip")), Decided
    )
    life.run_to(date(2027, 10, 2))
    assert set(life.credits()) == {("month", "2027-07"), ("season", "2027-06/2027-09")}
    assert life.why_missed() == {("month", "2027-06"): MissReason.NO_OPT_OUT}


def test_kwh_are_paid_by_what_was_measured_and_billing_is_waited_on_for_it() -> None:
    window = per(IncentivePer.KWH, "0.10", condition=IncentiveIf.CHARGED_IN_WINDOW)
    life = begin(a_program(incentives=(window,)))
    life.run_to(date(2027, 3, 2))
    track = life.case.tracks["ledger"]
    assert (track.state, track.owner) == (State.COUNTING, Role.BILLING)
    said = mc.RecordCharging(month="2027-02", charged_kwh=Decimal("312.4"), window_kwh=Decimal("290.25"))
    assert isinstance(life.say(C.RECORD_CHARGING, said), Decided)
    assert life.credits() == {("kwh", "2027-02"): Decimal("29.03")}
    assert life.case.tracks["ledger"].owner is Role.SYSTEM
    assert life.say(C.RECORD_CHARGING, said) == Decided()
    other = replace(said, charged_kwh=Decimal(500))
    refused = life.say(C.RECORD_CHARGING, other)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.MEASURE_WRONG


@pytest.mark.parametrize(
    "said",
    [
        mc.RecordCharging(month="2027-03", charged_kwh=Decimal(1)),
        mc.RecordCharging(month="2026-12", charged_kwh=Decimal(1)),
        mc.RecordCharging(month="March", charged_kwh=Decimal(1)),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal(1), window_kwh=Decimal(2)),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal(1), peak_kwh=Decimal(-1)),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal("1e400")),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal("NaN")),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal(1), window_kwh=Decimal("-Infinity")),
        mc.RecordCharging(month="2027-02", charged_kwh=Decimal(1_000_001)),
    ],
)
def test_a_measure_that_cannot_be_is_refused(said: mc.RecordCharging) -> None:
    window = per(IncentivePer.KWH, "0.10", condition=IncentiveIf.CHARGED_IN_WINDOW)
    life = begin(a_program(incentives=(window,)))
    life.run_to(date(2027, 3, 10))
    refused = life.say(C.RECORD_CHARGING, said)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.MEASURE_WRONG


def test_no_peak_charging_and_the_share_in_the_window_are_told_by_reason() -> None:
    incentives = (
        per(IncentivePer.MONTH, "35", code="off_peak", condition=IncentiveIf.NO_PEAK_CHARGING),
        per(IncentivePer.MONTH, "5", code="window", condition=IncentiveIf.CHARGED_IN_WINDOW, count=80),
    )
    life = begin(a_program(incentives=incentives))
    life.run_to(date(2027, 4, 1))
    good = mc.RecordCharging(month="2027-02", charged_kwh=Decimal(100), window_kwh=Decimal(80))
    bad = mc.RecordCharging(
        month="2027-03", charged_kwh=Decimal(100), window_kwh=Decimal("79.9"), peak_kwh=Decimal("0.1")
    )
    for said in (good, bad):
        assert isinstance(life.say(C.RECORD_CHARGING, said), Decided)
    assert set(life.credits()) == {("off_peak", "2027-02"), ("window", "2027-02")}
    assert set(life.why_missed().values()) == {MissReason.NO_PEAK_CHARGING, MissReason.CHARGED_IN_WINDOW}


BONUS: dict[str, Any] = {"code": "bonus", "span": "enrollment"}


def test_a_credit_goes_from_earned_to_paid_each_step_once() -> None:
    life = a_credit()
    for name, command in (
        (C.APPROVE_CREDIT, mc.NameCredit(**BONUS)),
        (C.SEND_CREDIT, mc.NameCredit(**BONUS)),
        (C.RECORD_PAYMENT, mc.RecordPayment(**BONUS, paid_on=ACTIVE_ON, reference="B-1")),
    ):
        first = life.say(name, command)
        assert isinstance(first, Decided) and len(first.events) == 1
        assert life.say(name, command) == Decided(), f"{name} twice is once"
    assert totals(life.case.ledger)[0].state is CreditState.PAID
    assert counted_usd(life.case.ledger) == Decimal("25.00")


def test_a_credit_takes_no_step_out_of_turn() -> None:
    life = a_credit()
    for name, command in (
        (C.SEND_CREDIT, mc.NameCredit(**BONUS)),
        (C.RECORD_PAYMENT, mc.RecordPayment(**BONUS, paid_on=ACTIVE_ON)),
    ):
        refused = life.say(name, command)
        assert isinstance(refused, Refusal) and refused.code is RefusalCode.CREDIT_NOT_THERE
    unknown = life.say(C.APPROVE_CREDIT, mc.NameCredit(code="bonus", span="2027-02"))
    assert isinstance(unknown, Refusal) and unknown.code is RefusalCode.CREDIT_UNKNOWN
    late = life.say(C.RECORD_PAYMENT, mc.RecordPayment(**BONUS, paid_on=ACTIVE_ON + timedelta(days=1)))
    assert isinstance(late, Refusal) and late.code is RefusalCode.DATE_WRONG


def test_a_large_credit_takes_two_people() -> None:
    life = a_credit(str(TWO_PERSONS_FROM_USD))
    assert isinstance(life.say(C.APPROVE_CREDIT, mc.NameCredit(**BONUS), by="ana"), Decided)
    assert life.case.ledger.credits[0].state is CreditState.EARNED
    same = life.say(C.APPROVE_CREDIT, mc.NameCredit(**BONUS), by="Ana ")
    assert isinstance(same, Refusal) and same.code is RefusalCode.SAME_PERSON_APPROVED
    assert isinstance(life.say(C.APPROVE_CREDIT, mc.NameCredit(**BONUS), by="bo"), Decided)
    assert life.case.ledger.credits[0].state is CreditState.APPROVED


def test_rule_18_a_reversed_credit_never_counts_and_what_was_paid_is_owed_back() -> None:
    life = a_credit()
    for name in (C.APPROVE_CREDIT, C.SEND_CREDIT):
        life.say(name, mc.NameCredit(**BONUS))
    reverse = mc.ReverseCredit(**BONUS, reason=ReverseReason.CLAWBACK)
    assert isinstance(life.say(C.REVERSE_CREDIT, reverse), Decided)
    assert counted_usd(life.case.ledger) == 0
    assert owed_back_usd(life.case.ledger) == Decimal("25.00")
    assert life.say(C.REVERSE_CREDIT, reverse) == Decided()
    life.run_to(ACTIVE_ON + timedelta(days=700))
    assert len(life.case.ledger.credits) == 1, "the span is not earned again"


def test_the_fold_refuses_a_credit_that_is_earned_twice() -> None:
    life = a_credit()
    again = m.IncentiveEarned(row=Row.R10, code="bonus", span="enrollment", usd=Decimal(1), at=life.now)
    with pytest.raises(CreditBroken, match="was earned for enrollment before"):
        evolve(life.case, again)
    paid = m.IncentivePaid(row=Row.R10, code="bonus", span="enrollment", paid_on=ACTIVE_ON, at=life.now)
    with pytest.raises(CreditBroken, match="it does not come to paid"):
        evolve(life.case, paid)


_STEPS = st.lists(
    st.tuples(st.sampled_from(["approve", "send", "pay", "reverse", "days", "result", "result"]), st.integers(0, 9)),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps=_STEPS)
def test_money_adds_up_whatever_people_do(steps: list[tuple[str, int]]) -> None:
    """Sums by state are the sum of all that was earned; a reversed one never counts; no span is earned twice."""
    incentives = (
        per(IncentivePer.MONTH, "12.34"),
        per(IncentivePer.ENROLLMENT, "700", after_days=40),
        per(IncentivePer.EVENT, "600"),
    )
    life = begin(a_program(incentives=incentives, events=EVENTS))
    for number, each in enumerate(("E-0", "E-1")):
        life.told(each, ACTIVE_ON + timedelta(days=1 + number))
    earned: dict[tuple[str, str], Decimal] = {}
    for what, number in steps:
        before = {(each.code, each.span): each.state for each in life.case.ledger.credits}
        _step(life, what, number)
        for each in life.case.ledger.credits:
            key = (each.code, each.span)
            was = before.get(key, CreditState.EARNED)
            restored = what == "result" and was is CreditState.REVERSED and each.reason is None
            assert each.state is was or each.state in CREDIT_MOVES[was] or restored
            assert earned.setdefault(key, each.usd) == each.usd, "an amount never changes"
    ledger = life.case.ledger
    assert sum(each.usd for each in totals(ledger)) == sum(earned.values())
    reversed_usd = sum((each.usd for each in totals(ledger) if each.state is CreditState.REVERSED), Decimal(0))
    assert counted_usd(ledger) == sum(earned.values()) - reversed_usd
    assert 0 <= owed_back_usd(ledger) <= reversed_usd
    assert len(ledger.credits) == len(earned)
    # What went out and did not come back is with the customer: kept, or owed back. Neither twice.
    until_on = LAKELAND.business_date(life.now)
    after = statement_of(life.events, since_on=ACTIVE_ON, until_on=until_on, calendar=LAKELAND).after
    gone = sum((each.usd for each in ledger.credits if each.state in (CreditState.SENT, CreditState.PAID)), Decimal(0))
    assert (after.credited, after.sent) == (counted_usd(ledger), gone + owed_back_usd(ledger))
    for each in ledger.events:
        credit = ledger.credit("event", span=each.number)
        kept = credit is not None and credit.state is not CreditState.REVERSED
        by_hand = credit is not None and credit.reason not in (None, ReverseReason.NOT_JOINED)
        assert kept == (each.result is EventResult.JOINED) or by_hand


def _step(life: Life, what: str, number: int) -> None:
    if what == "days":
        life.run_to(LAKELAND.business_date(life.now) + timedelta(days=17 * number))
        return
    if what == "result":
        life.result(f"E-{number % 2}", list(EventResult)[number % 3])
        return
    credits = life.case.ledger.credits
    if not credits:
        return
    named = credits[number % len(credits)]
    by = "ana" if number % 2 else "bo"
    names: dict[str, Any] = {"code": named.code, "span": named.span}
    today = LAKELAND.business_date(life.now)
    commands: dict[str, tuple[C, object]] = {
        "approve": (C.APPROVE_CREDIT, mc.NameCredit(**names)),
        "send": (C.SEND_CREDIT, mc.NameCredit(**names)),
        "pay": (C.RECORD_PAYMENT, mc.RecordPayment(**names, paid_on=today)),
        "reverse": (C.REVERSE_CREDIT, mc.ReverseCredit(**names, reason=ReverseReason.ERROR)),
    }
    life.say(*commands[what], by=by)


@settings(max_examples=200, deadline=None)
@given(
    active_on=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    days=st.integers(0, 900),
    kind=st.sampled_from([IncentivePer.MONTH, IncentivePer.SEASON, IncentivePer.YEAR, IncentivePer.KWH]),
    months=st.sampled_from([(), (6, 7, 8, 9), (11, 12, 1, 2), (1,), (12,), (3, 7)]),
)
def test_spans_never_overlap_and_lie_in_the_enrollment(
    active_on: date, days: int, kind: IncentivePer, months: tuple[int, ...]
) -> None:
    by = active_on + timedelta(days=days)
    spans = spans_over(per(kind, months=months), active_on=active_on, by=by)
    assert len({each.key for each in spans}) == len(spans)
    for one, then in pairwise(spans):
        assert one.end_on <= then.start_on
    for each in spans:
        assert active_on <= each.start_on < each.end_on <= by
