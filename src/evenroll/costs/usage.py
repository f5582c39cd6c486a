"""Usage by season and register: from an hourly load by its instants, or from register reads by days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import compress
from zoneinfo import ZoneInfo

from evenroll.costs.bill import SeasonRegister, SeasonUsage, UsageRefused
from evenroll.costs.reference import season_days
from evenroll.programs.rate import Rate, register_at, registers_of, season_at
from evenroll.programs.tariff_holidays import NO_HOLIDAYS, TERRITORY_HOLIDAYS, is_listed_holiday
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import Wh
from evenroll.quantities.periods import DatePeriod

# The register of a meter that counts everything beside what its other registers tell apart.
TOTAL_REGISTER = "total"
_HOUR = timedelta(hours=1)
_SATURDAY = 5


class LoadWrong(ValueError):
    """An hourly load that does not begin at a full hour of UTC, or does not reach over the days asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HourlyLoad:
    """Energy drawn in each hour from start_at on.

    start_at: the start of the first hour, UTC. wh: (hour,), Wh, never negative. Raises LoadWrong.
    """

    start_at: datetime
    wh: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.start_at.utcoffset() != timedelta(0):
            raise LoadWrong("A load begins at an instant that is not given in UTC. Convert it first.")
        if self.start_at.replace(minute=0, second=0, microsecond=0) != self.start_at:
            raise LoadWrong(f"A load begins at {self.start_at}, which is no full hour. Begin it at one.")
        if min(self.wh, default=0) < 0:
            raise LoadWrong("A load draws less than nothing in an hour; what is fed in is not supported here.")


def usage_of_load(load: HourlyLoad, *, rate: Rate, period: DatePeriod, calendar: ServiceCalendar) -> SeasonUsage:
    """The load of the period's days, summed by season and register of the rate.

    Every hour counts once, on days of 23 and 25 hours too. Raises LoadWrong if the load does not cover the
    period.
    """
    first, count = hours_of_period(load, period=period, calendar=calendar)
    drawn = load.wh[first : first + count]
    positions = _positions(load.start_at + first * _HOUR, count, rate, calendar)
    return {place: Wh(sum(compress(drawn, chosen))) for place, chosen in positions}


def hours_of_period(load: HourlyLoad, *, period: DatePeriod, calendar: ServiceCalendar) -> tuple[int, int]:
    """Position of the period's first hour in the load, and the hours of the period. Raises LoadWrong."""
    from_at = calendar.start_of_day(period.start_on)
    to_at = calendar.start_of_day(period.start_on + timedelta(days=period.days))
    first, rest = divmod(from_at - load.start_at, _HOUR)
    count = (to_at - from_at) // _HOUR
    if rest or first < 0 or first + count > len(load.wh):
        raise LoadWrong(
            f"A load of {len(load.wh)} hours from {load.start_at} does not cover {count} hours "
            f"from {from_at}. Give a load that does."
        )
    return first, count


