"""Makes the bill that a rate comes to here, from registers or intervals; each assumption can be another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.bill import LineCode, UsageRefused
from evenroll.costs.lattice.beside import NOTHING_BESIDE, Beside, PricesMissing
from evenroll.costs.lattice.compiled import CYCLE_DAYS_MAX, RatesRefused, compile_rates
from evenroll.costs.lattice.explain import ExplainedLine, lines_of_plain
from evenroll.costs.lattice.lines import CompiledRates, EnergyPart, Runs
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.plain import bill_cells, cells_of
from evenroll.costs.lattice.practice import AS_TARIFFS_SAY, Practice
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.matching.codes import CannotMake
from evenroll.costs.matching.past_bill import MakeRefused
from evenroll.costs.usage import TOTAL_REGISTER, onto_registers
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.periods import DatePeriod

_WH_OF_KWH: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Everything that a bill depends on.

    history: the versions that price it. counted_wh, peaks_w: by register, where there is no load; energy that the bill
    tells by season: by season/register. shift: intervals by
    which the meter's clock is ahead. whole_kwh: whether the energy of each register is rounded to whole kWh first.
    """

    history: tuple[RateSchedule, ...]
    calendar: ServiceCalendar
    period: DatePeriod
    practice: Practice = AS_TARIFFS_SAY
    counted_wh: Mapping[str, int] = field(default_factory=dict[str, int])
    peaks_w: Mapping[str, int] = field(default_factory=dict[str, int])
    load: LoadBlock | None = field(default=None, repr=False)
    beside: Beside = NOTHING_BESIDE
    shift: int = 0
    whole_kwh: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A bill that was made here. total: USD, the sum of the lines."""

    lines: tuple[ExplainedLine, ...]
    total: Decimal


def make_bill(setting: Setting) -> Made:
    """The bill of a setting, each line rounded once by the rate's rule. Raises MakeRefused."""
    rates = _compiled(setting)
    if setting.load is None:
        _check_registers_tell(setting, rates=rates)
        rates, sums, maxima = _of_registers(setting, rates=rates)
        row = None
    else:
        row = _row(setting.load, rates=rates, shift=setting.shift)
        sums, maxima = cells_of(row, lattice=rates.lattice)
    if setting.whole_kwh:
        _to_whole_kwh(sums, rates=rates)
    lines = lines_of_plain(bill_cells(sums, maxima=maxima, rates=rates, row=row), rates=rates, number=0)
    return Made(lines=lines, total=sum((line.amount for line in lines), Decimal(0)))


def by_register(told: Mapping[str, int]) -> dict[str, int]:
    """Energy by register, Wh, its seasons added up."""
    found: dict[str, int] = {}
    for key, wh in told.items():
        name = key.rpartition("/")[2]
        found[name] = found.get(name, 0) + wh
    return found


def _compiled(setting: Setting) -> CompiledRates:
    if setting.period.days > CYCLE_DAYS_MAX:
        raise MakeRefused(CannotMake.TOO_LONG, days=str(setting.period.days), most=str(CYCLE_DAYS_MAX))
    minutes = 60 if setting.load is None else setting.load.minutes
    # A demand that a register shows was averaged by the meter already.
    history = setting.history if setting.load else [replace(each, demand_minutes=None) for each in setting.history]
    try:
        rates = compile_rates(
            [history],
            cycles=[setting.period],
            calendar=setting.calendar,
            minutes=minutes,
            beside=setting.beside,
            practice=setting.practice,
        )
        if rates.history_short:
            raise MakeRefused(CannotMake.NOT_SUPPORTED, rate=rates.keys[0], choices="ratchet")
        return rates
    except PricesMissing as missing:
        raise MakeRefused(CannotMake.PRICES_MISSING, series=missing.series) from missing
    except RatesRefused as refused:
        if setting.history[0].effective_on > setting.period.start_on:
            first = str(setting.history[0].effective_on)
            raise MakeRefused(CannotMake.NOT_IN_FORCE, rate=setting.history[0].key, first=first) from refused
        demand = str(setting.history[-1].demand_minutes or "?")
        raise MakeRefused(CannotMake.LOAD_UNFIT, needed=demand, given=str(minutes)) from refused


def _check_registers_tell(setting: Setting, *, rates: CompiledRates) -> None:
    """Prices of hours and energy in events that were called stand in no register; a demand may."""
    if rates.hourly or any(each.intervals for each in rates.events):
        raise MakeRefused(CannotMake.HOURS_MISSING, rate=rates.keys[0])
    wanted = {line.register for line in rates.lines if line.code.value.startswith("demand")}
    missing = sorted(name or "demand" for name in wanted if name not in setting.peaks_w)
    per_kw = any(part.peak is not None for part in rates.energy) and "" not in setting.peaks_w
    if missing or per_kw:
        raise MakeRefused(CannotMake.DEMAND_MISSING, rate=rates.keys[0], choices=", ".join(missing) or "demand")


