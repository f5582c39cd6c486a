"""The business days and the local days of a service territory: holidays, zones, daylight saving time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import import_module, resources
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_SATURDAY: Final = 5


class CalendarUnknown(LookupError):
    """No calendar stands under this key."""


class InstantNaive(ValueError):
    """An instant came without a zone, so no business date can be told."""


class DayUneven(ValueError):
    """A local day has no whole number of hours, as where clocks move by half an hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCalendar:
    """The calendar of one service territory.

    key: its name in the registry. zone: IANA name. subdivision: state whose holidays hold, None for federal ones only.
    extra_closed: further days on which the office is closed.
    """

    key: str
    zone: str
    subdivision: str | None = None
    extra_closed: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, no holiday of nation or state (nor the weekday on which one is observed), not closed.

        Every public holiday of the state counts, also one on which some offices open: a date is then rather late than
        promised for a day without a crew."""
        return day.weekday() < _SATURDAY and day not in self.extra_closed and day not in self.holidays(day.year)

    def holidays(self, year: int) -> frozenset[date]:
        """The holidays of nation and state in a year, the weekday on which one is observed among them."""
        return _closed_days(self.subdivision, year)

    def next_business_day(self, day: date) -> date:
        """The day itself if it is a business day, else the first one after it."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th business day after `day`, which itself is not counted; negative n: before it.

        n = 0 gives the day itself if it is a business day, else the next one. A later `day` never gives an earlier one.
        """
        if n == 0:
            return self.next_business_day(day)
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def add_calendar_days(self, day: date, n: int) -> date:
        """The day n calendar days after `day` (before it if negative), a business day or not."""
        return day + n * _DAY

    def business_date(self, at: datetime) -> date:
        """The local date in the territory at an instant. Raises InstantNaive if the instant has no zone."""
        if at.utcoffset() is None:
            raise InstantNaive(
                f"{at} has no zone, so its business date in {self.zone} is unknown. Give an instant with a zone."
            )
        return _business_date(self.zone, at) if at.tzinfo is UTC else at.astimezone(ZoneInfo(self.zone)).date()

    def start_of_day(self, day: date) -> datetime:
        """The first instant of a local day, in UTC.

        Where the clock jumps over midnight it is the instant of the jump; a day that the zone skips altogether starts
        with the next one, so that days always tile.
        """
        return _start_of_day(self.zone, day)

    def hours_in_day(self, day: date) -> int:
        """Hours of a local day: 24, or 23 and 25 when clocks change. Raises DayUneven if they are not whole."""
        hours, rest = divmod(self.start_of_day(day + _DAY) - self.start_of_day(day), _HOUR)
        if rest:
            raise DayUneven(
                f"{day} in {self.zone} has no whole number of hours; count the time between the starts of days instead."
            )
        return hours


def calendar(key: str) -> ServiceCalendar:
    """The calendar of a territory by its key, such as "US-TX". Raises CalendarUnknown."""
    try:
        return _CALENDARS[key]
    except KeyError:
        raise CalendarUnknown(
            f"No service calendar is called {key!r}, so business days there are unknown. "
            f"Known are {', '.join(sorted(_CALENDARS))}; use one of them or add the territory."
        ) from None


def calendar_keys() -> tuple[str, ...]:
    """The keys of all known calendars, sorted."""
    return tuple(sorted(_CALENDARS))


# "US-LAKELAND" is the invented territory of the demo: federal holidays only, so that its dates stay the same whatever
# a state decides.
_CALENDARS: Final[Mapping[str, ServiceCalendar]] = MappingProxyType(
    {
        entry.key: entry
        for entry in (
            ServiceCalendar(key="US-CA", zone="America/Los_Angeles", subdivision="CA"),
            ServiceCalendar(key="US-CO", zone="America/Denver", subdivision="CO"),
            ServiceCalendar(key="US-GA", zone="America/New_York", subdivision="GA"),
            ServiceCalendar(key="US-IL", zone="America/Chicago", subdivision="IL"),
            ServiceCalendar(key="US-LAKELAND", zone="America/Chicago"),
            ServiceCalendar(key="US-MI", zone="America/Detroit", subdivision="MI"),
            ServiceCalendar(key="US-NY", zone="America/New_York", subdivision="NY"),
            ServiceCalendar(key="US-PA", zone="America/New_York", subdivision="PA"),
            ServiceCalendar(key="US-TX", zone="America/Chicago", subdivision="TX"),
            ServiceCalendar(key="US-VA", zone="America/New_York", subdivision="VA"),
        )
    }
)


@lru_cache(maxsize=1024)
def _closed_days(subdivision: str | None, year: int) -> frozenset[date]:
    """The holidays of a year: of the table, which is that of the library, and of the library for any other year."""
    listed = _table().get((subdivision or "-", year))
    if listed is not None:
        return frozenset(date(year, int(each[:2]), int(each[2:])) for each in listed.split())
    # To import it and to ask it for the first year takes longer than any bill. The year is given and not expanded, so
    # that the library never asks what day it is.
    library = import_module("holidays")
    named = library.country_holidays("US", subdiv=subdivision, years=year, expand=False)
    return frozenset(day for day in named if day.year == year)


@cache
def _table() -> Mapping[tuple[str, int], str]:
    rows = resources.files("evenroll.quantities").joinpath("closed_days.csv").read_text(encoding="utf-8").splitlines()
    cells = (row.split(",") for row in rows[1:])
    return {(subdivision, int(year)): days for subdivision, year, days in cells}


@lru_cache(maxsize=1024)
def _business_date(zone: str, at: datetime) -> date:
    # One decision asks for the date of one instant many times over. Two instants of another zone may look the same.
    return at.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=65536)
def _start_of_day(zone: str, day: date) -> datetime:
    tz = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=tz)
    offset = midnight.utcoffset()
    if offset is not None and offset == datetime(day.year, day.month, day.day, fold=1, tzinfo=tz).utcoffset():
        # Midnight comes once: the clock jumps neither over it nor back to it.
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
    late = midnight.astimezone(UTC)
    if late.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return late
    # Midnight was skipped. The jump lies after `early` and not after `late`: halve until a second is left.
    early = midnight.replace(fold=1).astimezone(UTC)
    while late - early > _SECOND:
        middle = early + (late - early) // (2 * _SECOND) * _SECOND
        if middle.astimezone(tz).date() >= day:
            late = middle
        else:
            early = middle
    return late