def place_at(at: datetime, *, rate: Rate, calendar: ServiceCalendar) -> SeasonRegister:
    """The season and register into which energy drawn at an instant counts, by the territory's clock."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    register = register_at(rate, local=local, is_holiday=is_rate_holiday(local.date(), rate=rate, calendar=calendar))
    return SeasonRegister(season=season_at(rate, month=local.month).key, register=register)


def places_from(from_at: datetime, *, hours: int, rate: Rate, calendar: ServiceCalendar) -> tuple[SeasonRegister, ...]:
    """The season and register of each of so many hours from an instant on."""
    return _places(from_at, hours, rate, calendar)


# A comparison asks for the same twelve months of two rates six times; the places do not depend on the load.
@lru_cache(maxsize=256)
def _places(from_at: datetime, hours: int, rate: Rate, calendar: ServiceCalendar) -> tuple[SeasonRegister, ...]:
    return tuple(place_at(from_at + hour * _HOUR, rate=rate, calendar=calendar) for hour in range(hours))


@lru_cache(maxsize=1024)
def _positions(
    from_at: datetime, hours: int, rate: Rate, calendar: ServiceCalendar
) -> tuple[tuple[SeasonRegister, bytes], ...]:
    """Each season and register that occurs, in the order of its first hour, with a 1 for each of its hours."""
    places = [place_at(from_at + hour * _HOUR, rate=rate, calendar=calendar) for hour in range(hours)]
    return tuple((each, bytes(place == each for place in places)) for each in dict.fromkeys(places))


def is_tariff_holiday(day: date, *, calendar: ServiceCalendar) -> bool:
    """Whether rates take the day for a holiday: one of the territory's, or the weekday of its observance.

    A day on which only the office is closed is none: a storm does not change the price.
    """
    return day.weekday() < _SATURDAY and day in calendar.holidays(day.year)


def tariff_holidays(days: Collection[date], *, calendar: ServiceCalendar) -> frozenset[date]:
    """Those of some days that rates take for holidays of the territory."""
    named = frozenset[date]().union(*(calendar.holidays(year) for year in {day.year for day in days}))
    return frozenset(day for day in named.intersection(days) if day.weekday() < _SATURDAY)


def is_rate_holiday(day: date, *, rate: Rate, calendar: ServiceCalendar) -> bool:
    """Whether this rate takes the day for a weekend day though it is none: by its own list, or the territory's."""
    if rate.holidays == TERRITORY_HOLIDAYS:
        return is_tariff_holiday(day, calendar=calendar)
    return rate.holidays != NO_HOLIDAYS and is_listed_holiday(day, key=rate.holidays)


def usage_of_reads(advances: Mapping[str, Wh], *, rate: Rate, period: DatePeriod) -> SeasonUsage:
    """What the registers of a meter counted over the period, by season and register of the rate.

    advances: Wh by register name of the meter. A rate with one register takes the meter's of that name, else
    the sum of all; a rate with several needs each of them. Where the period lies in two seasons each register
    is split by days among those that price it, as a register cannot tell more; no watt-hour is lost. Raises
    UsageRefused, PeriodOpen.
    """
    days = season_days(rate, period=period)
    found: dict[SeasonRegister, Wh] = {}
    for register, wh in onto_registers(advances, wanted=registers_of(rate), rate=rate.key).items():
        own = _seasons_of(register, rate=rate, days=days)
        if wh and not own:
            raise UsageRefused(
                f"Register {register!r} counted {wh} Wh, and rate {rate.key} has no price for it on these days. "
                "Check the register map of the meter."
            )
        left_wh, left_days = int(wh), sum(own.values())
        for season, count in own.items():
            share = left_wh * count // left_days
            found[SeasonRegister(season=season, register=register)] = Wh(share)
            left_wh, left_days = left_wh - share, left_days - count
    return found


def _seasons_of(register: str, *, rate: Rate, days: Mapping[str, int]) -> dict[str, int]:
    """The days in each season that prices a register: one that only summer has counted nothing in winter."""
    priced = {season.key for season in rate.seasons for row in season.prices if row.register == register}
    return {key: count for key, count in days.items() if key in priced}


def onto_registers(advances: Mapping[str, int], *, wanted: tuple[str, ...], rate: str) -> Mapping[str, Wh]:
    """What the registers of a meter counted, Wh, by those that a rate wants. Raises UsageRefused."""
    if not advances:
        raise UsageRefused(f"No register was read, so nothing can be billed on rate {rate}. Read the meter.")
    if len(wanted) == 1:
        only = wanted[0]
        return {only: Wh(advances[only] if only in advances else sum(advances.values()))}
    missing = [register for register in wanted if register not in advances]
    if missing:
        raise UsageRefused(
            f"Rate {rate} needs the registers {', '.join(wanted)} and the meter did not tell "
            f"{', '.join(missing)}. Use a meter that tells them apart, or bill on a rate with one register."
        )
    found = {register: Wh(advances[register]) for register in wanted}
    shown = advances.get(TOTAL_REGISTER)
    if shown is not None and shown != sum(found.values()):
        raise UsageRefused(
            f"The registers {', '.join(wanted)} counted {sum(found.values())} Wh together and the total register "
            f"{shown} Wh. Check the reads and the register map."
        )
    return found


def start_of_year(year: int, *, calendar: ServiceCalendar) -> datetime:
    """The first instant of a calendar year in the territory, UTC."""
    return calendar.start_of_day(date(year, 1, 1)).astimezone(UTC)
