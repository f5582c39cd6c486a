"""Invented schedules, cycles and loads for the fast bills."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from evenroll.costs.lattice.bills import Engine
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.costs.lattice.schedule import DayHours, EnergyBlock, RateSchedule, ScheduleSeason
from evenroll.programs.program import Coverage
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.periods import DatePeriod

CHICAGO = calendar("US-LAKELAND")
PLAIN_CLOCK = ServiceCalendar(key="plain", zone="UTC")
"""A territory whose clock never jumps, as in PySAM."""

ALL_YEAR = tuple(range(1, 13))
NIGHT = ("night",) * 6 + ("day",) * 18


def months_of(year: int) -> tuple[DatePeriod, ...]:
    """The calendar months of a year as billing cycles."""
    starts = [date(year, month, 1) for month in ALL_YEAR] + [date(year + 1, 1, 1)]
    return tuple(DatePeriod(start_on=a, end_on=b) for a, b in itertools.pairwise(starts))


def cycles_from(start_on: date, *lengths: int) -> tuple[DatePeriod, ...]:
    """Billing cycles of so many days each, one after the other."""
    found: list[DatePeriod] = []
    for days in lengths:
        found.append(DatePeriod(start_on=start_on, end_on=start_on + timedelta(days=days)))
        start_on += timedelta(days=days)
    return tuple(found)


def flat(*, usd: str = "0.10", key: str = "FLAT", effective_on: date = date(2020, 1, 1), **more: Any) -> RateSchedule:
    """A rate with one price for all energy."""
    hours = DayHours(weekday=("all",) * 24, weekend=("all",) * 24)
    block = EnergyBlock(registers=("all",), usd_per_kwh=((Decimal(usd),),))
    season = ScheduleSeason(key="year", months=ALL_YEAR, hours=hours, blocks=(block,))
    return RateSchedule(key=key, coverage=Coverage.BOTH, effective_on=effective_on, seasons=(season,), **more)


def night_and_day(
    *, night: str = "0.05", day: str = "0.20", holiday: tuple[str, ...] | None = None, **more: Any
) -> RateSchedule:
    """A rate whose night is from midnight to 6; weekends are all night."""
    hours = DayHours(weekday=NIGHT, weekend=("night",) * 24, holiday=holiday)
    blocks = tuple(
        EnergyBlock(registers=(name,), usd_per_kwh=((Decimal(usd),),)) for name, usd in (("night", night), ("day", day))
    )
    season = ScheduleSeason(key="year", months=ALL_YEAR, hours=hours, blocks=blocks)
    settings: dict[str, Any] = {"key": "NIGHT", "effective_on": date(2020, 1, 1), **more}
    return RateSchedule(coverage=Coverage.BOTH, seasons=(season,), **settings)


def engine_of(
    *histories: tuple[RateSchedule, ...],
    cycles: tuple[DatePeriod, ...],
    minutes: int = 60,
    territory: ServiceCalendar = CHICAGO,
) -> Engine:
    """The rates compiled for those cycles."""
    return Engine(compile_rates(histories, cycles=cycles, calendar=territory, minutes=minutes))


def block_of(engine: Engine, wh: Any, *, start_at: datetime | None = None) -> LoadBlock:
    """Loads (customer, interval) over the cycles of an engine; a number is the load of every interval."""
    lattice = engine.rates.lattice
    filled = np.full((1, lattice.intervals), wh, dtype=np.int64) if isinstance(wh, int) else np.asarray(wh)
    return LoadBlock(
        wh=smallest(filled.astype(np.int64)),
        start_at=start_at or lattice.start_at,
        minutes=lattice.minutes,
        zone=lattice.zone,
    )


def random_loads(engine: Engine, *, customers: int, seed: int, highest: int = 9000) -> LoadBlock:
    """Loads of chance, reproducible."""
    shape = (customers, engine.rates.lattice.intervals)
    return block_of(engine, np.random.default_rng(seed).integers(0, highest, size=shape))
