"""A household's hourly load where nobody measured one: an invented typical day, scaled to the energy of a year."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.charging import NeedWrong, PevNeed
from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.usage import HourlyLoad, is_tariff_holiday, start_of_year
from evenroll.quantities.calendars import ServiceCalendar

MONTHS: Final = 12
MILES: Final = 100
_HOUR: Final = timedelta(hours=1)
_SATURDAY: Final = 5

# Weights of each clock hour from midnight on: our own invention, neither measured nor taken from a published profile.
_WEEKDAY: Final = (4, 4, 4, 4, 4, 5, 8, 10, 9, 7, 6, 6, 6, 6, 6, 7, 9, 12, 14, 14, 13, 11, 8, 5)
_WEEKEND: Final = (5, 4, 4, 4, 4, 5, 6, 8, 10, 11, 11, 10, 10, 10, 10, 10, 11, 12, 13, 13, 12, 11, 9, 6)
# Weights of a day of each month, January first: heating in winter, cooling in summer. Invented likewise.
_MONTH: Final = (11, 11, 10, 9, 8, 10, 13, 13, 10, 8, 9, 11)


class UseWrong(ValueError):
    """A use of energy that no household can have."""


def annual_of_monthly(monthly_wh: int) -> int:
    """What an average month comes to in a year. monthly_wh: Wh. Returns Wh."""
    return monthly_wh * MONTHS


def typical_household(annual_wh: int, *, year: int, calendar: ServiceCalendar) -> HourlyLoad:
    """The load of a household over a calendar year of the territory, by the typical day of each month.

    annual_wh: Wh in the year, zero or more. Returns (hour,), Wh; its sum is annual_wh exactly. An hour that is left
    out when clocks change draws nothing, one that comes twice draws twice; a holiday is a day of the weekend.
    Raises UseWrong.
    """
    if annual_wh < 0:
        raise UseWrong("A household draws energy of zero or more in a year. Correct the energy.")
    start_at = start_of_year(year, calendar=calendar)
    hours = (start_of_year(year + 1, calendar=calendar) - start_at) // _HOUR
    return HourlyLoad(start_at=start_at, wh=shares(annual_wh, weights=_weights(start_at, hours, calendar)))


def shares(whole: int, *, weights: tuple[int, ...]) -> tuple[int, ...]:
    """A whole in parts by weight, none lost: what is left after rounding down goes to the largest remainders.

    whole: zero or more. weights: (part,), zero or more, one of them above zero. Among equal remainders the earlier
    part comes first.
    """
    total = sum(weights)
    parts = [whole * weight // total for weight in weights]
    left = whole - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda part: -(whole * weights[part] % total))
    for part in by_remainder[:left]:
        parts[part] += 1
    return tuple(parts)


def need_of_miles(
    miles: int, *, wh_per_100_miles: int, plug_in_hour: int = 18, unplug_hour: int = 7, power_w: int = 7200
) -> PevNeed:
    """What a PEV draws at home for the miles of a year, all of it charged there.

    miles: in a year. wh_per_100_miles: from the wall, as fuel economy labels quote it in kWh. Raises NeedWrong.
    """
    if miles < 0 or wh_per_100_miles < 0:
        raise NeedWrong("A car drives zero miles or more and needs no less than nothing for them. Correct the need.")
    return PevNeed(
        annual_wh=miles * wh_per_100_miles // MILES,
        plug_in_hour=plug_in_hour,
        unplug_hour=unplug_hour,
        power_w=power_w,
    )


def typical_day_assumed(annual_wh: int) -> Assumption:
    """That the household's hours are those of the typical day."""
    return Assumption(code=AssumptionCode.TYPICAL_DAY, parameters={"kwh": f"{annual_wh // 1000:,d}"})


def miles_assumed(miles: int, *, wh_per_100_miles: int) -> Assumption:
    """That the car needs what its miles need, all of it drawn at home."""
    whole, rest = divmod(wh_per_100_miles, 1000)
    rating = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return Assumption(code=AssumptionCode.CHARGED_AT_HOME, parameters={"miles": f"{miles:,d}", "rating": rating})


@lru_cache(maxsize=32)
def _weights(start_at: datetime, hours: int, calendar: ServiceCalendar) -> tuple[int, ...]:
    zone = ZoneInfo(calendar.zone)
    return tuple(_weight((start_at + hour * _HOUR).astimezone(zone), calendar=calendar) for hour in range(hours))


def _weight(local: datetime, *, calendar: ServiceCalendar) -> int:
    is_weekend = local.weekday() >= _SATURDAY or is_tariff_holiday(local.date(), calendar=calendar)
    day = _WEEKEND if is_weekend else _WEEKDAY
    return _MONTH[local.month - 1] * day[local.hour]
