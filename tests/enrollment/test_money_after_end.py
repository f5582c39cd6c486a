"""Months of before the end that were not measured yet wait on billing and count; nothing of after the end does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.leaving import ended_on
from evenroll.enrollment.ledger import MissReason
from evenroll.enrollment.money_spans import month_key
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program_terms import IncentiveIf, IncentivePer
from tests.enrollment.money_life import Life, a_program, at_start, begin, per

NIGHT = per(IncentivePer.KWH, "0.10", code="night", condition=IncentiveIf.CHARGED_IN_WINDOW)
MONTHLY = per(IncentivePer.MONTH, "5", code="monthly")
SEASON = per(IncentivePer.SEASON, "30", code="spring", months=(3, 4), condition=IncentiveIf.NO_PEAK_CHARGING)


def lived(*, until: date, known: bool = True) -> Life:
    """An enrollment from January 12 that ends on that day, with nothing measured. known: the program is at hand."""
    life = begin(a_program(incentives=(NIGHT, MONTHLY, SEASON)))
    life.run_to(until)
    facts = life.facts() if known else replace(life.facts(), program=None)
    for event in ended_on(life.case, EndReason.CUSTOMER, until, facts):
        life.case = evolve(life.case, event)
    return life


def measure(life: Life, month: str) -> Decided | Refusal:
    return life.say(C.RECORD_CHARGING, mc.RecordCharging(month=month, charged_kwh=Decimal(90), window_kwh=Decimal(80)))


def test_whole_months_of_before_the_end_are_measured_after_it_and_then_nobody_is_waited_on() -> None:
    life = lived(until=date(2027, 4, 20))
    track = life.case.tracks["ledger"]
    assert (track.state, track.owner, track.on_lapse) == (State.COUNTING, Role.BILLING, C.EARN)
    # It is asked for again and again, and nothing comes of the days after the end.
    life.run_to(date(2027, 9, 1))
    assert life.case.tracks["ledger"].owner is Role.BILLING
    assert {span for code, span in life.credits() if code == "monthly"} == {"2027-02", "2027-03"}
    for month in ("2027-04", "2027-05", "2026-12"):
        wrong = measure(life, month)
        assert isinstance(wrong, Refusal) and wrong.code is RefusalCode.MEASURE_WRONG
    for month in ("2027-03", "2027-02"):
        assert isinstance(measure(life, month), Decided)
        assert life.credits()["night", month] == Decimal("8.00")
    track = life.case.tracks["ledger"]
    assert (track.state, track.owner, track.due_at) == (State.QUIET, None, None)
    late = measure(life, "2027-02")
    assert isinstance(late, Refusal) and late.code is RefusalCode.NOT_IN_STATE
    # The season was not over at the end: it earns nothing, and is no miss either.
    assert not any(code == "spring" for code, _ in life.credits()) and life.why_missed() == {}


def test_nothing_charged_closes_it_too() -> None:
    life = lived(until=date(2027, 3, 1))
    zero = mc.RecordCharging(month="2027-02", charged_kwh=Decimal(0))
    assert isinstance(life.say(C.RECORD_CHARGING, zero), Decided)
    assert life.why_missed() == {("night", "2027-02"): MissReason.NOTHING_CHARGED}
    assert life.case.tracks["ledger"].state is State.QUIET


def test_where_no_month_is_open_the_ledger_stops_with_the_enrollment() -> None:
    life = lived(until=date(2027, 2, 20))
    assert life.case.tracks["ledger"].state is State.CANCELLED
    refused = measure(life, "2027-01")
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.NOT_IN_STATE


def test_where_the_program_is_not_at_hand_at_the_end_the_clock_finds_what_is_open() -> None:
    life = lived(until=date(2027, 4, 20), known=False)
    assert life.case.tracks["ledger"].due_at == at_start(date(2027, 4, 20))
    life.run_to(date(2027, 4, 20))
    assert life.case.tracks["ledger"].owner is Role.BILLING
    none = lived(until=date(2027, 2, 20), known=False)
    none.run_to(date(2027, 2, 20))
    assert none.case.tracks["ledger"].state is State.QUIET


@settings(max_examples=80, deadline=None)
@given(
    days=st.integers(1, 400),
    later=st.integers(0, 200),
    order=st.randoms(use_true_random=False),
    known=st.booleans(),
)
def test_each_whole_month_counts_once_whenever_it_is_measured_and_none_that_the_end_cuts(
    days: int, later: int, order: object, known: bool
) -> None:
    ended = date(2027, 1, 12) + timedelta(days=days)
    life = lived(until=ended, known=known)
    before = {key for key in life.credits() if key[0] == "monthly"}
    life.run_to(ended + timedelta(days=later))
    months = sorted({month_key(date(2027, 1, 1) + timedelta(days=n)) for n in range(0, 700, 20)})
    order.shuffle(months)  # type: ignore[attr-defined]
    for month in months:
        measure(life, month)
    whole = {each for each in months if "2027-01" < each < month_key(ended)}
    assert {span for code, span in life.credits() if code == "night"} == whole
    assert {key for key in life.credits() if key[0] == "monthly"} == before, "nothing else counts after the end"
    assert life.case.tracks["ledger"].owner is None
