"""The reading routes of the invented utility: what its meters showed on the days on which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from evenroll.enrollment.dates import scheduled_reads
from evenroll.enrollment.usage_point import MeterReads, PointMeter
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import PodId
from evenroll.runtime.territory_meters import reads_on, register_map_of, usage_point_of
from evenroll.runtime.territory_plan import BEGINS_ON, TERRITORY, UTILITY, PlannedPoint, product_map

READS_BEHIND: Final = 3
"""Scheduled reads of each meter that are there when the demo begins."""


def read_days(point: PlannedPoint, *, from_on: date, until_on: date) -> tuple[date, ...]:
    """The scheduled reads of a point on [from_on, until_on), ascending."""
    months = (until_on - from_on).days // 28 + 2
    days = scheduled_reads(cycle_day=point.cycle_day, from_on=from_on, months=months, calendar=calendar(TERRITORY))
    return tuple(day for day in days if from_on <= day < until_on)


def past_reads(points: Iterable[PlannedPoint], *, before: date) -> Iterable[MeterReads]:
    """The last scheduled reads of every meter before a day."""
    for point in points:
        meter = usage_point_of(point).meters[0]
        days = read_days(point, from_on=before - timedelta(days=32 * READS_BEHIND), until_on=before)
        for day in days[-READS_BEHIND:]:
            yield reads_on(point, meter=meter, product=product_map(point.supplier), on=day)


def store_reads(reads: Iterable[MeterReads]) -> None:
    """Keep reads in the books of the open organization; those that are there stay as they are."""
    from evenroll.records.books import NewRead, add_reads

    add_reads(
        NewRead(serial=read.serial, register=register, read_on=read.read_on, value_wh=value)
        for read in reads
        for register, value in sorted(read.values_wh.items())
    )


def take_reads(points: Sequence[PlannedPoint], *, from_on: date, until_on: date) -> None:
    """Read every meter of these points whose scheduled read falls on [from_on, until_on), as it then hangs there."""
    from evenroll.records.organizations import open_organization

    due = {point.pod: point for point in points if read_days(point, from_on=from_on, until_on=until_on)}
    if not due:
        return
    with open_organization(UTILITY):
        meters = [(pod, meter) for pod, meter in _meters_at(tuple(due)) if _is_readable(due[pod], meter)]
        store_reads(
            reads_on(due[pod], meter=meter, product=product_map(due[pod].supplier), on=day)
            for pod, meter in meters
            for day in read_days(due[pod], from_on=from_on, until_on=until_on)
            if meter.installed_on < day and (meter.removed_on is None or day < meter.removed_on)
        )


def _is_readable(point: PlannedPoint, meter: PointMeter) -> bool:
    """Whether the invented load can be told on this meter's registers: one that was hung by hand may have others."""
    names = frozenset(each.name for each in meter.registers)
    try:
        register_map_of(names, point=point, product=product_map(point.supplier))
    except LookupError:
        return False
    return True


def _meters_at(pods: tuple[PodId, ...]) -> Sequence[tuple[PodId, PointMeter]]:
    import json

    from evenroll.enrollment.usage_point import UsagePoint
    from evenroll.quantities.codec import decode
    from evenroll.records.models import PointRecord

    found: list[tuple[PodId, PointMeter]] = []
    for pod, state in PointRecord.objects.filter(pod__in=pods).values_list("pod", "state"):
        point = decode(UsagePoint, json.loads(state))
        found += [(PodId(pod), meter) for meter in point.meters]
    return found


def catch_up_reads(points: Sequence[PlannedPoint], *, until_on: date) -> None:
    """Read the meters of all usage points with an open service order, from the first day of the demo up to a day.

    A clock that was moved has days behind it on which nobody read; what is read already stays as it is.
    """
    from evenroll.records.models import ServiceOrderRecord
    from evenroll.records.organizations import open_organization

    with open_organization(UTILITY):
        pods = frozenset(ServiceOrderRecord.objects.filter(status="open").values_list("pod", flat=True))
    take_reads([each for each in points if each.pod in pods], from_on=BEGINS_ON, until_on=until_on)


def by_pod(points: Iterable[PlannedPoint]) -> Mapping[PodId, PlannedPoint]:
    """The points by their public number."""
    return {point.pod: point for point in points}
