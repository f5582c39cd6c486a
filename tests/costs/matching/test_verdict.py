"""The verdict on past bills: by hand to the cent, each habit named for what it is, nothing explained that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind, LineCode
from evenroll.costs.matching.codes import CannotMake, Differing, LineKind, MatchResult, Reason
from evenroll.costs.matching.making import make_bill
from evenroll.costs.matching.past_bill import KnownRate
from evenroll.costs.matching.verdict import Verdict
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import usage_of_reads
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import is_hourly, registers_of
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import CHICAGO, flat
from tests.costs.matching.issued import (
    FLAT,
    JULY,
    RATES,
    TOU,
    by_the_rate,
    charged,
    hours,
    in_habit,
    issued,
    lines_as,
    past_bill,
    verdict,
)

D = Decimal
PRICED = tuple(rate for rate in load_catalog().rates if not (rate.unpriced or rate.rides_on or is_hourly(rate)))


def _reasons(found: Verdict) -> list[list[Reason]]:
    return [[why.reason for why in each.why] for each in found.differences]


def _printed(energy: str, fixed: str) -> tuple[object, ...]:
    return (
        charged(LineKind.ENERGY, energy, register="total", quantity=D("612.345"), price=D("0.13620")),
        charged(LineKind.FIXED_MONTHLY, fixed),
    )


# 612.345 kWh at 0.1362 are 83.401..; 12.50 over 20 June to 20 July: 12.50 x (11/30 + 19/31) = 12.2446..
BY_HAND = [
    ("12.24", None, "the share of each calendar month"),
    ("12.50", Reason.MONTH_OF_30_DAYS, "30 days are a month of 30 days"),
    ("12.65", Reason.END_COUNTED, "12.50 x (11/30 + 20/31) = 12.6478"),
    ("11.84", Reason.DAY_LESS, "12.50 x (11/30 + 18/31) = 11.8413"),
    ("12.33", Reason.YEAR_OF_365_DAYS, "12.50 x 30 x 12/365 = 12.3288"),
    ("12.26", Reason.DAY_EARLIER, "12.50 x (12/30 + 18/31) = 12.2581"),
    ("12.23", Reason.DAY_LATER, "12.50 x (10/30 + 20/31) = 12.2312"),
]


@pytest.mark.parametrize(("fixed", "reason", "worked"), BY_HAND, ids=[each[2] for each in BY_HAND])
def test_a_fixed_charge_worked_by_hand(fixed: str, reason: Reason | None, worked: str) -> None:
    bill = past_bill(FLAT, counted_wh={"total": 612_345}, lines=_printed("83.40", fixed))
    found = verdict(bill)
    if reason is None:
        assert found.result is MatchResult.MATCHED
        return
    assert found.result is MatchResult.DIFFERS
    (only,) = found.differences
    assert only.difference.off == D(fixed) - D("12.24")
    assert (only.why[0].reason, only.whole) == (reason, True)


def test_what_no_reason_explains_is_said_so() -> None:
    found = verdict(past_bill(FLAT, counted_wh={"total": 612_345}, lines=_printed("83.40", "11.00")))
    assert _reasons(found) == [[Reason.NOT_EXPLAINED]]


@pytest.mark.parametrize(
    "reason",
    [
        Reason.END_COUNTED,
        Reason.DAY_LESS,
        Reason.CLOCK_AHEAD,
        Reason.CLOCK_BEHIND,
        Reason.STANDARD_TIME,
        Reason.HOLIDAYS_AS_WEEKDAYS,
        Reason.YEAR_OF_365_DAYS,
        Reason.WHOLE_KWH,
    ],
)
def test_a_habit_of_billing_by_intervals_is_named(reason: Reason) -> None:
    period = DatePeriod(start_on=date(2026, 6, 20), end_on=date(2026, 7, 22))
    bill = past_bill(TOU, period=period, load=hours(period, rate=TOU, more_days=2))
    found = verdict(issued(bill, setting=in_habit(bill, reason=reason).setting))
    assert found.result is MatchResult.DIFFERS
    assert {tuple(each) for each in _reasons(found)} == {(reason,)}
    assert all(each.whole and not each.also for each in found.differences)


def test_a_clock_without_daylight_saving_is_one_hour_behind_in_summer_only() -> None:
    period = DatePeriod(start_on=date(2026, 1, 5), end_on=date(2026, 2, 3))
    bill = past_bill(TOU, period=period, load=hours(period, rate=TOU, more_days=2))
    winter = in_habit(bill, reason=Reason.STANDARD_TIME)
    assert verdict(issued(bill, setting=winter.setting)).result is MatchResult.MATCHED


def test_registers_that_were_swapped_are_named() -> None:
    bill = past_bill(TOU, counted_wh={"night": 400_000, "shoulder": 90_000, "peak": 61_000})
    found = verdict(issued(bill, setting=in_habit(bill, reason=Reason.REGISTERS_SWAPPED).setting))
    assert {each.why[0].parameters["choices"] for each in found.differences} == {"night, shoulder"}


def test_two_habits_together_are_found() -> None:
    bill = past_bill(TOU, counted_wh={"night": 400_000, "shoulder": 90_000, "peak": 61_000})
    swapped = in_habit(bill, reason=Reason.REGISTERS_SWAPPED).setting
    both = replace(swapped, practice=in_habit(bill, reason=Reason.YEAR_OF_365_DAYS).setting.practice)
    found = verdict(issued(bill, setting=both))
    assert {tuple(sorted(each)) for each in _reasons(found)} == {(Reason.REGISTERS_SWAPPED, Reason.YEAR_OF_365_DAYS)}
    assert all(each.whole for each in found.differences)


def test_each_line_of_the_rate_and_those_of_others() -> None:
    bill = past_bill(FLAT, counted_wh={"total": 612_345})
    right = issued(bill, setting=by_the_rate(bill))
    assert verdict(right).result is MatchResult.MATCHED
    taxed = replace(right, lines=(*right.lines, charged(LineKind.TAX, "2.39")), total=D("98.03"))
    (tax,) = verdict(taxed).differences
    assert (tax.difference.what, tax.difference.off, tax.why[0].reason) == (
        Differing.NOT_MADE, D("2.39"), Reason.TAX_LINE,
    )  # fmt: skip
    other = replace(right, lines=(*right.lines, charged(LineKind.OTHER, "-1.00", text="goodwill")), total=D("94.64"))
    assert _reasons(verdict(other)) == [[Reason.UNKNOWN_LINE]]
    short = replace(right, lines=right.lines[:1], total=right.lines[0].amount)
    (left_out,) = verdict(short).differences
    assert (left_out.difference.what, left_out.difference.off, left_out.why[0].reason) == (
        Differing.NOT_BILLED, D("-12.24"), Reason.LINE_LEFT_OUT,
    )  # fmt: skip
    (summed,) = verdict(replace(right, total=D("95.65"))).differences
    assert (summed.difference.what, summed.why[0].reason) == (Differing.SUM, Reason.TOTAL_NOT_SUM)


def test_a_total_alone_is_compared() -> None:
    bill = past_bill(FLAT, counted_wh={"total": 612_345}, total=D("95.64"))
    assert verdict(bill).result is MatchResult.MATCHED
    (day_more,) = verdict(replace(bill, total=D("96.05"))).differences
    assert (day_more.difference.what, day_more.why[0].reason) == (Differing.TOTAL, Reason.END_COUNTED)


def test_figures_are_compared_as_they_were_printed() -> None:
    lines = (
        charged(LineKind.ENERGY, "83.40", quantity=D("612.3"), price=D("0.136")),
        charged(LineKind.FIXED_MONTHLY, "12.24"),
    )
    assert verdict(past_bill(FLAT, counted_wh={"total": 612_345}, lines=lines)).result is MatchResult.MATCHED
    wrong = (replace(lines[0], price=D("0.137")), lines[1])
    (price,) = verdict(past_bill(FLAT, counted_wh={"total": 612_345}, lines=wrong)).differences
    assert price.difference.what is Differing.PRICE


def test_a_charge_of_a_month_may_be_printed_as_one() -> None:
    right = past_bill(FLAT, counted_wh={"total": 612_345}, lines=_printed("83.40", "12.24"))
    for quantity, result in (("1", MatchResult.MATCHED), ("30", MatchResult.MATCHED), ("31", MatchResult.DIFFERS)):
        fixed = replace(right.lines[1], quantity=D(quantity))
        assert verdict(replace(right, lines=(right.lines[0], fixed))).result is result


def test_cents_that_were_cut_off_or_raised() -> None:
    # 612.345 kWh at 0.1362 are 83.4013..; 612.38 kWh are 83.4061..: cut they are 83.40.
    for wh, energy, reason in ((612_380, "83.40", Reason.CUT_TO_CENTS), (612_345, "83.41", Reason.RAISED_TO_CENTS)):
        lines = (charged(LineKind.ENERGY, energy), charged(LineKind.FIXED_MONTHLY, "12.24"))
        assert _reasons(verdict(past_bill(FLAT, counted_wh={"total": wh}, lines=lines))) == [[reason]]


def test_half_a_cent_by_another_rule() -> None:
    # 250 kWh at 0.05610 are 14.025.
    lines = (charged(LineKind.ENERGY, "14.02"), charged(LineKind.FIXED_MONTHLY, "12.50"))
    november = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    bill = past_bill(RateKey("LE-D"), period=november, counted_wh={"total": 250_000}, lines=lines)
    (only,) = verdict(bill).differences
    assert only.why[0].reason is Reason.OTHER_ROUNDING
    assert only.why[0].parameters == {"rounding": "half_even"}


def test_a_minimum_bill_that_was_not_prorated_or_not_applied() -> None:
    part = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 11, 11))
    lines = (
        charged(LineKind.ENERGY, "0.14"),
        charged(LineKind.FIXED_MONTHLY, "4.17"),
        charged(LineKind.MINIMUM, "10.69"),
    )
    bill = past_bill(FLAT, period=part, counted_wh={"total": 1000}, lines=lines)
    assert _reasons(verdict(bill)) == [[Reason.MINIMUM_WHOLE]]
    assert _reasons(verdict(replace(bill, lines=lines[:2]))) == [[Reason.NO_MINIMUM]]


VERSIONS = {
    RateKey("FLAT"): KnownRate(
        versions=(
            flat(usd="0.10", effective_on=date(2025, 1, 1)),
            flat(usd="0.30", effective_on=date(2026, 7, 10)),
        ),
        calendar=CHICAGO,
    )
}


def test_prices_that_change_in_the_bill_and_the_version_of_another_day() -> None:
    # 20 of 30 days at 0.10 and 10 at 0.30: of 300 kWh that a register tells, 200 and 100.
    bill = past_bill(RateKey("FLAT"), counted_wh={"all": 300_000})
    split = (charged(LineKind.ENERGY, "20.00"), charged(LineKind.ENERGY, "30.00"))
    assert verdict(replace(bill, lines=split), rates=VERSIONS).result is MatchResult.MATCHED
    for amount, version in (("30.00", "2025-01-01"), ("90.00", "2026-07-10")):
        whole = replace(bill, lines=(charged(LineKind.ENERGY, amount),))
        found = verdict(whole, rates=VERSIONS)
        assert {tuple(each) for each in _reasons(found)} == {(Reason.OTHER_VERSION,)}
        assert found.differences[0].why[0].parameters == {"version": version}
        named = replace(whole, version=date.fromisoformat(version))
        assert verdict(named, rates=VERSIONS).result is MatchResult.MATCHED


def test_a_bill_on_another_rate_is_recognized() -> None:
    bill = past_bill(FLAT, counted_wh={"night": 400_000, "shoulder": 90_000, "peak": 61_000})
    billed = issued(bill, setting=replace(by_the_rate(bill), history=RATES[TOU].versions))
    found = verdict(billed)
    assert {tuple(each) for each in _reasons(found)} == {(Reason.OTHER_RATE,)}
    assert found.differences[0].why[0].parameters == {"rate": TOU}


def test_what_cannot_be_made_says_why() -> None:
    def refused(**more: object) -> CannotMake | None:
        given: dict[str, object] = {"rate": FLAT, "counted_wh": {"total": 1}, "total": D(1), **more}
        found = verdict(past_bill(**given), rates=VERSIONS | RATES)  # pyright: ignore[reportArgumentType]
        assert found.result is MatchResult.CANNOT_BE_MADE
        return found.refused.code if found.refused else None

    year = DatePeriod(start_on=date(2026, 1, 1), end_on=date(2027, 1, 1))
    early = DatePeriod(start_on=date(2024, 1, 1), end_on=date(2024, 2, 1))
    assert refused(rate=RateKey("NONE")) is CannotMake.RATE_UNKNOWN
    assert refused(version=date(2026, 1, 1)) is CannotMake.VERSION_UNKNOWN
    assert refused(period=early) is CannotMake.NOT_IN_FORCE
    assert refused(period=year) is CannotMake.TOO_LONG
    assert refused(counted_wh={}) is CannotMake.NOTHING_COUNTED
    assert refused(rate=TOU) is CannotMake.REGISTERS_UNFIT
    assert (
        refused(rate=TOU, counted_wh={"night": 1, "shoulder": 1, "peak": 1, "total": 4}) is CannotMake.REGISTERS_UNFIT
    )
    assert refused(rate=TOU, counted_wh={"night": 1, "shoulder": 1, "peak": 1, "x": 4}) is CannotMake.REGISTERS_UNFIT
    assert refused(rate=RateKey("LE-RTP")) is CannotMake.PRICES_MISSING
    short = hours(DatePeriod(start_on=JULY.start_on, end_on=date(2026, 7, 19)), rate=FLAT)
    assert refused(load=short) is CannotMake.LOAD_UNFIT


@given(
    rate=st.sampled_from(PRICED),
    start_on=st.dates(date(2026, 7, 1), date(2028, 12, 31)),
    days=st.integers(1, 70),
    wh=st.lists(st.integers(0, 900_000), min_size=8, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_from_registers_it_is_what_the_biller_of_single_bills_makes(
    rate: object, start_on: date, days: int, wh: list[int]
) -> None:
    """One truth: line by line, in two seasons and over any days."""
    priced = next(each for each in PRICED if each is rate)
    period = DatePeriod(start_on=start_on, end_on=start_on + timedelta(days=days))
    live = {row.register for season in priced.seasons for row in season.prices if set(season.months) & _months(period)}
    counted = {name: Wh(draw if name in live else 0) for name, draw in zip(registers_of(priced), wh, strict=False)}
    usage = usage_of_reads(counted, rate=priced, period=period)
    bill = bill_usage(usage, rate=priced, period=period, kind=BillKind.REGULAR, actual=True)
    setting = by_the_rate(past_bill(priced.key, period=period, counted_wh=counted))
    made = make_bill(
        replace(setting, history=tuple(each for each in setting.history if each.effective_on == priced.effective_on))
    )
    assert [
        (line.code, line.register, line.season, line.quantity, line.days, line.price, line.amount)
        for line in made.lines
    ] == [
        (line.code, line.register, line.season, line.quantity_wh, line.days, line.price, line.amount)
        for line in bill.lines
    ]
    assert made.total == bill.total
    assert {line.code for line in made.lines} <= {*LineCode}
    assert (
        verdict(
            past_bill(
                priced.key,
                period=period,
                counted_wh=counted,
                lines=lines_as(made),
                total=made.total,
                version=priced.effective_on,
            )
        ).result
        is MatchResult.MATCHED
    )


def _months(period: DatePeriod) -> set[int]:
    return {(period.start_on + timedelta(days=n)).month for n in range(period.days)}
