"""The three ways of a year in one of its courses: in whole numbers, and where those cannot hold it, as it is read."""

from __future__ import annotations

import numpy as np

from evenroll.costs.charging import charge_cheapest
from evenroll.costs.courses import Course, CourseLoads
from evenroll.costs.usage import HourlyLoad
from evenroll.costs.ways import CourseWays, Way, beside, way, way_beside
from evenroll.costs.year_ways import charged_cheapest, priced_year, way_of_year, wh_of_year


def ways_of_course(course: Course, *, loads: CourseLoads) -> CourseWays:
    """The ways, to the cent those of `ways_read`. Raises what that raises."""
    return _in_numbers(course, loads) or ways_read(course, loads=loads)


def ways_read(course: Course, *, loads: CourseLoads) -> CourseWays:
    """The same by the readable biller: what counts where a price or a load is beyond the whole numbers.

    Raises UsageRefused for a rate that cannot be billed, PricingRefused where an hour has no price.
    """
    household, year, calendar = loads.household, loads.year, loads.calendar
    managed = charge_cheapest(loads.sessions, pricing=course.program, calendar=calendar)
    today = way(course.today, household=household, pev=loads.at_once, year=year, calendar=calendar)

    def on_program(pev: HourlyLoad) -> Way:
        if course.program.is_beside:
            return way_beside(
                course.program, today=course.today, household=household, pev=pev, year=year, calendar=calendar
            )
        return way(course.program, household=household, pev=pev, year=year, calendar=calendar)

    return CourseWays(today=today, unchanged=on_program(loads.at_once), managed=on_program(managed))


def _in_numbers(course: Course, loads: CourseLoads) -> CourseWays | None:
    today = priced_year(course.today, year=loads.year, calendar=loads.calendar)
    program = priced_year(course.program, year=loads.year, calendar=loads.calendar)
    if today is None or program is None:
        return None
    household, at_once = wh_of_year(loads.household, of=today.of), wh_of_year(loads.at_once, of=today.of)
    if household is None or at_once is None:
        return None
    managed = np.array(charged_cheapest(loads.sessions, more_e8=program.more_e8).wh, dtype=np.int64)
    now = way_of_year(today, household=household, pev=at_once)
    if not course.program.is_beside:
        return CourseWays(
            today=now,
            unchanged=way_of_year(program, household=household, pev=at_once),
            managed=way_of_year(program, household=household, pev=managed),
        )
    nothing = np.zeros_like(household)
    home = way_of_year(today, household=household, pev=nothing)
    return CourseWays(
        today=now,
        unchanged=beside(home, own=way_of_year(program, household=nothing, pev=at_once)),
        managed=beside(home, own=way_of_year(program, household=nothing, pev=managed)),
    )
