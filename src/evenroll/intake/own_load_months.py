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
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.own_load import Direction, OwnLoad
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
    load that reaches over these months; the typical household where there is none. Raises FileRefused.
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
    shape = "the profile given" if profile else "the typical day of a household"
    return OwnLoad(
        meter="the meter",
        direction=Direction.DELIVERED,
        load=load,
        told_wh=sum(months.values()),
        warnings=(f"Only {len(days)} months were told; their hours are those of {shape}, and all count as estimated.",),
    )


def _check(days: list[date], months: Mapping[date, int]) -> None:
    if not days or len(days) > MONTHS_MAX:
        raise FileRefused(f"Use by the month is told for {len(days)} months. Give 1 to {MONTHS_MAX}.")
    for day in days:
        if day.day != 1 or not 1971 <= day.year < 2200:
            raise FileRefused(f"{day} is not the first day of a month of a meter. Give months as 2026-03.")
        if not 0 <= months[day] <= _WH_MAX:
            raise FileRefused(f"The use of {day:%Y-%m} is less than nothing or beyond any meter. Correct it.")
    for day, after in pairwise(days):
        if after != _next(day):
            raise FileRefused(f"{_next(day):%Y-%m} is missing between {day:%Y-%m} and {after:%Y-%m}. Give its use too.")


def _next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _weights(profile: HourlyLoad, *, from_at: datetime, to_at: datetime) -> tuple[int, ...]:
    first, count = (from_at - profile.start_at) // _HOUR, (to_at - from_at) // _HOUR
    weights = profile.wh[first : first + count] if first >= 0 else ()
    if len(weights) < count or not any(weights):
        raise FileRefused(
            f"The profile says nothing of the hours from {from_at:%Y-%m-%d %H:%M} on (UTC). Give one "
            "that reaches over all months told and draws energy in each."
        )
    return weights
