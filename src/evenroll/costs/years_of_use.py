"""The years that a measured load tells of, laid onto the calendar year that is compared, and one answer of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.compare import Assumption, AssumptionCode, Comparison, Range, Scenario
from evenroll.costs.program_costs import Costs
from evenroll.costs.usage import HourlyLoad, start_of_year
from evenroll.quantities.calendars import ServiceCalendar

YEARS_MAX: Final = 10
"""So many years of use are looked at, the latest."""

WEEKS_NEEDED: Final = 52
"""A load of so many weeks tells of a year."""

_HOUR: Final = timedelta(hours=1)
# Whole weeks, so that a Monday takes the use of a Monday.
_STEP: Final = timedelta(weeks=WEEKS_NEEDED)


def years_of_use(load: HourlyLoad, *, year: int, calendar: ServiceCalendar) -> tuple[HourlyLoad, ...]:
    """A load over the calendar year for each year that a measured one tells of, the latest first; none if for none.

    Each hour takes what the same clock hour drew whole steps of 52 weeks before: nothing where the load covers the
    calendar year itself, so that this year is as it was measured. Load after the calendar year is not looked at. Where
    clocks change, an hour that did not exist then takes the one in its place.
    """
    zone = ZoneInfo(calendar.zone)
    start_at, end_at = (start_of_year(each, calendar=calendar) for each in (year, year + 1))
    hours = tuple((start_at + n * _HOUR).astimezone(zone) for n in range((end_at - start_at) // _HOUR))
    places = [_places(local, load=load, zone=zone) for local in hours]
    count = min((len(each) for each in places), default=0)
    return tuple(
        HourlyLoad(start_at=start_at, wh=tuple(load.wh[each[back]] for each in places)) for back in range(count)
    )


def over_years(found: Sequence[Costs]) -> Costs:
    """One answer of those for several years of use, the one to tell first: ranges over all of them.

    found: at least one. Where one of them is no comparison, that one.
    """
    compared = [each for each in found if isinstance(each, Comparison)]
    for each in found:
        if not isinstance(each, Comparison):
            return each
    told = compared[0]
    if len(compared) == 1:
        return told
    scenarios = tuple(_over([each.scenarios[n] for each in compared]) for n in range(len(told.scenarios)))
    said = Assumption(code=AssumptionCode.YEARS_OF_USE, parameters={"years": str(len(compared))})
    return replace(told, scenarios=scenarios, assumptions=(*told.assumptions, said))


def _over(scenarios: Sequence[Scenario]) -> Scenario:
    return replace(
        scenarios[0],
        cost=_range([each.cost for each in scenarios]),
        pev=_range([each.pev for each in scenarios]),
    )


def _range(ranges: Sequence[Range]) -> Range:
    return Range(low=min(each.low for each in ranges), mid=ranges[0].mid, high=max(each.high for each in ranges))


def _places(local: datetime, *, load: HourlyLoad, zone: ZoneInfo) -> tuple[int, ...]:
    """Where the load has this clock hour of a year, the latest first."""
    found: list[int] = []
    clock = local.replace(tzinfo=None)
    while len(found) < YEARS_MAX:
        at = clock.replace(tzinfo=zone, fold=local.fold).astimezone(UTC)
        place = (at - load.start_at) // _HOUR
        if place < 0:
            break
        if place < len(load.wh):
            found.append(place)
        clock -= _STEP
    return tuple(found)
