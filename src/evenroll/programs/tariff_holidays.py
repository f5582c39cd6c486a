"""The lists of holidays that tariffs name for themselves, where they differ from those of the territory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

TERRITORY_HOLIDAYS: Final = "territory"
"""Every holiday of the service territory, on the day it is observed."""
NO_HOLIDAYS: Final = "none"
"""Saturday and Sunday alone are weekend."""

_MONDAY: Final = 0
_THURSDAY: Final = 3
_SUNDAY: Final = 6
_DAY: Final = timedelta(days=1)


class Holiday(StrEnum):
    """A day of the year that tariffs name."""

    NEW_YEAR = "new_year"
    KING = "king"
    PRESIDENTS = "presidents"
    GOOD_FRIDAY = "good_friday"
    MEMORIAL = "memorial"
    INDEPENDENCE = "independence"
    LABOR = "labor"
    VETERANS = "veterans"
    THANKSGIVING = "thanksgiving"
    AFTER_THANKSGIVING = "after_thanksgiving"
    CHRISTMAS = "christmas"


@dataclass(frozen=True, kw_only=True, slots=True)
class HolidayList:
    """The holidays of a tariff. monday_after_sunday: one that falls on a Sunday is kept on the Monday after."""

    days: tuple[Holiday, ...]
    monday_after_sunday: bool


def _nth(year: int, *, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1)) * _DAY


def _memorial(year: int) -> date:
    last = date(year, 5, 31)
    return last - (last.weekday() - _MONDAY) % 7 * _DAY


def _good_friday(year: int) -> date:
    """Two days before Easter Sunday, by the arithmetic of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    el = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1) - 2 * _DAY


_DATE_OF: Final[Mapping[Holiday, Callable[[int], date]]] = MappingProxyType(
    {
        Holiday.NEW_YEAR: lambda year: date(year, 1, 1),
        Holiday.KING: lambda year: _nth(year, month=1, weekday=_MONDAY, count=3),
        Holiday.PRESIDENTS: lambda year: _nth(year, month=2, weekday=_MONDAY, count=3),
        Holiday.GOOD_FRIDAY: _good_friday,
        Holiday.MEMORIAL: _memorial,
        Holiday.INDEPENDENCE: lambda year: date(year, 7, 4),
        Holiday.LABOR: lambda year: _nth(year, month=9, weekday=_MONDAY, count=1),
        Holiday.VETERANS: lambda year: date(year, 11, 11),
        Holiday.THANKSGIVING: lambda year: _nth(year, month=11, weekday=_THURSDAY, count=4),
        Holiday.AFTER_THANKSGIVING: lambda year: _nth(year, month=11, weekday=_THURSDAY, count=4) + _DAY,
        Holiday.CHRISTMAS: lambda year: date(year, 12, 25),
    }
)

_EIGHT: Final = (
    Holiday.NEW_YEAR,
    Holiday.PRESIDENTS,
    Holiday.MEMORIAL,
    Holiday.INDEPENDENCE,
    Holiday.LABOR,
    Holiday.VETERANS,
    Holiday.THANKSGIVING,
    Holiday.CHRISTMAS,
)
_NINE: Final = (
    *(day for day in _EIGHT if day is not Holiday.VETERANS),
    Holiday.KING,
    Holiday.AFTER_THANKSGIVING,
)
_SIX: Final = tuple(day for day in _EIGHT if day not in (Holiday.PRESIDENTS, Holiday.VETERANS))

# What each list is called in the catalog. A list is stated as its tariff does; add one where a tariff differs.
_LISTS: Final[Mapping[str, HolidayList]] = MappingProxyType(
    {
        "sdge8": HolidayList(days=_EIGHT, monday_after_sunday=True),
        "sce8": HolidayList(days=_EIGHT, monday_after_sunday=True),
        "gp2": HolidayList(days=(Holiday.INDEPENDENCE, Holiday.LABOR), monday_after_sunday=False),
        "peco9": HolidayList(days=_NINE, monday_after_sunday=False),
        "six": HolidayList(days=_SIX, monday_after_sunday=False),
    }
)


def holiday_list_keys() -> tuple[str, ...]:
    """The names of all lists, sorted."""
    return tuple(sorted(_LISTS))


def is_listed_holiday(day: date, *, key: str) -> bool:
    """Whether the day stands in the list of that name. Raises KeyError for a name that `holiday_list_keys` lacks."""
    return day in listed_holidays(day.year, key=key)


@lru_cache(maxsize=1024)
def listed_holidays(year: int, *, key: str) -> frozenset[date]:
    """The days of a list in a year. None is the last of the year, so none is kept in the next one."""
    named = _LISTS[key]
    days = {_DATE_OF[holiday](year) for holiday in named.days}
    if named.monday_after_sunday:
        days |= {day + _DAY for day in days if day.weekday() == _SUNDAY}
    return frozenset(days)
