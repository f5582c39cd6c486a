"""How a rate becomes parts: the days of a cycle under one version and season, with their cells and prorated limits."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple, assert_never

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.beside import LaidOn, add_hourly, add_laid_on
from evenroll.costs.lattice.lines import (
    DemandPart,
    Draft,
    EnergyPart,
    FixedLine,
    HoursOfTypes,
    LineSpec,
    Minimum,
    Runs,
)
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
from evenroll.costs.lattice.segments import HOLIDAY, WEEKDAY, WEEKEND, Lattice, Span
from evenroll.programs.rate import StepBasis
from evenroll.quantities.money import Rounding

_WH_OF_KWH: Final = 1000
_MILLIONTHS: Final = 10**6
_DAYS_OF_MONTH: Final = 30
# 68,719 MWh, or as many kWh per kW: more than a cycle can hold, and products with a demand stay in 64 bits.
_LIMIT_MAX: Final = 2**36
_ALL_HOURS: Final[HoursOfTypes] = (((0, HOURS),), ((0, HOURS),), ((0, HOURS),))


class _Block(NamedTuple):
    """A block of energy as each month of its season has it. hours: by register. prices: register, tier, 1e-8 USD."""

    block: EnergyBlock
    hours: tuple[HoursOfTypes, ...]
    prices: tuple[tuple[str, int, int], ...]


class _Laid(NamedTuple):
    """A season of a version, laid out once for all its bills. of_list: its list of holidays in the lattice."""

    schedule: RateSchedule
    season: ScheduleSeason
    of_list: int
    blocks: tuple[_Block, ...]


class _Part(NamedTuple):
    """Days of a cycle under one version and season. spans: their numbers in the lattice. of_bill: months of all."""

    bill: int
    laid: _Laid
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
    seasons: dict[tuple[date, str], _Laid] = {}
    for cycle in range(cycles):
        bill = number * cycles + cycle
        draft.line_first.append(len(draft.lines))
        draft.fixed_first.append(len(draft.fixed))
        of_span = [(version_at(history, span=draft.lattice.spans[index]), index) for index in spans[cycle]]
        for part in _parts(draft, bill=bill, versions=of_span, seasons=seasons):
            for block in part.laid.blocks:
                _add_energy(draft, part=part, laid=block)
            for demand in part.laid.season.demands:
                _add_demand(draft, part=part, demand=demand)
        _add_fixed(draft, bill=bill, versions=of_span)
        add_hourly(draft, bill=bill, versions=of_span)
        add_laid_on(draft, bill=bill, laid_on=laid_on, rounding=history[-1].rounding)


def cents_of(amount: Fraction | int, *, rule: Rounding) -> int:
    """USD in whole cents, rounded once: half a cent away from zero, or to the even cent."""
    return cents_of_ratio(amount.numerator, amount.denominator, rule=rule)


def _cents_of_charge(price: Decimal, *, times: Fraction | int, rule: Rounding) -> int:
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


def _extent(draft: Draft, spans: tuple[int, ...]) -> tuple[int, Fraction]:
    """How many days and how many months some spans are, each day its share of its own calendar month."""
    if spans not in draft.extents:
        own = [draft.lattice.spans[index] for index in spans]
        shares = (Fraction(each.days, monthrange(each.start_on.year, each.start_on.month)[1]) for each in own)
        draft.extents[spans] = (sum(each.days for each in own), sum(shares, Fraction(0)))
    return draft.extents[spans]


_Versions = Sequence[tuple[RateSchedule, int]]
"""The spans of a bill by number, each with the version that holds in it."""


def _parts(draft: Draft, *, bill: int, versions: _Versions, seasons: dict[tuple[date, str], _Laid]) -> Iterator[_Part]:
    """seasons: those of the rate that were laid out, by version and key."""
    found: dict[tuple[date, str], list[int]] = {}
    for schedule, index in versions:
        season = season_of(schedule, month=draft.lattice.spans[index].start_on.month)
        key = (schedule.effective_on, season.key)
        if key not in seasons:
            seasons[key] = _laid(draft, schedule=schedule, season=season)
        found.setdefault(key, []).append(index)
    _, of_bill = _extent(draft, tuple(index for _, index in versions))
    for key, numbers in found.items():
        spans = tuple(numbers)
        days, months = _extent(draft, spans)
        yield _Part(bill, seasons[key], spans=spans, days=days, months=months, of_bill=of_bill)


def _laid(draft: Draft, *, schedule: RateSchedule, season: ScheduleSeason) -> _Laid:
    blocks = tuple(
        _Block(
            block=block,
            hours=tuple(_hours_of_types(season.hours, register=name) for name in block.registers),
            prices=tuple(
                (register, tier, scaled(price))
                for register, prices in zip(block.registers, block.usd_per_kwh, strict=True)
                for tier, price in enumerate(prices)
            ),
        )
        for block in season.blocks
    )
    return _Laid(schedule, season=season, of_list=draft.lattice.lists.index(schedule.holidays), blocks=blocks)


def _hours_of_types(hours: DayHours, *, register: str) -> HoursOfTypes:
    weekday, weekend, holiday = (_runs_of_day(hours.of_type(each), register) for each in (WEEKDAY, WEEKEND, HOLIDAY))
    return weekday, weekend, holiday


def _runs(draft: Draft, *, spans: tuple[int, ...], of_list: int, hours: HoursOfTypes) -> Runs:
    """The cells of some spans whose hours count. Many rates ask for the same."""
    if hours[WEEKDAY] == hours[WEEKEND] == hours[HOLIDAY]:
        # Any list will do.
        of_list = 0
    key = (spans, of_list, hours)
    if key not in draft.runs:
        draft.runs[key] = _runs_of_spans(draft.lattice, spans=spans, of_list=of_list, hours=hours)
    return draft.runs[key]


def _runs_of_spans(lattice: Lattice, *, spans: tuple[int, ...], of_list: int, hours: HoursOfTypes) -> Runs:
    runs: list[tuple[int, int]] = []
    for span in spans:
        # The groups of a span follow each other.
        for group in range(bisect_left(lattice.groups, (span,)), bisect_left(lattice.groups, (span + 1,))):
            for first, end in hours[lattice.groups[group][1][of_list]]:
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


def _peak(draft: Draft, *, part: _Part, hours: HoursOfTypes) -> int:
    runs = _runs(draft, spans=part.spans, of_list=part.laid.of_list, hours=hours)
    return draft.peaks.setdefault(runs, len(draft.peaks))


def _add_energy(draft: Draft, *, part: _Part, laid: _Block) -> None:
    block = laid.block
    limits: tuple[int, ...] = ()
    if block.limits:
        times = _times(block.basis, part=part, practice=draft.practice)
        scale = _MILLIONTHS if block.per_kw else _WH_OF_KWH
        # Cut to whole units, as the reference does.
        limits = tuple(min(_whole(limit, times=times * scale), _LIMIT_MAX) for limit in block.limits)
    of_list = part.laid.of_list
    draft.energy.append(
        EnergyPart(
            slots=tuple([_runs(draft, spans=part.spans, of_list=of_list, hours=hours) for hours in laid.hours]),
            limits=limits,
            peak=_peak(draft, part=part, hours=_ALL_HOURS) if block.per_kw else None,
            line=len(draft.lines),
            days=part.days,
        )
    )
    _add_lines(draft, part=part, code=LineCode.ENERGY, prices=laid.prices)


def _whole(limit: Decimal, *, times: Fraction) -> int:
    over, under = limit.as_integer_ratio()
    return over * times.numerator // (under * times.denominator)


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
    hours = _ALL_HOURS
    if demand.register and part.laid.season.demand_hours:
        hours = _hours_of_types(part.laid.season.demand_hours, register=demand.register)
    draft.demands.append(
        DemandPart(
            peak=_peak(draft, part=part, hours=hours),
            limits=tuple(min(int(Fraction(limit) * _WH_OF_KWH), _LIMIT_MAX) for limit in demand.limits),
            months=part.borne(draft.practice.charges),
            line=len(draft.lines),
            before=() if demand.ratchet is None else _peaks_before(draft, part=part, ratchet=demand.ratchet),
            share_e6=0 if demand.ratchet is None else int(demand.ratchet.share * _MILLIONTHS),
        )
    )
    code = LineCode.DEMAND_OF_HOURS if demand.register else LineCode.DEMAND
    prices = [(demand.register, tier, scaled(price)) for tier, price in enumerate(demand.usd_per_kw)]
    _add_lines(draft, part=part, code=code, prices=prices)


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


def _add_lines(draft: Draft, *, part: _Part, code: LineCode, prices: Iterable[tuple[str, int, int]]) -> None:
    season, rounding = part.laid.season.key, part.laid.schedule.rounding
    draft.lines += [
        LineSpec(part.bill, code, rounding, register=register, season=season, tier=tier, price_e8=price_e8)
        for register, tier, price_e8 in prices
    ]


def _add_fixed(draft: Draft, *, bill: int, versions: _Versions) -> None:
    """The charges of a bill that no load changes, by version, and what it comes to at least."""
    least: Fraction | int = 0
    practice = draft.practice
    held: dict[date, tuple[RateSchedule, list[int]]] = {}
    for schedule, index in versions:
        held.setdefault(schedule.effective_on, (schedule, []))[1].append(index)
    days_of_bill, of_bill = _extent(draft, tuple([index for _, index in versions]))
    for schedule, mine in held.values():
        days, months = _extent(draft, tuple(mine))
        borne = months_borne(months, days=days, of_bill=of_bill, basis=practice.charges)
        charges = (
            (LineCode.FIXED_MONTHLY, schedule.fixed_usd_per_month, borne),
            (LineCode.FIXED_DAILY, schedule.fixed_usd_per_day, days),
        )
        for code, price, times in charges:
            if price:
                cents = _cents_of_charge(price, times=times, rule=schedule.rounding)
                draft.fixed.append(FixedLine(bill=bill, code=code, days=days, price=price, cents=cents))
        if practice.minimum is not None and (schedule.minimum_usd_per_month or schedule.minimum_usd_per_day):
            borne = months_borne(months, days=days, of_bill=of_bill, basis=practice.minimum)
            least += Fraction(schedule.minimum_usd_per_month) * borne + Fraction(schedule.minimum_usd_per_day) * days
    last, _ = [*held.values()][-1]
    draft.minimums.append(
        Minimum(
            days=days_of_bill,
            price=last.minimum_usd_per_month or last.minimum_usd_per_day,
            cents=cents_of(least, rule=last.rounding),
        )
    )
