"""Past bills with tiers, demand and seasons, worked by hand: the proration of limits is named for what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from evenroll.costs.lattice.schedule import DayHours, DemandPrice, EnergyBlock, ScheduleSeason
from evenroll.costs.matching.codes import CannotMake, LineKind, MatchResult, Reason
from evenroll.costs.matching.past_bill import KnownRate
from evenroll.programs.rate import StepBasis
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import ALL_YEAR, CHICAGO, flat
from tests.costs.matching.issued import RATES, TOU, by_the_rate, charged, issued, past_bill, verdict

D = Decimal
TIERED, DEMAND = RateKey("TIERED"), RateKey("DEMAND")
# 20 of the 31 days of October.
PART = DatePeriod(start_on=date(2026, 10, 5), end_on=date(2026, 10, 25))


def _season(basis: StepBasis) -> ScheduleSeason:
    hours = DayHours(weekday=("all",) * 24, weekend=("all",) * 24)
    prices = (D("0.10"), D("0.20"))
    block = EnergyBlock(registers=("all",), usd_per_kwh=(prices,), limits=(D(300),), basis=basis)
    return ScheduleSeason(key="year", months=ALL_YEAR, hours=hours, blocks=(block,))


def _rates(basis: StepBasis = StepBasis.CALENDAR_MONTH) -> dict[RateKey, KnownRate]:
    tiered = replace(flat(key=TIERED), seasons=(_season(basis),))
    demand = replace(flat(key=DEMAND).seasons[0], demands=(DemandPrice(usd_per_kw=(D("3.10"),)),))
    return {
        TIERED: KnownRate(versions=(tiered,), calendar=CHICAGO),
        DEMAND: KnownRate(versions=(replace(flat(key=DEMAND), seasons=(demand,)),), calendar=CHICAGO),
    }


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        # 300 x 20/31 = 193.548 kWh at 0.10, of 400 kWh the other 206.452 at 0.20.
        ("19.35", "41.29", None),
        # 300 kWh, and the other 100.
        ("30.00", "20.00", Reason.LIMITS_WHOLE),
        # 300 x 20/30 = 200 kWh, and the other 200.
        ("20.00", "40.00", Reason.LIMITS_OF_30_DAYS),
    ],
)
def test_the_limit_of_a_tier_over_twenty_days(first: str, second: str, reason: Reason | None) -> None:
    lines = (charged(LineKind.ENERGY, first), charged(LineKind.ENERGY, second))
    bill = past_bill(TIERED, period=PART, counted_wh={"all": 400_000}, lines=lines)
    found = verdict(bill, rates=_rates())
    assert [{why.reason for why in each.why} for each in found.differences] == ([{reason}] * 2 if reason else [])


def test_a_limit_stated_for_thirty_days_that_was_taken_by_the_month() -> None:
    # Stated for 30 days: 200 and 200 kWh. By the month of 31: 193.548 and 206.452.
    lines = (charged(LineKind.ENERGY, "19.35"), charged(LineKind.ENERGY, "41.29"))
    bill = past_bill(TIERED, period=PART, counted_wh={"all": 400_000}, lines=lines)
    found = verdict(bill, rates=_rates(StepBasis.MONTH_OF_30_DAYS))
    assert {each.why[0].reason for each in found.differences} == {Reason.LIMITS_BY_MONTH}


def test_a_limit_stated_by_the_day_is_the_days_alone() -> None:
    # 10 kWh a day over 20 days: 200 and 200 kWh. A bill by 300 kWh a month has no such limit: 30.00 and 20.00.
    season = _season(StepBasis.DAY)
    block = replace(season.blocks[0], limits=(D(10),))
    daily = replace(flat(key=TIERED), seasons=(replace(season, blocks=(block,)),))
    rates = {TIERED: KnownRate(versions=(daily,), calendar=CHICAGO)}
    lines = (charged(LineKind.ENERGY, "20.00"), charged(LineKind.ENERGY, "40.00"))
    bill = past_bill(TIERED, period=PART, counted_wh={"all": 400_000}, lines=lines)
    assert verdict(bill, rates=rates).result is MatchResult.MATCHED
    # 10 kWh for the whole bill is no reading of a limit by the day.
    odd = (charged(LineKind.ENERGY, "1.00"), charged(LineKind.ENERGY, "78.00"))
    found = verdict(replace(bill, lines=odd), rates=rates)
    assert {each.why[0].reason for each in found.differences} == {Reason.NOT_EXPLAINED}


def test_demand_that_a_register_shows() -> None:
    # 12.5 kW at 3.10 over 20 of 31 days: 25.00; a whole month: 38.75.
    lines = (charged(LineKind.ENERGY, "40.00"), charged(LineKind.DEMAND, "25.00", quantity=D("12.5")))
    bill = past_bill(DEMAND, period=PART, counted_wh={"all": 400_000}, peaks_w={"": 12_500}, lines=lines)
    assert verdict(bill, rates=_rates()).result is MatchResult.MATCHED
    whole = replace(bill, lines=(lines[0], replace(lines[1], amount=D("38.75"))))
    (only,) = verdict(whole, rates=_rates()).differences
    assert only.why[0].reason is Reason.WHOLE_MONTH
    refused = verdict(replace(bill, peaks_w={}), rates=_rates()).refused
    assert refused is not None
    assert refused.code is CannotMake.DEMAND_MISSING


def test_energy_that_the_lines_tell_by_season_is_not_shared_out_by_days() -> None:
    period = DatePeriod(start_on=date(2026, 9, 15), end_on=date(2026, 10, 15))
    counted = {"summer/night": 300_000, "winter/night": 10_000, "summer/peak": 5_000, "winter/shoulder": 70_000}
    bill = past_bill(TOU, period=period, counted_wh=counted)
    printed = issued(bill, setting=by_the_rate(bill))
    # 300 kWh at 0.05490 and 10 kWh at the same price in winter; 5 kWh at 0.31450; 70 kWh at 0.11940.
    energy = [(line.season, line.register, str(line.amount)) for line in printed.lines if line.amount]
    assert energy[:-1] == [
        ("summer", "peak", "1.57"),
        ("summer", "night", "16.47"),
        ("winter", "shoulder", "8.36"),
        ("winter", "night", "0.55"),
    ]
    assert verdict(printed).result is MatchResult.MATCHED
    lost = verdict(replace(printed, counted_wh={**counted, "spring/night": 1})).refused
    assert lost is not None
    assert lost.code is CannotMake.REGISTERS_UNFIT
    # The same energy on the rate with one register.
    flat_bill = past_bill(RateKey("LE-R"), period=period, counted_wh={"total": 385_000})
    other = issued(flat_bill, setting=by_the_rate(flat_bill))
    found = verdict(replace(bill, lines=other.lines, total=other.total))
    assert found.differences[0].why[0].reason is Reason.OTHER_RATE
    assert found.differences[0].why[0].parameters["rate"] in RATES
