"""The days of a bill at a switch of service, and what each register counted over them. Computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from evenroll.enrollment.service_order import Switch
from evenroll.enrollment.usage_point import MeteredSpan, MeterReads, PointMeter, UsagePoint, went_after_cut
from evenroll.programs.bill import BillKind
from evenroll.quantities.periods import DatePeriod


def billing_period(
    switch: Switch, *, kind: BillKind, point: UsagePoint, scheduled_reads: tuple[date, ...]
) -> DatePeriod | None:
    """The days that a bill covers; None where there are none.

    The closing bill begins where the switch says, at the last scheduled read before it, but not before the old
    agreement. The first bill ends at the next scheduled read after the switch, or with its agreement if that is sooner.
    scheduled_reads: for a switch that does not say where its closing bill begins.
    """
    if kind is BillKind.FIRST:
        # With a customer who moved out service ended on that day, and nothing began.
        ends_on = _first_end(switch, point=point)
        return DatePeriod(start_on=switch.switch_on, end_on=ends_on) if ends_on > switch.switch_on else None
    before = [each for each in point.agreements if each.end_on == switch.switch_on]
    if not before:
        return None
    told = [] if switch.closing_from_on is None else [switch.closing_from_on]
    reads = told or [day for day in scheduled_reads if day < switch.switch_on]
    return DatePeriod(start_on=max([before[0].start_on, *reads]), end_on=switch.switch_on)


def _first_end(switch: Switch, *, point: UsagePoint) -> date:
    ends = (each.end_on for each in point.agreements if each.start_on == switch.switch_on)
    return min([switch.next_read_on, *(day for day in ends if day is not None)])


def spans_of(
    period: DatePeriod, *, point: UsagePoint, switch: Switch | None, reads: Iterable[MeterReads]
) -> tuple[MeteredSpan, ...] | None:
    """One span per register of each meter that was in place on a day of the period; None where a read is missing.

    switch: whose reads count too; absent for whoever has none, as a supplier: then the premise's own meters are meant.
    """
    known = {(each.serial, each.read_on): each.values_wh for each in reads}
    for cut in (switch.closing, switch.opening) if switch else ():
        if cut is not None:
            known[(cut.serial, cut.read_on)] = cut.values_wh
    end_on, separate = period.end_on or date.max, switch is not None and switch.separate
    opening = switch.opening if switch and switch.switch_on == period.start_on else None
    spans: list[MeteredSpan] = []
    for meter in point.meters:
        was_there = _was_there(meter, period=period) or went_after_cut(meter, opening=opening)
        if meter.separate is not separate or not was_there:
            continue
        came = meter.installed_on >= period.start_on
        went = meter.removed_on is not None and meter.removed_on < end_on
        first = meter.opening_wh if came else known.get((meter.serial, period.start_on))
        last = meter.closing_wh if went else known.get((meter.serial, end_on))
        if first is None or last is None or not _complete(meter, first) or not _complete(meter, last):
            return None
        spans += [
            MeteredSpan(
                serial=meter.serial,
                register=each.name,
                rollover_wh=each.rollover_wh,
                from_wh=first[each.name],
                to_wh=last[each.name],
            )
            for each in meter.registers
        ]
    return tuple(spans)


def days_to_read(
    switch: Switch | None, *, switch_on: date | None, point: UsagePoint, scheduled_reads: tuple[date, ...]
) -> tuple[date, ...]:
    """The days whose reads a switch and its two bills may need, ascending."""
    days = {switch_on} if switch_on else set[date]()
    if switch is not None:
        for kind in (BillKind.CLOSING, BillKind.FIRST):
            period = billing_period(switch, kind=kind, point=point, scheduled_reads=scheduled_reads)
            if period is not None and period.end_on is not None:
                days |= {period.start_on, period.end_on}
    return tuple(sorted(days))


def _was_there(meter: PointMeter, *, period: DatePeriod) -> bool:
    end_on = period.end_on or date.max
    return meter.installed_on < end_on and (meter.removed_on is None or meter.removed_on > period.start_on)


def _complete(meter: PointMeter, values_wh: Mapping[str, int]) -> bool:
    return all(each.name in values_wh for each in meter.registers)
