"""What a comparison of many customers is made from: rates, days and clock, the same for all of them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from evenroll.costs.lattice.beside import NOTHING_BESIDE, NOTHING_LAID_ON, Beside
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.usage import LoadWrong
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.periods import DatePeriod

_DAY: Final = timedelta(days=1)
_DAYS_MAX: Final = 366
_MINUTES_OF_DAY: Final = 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadShape:
    """How the loads of a file lie in time. start_at: of the first interval, UTC. minutes: 15 or 60.

    intervals: of each load.
    """

    start_at: datetime
    minutes: int
    intervals: int
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedRate:
    """A rate that is compared. key: its name in the result. schedule: in force on all days that are compared.

    cap_w: the most that a car draws in hours of events in which its program lowers charging, by their starts, UTC.
    """

    key: str
    schedule: RateSchedule
    cap_w: Mapping[datetime, int] = field(default_factory=dict[datetime, int], repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonPlan:
    """What all customers are compared by. cycles: days that the loads cover. beside: by number of the rate.

    components: whether it is told what each bill is made up of.
    """

    rates: tuple[ComparedRate, ...]
    shape: LoadShape
    calendar: ServiceCalendar
    cycles: tuple[DatePeriod, ...]
    beside: Beside = field(default=NOTHING_BESIDE)
    components: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The rates by name."""
        return tuple(each.key for each in self.rates)

    @property
    def event_hours(self) -> dict[str, int]:
        """How many hours lie in events, by name of each rate on which these cost more or lower charging."""
        found: dict[str, int] = {}
        for number, rate in enumerate(self.rates):
            laid_on = self.beside.laid_on.get(number, NOTHING_LAID_ON)
            if laid_on.event_usd_per_kwh > 0 or rate.cap_w:
                found[rate.key] = len(laid_on.event_hours | rate.cap_w.keys())
        return found

    @property
    def capped(self) -> tuple[int, ...]:
        """The rates, by number, on which events lower charging."""
        return tuple(number for number, rate in enumerate(self.rates) if rate.cap_w)

    @property
    def days(self) -> int:
        """How many days are billed."""
        return sum(cycle.days for cycle in self.cycles)


def months_covered(shape: LoadShape, *, calendar: ServiceCalendar) -> tuple[DatePeriod, ...]:
    """The days of a load cut at calendar months. Raises LoadWrong: not whole days of the territory, or over a year."""
    days = shape.intervals * shape.minutes // _MINUTES_OF_DAY
    if days > 2 * _DAYS_MAX:
        # Far more than any end that a date could tell.
        raise LoadWrong(f"The loads cover {days} days; a comparison covers a year. Cut them.")
    first_on = calendar.business_date(shape.start_at)
    end_at = shape.start_at + shape.intervals * timedelta(minutes=shape.minutes)
    end_on = calendar.business_date(end_at)
    is_whole = calendar.start_of_day(first_on) == shape.start_at and calendar.start_of_day(end_on) == end_at
    if not is_whole or end_on <= first_on:
        raise LoadWrong(
            f"{shape.intervals} intervals of {shape.minutes} minutes from {shape.start_at.isoformat()} are not whole "
            f"days in {calendar.zone}. Give loads that begin and end at midnight there."
        )
    if (end_on - first_on).days > _DAYS_MAX:
        raise LoadWrong(f"The loads cover {(end_on - first_on).days} days; a comparison covers a year. Cut them.")
    cycles: list[DatePeriod] = []
    while first_on < end_on:
        next_on = min(end_on, first_on + (monthrange(first_on.year, first_on.month)[1] - first_on.day + 1) * _DAY)
        cycles.append(DatePeriod(start_on=first_on, end_on=next_on))
        first_on = next_on
    return tuple(cycles)


def in_force_from(schedule: RateSchedule, *, first_on: date) -> RateSchedule:
    """The schedule as if it had held from a day on: the prices of one version on the loads of any year."""
    return replace(schedule, effective_on=min(schedule.effective_on, first_on))
