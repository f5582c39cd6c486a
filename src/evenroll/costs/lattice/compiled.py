"""Rates compiled against billing cycles, ready to bill any number of loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from evenroll.costs.lattice.beside import NOTHING_BESIDE, NOTHING_LAID_ON, Beside, series_of
from evenroll.costs.lattice.lines import CompiledRates, Draft
from evenroll.costs.lattice.parts import add_rate
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.lattice.segments import CyclesWrong, lattice_of
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.periods import DatePeriod


class RatesRefused(ValueError):
    """Rates that cannot be billed over these cycles or from these intervals."""


def compile_rates(
    histories: Sequence[Sequence[RateSchedule]],
    *,
    cycles: Sequence[DatePeriod],
    calendar: ServiceCalendar,
    minutes: int,
    beside: Beside = NOTHING_BESIDE,
) -> CompiledRates:
    """The rates over billing cycles that follow each other, days in the territory.

    histories: by rate, its dated versions in any order; a version holds from its first day on, also in mid-cycle.
    minutes: the intervals of the loads, 15 or 60. beside: prices of hours, and what programs lay on rates. Raises
    RatesRefused, CyclesWrong, PeriodOpen, PricesMissing.
    """
    versions = [tuple(sorted(history, key=lambda each: each.effective_on)) for history in histories]
    _check(versions, cycles=cycles, minutes=minutes)
    lists = tuple(dict.fromkeys(each.holidays for history in versions for each in history))
    cuts = frozenset(each.effective_on for history in versions for each in history)
    draft = Draft(lattice=lattice_of(cycles, calendar=calendar, minutes=minutes, lists=lists, cuts=cuts))
    for key in dict.fromkeys(each.hourly_series for history in versions for each in history if each.hourly_series):
        draft.series[key] = series_of(key, lattice=draft.lattice, beside=beside)
    for number, history in enumerate(versions):
        add_rate(draft, number=number, history=history, laid_on=beside.laid_on.get(number, NOTHING_LAID_ON))
    return CompiledRates(
        lattice=draft.lattice,
        keys=tuple(history[-1].key for history in versions),
        coverages=tuple(history[-1].coverage for history in versions),
        lines=tuple(draft.lines),
        fixed=tuple(draft.fixed),
        minimums=tuple(draft.minimums),
        energy=tuple(draft.energy),
        demands=tuple(draft.demands),
        peaks=tuple(draft.peaks),
        series=np.array([*draft.series.values()], dtype=np.int64).reshape(-1, draft.lattice.intervals),
        hourly=tuple(draft.hourly),
        events=tuple(draft.events),
        history_short=frozenset(draft.history_short),
    )


def _check(versions: Sequence[Sequence[RateSchedule]], *, cycles: Sequence[DatePeriod], minutes: int) -> None:
    if not cycles:
        raise CyclesWrong("There is no billing cycle, so nothing can be billed. Give at least one.")
    first_on: date = cycles[0].start_on
    for history in versions:
        if not history:
            raise RatesRefused("A rate without any version cannot be billed. Give at least one.")
        if history[0].effective_on > first_on:
            raise RatesRefused(
                f"Rate {history[0].key} holds from {history[0].effective_on} on and the first cycle begins on "
                f"{first_on}. Add the version that held before."
            )
        for each in history:
            if each.demand_minutes is not None and each.demand_minutes != minutes:
                raise RatesRefused(
                    f"Rate {each.key} averages demand over {each.demand_minutes} minutes and the loads have intervals "
                    f"of {minutes}. Give loads of that interval."
                )
