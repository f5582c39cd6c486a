"""The demo's meter crew: which meter it hangs, and what it reads off the one it takes down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evenroll.enrollment.usage_point import MeterExchange, PointMeter
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial
from evenroll.runtime.territory_loads import RegisterMap
from evenroll.runtime.territory_meters import reads_on, registers_of_map, usage_point_of
from evenroll.runtime.territory_plan import PlannedPoint, product_map


def second_meter_at(point: PlannedPoint) -> MeterExchange:
    """Another meter beside the one in place, for a service of its own, with the hours of that service."""
    registers = registers_of_map(RegisterMap(rate=point.territory.separate))
    return MeterExchange(
        old_serial=None,
        new_serial=MeterSerial(f"S{900_000 + point.number * 7}"),
        opening_wh={each.name: 0 for each in registers},
        capability=MeterCapability.PERIOD_REGISTERS,
        registers=registers,
        separate=True,
    )


def exchange_at(point: PlannedPoint, *, on: date, from_afar: bool) -> MeterExchange:
    """The work at the meter in place on that day. from_afar: the same meter is set to tell more apart."""
    product = product_map(point)
    registers = registers_of_map(product)
    old = _meter_in_place(point)
    closing = reads_on(point, meter=old, product=product, on=on)
    return MeterExchange(
        old_serial=old.serial,
        new_serial=old.serial if from_afar else MeterSerial(f"N{800_000 + point.number * 7}"),
        closing_wh=closing.values_wh,
        opening_wh={each.name: 0 for each in registers},
        capability=MeterCapability.PERIOD_REGISTERS if from_afar else MeterCapability.INTERVAL,
        registers=registers,
    )


def first_meter_reads(point: PlannedPoint, *, on: date) -> Mapping[str, int]:
    """What the meter that hung there when the demo began shows on a day: Wh by register."""
    return reads_on(point, meter=usage_point_of(point).meters[0], product=product_map(point), on=on).values_wh


def _meter_in_place(point: PlannedPoint) -> PointMeter:
    from evenroll.enrollment.roles import Role
    from evenroll.records import queries

    viewer = queries.Viewer(organization=point.territory.utility, role=Role.SYSTEM)
    found = queries.usage_point(viewer, pod=point.pod)
    if found is None or found.meter is None:
        raise LookupError(f"Usage point {point.pod} has no meter, so the crew cannot exchange one.")
    return found.meter
