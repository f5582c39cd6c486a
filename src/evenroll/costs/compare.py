"""Row 1 in numbers: a year's cost today, on the program, and on it with charging managed, as ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from operator import add
from typing import Final

from evenroll.costs.bill import BillLine
from evenroll.costs.charging import (
    ChargingYear,
    NeedDoesNotFit,
    PevNeed,
    charge_at_once,
    charging_year,
)
from evenroll.costs.courses import Course, CourseLoads, courses_of
from evenroll.costs.pricing import Pricing
from evenroll.costs.rewards import Reward
from evenroll.costs.usage import HourlyLoad
from evenroll.costs.ways import SPREAD_PERCENT, CourseWays, Way, yearly
from evenroll.programs.program import Coverage
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import RateKey

_HOUR: Final = timedelta(hours=1)


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
    TAXES_LEFT_OUT = "taxes_left_out"
    PART_OF_BILL = "part_of_bill"
    TYPICAL_DAY = "typical_day"
    CHARGED_AT_HOME = "charged_at_home"
    PRICES_OF_PAST_YEARS = "prices_of_past_years"
    EVENTS_BETWEEN = "events_between"
    PRICES_KNOWN_AT_PLUG_IN = "prices_known_at_plug_in"
    MEASURED_USE = "measured_use"
    USE_ESTIMATED = "use_estimated"
    YEARS_OF_USE = "years_of_use"
    CHARGING_IN_USE = "charging_in_use"
    INVENTED_PRICES = "invented_prices"
    VEHICLE_MODEL = "vehicle_model"


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
class PastYear:
    """What the year would have cost at the prices of a past one, USD; where it cost more than today, that is regret."""

    year: int
    today: Decimal
    unchanged: Decimal
    managed: Decimal


def regret(past: PastYear) -> Decimal:
    """What the program, charging as now, would have cost more than today's price, USD; negative: it was cheaper."""
    return past.unchanged - past.today


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The scenarios of one household and PEV, over the same part of the bill.

    past: by past year, the latest first, where prices of hours are not known in advance. rewards: what the program pays
    beside the bill in its first year; no figure of a scenario holds it.
    """

    coverage: Coverage
    year: int
    scenarios: tuple[Scenario, ...]
    assumptions: tuple[Assumption, ...]
    past: tuple[PastYear, ...] = ()
    rewards: tuple[Reward, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageDiffers:
    """The two prices cover different parts of the bill; they are not ranked."""

    today: Coverage
    program: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadTooShort:
    """The household's load does not cover the year that is to be compared."""

    year: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesTooShort:
    """No whole past year of the series is known, so that a range would be a guess."""

    series: str


def compare(
    today: Pricing, *, program: Pricing, household: HourlyLoad, pev: PevNeed, calendar: ServiceCalendar, year: int
) -> Comparison | CoverageDiffers | NeedDoesNotFit | LoadTooShort | SeriesTooShort:
    """What a calendar year costs on today's price, on the program's, and on it with charging managed.

    household: the load without the PEV, covering the year in the territory. Twelve bills of calendar months
    each, at the prices of the two rates, whatever the year. Prices of hours are taken from past years, and events from
    none to as many as may be called: the range covers them all. Returns a refusal as a value where no honest figure
    exists. Raises UsageRefused for a rate that cannot be billed.
    """
    covered = today.rate.coverage
    if covered is not program.rate.coverage or covered is Coverage.NONE:
        return CoverageDiffers(today=covered, program=program.rate.coverage)
    charged = _charged(pev, year=year, calendar=calendar)
    if isinstance(charged, NeedDoesNotFit):
        return charged
    sessions, at_once = charged
    if not _covers(household, sessions=sessions):
        return LoadTooShort(year=year)
    courses = courses_of(
        today, program=program, load=_together(household, at_once), calendar=calendar, starts_at=sessions.start_at
    )
    if not courses:
        return SeriesTooShort(series=program.rate.hourly_series or today.rate.hourly_series)
    loads = CourseLoads(household=household, at_once=at_once, sessions=sessions, year=year, calendar=calendar)
    found = [_outcome(each, loads=loads) for each in courses]
    return Comparison(
        coverage=covered,
        year=year,
        scenarios=tuple(_scenario(code, outcomes=found) for code in ScenarioCode),
        assumptions=(*_assumptions(today=today, program=program, pev=pev), *_assumed_of(courses)),
        past=tuple(_past(each) for each in found if each.course.year is not None and each.course.is_usual),
    )


