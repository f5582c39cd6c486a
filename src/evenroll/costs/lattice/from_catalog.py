"""A rate of the catalog as a rate schedule: the same hours, steps and charges."""

from __future__ import annotations

from evenroll.costs.lattice.schedule import DayHours, EnergyBlock, RateSchedule, ScheduleRefused, ScheduleSeason
from evenroll.programs.rate import HOURS_OF_DAY, HourBand, Rate, RegisterPrice, Season, StepBasis, hours_of


def schedule_of_rate(rate: Rate) -> RateSchedule:
    """The schedule of a rate. Each register has steps of its own, as on the rate.

    Raises ScheduleRefused for a rate that the catalog does not price in full, and for a rider.
    """
    if rate.unpriced:
        raise ScheduleRefused(
            rate.key,
            feature=", ".join(rate.unpriced),
            place="unpriced",
            why="The catalog lacks these prices; add them.",
        )
    if rate.rides_on:
        raise ScheduleRefused(
            rate.key, feature="rider", place="rides_on", why="It prices no energy by itself; price the rate below it."
        )
    return RateSchedule(
        key=rate.key,
        coverage=rate.coverage,
        effective_on=rate.effective_on,
        seasons=tuple(_season(season) for season in rate.seasons),
        rounding=rate.rounding,
        fixed_usd_per_month=rate.fixed_usd_per_month,
        fixed_usd_per_day=rate.fixed_usd_per_day,
        minimum_usd_per_month=rate.minimum_bill_usd_per_month,
        holidays=rate.holidays,
        hourly_series=rate.hourly_series,
    )


def _season(season: Season) -> ScheduleSeason:
    return ScheduleSeason(
        key=season.key,
        months=season.months,
        hours=DayHours(weekday=_hours(season.weekday), weekend=_hours(season.weekend)),
        blocks=tuple(_block(row) for row in season.prices),
    )


def _hours(bands: tuple[HourBand, ...]) -> tuple[str, ...]:
    of_hour = {hour: band.register for band in bands for hour in hours_of(band)}
    return tuple([of_hour[hour] for hour in HOURS_OF_DAY])


def _block(row: RegisterPrice) -> EnergyBlock:
    return EnergyBlock(
        registers=(row.register,),
        usd_per_kwh=((row.usd_per_kwh, *(step.usd_per_kwh for step in row.steps)),),
        limits=tuple(step.from_kwh for step in row.steps),
        basis=row.basis or StepBasis.CALENDAR_MONTH,
    )
