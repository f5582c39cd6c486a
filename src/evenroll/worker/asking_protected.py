"""Asking for what a protected bill rests on: the utility's meters and reads, and by the hour where a price asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from evenroll.enrollment.case import Case
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.usage_point import MeterReads, PointMeter, UsagePoint
from evenroll.ports.outside import HourFacts, Outside
from evenroll.ports.premises import ServedPoint
from evenroll.programs.catalog import RateUnknown
from evenroll.programs.program import ProgramVersion, ServiceChange
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.bill_making import needs_hours
from evenroll.records.gathered import program_of
from evenroll.records.organizations import open_organization
from evenroll.records.protected_terms import NotComparable, Sides, sides_of
from evenroll.records.protected_usage import (
    Protected,
    months_to_read,
    protected_days,
    protected_periods,
    read_days,
)
from evenroll.worker.asking_hours import meters_there, used_by, with_prices_of
from evenroll.worker.installation import Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asking:
    """Whose protection is asked about, and of which utility."""

    installation: Installation
    utility: OrganizationKey
    program: ProgramVersion
    protected: Protected
    calendar: ServiceCalendar

    def meters(self, point: UsagePoint, period: DatePeriod) -> tuple[PointMeter, ...]:
        """The meters whose energy the program prices and that were there on a day of the period."""
        separate = self.program.service_change is ServiceChange.NEW_SEPARATE_SERVICE
        return tuple(each for each in meters_there(point, period=period) if each.separate is separate)


def ask_for_protected(installation: Installation, case: Case, outside: Outside, *, today: date) -> Outside:
    """The usage point as the utility tells it, its reads up to today, and the hours with their prices where needed.

    A supplier asks the utility of its customer; a utility answers itself.
    """
    if case.pod is None or case.order is None:
        return outside
    with open_organization(case.organization) as opened:
        program, calendar = program_of(case), opened.calendar
    protected = protected_days(case, program) if program else None
    if program is None or protected is None:
        return outside
    asking = _Asking(
        installation=installation,
        utility=case.order.utility,
        program=program,
        protected=protected,
        calendar=calendar,
    )
    served = installation.premises.served(
        case.pod, utility=asking.utility, from_on=protected.start_on, months=months_to_read(protected)
    )
    if not isinstance(served, ServedPoint):
        return replace(outside, served=served)
    days = read_days(protected, cycle=served.read_days)
    known = tuple(day for day in days if day <= today)
    reads = reads_of_meters(installation, served.point, utility=asking.utility, on=known)
    hours = _hours(asking, served) if days and days[-1] <= today else HourFacts()
    return replace(outside, served=served, reads=reads, hours=hours)


def reads_of_meters(
    installation: Installation, point: UsagePoint, *, utility: OrganizationKey, on: tuple[date, ...]
) -> tuple[MeterReads, ...] | PartnerAway:
    """The reads of every meter of a usage point on those days, ascending by day."""
    found: list[MeterReads] = []
    for serial in dict.fromkeys(each.serial for each in point.meters):
        reads = installation.reads.reads(serial, utility=utility, on=on)
        if isinstance(reads, PartnerAway):
            return reads
        found += reads
    return tuple(sorted(found, key=lambda each: each.read_on))


def _hours(asking: _Asking, served: ServedPoint) -> HourFacts:
    """Empty where the registers tell enough for both prices of every period."""
    periods = protected_periods(asking.protected, cycle=served.read_days)
    by_hour = [(period, sides) for period, sides in _sides(asking, served.point, periods) if sides is not None]
    by_hour = [(period, sides) for period, sides in by_hour if _asks_hours(sides, asking.meters(served.point, period))]
    if not by_hour:
        return HourFacts()
    first, last = by_hour[0][0], by_hour[-1][0]
    where = asking.calendar
    span = (where.start_of_day(first.start_on), where.start_of_day(last.end_on or date.max))
    there = (each.serial for period, _ in by_hour for each in asking.meters(served.point, period))
    meters = tuple(dict.fromkeys(there))
    known = used_by(asking.installation, meters, utility=asking.utility, span=span)
    if known.away is not None:
        return known
    series = next((sides.series for _, sides in by_hour if sides.series), None)
    events = next((sides.events_of for _, sides in by_hour if sides.events_of), None)
    rate = series.rate if series else None
    return with_prices_of(asking.installation, known, rate=rate, program=events, span=span)


def _sides(
    asking: _Asking, point: UsagePoint, periods: tuple[DatePeriod, ...]
) -> Iterator[tuple[DatePeriod, Sides | None]]:
    """Where there is no price to compare, the step says so; nobody is asked for hours then."""
    for period in periods:
        try:
            yield period, sides_of(asking.program, point=point, since_on=asking.protected.start_on, on=period.start_on)
        except (RateUnknown, NotComparable):
            return


def _asks_hours(sides: Sides, meters: tuple[PointMeter, ...]) -> bool:
    registers = frozenset(each.name for meter in meters for each in meter.registers)
    return any(needs_hours(each, registers=registers) for each in sides.all)
