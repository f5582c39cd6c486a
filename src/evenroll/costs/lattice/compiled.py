"""Rates compiled against billing cycles, ready to bill any number of loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from evenroll.costs.lattice.beside import NOTHING_BESIDE, NOTHING_LAID_ON, Beside, series_of
from evenroll.costs.lattice.lines import CompiledRates, Draft
from evenroll.costs.lattice.parts import add_rate, version_at
from evenroll.costs.lattice.practice import AS_TARIFFS_SAY, Practice
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.lattice.segments import CyclesWrong, lattice_of
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.periods import DatePeriod

CYCLE_DAYS_MAX: Final = 200


class RatesRefused(ValueError):
    """Rates that cannot be billed over these cycles or from these intervals."""


def compile_rates(
    histories: Sequence[Sequence[RateSchedule]],
    *,
    cycles: Sequence[DatePeriod],
    calendar: ServiceCalendar,
    minutes: int,
    beside: Beside = NOTHING_BESIDE,
    practice: Practice = AS_TARIFFS_SAY,
) -> CompiledRates:
    """The rates over billing cycles that follow each other, days in the territory.

    histories: by rate, its dated versions in any order; a version holds from its first day on, also in mid-cycle.
    minutes: the intervals of the loads, 15 or 60. beside: prices of hours, and what programs lay on rates. practice:
    how what is stated per month is shared out. Raises RatesRefused, CyclesWrong, PeriodOpen, PricesMissing.
    """
    versions = [tuple(sorted(history, key=lambda each: each.effective_on)) for history in histories]
    _check(versions, cycles=cycles, minutes=minutes)
    lists = tuple(dict.fromkeys(each.holidays for history in versions for each in history))
    cuts = frozenset(each.effective_on for history in versions for each in history)
    lattice = _lattice(tuple(cycles), calendar=calendar, minutes=minutes, lists=lists, cuts=cuts)
    draft = Draft(lattice=lattice, practice=practice)
    for key, spans in _spans_of_series(draft, versions=versions).items():
        draft.series[key] = series_of(key, spans=spans, lattice=draft.lattice, beside=beside)
    for number, history in enumerate(versions):
        add_rate(draft, number=number, history=history, laid_on=beside.laid_on.get(number, NOTHING_LAID_ON))
    return CompiledRates(
        lattice=draft.lattice,
        keys=tuple(history[-1].key for history in versions),
        coverages=tuple(history[-1].coverage for history in versions),
        lines=tuple(draft.lines),
        line_first=(*draft.line_first, len(draft.lines)),
        fixed=tuple(draft.fixed),
        fixed_first=(*draft.fixed_first, len(draft.fixed)),
        minimums=tuple(draft.minimums),
        energy=tuple(draft.energy),
        demands=tuple(draft.demands),
        peaks=tuple(draft.peaks),
        series=np.array([*draft.series.values()], dtype=np.int64).reshape(-1, draft.lattice.intervals),
        hourly=tuple(draft.hourly),
        events=tuple(draft.events),
        history_short=frozenset(draft.history_short),
    )


# Rates that are compiled one by one, as for one customer, share the lattice of their cycles.
_lattice = lru_cache(maxsize=8)(lattice_of)


def _spans_of_series(draft: Draft, *, versions: Sequence[Sequence[RateSchedule]]) -> dict[str, set[int]]:
    """The spans in which a version of a rate needs the prices of a series."""
    found: dict[str, set[int]] = {}
    for history in versions:
        if not any(version.hourly_series for version in history):
            continue
        for number, span in enumerate(draft.lattice.spans):
            series = version_at(history, span=span).hourly_series
            if series:
                found.setdefault(series, set()).add(number)
    return found


def _check(versions: Sequence[Sequence[RateSchedule]], *, cycles: Sequence[DatePeriod], minutes: int) -> None:
    if not cycles:
        raise CyclesWrong("There is no billing cycle, so nothing can be billed. Give at least one.")
    longest = max(cycle.days for cycle in cycles)
    if longest > CYCLE_DAYS_MAX:
        raise CyclesWrong(
            f"A billing cycle of {longest} days is more than {CYCLE_DAYS_MAX}, for which amounts are exact. Cut it."
        )
    for history in versions:
        _check_history(history, first_on=cycles[0].start_on, minutes=minutes)


def _check_history(history: Sequence[RateSchedule], *, first_on: date, minutes: int) -> None:
    if not history:
        raise RatesRefused("A rate without any version cannot be billed. Give at least one.")
    if history[0].effective_on > first_on:
        raise RatesRefused(
            f"Rate {history[0].key} holds from {history[0].effective_on} on and the first cycle begins on "
            f"{first_on}. Add the version that held before."
        )
    if len({(each.key, each.coverage) for each in history}) != 1 or len({each.effective_on for each in history}) != len(
        history
    ):
        raise RatesRefused(
            f"Rate {history[0].key}: its versions differ in key or coverage, or two hold from one day on. Give the "
            "versions of one rate."
        )
    for each in history:
        if each.demand_minutes is not None and each.demand_minutes != minutes:
            raise RatesRefused(
                f"Rate {each.key} averages demand over {each.demand_minutes} minutes and the loads have intervals "
                f"of {minutes}. Give loads of that interval."
            )
