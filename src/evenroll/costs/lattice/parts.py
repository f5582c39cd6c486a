"""How a rate becomes parts: the days of a cycle under one version and season, with their cells and prorated limits."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.beside import LaidOn, add_hourly, add_laid_on
from evenroll.costs.lattice.lines import DemandPart, Draft, EnergyPart, FixedLine, LineSpec, Minimum, Runs
from evenroll.costs.lattice.practice import MonthBasis, Practice, months_borne
from evenroll.costs.lattice.schedule import (
    HOURS,
    DayHours,
    DemandPrice,
    EnergyBlock,
    Ratchet,
    RateSchedule,
    ScheduleSeason,
    scaled,
    season_of,
)
from evenroll.costs.lattice.segments import Span
from evenroll.programs.rate import StepBasis
from evenroll.quantities.money import Rounding

_WH_OF_KWH: Final = 1000
_MILLIONTHS: Final = 10**6
_DAYS_OF_MONTH: Final = 30
# 68,719 MWh, or as many kWh per kW: more than a cycle can hold, and products with a demand stay in 64 bits.
_LIMIT_MAX: Final = 2**36
_ALL_DAY: Final[Runs] = ((0, HOURS),)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """Days of a cycle under one version and season. spans: their numbers in the lattice. of_bill: months of all."""

    bill: int
    schedule: RateSchedule
    season: ScheduleSeason
    spans: tuple[int, ...]
    days: int
    months: Fraction
    of_bill: Fraction

    def borne(self, basis: MonthBasis) -> Fraction:
        """The months that these days bear."""
        return months_borne(self.months, days=self.days, of_bill=self.of_bill, basis=basis)


def add_rate(draft: Draft, *, number: int, history: Sequence[RateSchedule], laid_on: LaidOn) -> None:
    """Adds the lines of one rate to a draft. history: its versions by first day; number: which rate it is."""
    cycles = len(draft.lattice.cycles)
    spans: list[list[int]] = [[] for _ in range(cycles)]
    for index, span in enumerate(draft.lattice.spans):
        spans[span.cycle].append(index)
    for cycle in range(cycles):
        bill = number * cycles + cycle
        of_span = [(version_at(history, span=draft.lattice.spans[index]), index) for index in spans[cycle]]
        for part in _parts(draft, bill=bill, versions=of_span):
            for block in part.season.blocks:
                _add_energy(draft, part=part, block=block)
            for demand in part.season.demands:
                _add_demand(draft, part=part, demand=demand)
        _add_fixed(draft, bill=bill, versions=of_span)
        add_hourly(draft, bill=bill, versions=of_span)
        add_laid_on(draft, bill=bill, laid_on=laid_on, rounding=history[-1].rounding)


def cents_of(amount: Fraction, *, rule: Rounding) -> int:
    """USD in whole cents, rounded once: half a cent away from zero, or to the even cent."""
    return cents_of_ratio(amount.numerator, amount.denominator, rule=rule)


def _cents_of_charge(price: Decimal, *, times: Fraction, rule: Rounding) -> int:
    """A price so many times over."""
    over, under = price.as_integer_ratio()
    return cents_of_ratio(over * times.numerator, under * times.denominator, rule=rule)


def cents_of_ratio(over: int, under: int, *, rule: Rounding) -> int:
    """The same of over / under USD; under is above zero."""
    whole, rest = divmod(abs(over) * 100, under)
    if 2 * rest > under or (2 * rest == under and (rule is Rounding.HALF_UP or whole % 2)):
        whole += 1
    return whole if over >= 0 else -whole


def version_at(history: Sequence[RateSchedule], *, span: Span) -> RateSchedule:
    """The version that holds on the days of a span. history: by first day."""
    return [each for each in history if each.effective_on <= span.start_on][-1]


def _months(draft: Draft, spans: tuple[int, ...]) -> Fraction:
    """How many months some spans are, each day its share of its own calendar month. All rates ask for the same."""
    if spans not in draft.months:
        own = (draft.lattice.spans[index] for index in spans)
        shares = (Fraction(each.days, monthrange(each.start_on.year, each.start_on.month)[1]) for each in own)
        draft.months[spans] = sum(shares, Fraction(0))
    return draft.months[spans]


_Versions = Sequence[tuple[RateSchedule, int]]
"""The spans of a bill by number, each with the version that holds in it."""


def _days(draft: Draft, spans: Iterable[int]) -> int:
    return sum(draft.lattice.spans[index].days for index in spans)


def _parts(draft: Draft, *, bill: int, versions: _Versions) -> list[_Part]:
    found: dict[tuple[date, str], tuple[RateSchedule, ScheduleSeason, list[int]]] = {}
    for schedule, index in versions:
        season = season_of(schedule, month=draft.lattice.spans[index].start_on.month)
        found.setdefault((schedule.effective_on, season.key), (schedule, season, []))[2].append(index)
    of_bill = _months(draft, tuple(index for _, index in versions))
    parts: list[_Part] = []
    for schedule, season, numbers in found.values():
        parts.append(
            _Part(
                bill=bill,
                schedule=schedule,
                season=season,
                spans=tuple(numbers),
                days=_days(draft, numbers),
                months=_months(draft, tuple(numbers)),
                of_bill=of_bill,
            )
        )
    return parts


def _runs(draft: Draft, *, part: _Part, hours: DayHours | None, register: str) -> Runs:
    """The cells of a part whose hour counts into a register; all of them without hours."""
    lattice = draft.lattice
    of_list = lattice.lists.index(part.schedule.holidays)
    runs: list[tuple[int, int]] = []
    for span in part.spans:
        # The groups of a span follow each other.
        for group in range(bisect_left(lattice.groups, (span,)), bisect_left(lattice.groups, (span + 1,))):
            day_type = lattice.groups[group][1][of_list]
            own = _ALL_DAY if hours is None else _runs_of_day(hours.of_type(day_type), register)
            for first, end in own:
                if runs and runs[-1][1] == group * HOURS + first:
                    runs[-1] = (runs[-1][0], group * HOURS + end)
                else:
                    runs.append((group * HOURS + first, group * HOURS + end))
    return tuple(runs)


@lru_cache(maxsize=1024)
def _runs_of_day(day: tuple[str, ...], register: str) -> Runs:
    """The hours of a day that count into a register. Months have the same days over and over."""
    hours = [hour for hour, name in enumerate(day) if name == register]
    firsts = [hour for hour in hours if hour - 1 not in hours]
    ends = [hour + 1 for hour in hours if hour + 1 not in hours]
    return tuple(zip(firsts, ends, strict=True))


def _peak(draft: Draft, *, part: _Part, hours: DayHours | None, register: str) -> int:
    return draft.peaks.setdefault(_runs(draft, part=part, hours=hours, register=register), len(draft.peaks))


def _add_energy(draft: Draft, *, part: _Part, block: EnergyBlock) -> None:
    times = _times(block.basis, part=part, practice=draft.practice) if block.limits else Fraction(0)
    scale = _MILLIONTHS if block.per_kw else _WH_OF_KWH
    draft.energy.append(
        EnergyPart(
            slots=tuple(_runs(draft, part=part, hours=part.season.hours, register=name) for name in block.registers),
            # Cut to whole units, as the reference does.
            limits=tuple(min(int(Fraction(limit) * times * scale), _LIMIT_MAX) for limit in block.limits),
            peak=_peak(draft, part=part, hours=None, register="") if block.per_kw else None,
            line=len(draft.lines),
            days=part.days,
        )
    )
    draft.lines += [
        _line(part, LineCode.ENERGY, register=register, tier=tier, price=price)
        for register, prices in zip(block.registers, block.usd_per_kwh, strict=True)
        for tier, price in enumerate(prices)
    ]


def _times(basis: StepBasis, *, part: _Part, practice: Practice) -> Fraction:
    if practice.limits is not None and basis is not StepBasis.DAY:
        return part.borne(practice.limits)
    match basis:
        case StepBasis.DAY:
            return Fraction(part.days)
        case StepBasis.MONTH_OF_30_DAYS:
            return Fraction(part.days, _DAYS_OF_MONTH)
        case StepBasis.CALENDAR_MONTH:
            return part.months
        case _:
            assert_never(basis)


def _add_demand(draft: Draft, *, part: _Part, demand: DemandPrice) -> None:
    hours = part.season.demand_hours if demand.register else None
    draft.demands.append(
        DemandPart(
            peak=_peak(draft, part=part, hours=hours, register=demand.register),
            limits=tuple(min(int(Fraction(limit) * _WH_OF_KWH), _LIMIT_MAX) for limit in demand.limits),
            months=part.borne(draft.practice.charges),
            line=len(draft.lines),
            before=() if demand.ratchet is None else _peaks_before(draft, part=part, ratchet=demand.ratchet),
            share_e6=0 if demand.ratchet is None else int(demand.ratchet.share * _MILLIONTHS),
        )
    )
    code = LineCode.DEMAND_OF_HOURS if demand.register else LineCode.DEMAND
    draft.lines += [
        _line(part, code, register=demand.register, tier=tier, price=price)
        for tier, price in enumerate(demand.usd_per_kw)
    ]


def _peaks_before(draft: Draft, *, part: _Part, ratchet: Ratchet) -> tuple[int, ...]:
    """The peaks of the cycles that a ratchet looks at, of those that are known."""
    cycle = part.bill % len(draft.lattice.cycles)
    if cycle < ratchet.cycles_back:
        draft.history_short.add(part.bill)
    found: list[int] = []
    for earlier in range(max(0, cycle - ratchet.cycles_back), cycle):
        groups = [n for n, (span, _) in enumerate(draft.lattice.groups) if draft.lattice.spans[span].cycle == earlier]
        # The groups of a cycle follow each other.
        runs: Runs = ((groups[0] * HOURS, groups[-1] * HOURS + HOURS),)
        found.append(draft.peaks.setdefault(runs, len(draft.peaks)))
    return tuple(found)


def _line(part: _Part, code: LineCode, *, register: str, tier: int, price: Decimal) -> LineSpec:
    return LineSpec(
        bill=part.bill,
        code=code,
        register=register,
        season=part.season.key,
        tier=tier,
        price_e8=scaled(price),
        rounding=part.schedule.rounding,
    )


def _add_fixed(draft: Draft, *, bill: int, versions: _Versions) -> None:
    """The charges of a bill that no load changes, by version, and what it comes to at least."""
    least = Fraction(0)
    practice = draft.practice
    own = tuple(index for _, index in versions)
    of_bill = _months(draft, own)
    held = {schedule.effective_on: schedule for schedule, _ in versions}
    for schedule in held.values():
        mine = tuple(index for version, index in versions if version is schedule)
        days, months = _days(draft, mine), _months(draft, mine)
        charges = (
            (
                LineCode.FIXED_MONTHLY,
                schedule.fixed_usd_per_month,
                months_borne(months, days=days, of_bill=of_bill, basis=practice.charges),
            ),
            (LineCode.FIXED_DAILY, schedule.fixed_usd_per_day, Fraction(days)),
        )
        draft.fixed += [
            FixedLine(
                bill=bill,
                code=code,
                days=days,
                price=price,
                cents=_cents_of_charge(price, times=times, rule=schedule.rounding),
            )
            for code, price, times in charges
            if price
        ]
        if practice.minimum is not None and (schedule.minimum_usd_per_month or schedule.minimum_usd_per_day):
            borne = months_borne(months, days=days, of_bill=of_bill, basis=practice.minimum)
            least += Fraction(schedule.minimum_usd_per_month) * borne + Fraction(schedule.minimum_usd_per_day) * days
    last = [*held.values()][-1]
    draft.minimums.append(
        Minimum(
            days=_days(draft, own),
            price=last.minimum_usd_per_month or last.minimum_usd_per_day,
            cents=cents_of(least, rule=last.rounding),
        )
    )
