"""The reading routes of the invented utility: what its meters showed on the days on which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from evenroll.enrollment.dates import scheduled_reads
from evenroll.enrollment.usage_point import MeterReads, PointMeter, UsagePoint
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability
from evenroll.programs.rate import is_hourly
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import PodId, RateKey
from evenroll.runtime.territory_loads import hours_wh
from evenroll.runtime.territory_meters import reads_on, register_map_of, usage_point_of
from evenroll.runtime.territory_plan import BEGINS_ON, TERRITORIES, PlannedPoint, product_map

_DAY: Final = timedelta(days=1)

READS_BEHIND: Final = 3
"""Scheduled reads of each meter that are there when the demo begins."""


HOURS_BEHIND_DAYS: Final = 34
"""So many days before a read are told by the hour: at least back to the read before."""


def read_days(point: PlannedPoint, *, from_on: date, until_on: date) -> tuple[date, ...]:
    """The scheduled reads of a point on [from_on, until_on), ascending."""
    months = (until_on - from_on).days // 28 + 2
    where = calendar(point.territory.calendar)
    days = scheduled_reads(cycle_day=point.cycle_day, from_on=from_on, months=months, calendar=where)
    return tuple(day for day in days if from_on <= day < until_on)


def past_reads(points: Iterable[PlannedPoint], *, before: date) -> Iterable[MeterReads]:
    """The last scheduled reads of every meter before a day."""
    for point in points:
        meter = usage_point_of(point).meters[0]
        days = read_days(point, from_on=before - timedelta(days=32 * READS_BEHIND), until_on=before)
        for day in days[-READS_BEHIND:]:
            yield reads_on(point, meter=meter, product=product_map(point), on=day)


def store_reads(reads: Iterable[MeterReads]) -> None:
    """Keep reads in the books of the open organization; those that are there stay as they are."""
    from evenroll.records.books import NewRead, add_reads

    add_reads(
        NewRead(serial=read.serial, register=register, read_on=read.read_on, value_wh=value)
        for read in reads
        for register, value in sorted(read.values_wh.items())
    )


def store_intervals(taken: Iterable[tuple[PlannedPoint, PointMeter, date]]) -> None:
    """Keep the hours of the days before each read, of meters that tell them: since the read before, or since they hang.

    Only some months back: nobody bills what lies before the last read but one.
    """
    from evenroll.records.interval_reads import NewIntervals, add_intervals

    add_intervals(
        NewIntervals(
            serial=meter.serial,
            start_at=calendar(point.territory.calendar).start_of_day(on),
            wh=hours_wh(shape=point.shape, scale=point.scale, day=on, territory=point.territory.calendar),
        )
        for point, meter, day in taken
        if meter.capability is MeterCapability.INTERVAL
        for on in (day - timedelta(days=n) for n in range(1, HOURS_BEHIND_DAYS + 1))
        if on >= meter.installed_on
    )


def take_reads(
    points: Sequence[PlannedPoint],
    *,
    from_on: date,
    until_on: date,
    also: Mapping[PodId, date] | None = None,
) -> None:
    """Read every meter of these points whose scheduled read falls on [from_on, until_on), as it then hangs there.

    also: points that are read on a day beside their schedule, as a switch on that day asks for it.
    """
    from evenroll.records.organizations import open_organization

    beside = also or {}
    days = {point.pod: read_days(point, from_on=from_on, until_on=until_on) for point in points}
    for pod in beside.keys() & days.keys():
        days[pod] = tuple(sorted({*days[pod], beside[pod]}))
    due = {point.pod: point for point in points if days[point.pod]}
    for territory in TERRITORIES:
        here = {pod: point for pod, point in due.items() if point.territory is territory}
        if here:
            with open_organization(territory.utility):
                _take(here, days=days)


def _take(due: Mapping[PodId, PlannedPoint], *, days: Mapping[PodId, tuple[date, ...]]) -> None:
    """The reads of points of one utility, in its open books."""
    found = _points_at(tuple(due))
    meters = [(each.pod, meter) for each in found for meter in each.meters if _is_readable(due[each.pod], meter)]
    taken = [
        (due[pod], meter, day)
        for pod, meter in meters
        for day in days[pod]
        if meter.installed_on < day and (meter.removed_on is None or day < meter.removed_on)
    ]
    store_reads(reads_on(point, meter=meter, product=product_map(point), on=day) for point, meter, day in taken)
    by_hour = {each.pod for each in found if _is_priced_by_hour(each)}
    store_intervals(each for each in taken if each[0].pod in by_hour)


def _is_readable(point: PlannedPoint, meter: PointMeter) -> bool:
    """Whether the invented load can be told on this meter's registers: one that was hung by hand may have others."""
    names = frozenset(each.name for each in meter.registers)
    try:
        register_map_of(names, point=point, product=product_map(point))
    except LookupError:
        return False
    return True


def _is_priced_by_hour(point: UsagePoint) -> bool:
    """Whether something agreed there is billed from the hours of its meter; of others nobody asks them."""
    agreed = {key for each in point.agreements for key in (each.rate, each.supply_rate, *each.riders)}
    return not agreed.isdisjoint(_rates_by_hour())


@cache
def _rates_by_hour() -> frozenset[RateKey]:
    catalog = load_catalog()
    hourly = {each.key for each in catalog.rates if is_hourly(each)}
    with_events = {each.rate for each in catalog.programs if each.rate and each.events and each.events.usd_per_kwh}
    return frozenset(hourly | with_events)


def _points_at(pods: tuple[PodId, ...]) -> Sequence[UsagePoint]:
    from evenroll.records.folds import read_state
    from evenroll.records.models import PointRecord
    from evenroll.records.streams import StreamKind

    states = PointRecord.objects.filter(pod__in=pods).values_list("state", flat=True)
    return [read_state(StreamKind.USAGE_POINT, state) for state in states]


def catch_up_reads(points: Sequence[PlannedPoint], *, until_on: date) -> None:
    """Read the meters of all usage points with an open service order, from the first day of the demo up to a day.

    A clock that was moved has days behind it on which nobody read; what is read already stays as it is.
    """
    from evenroll.records.models import ServiceOrderRecord, TrackRecord
    from evenroll.records.organizations import open_organization, organization_keys

    there, pods, also = organization_keys(), dict[str, str](), dict[PodId, date]()
    for territory in (each for each in TERRITORIES if each.utility in there):
        with open_organization(territory.utility):
            pods |= dict(ServiceOrderRecord.objects.filter(status="open").values_list("number", "pod"))
            dated = TrackRecord.objects.filter(track="service", state="dated", stream_key__in=pods)
            for number, due_at in dated.values_list("stream_key", "due_at"):
                also[PodId(pods[number])] = min(calendar(territory.calendar).business_date(due_at), until_on - _DAY)
    open_points = [each for each in points if each.pod in set(pods.values())]
    take_reads(open_points, from_on=BEGINS_ON, until_on=until_on, also=also)


def by_pod(points: Iterable[PlannedPoint]) -> Mapping[PodId, PlannedPoint]:
    """The points by their public number."""
    return {point.pod: point for point in points}
