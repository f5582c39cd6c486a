"""What a meter stood at on a day on which nobody read it: estimated from the reads around it, and marked so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from evenroll.enrollment.usage_point import MeterReads, PointMeter


def estimated_on(day: date, *, meter: PointMeter, reads: Iterable[MeterReads]) -> MeterReads | None:
    """The registers on that day, Wh: in even parts between the read before and the one after it.

    While the one after is not in, the days since the read before count like those between the two before. None where
    there are not enough reads of this meter, or one of them lacks a register.
    """
    names = {each.name for each in meter.registers}
    mine = sorted(
        (each for each in reads if each.serial == meter.serial and set(each.values_wh) == names),
        key=lambda each: each.read_on,
    )
    before, after = [each for each in mine if each.read_on < day], [each for each in mine if each.read_on > day]
    if not before or (not after and len(before) == 1):
        return None
    first, then = (before[-1], after[0]) if after else (before[-2], before[-1])
    values = _values(meter, first=first, then=then, since=before[-1], days=(day - before[-1].read_on).days)
    return MeterReads(serial=meter.serial, read_on=day, values_wh=values, estimated=True)


def _values(
    meter: PointMeter, *, first: MeterReads, then: MeterReads, since: MeterReads, days: int
) -> Mapping[str, int]:
    span = (then.read_on - first.read_on).days
    values: dict[str, int] = {}
    for register in meter.registers:
        # A register that passed its last value began at zero again.
        moved = (then.values_wh[register.name] - first.values_wh[register.name]) % register.rollover_wh
        values[register.name] = (since.values_wh[register.name] + moved * days // span) % register.rollover_wh
    return values