def _row(load: LoadBlock, *, rates: CompiledRates, shift: int) -> NDArray[np.int64]:
    """The intervals of the bill; shifted ones keep their energy, that of either end going round."""
    lattice = rates.lattice
    first, rest = divmod(lattice.start_at - load.start_at, timedelta(minutes=load.minutes))
    if rest or first < 0 or first + lattice.intervals > load.wh.shape[1]:
        until_at = load.start_at + load.wh.shape[1] * timedelta(minutes=load.minutes)
        raise MakeRefused(CannotMake.LOAD_UNFIT, needed=str(lattice.start_at), given=f"{load.start_at} - {until_at}")
    row = load.wh[0, first : first + lattice.intervals].astype(np.int64)
    return np.roll(row, shift)


def _of_registers(setting: Setting, *, rates: CompiledRates) -> tuple[CompiledRates, list[int], list[int]]:
    """What registers counted, each in a cell of its own; split by days where several parts price a register."""
    credits = [part for part in rates.energy if rates.lines[part.line].code is LineCode.CREDIT]
    places = [(part, name) for part in rates.energy if part not in credits for name in _registers(part, rates=rates)]
    keys = [_key(part, name, rates=rates, told=setting.counted_wh) for part, name in places]
    left = _left(setting, keys=tuple(dict.fromkeys(keys)), rate=rates.keys[0])
    days = {key: sum(part.days for (part, _), other in zip(places, keys, strict=True) if other == key) for key in keys}
    sums: list[int] = []
    for (part, _), key in zip(places, keys, strict=True):
        sums.append(left[key] * part.days // days[key])
        left[key], days[key] = left[key] - sums[-1], days[key] - part.days
    # Registers do not tell in which months of a credit they counted: it is shared out by days.
    sums += [sum(sums) * part.days // setting.period.days for part in credits]
    maxima = [0] * len(rates.peaks)
    for peak, name in _demands(rates):
        maxima[peak] = max(maxima[peak], setting.peaks_w.get(name, 0))
    cells = iter(range(len(sums)))
    ordered = [*dict.fromkeys(part for part, _ in places), *credits]
    energy = tuple(part._replace(slots=tuple(_cell(next(cells)) for _ in part.slots)) for part in ordered)
    peaks = tuple(_cell(number) for number in range(len(maxima)))
    return replace(rates, energy=energy, peaks=peaks), sums, maxima


def _key(part: EnergyPart, name: str, *, rates: CompiledRates, told: Mapping[str, int]) -> str:
    """What a register is told by: its name, or its season and name where the bill tells seasons apart."""
    return f"{rates.lines[part.line].season}/{name}" if _by_season(told) else name


def _by_season(told: Mapping[str, int]) -> bool:
    return any("/" in key for key in told)


def _left(setting: Setting, *, keys: tuple[str, ...], rate: str) -> dict[str, int]:
    told = setting.counted_wh
    if not _by_season(told):
        return dict(_onto(told, wanted=keys, rate=rate))
    lost = [key for key, wh in told.items() if wh and key not in keys]
    if lost:
        choices, names = ", ".join(keys), ", ".join(sorted(told))
        raise MakeRefused(CannotMake.REGISTERS_UNFIT, rate=rate, choices=choices, told=names)
    return {key: told.get(key, 0) for key in keys}


def _cell(number: int) -> Runs:
    return ((number, number + 1),)


def _demands(rates: CompiledRates) -> list[tuple[int, str]]:
    """Each peak with the register that tells it."""
    found = [(part.peak, rates.lines[part.line].register) for part in rates.demands]
    return [*found, *((part.peak, "") for part in rates.energy if part.peak is not None)]


def _onto(counted: Mapping[str, int], *, wanted: tuple[str, ...], rate: str) -> Mapping[str, int]:
    if not counted:
        raise MakeRefused(CannotMake.NOTHING_COUNTED, rate=rate)
    parts = {name: wh for name, wh in counted.items() if name != TOTAL_REGISTER}
    if len(wanted) == 1 and parts.keys() < counted.keys() and sum(parts.values()) == counted[TOTAL_REGISTER]:
        # What is told in parts and as a whole counts once.
        counted = {TOTAL_REGISTER: counted[TOTAL_REGISTER]}
    unfit = MakeRefused(
        CannotMake.REGISTERS_UNFIT, rate=rate, choices=", ".join(wanted), told=", ".join(sorted(counted))
    )
    if len(wanted) > 1 and any(wh for name, wh in parts.items() if name not in wanted):
        raise unfit
    try:
        return onto_registers(counted, wanted=wanted, rate=rate)
    except UsageRefused as refused:
        raise unfit from refused


def _registers(part: EnergyPart, *, rates: CompiledRates) -> list[str]:
    tiers = len(part.limits) + 1
    return [rates.lines[part.line + slot * tiers].register for slot in range(len(part.slots))]


def _to_whole_kwh(sums: list[int], *, rates: CompiledRates) -> None:
    for part in rates.energy:
        for runs in part.slots:
            wh = sum(sum(sums[first:end]) for first, end in runs)
            if runs:
                sums[runs[0][0]] += (wh + _WH_OF_KWH // 2) // _WH_OF_KWH * _WH_OF_KWH - wh
