"""A customer's use by the month spread over its hours: by a profile of one's own, or by the typical household."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.costs.typical import shares, typical_household
from evenroll.costs.usage import HourlyLoad
from evenroll.intake.own_load import THE_METER, Direction, OwnLoad
from evenroll.intake.own_load_words import refuse, say
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord
from evenroll.quantities.calendars import ServiceCalendar

MONTHS_MAX: Final = 240
_HOUR: Final = timedelta(hours=1)
_PROFILE_WH: Final = 10**10
_WH_MAX: Final = 2**31 - 1
"""In a month: whatever the profile, no hour comes to more than a load can hold."""


def load_of_months(
    months: Mapping[date, int], *, calendar: ServiceCalendar, profile: HourlyLoad | None = None
) -> OwnLoad:
    """A load by the hour whose months come to what was told, exactly; all of it is marked as estimated.

    months: the first day of each month, one after the other, to its use in Wh. profile: weights of the hours, an hourly
    load that reaches over these months; the typical household where there is none. Raises OwnFileRefused.
    """
    days = sorted(months)
    _check(days, months)
    starts = [calendar.start_of_day(day) for day in (*days, _next(days[-1]))]
    wh: list[int] = []
    for day, (from_at, to_at) in zip(days, pairwise(starts), strict=True):
        base = profile or typical_household(_PROFILE_WH, year=day.year, calendar=calendar)
        weights = _weights(base, from_at=from_at, to_at=to_at)
        wh.extend(shares(months[day], weights=weights))
    load = LoadBlock(
        wh=smallest(np.array(wh, dtype=np.int64))[np.newaxis, :],
        start_at=starts[0],
        minutes=60,
        zone=calendar.zone,
        estimated=np.packbits(np.ones(len(wh), dtype=np.bool_))[np.newaxis, :],
    )
    shape = say(OwnWord.OF_PROFILE if profile else OwnWord.OF_HOUSEHOLD)
    return OwnLoad(
        meter=THE_METER,
        direction=Direction.DELIVERED,
        load=load,
        told_wh=sum(months.values()),
        warnings=(say(OwnNote.MONTHS_ONLY, count=len(days), shape=shape),),
    )


def _check(days: list[date], months: Mapping[date, int]) -> None:
    if not days or len(days) > MONTHS_MAX:
        raise refuse(OwnRefusal.MONTHS_COUNT, count=len(days), most=MONTHS_MAX)
    for day in days:
        if day.day != 1 or not 1971 <= day.year < 2200:
            raise refuse(OwnRefusal.MONTH_NOT_FIRST, day=day)
        if not 0 <= months[day] <= _WH_MAX:
            raise refuse(OwnRefusal.MONTH_WRONG, month=f"{day:%Y-%m}")
    for day, after in pairwise(days):
        if after != _next(day):
            told = {"month": _next(day), "before": day, "after": after}
            raise refuse(OwnRefusal.MONTH_MISSING, **{name: f"{each:%Y-%m}" for name, each in told.items()})


def _next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _weights(profile: HourlyLoad, *, from_at: datetime, to_at: datetime) -> tuple[int, ...]:
    first, count = (from_at - profile.start_at) // _HOUR, (to_at - from_at) // _HOUR
    weights = profile.wh[first : first + count] if first >= 0 else ()
    if len(weights) < count or not any(weights):
        raise refuse(OwnRefusal.PROFILE_SILENT, start=f"{from_at:%Y-%m-%d %H:%M}")
    return weights
