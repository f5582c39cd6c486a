"""Events of what was wrong and is put right at an order and its usage point: reads, a switch, a bill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.event import Event
from evenroll.enrollment.reversal_commands import ReversalReason
from evenroll.enrollment.usage_point import (
    MeterExchange,
    MeterReads,
    PeriodsBroken,
    PointMeter,
    UsagePoint,
    check_periods,
)
from evenroll.programs.bill import Bill, BillKind
from evenroll.quantities.identifiers import MeterSerial


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadQuestioned(Event):
    """Row 5c: a read is doubted; the back office is not done before it is settled."""

    serial: MeterSerial
    register: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadCorrected(Event):
    """Row 5c: the reads of the exchange as they stand from now on; the first ones stay in the entry before."""

    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchReversed(Event):
    """Row 5d: the switch of that day is taken back; the service before goes on as if it had not been."""

    switch_on: date
    reason: ReversalReason


@dataclass(frozen=True, kw_only=True, slots=True)
class BillCorrected(Event):
    """Row 5d: a bill in place of one that was issued, with what that one charged as a line.

    corrects: which bill. read: the read that somebody took of the day of the switch, where an estimate had stood in.
    """

    corrects: BillKind
    bill: Bill
    read: MeterReads | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointReadsCorrected(Event):
    """Row 5c: the last reads of the meter that was removed that day, and the first ones of the one that came."""

    exchanged_on: date
    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class PointSwitchReversed(Event):
    """Row 5d: the agreement that began on that day never was; the one before goes on."""

    switch_on: date


REVERSAL_EVENTS = (ReadQuestioned, ReadCorrected, SwitchReversed, BillCorrected)
POINT_REVERSALS = (PointReadsCorrected, PointSwitchReversed)


def _reads_corrected(point: UsagePoint, event: PointReadsCorrected) -> UsagePoint:
    return replace(point, meters=tuple(_with_reads(each, event) for each in point.meters))


def _with_reads(meter: PointMeter, event: PointReadsCorrected) -> PointMeter:
    done = event.exchange
    if (meter.serial, meter.removed_on) == (done.old_serial, event.exchanged_on):
        return replace(meter, closing_wh=done.closing_wh)
    if (meter.serial, meter.installed_on) == (done.new_serial, event.exchanged_on):
        return replace(meter, opening_wh=done.opening_wh)
    return meter


def _switch_reversed(point: UsagePoint, event: PointSwitchReversed) -> UsagePoint:
    day = event.switch_on
    began = next((each for each in point.agreements if each.start_on == day), None)
    before = next((each for each in point.agreements if each.end_on == day), None)
    if began is None or before is None:
        raise PeriodsBroken(
            f"At usage point {point.pod} no service ends and begins on {day}, so no switch can be taken back there."
        )
    goes_on = replace(before, end_on=began.end_on)
    agreements = tuple(goes_on if each is before else each for each in point.agreements if each is not began)
    check_periods(agreements, pod=point.pod)
    return replace(point, agreements=agreements)


REVERSAL_FOLDS: Mapping[type[Event], Callable[[UsagePoint, Any], UsagePoint]] = MappingProxyType(
    {
        PointReadsCorrected: _reads_corrected,
        PointSwitchReversed: _switch_reversed,
    }
)
