"""Loading interval reads: hours and quarters of an hour, told by meter or by usage point."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from evenroll.intake.load_hand import Hand, RowWrong
from evenroll.intake.load_rows import LoadRow
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records import loads, loads_intervals
from evenroll.records.load_terms import LoadDifference, LoadFaultCode
from evenroll.records.organizations import current

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
LENGTHS: Final = (15, 30, 60)
"""How long an interval may be, minutes. Shorter ones are added up by whoever sends them."""


def load_intervals(hand: Hand) -> LoadDifference:
    """What meters counted in intervals; a row counts as the hour that it belongs to."""
    calendar = current().calendar
    loads.stage(loads_intervals.COLUMNS, hand.built(lambda row: _interval(row, hand, calendar)))
    hand.tell(loads_intervals.find_meters())
    hand.tell(loads.duplicates(("serial", "start_at"), column="start_at"))
    hand.tell(loads_intervals.overlapping())
    difference = loads_intervals.compare_hours()
    if hand.may_write:
        loads_intervals.merge_hours()
    return difference


def _interval(row: LoadRow, hand: Hand, calendar: ServiceCalendar) -> tuple[object, ...]:
    said = row.values
    serial, pod = _one_of(row, "serial", "usage_point")
    wh, of_kwh = _one_of(row, "energy_wh", "energy_kwh")
    start_at = said["start_at"]
    minutes = _minutes(row)
    day_on = calendar.business_date(start_at)
    if day_on > hand.asked.as_of_on:
        raise RowWrong("start_at", LoadFaultCode.AFTER_AS_OF, str(hand.asked.as_of_on))
    day_at = calendar.start_of_day(day_on)
    hour = (start_at - day_at) // _HOUR
    energy = of_kwh if wh is None else wh
    return (serial or "", pod or "", start_at, minutes, energy, day_on, day_at, calendar.hours_in_day(day_on), hour)


def _one_of(row: LoadRow, one: str, other: str) -> tuple[object, object]:
    """Two columns of which exactly one is filled in."""
    first, second = row.values[one], row.values[other]
    if first is None and second is None:
        raise RowWrong(one, LoadFaultCode.ONE_OF_MISSING, one, other)
    if first is not None and second is not None:
        raise RowWrong(other, LoadFaultCode.ONE_OF_TWICE, one, other)
    return first, second


def _minutes(row: LoadRow) -> int:
    """How long the interval is. It lies at a whole multiple of its length, so that it belongs to one hour."""
    start_at: datetime = row.values["start_at"]
    end_at, told = row.values["end_at"], row.values["minutes"]
    if end_at is not None and told is not None:
        raise RowWrong("minutes", LoadFaultCode.ONE_OF_TWICE, "end_at", "minutes")
    if end_at is not None and end_at <= start_at:
        raise RowWrong("end_at", LoadFaultCode.END_NOT_AFTER_START)
    length = end_at - start_at if end_at is not None else int(told or 60) * _MINUTE
    minutes, rest = divmod(length, _MINUTE)
    uneven = start_at.second or start_at.microsecond or rest or minutes not in LENGTHS or start_at.minute % minutes
    if uneven:
        raise RowWrong("start_at", LoadFaultCode.NOT_AN_INTERVAL)
    return minutes