# Every program is compared for the same vehicle.
@lru_cache(maxsize=16)
def _charged(pev: PevNeed, *, year: int, calendar: ServiceCalendar) -> tuple[ChargingYear, HourlyLoad] | NeedDoesNotFit:
    sessions = charging_year(pev, year=year, calendar=calendar)
    return sessions if isinstance(sessions, NeedDoesNotFit) else (sessions, charge_at_once(sessions))


def _covers(household: HourlyLoad, *, sessions: ChargingYear) -> bool:
    ends_at = household.start_at + len(household.wh) * _HOUR
    return household.start_at <= sessions.start_at and sessions.start_at + sessions.hours * _HOUR <= ends_at


def _together(household: HourlyLoad, pev: HourlyLoad) -> HourlyLoad:
    first = (pev.start_at - household.start_at) // _HOUR
    return HourlyLoad(start_at=pev.start_at, wh=tuple(map(add, household.wh[first : first + len(pev.wh)], pev.wh)))


def _outcome(course: Course, *, loads: CourseLoads) -> _Outcome:
    # Arrays take longer to import than most commands take that only name what stands here.
    found: CourseWays = import_module("evenroll.costs.course_ways").ways_of_course(course, loads=loads)
    ways = {
        ScenarioCode.TODAY: found.today,
        ScenarioCode.PROGRAM_UNCHANGED: found.unchanged,
        ScenarioCode.PROGRAM_MANAGED: found.managed,
    }
    return _Outcome(course=course, ways=ways)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """What a course of the year comes to."""

    course: Course
    ways: dict[ScenarioCode, Way]


def _scenario(code: ScenarioCode, *, outcomes: list[_Outcome]) -> Scenario:
    ways = [each.ways[code] for each in outcomes]
    # The courses come with the one that is told first, as the middle.
    told = ways[0]
    return Scenario(
        code=code,
        rate=told.rate,
        cost=_range([amount for way in ways for amount in way.costs], mid=told.mid),
        pev=_range([amount for way in ways for amount in way.pev], mid=told.pev_mid),
        lines=yearly(told.bills),
    )


def _range(amounts: list[Decimal], *, mid: Decimal) -> Range:
    # A minimum bill can make the smaller use cost the PEV more: order by amount, not by use.
    return Range(low=min(amounts), mid=mid, high=max(amounts))


def _past(outcome: _Outcome) -> PastYear:
    ways = outcome.ways
    return PastYear(
        year=outcome.course.year or 0,
        today=ways[ScenarioCode.TODAY].mid,
        unchanged=ways[ScenarioCode.PROGRAM_UNCHANGED].mid,
        managed=ways[ScenarioCode.PROGRAM_MANAGED].mid,
    )


def _assumed_of(courses: tuple[Course, ...]) -> tuple[Assumption, ...]:
    """What the courses of the year take for granted, where they differ."""
    years = sorted({each.year for each in courses if each.year is not None})
    events = sorted({each.events for each in courses if each.events is not None})
    found: list[Assumption] = []
    if years:
        named = {"years": ", ".join(str(year) for year in years)}
        found.append(Assumption(code=AssumptionCode.PRICES_OF_PAST_YEARS, parameters=named))
    if events:
        told = {"low": str(events[0]), "high": str(events[-1])}
        found.append(Assumption(code=AssumptionCode.EVENTS_BETWEEN, parameters=told))
    if years or events:
        found.append(Assumption(code=AssumptionCode.PRICES_KNOWN_AT_PLUG_IN))
    return tuple(found)


def _assumptions(*, today: Pricing, program: Pricing, pev: PevNeed) -> tuple[Assumption, ...]:
    return (
        Assumption(code=AssumptionCode.USE_WITHIN_SPREAD, parameters={"percent": str(SPREAD_PERCENT)}),
        Assumption(
            code=AssumptionCode.PRICES_OF_DAY,
            parameters={"today": today.rate.effective_on.isoformat(), "program": program.rate.effective_on.isoformat()},
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
        Assumption(
            code=AssumptionCode.TAXES_LEFT_OUT if program.credits else AssumptionCode.TAXES_AND_CREDITS_LEFT_OUT
        ),
        Assumption(code=AssumptionCode.PART_OF_BILL, parameters={"coverage": today.rate.coverage.value}),
    )
