"""When a PEV at home charges in a year: as soon as it is plugged in, or in the cheapest hours of its stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.pricing import Pricing, prices_from
from evenroll.costs.usage import HourlyLoad, start_of_year
from evenroll.quantities.calendars import ServiceCalendar

LOSS_PERCENT: Final = 10
"""What of the energy from the wall does not reach the battery, where nothing else is said."""
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class NeedWrong(ValueError):
    """A charging need that no car can have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PevNeed:
    """What a PEV draws at home, the same every day.

    annual_wh: Wh in a year, from the wall. plug_in_hour, unplug_hour: local clock hours, 0-23; the car leaves
    on the next day where unplug_hour is not after plug_in_hour. power_w: the most that it draws. Raises
    NeedWrong.
    """

    annual_wh: int
    plug_in_hour: int = 18
    unplug_hour: int = 7
    power_w: int = 7200

    def __post_init__(self) -> None:
        if self.annual_wh < 0 or self.power_w <= 0:
            raise NeedWrong("A PEV needs energy of zero or more and a power above zero. Correct the need.")
        if not (0 <= self.plug_in_hour <= 23 and 0 <= self.unplug_hour <= 23):
            raise NeedWrong("Plug-in and unplug are clock hours from 0 to 23. Correct the need.")


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedDoesNotFit:
    """On some day the car is not plugged in long enough: session_wh at most, where daily_wh is needed."""

    session_wh: int
    daily_wh: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingYear:
    """The sessions of a year: per day the hours plugged in (positions in the year) and the Wh needed.

    hours: hours of the year. Hours after the year's end continue at its beginning, where the session of the
    last day before the year would have charged: a year neither gains nor loses a session.
    """

    start_at: datetime
    hours: int
    power_w: int
    sessions: tuple[tuple[tuple[int, ...], int], ...]


def charging_year(need: PevNeed, *, year: int, calendar: ServiceCalendar) -> ChargingYear | NeedDoesNotFit:
    """The sessions of each day of a calendar year in the territory, or the first day that is too short."""
    start_at = start_of_year(year, calendar=calendar)
    hours = (start_of_year(year + 1, calendar=calendar) - start_at) // _HOUR
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    sessions: list[tuple[tuple[int, ...], int]] = []
    left_wh = need.annual_wh
    for index in range(days):
        daily_wh = left_wh // (days - index)
        left_wh -= daily_wh
        day = date(year, 1, 1) + index * _DAY
        leave_on = day if need.unplug_hour > need.plug_in_hour else day + _DAY
        first = (_instant(day, need.plug_in_hour, calendar) - start_at) // _HOUR
        last = (_instant(leave_on, need.unplug_hour, calendar) - start_at) // _HOUR
        if (last - first) * need.power_w < daily_wh:
            return NeedDoesNotFit(session_wh=(last - first) * need.power_w, daily_wh=daily_wh)
        sessions.append((tuple(hour % hours for hour in range(first, last)), daily_wh))
    return ChargingYear(start_at=start_at, hours=hours, power_w=need.power_w, sessions=tuple(sessions))


def charge_at_once(sessions: ChargingYear) -> HourlyLoad:
    """The load of a car that charges at full power from plug-in until it has what it needs."""
    wh = [0] * sessions.hours
    for hours, needed_wh in sessions.sessions:
        _fill(wh, hours=hours, needed_wh=needed_wh, power_w=sessions.power_w)
    return HourlyLoad(start_at=sessions.start_at, wh=tuple(wh))


def charge_cheapest(sessions: ChargingYear, *, pricing: Pricing, calendar: ServiceCalendar) -> HourlyLoad:
    """The load of a car that charges in the cheapest hours of each stay; among equals in the earliest.

    Exact: with a price per hour and a limit of power, filling the cheapest hours first costs least. The prices of the
    hours of a stay, and the events in it, are known when it begins. Raises PricingRefused where an hour has no price.
    """
    wh = [0] * sessions.hours
    prices = prices_from(sessions.start_at, hours=sessions.hours, pricing=pricing, calendar=calendar)
    for hours, needed_wh in sessions.sessions:
        # sorted keeps the order of plug-in among equal prices.
        ordered = tuple(sorted(hours, key=prices.__getitem__))
        _fill(wh, hours=ordered, needed_wh=needed_wh, power_w=sessions.power_w)
    return HourlyLoad(start_at=sessions.start_at, wh=tuple(wh))


def _fill(wh: list[int], *, hours: tuple[int, ...], needed_wh: int, power_w: int) -> None:
    for hour in hours:
        drawn = min(needed_wh, power_w)
        wh[hour] += drawn
        needed_wh -= drawn


def _instant(day: date, hour: int, calendar: ServiceCalendar) -> datetime:
    """The instant of a clock hour; where clocks change, the first such hour or the one in its place."""
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(calendar.zone))
