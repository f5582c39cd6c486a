"""Row 1 in numbers: a year's cost today, on the program, and on it with charging managed, as ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from evenroll.costs.bill import Bill, BillKind, BillLine, LineCode, SeasonRegister, SeasonUsage
from evenroll.costs.charging import (
    ChargingYear,
    NeedDoesNotFit,
    PevNeed,
    charge_at_once,
    charge_cheapest,
    charging_year,
)
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.program import Coverage
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.money import ZERO
from evenroll.quantities.periods import DatePeriod

# How far a year's use may lie from the one assumed. An assumption of ours, shown with every figure; not
# measured.
SPREAD_PERCENT: Final = 15
_HOUR: Final = timedelta(hours=1)
_PERCENTS: Final = (100 - SPREAD_PERCENT, 100, 100 + SPREAD_PERCENT)


class ScenarioCode(StrEnum):
    """The three ways a year may go."""

    TODAY = "today"
    PROGRAM_UNCHANGED = "program_unchanged"
    PROGRAM_MANAGED = "program_managed"


class AssumptionCode(StrEnum):
    """What a comparison takes for granted; the sentences stand in the message catalog."""

    USE_WITHIN_SPREAD = "use_within_spread"
    PRICES_OF_DAY = "prices_of_day"
    HOUSEHOLD_UNCHANGED = "household_unchanged"
    PLUGGED_IN_DAILY = "plugged_in_daily"
    TAXES_AND_CREDITS_LEFT_OUT = "taxes_and_credits_left_out"
    PART_OF_BILL = "part_of_bill"
    TYPICAL_DAY = "typical_day"
    CHARGED_AT_HOME = "charged_at_home"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """An assumption and its figures, as text."""

    code: AssumptionCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """USD a year: low <= mid <= high."""

    low: Decimal
    mid: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One way the year may go: household and PEV together, and what the PEV adds.

    pev: bill(with PEV) - bill(without), on the same rate. lines: the year's line items at mid, summed over
    its months; their sum is cost.mid.
    """

    code: ScenarioCode
    rate: RateKey
    cost: Range
    pev: Range
    lines: tuple[BillLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The scenarios of one household and PEV, over the same part of the bill."""

    coverage: Coverage
    year: int
    scenarios: tuple[Scenario, ...]
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageDiffers:
    """The two prices cover different parts of the bill; they are not ranked."""

    today: Coverage
    program: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadTooShort:
    """The household's load does not cover the year that is to be compared."""

    year: int


def compare(
    today: Rate, *, program: Rate, household: HourlyLoad, pev: PevNeed, calendar: ServiceCalendar, year: int
) -> Comparison | CoverageDiffers | NeedDoesNotFit | LoadTooShort:
    """What a calendar year costs on today's rate, on the program's, and on it with charging managed.

    household: the load without the PEV, covering the year in the territory. Twelve bills of calendar months
    each, at the prices of the two rates, whatever the year. Returns a refusal as a value where no honest
    figure exists.
    """
    if today.coverage is not program.coverage or Coverage.NONE in (today.coverage, program.coverage):
        return CoverageDiffers(today=today.coverage, program=program.coverage)
    sessions = charging_year(pev, year=year, calendar=calendar)
    if isinstance(sessions, NeedDoesNotFit):
        return sessions
    if not _covers(household, sessions=sessions):
        return LoadTooShort(year=year)
    at_once = charge_at_once(sessions)
    managed = charge_cheapest(sessions, rate=program, calendar=calendar)
    months = _months(year)
    cases = (
        (ScenarioCode.TODAY, today, at_once),
        (ScenarioCode.PROGRAM_UNCHANGED, program, at_once),
        (ScenarioCode.PROGRAM_MANAGED, program, managed),
    )
    base = {
        rate.key: [usage_of_load(household, rate=rate, period=month, calendar=calendar) for month in months]
        for rate in (today, program)
    }
    scenarios: list[Scenario] = []
    for code, rate, load in cases:
        added = [usage_of_load(load, rate=rate, period=month, calendar=calendar) for month in months]
        scenarios.append(_scenario(code, rate=rate, base=base[rate.key], added=added, months=months))
    return Comparison(
        coverage=today.coverage,
        year=year,
        scenarios=tuple(scenarios),
        assumptions=_assumptions(today=today, program=program, pev=pev),
    )


def _covers(household: HourlyLoad, *, sessions: ChargingYear) -> bool:
    ends_at = household.start_at + len(household.wh) * _HOUR
    return household.start_at <= sessions.start_at and sessions.start_at + sessions.hours * _HOUR <= ends_at


def _months(year: int) -> tuple[DatePeriod, ...]:
    starts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return tuple(DatePeriod(start_on=start, end_on=end) for start, end in pairwise(starts))


def _scenario(
    code: ScenarioCode,
    *,
    rate: Rate,
    base: list[SeasonUsage],
    added: list[SeasonUsage],
    months: tuple[DatePeriod, ...],
) -> Scenario:
    costs: list[Decimal] = []
    pev: list[Decimal] = []
    lines: tuple[BillLine, ...] = ()
    for percent in _PERCENTS:
        without = [_scaled(usage, percent=percent) for usage in base]
        with_pev = [_sum(one, _scaled(more, percent=percent)) for one, more in zip(without, added, strict=True)]
        bills = _bills(with_pev, rate=rate, months=months)
        total = sum((bill.total for bill in bills), ZERO)
        costs.append(total)
        pev.append(total - sum((bill.total for bill in _bills(without, rate=rate, months=months)), ZERO))
        if percent == 100:
            lines = _yearly(bills)
    return Scenario(code=code, rate=rate.key, cost=_range(costs), pev=_range(pev), lines=lines)


def _bills(usages: list[SeasonUsage], *, rate: Rate, months: tuple[DatePeriod, ...]) -> list[Bill]:
    return [
        bill_usage(usage, rate=rate, period=month, kind=BillKind.REGULAR, actual=False)
        for usage, month in zip(usages, months, strict=True)
    ]


def _range(amounts: list[Decimal]) -> Range:
    # A minimum bill can make the smaller use cost the PEV more: order by amount, not by use.
    low, mid, high = sorted(amounts)
    return Range(low=low, mid=mid, high=high)


def _scaled(usage: SeasonUsage, *, percent: int) -> SeasonUsage:
    return {place: Wh(wh * percent // 100) for place, wh in usage.items()}


def _sum(one: SeasonUsage, other: SeasonUsage) -> SeasonUsage:
    return {place: Wh(one.get(place, 0) + other.get(place, 0)) for place in (*one, *other)}


def _yearly(bills: list[Bill]) -> tuple[BillLine, ...]:
    """The lines of all bills, those for the same thing at the same price added up."""
    found: dict[tuple[LineCode, SeasonRegister, Decimal], BillLine] = {}
    for line in (line for bill in bills for line in bill.lines):
        key = (line.code, SeasonRegister(season=line.season, register=line.register), line.price)
        before = found.get(key)
        found[key] = line if before is None else _added(before, line)
    return tuple(found.values())


def _added(one: BillLine, other: BillLine) -> BillLine:
    return BillLine(
        code=one.code,
        register=one.register,
        season=one.season,
        quantity_wh=one.quantity_wh + other.quantity_wh,
        days=one.days + other.days,
        price=one.price,
        amount=one.amount + other.amount,
    )


def _assumptions(*, today: Rate, program: Rate, pev: PevNeed) -> tuple[Assumption, ...]:
    return (
        Assumption(code=AssumptionCode.USE_WITHIN_SPREAD, parameters={"percent": str(SPREAD_PERCENT)}),
        Assumption(
            code=AssumptionCode.PRICES_OF_DAY,
            parameters={"today": today.effective_on.isoformat(), "program": program.effective_on.isoformat()},
        ),
        Assumption(code=AssumptionCode.HOUSEHOLD_UNCHANGED),
        Assumption(
            code=AssumptionCode.PLUGGED_IN_DAILY,
            parameters={
                "from_hour": str(pev.plug_in_hour),
                "to_hour": str(pev.unplug_hour),
                "power_w": str(pev.power_w),
            },
        ),
        Assumption(code=AssumptionCode.TAXES_AND_CREDITS_LEFT_OUT),
        Assumption(code=AssumptionCode.PART_OF_BILL, parameters={"coverage": today.coverage.value}),
    )
