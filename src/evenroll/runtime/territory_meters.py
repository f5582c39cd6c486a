"""The invented meters: how a planned point stands in the utility's books, and what its meter shows on any morning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evenroll.enrollment.usage_point import Agreement, MeterReads, PointMeter, Register, UsagePoint
from evenroll.quantities.identifiers import MeterSerial
from evenroll.runtime.territory_loads import (
    COUNTED_FROM_ON,
    ROLLOVER_WH,
    RegisterMap,
    counted_wh,
)
from evenroll.runtime.territory_plan import PlannedPoint, served_since


def usage_point_of(point: PlannedPoint) -> UsagePoint:
    """The usage point as it comes out of the utility's own books."""
    registers = registers_of_map(point.register_map)
    meter = PointMeter(
        serial=point.serial,
        capability=point.capability,
        registers=registers,
        installed_on=COUNTED_FROM_ON,
        opening_wh={each.name: point.opening_wh // len(registers) for each in registers},
        remote_changeable=point.remote_changeable,
    )
    agreement = Agreement(
        rate=point.rate,
        supplier=point.supplier,
        start_on=served_since(point),
        supply_rate=point.supply_rate,
    )
    return UsagePoint(pod=point.pod, meters=(meter,), agreements=(agreement,))


def registers_of_map(register_map: RegisterMap) -> tuple[Register, ...]:
    """The registers of a meter with this map."""
    return tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in register_map.registers)


def register_map_of(names: frozenset[str], *, point: PlannedPoint, product: RegisterMap) -> RegisterMap:
    """The map by the names of a meter's registers: one total, or those of the product it was set for."""
    second = RegisterMap(rate=point.territory.separate)
    for each in (RegisterMap(), point.register_map, product, second):
        if frozenset(each.registers) == names:
            return each
    raise LookupError(f"No register map of usage point {point.pod} has the registers {', '.join(sorted(names))}.")


def shown_wh(
    point: PlannedPoint,
    *,
    register_map: RegisterMap,
    opening_wh: Mapping[str, int],
    installed_on: date,
    on: date,
) -> dict[str, int]:
    """What a meter at this point shows on the morning of a day, Wh by register."""
    load = {"shape": point.shape, "scale": point.scale, "territory": point.territory.calendar}
    now = counted_wh(register_map=register_map, on=on, **load)
    then = counted_wh(register_map=register_map, on=installed_on, **load)
    return {name: (opening_wh.get(name, 0) + now[name] - then[name]) % ROLLOVER_WH for name in now}


def reads_on(point: PlannedPoint, *, meter: PointMeter, product: RegisterMap, on: date) -> MeterReads:
    """The reads of a meter at this point on the morning of a day."""
    names = frozenset(each.name for each in meter.registers)
    values = shown_wh(
        point,
        register_map=register_map_of(names, point=point, product=product),
        opening_wh=meter.opening_wh,
        installed_on=meter.installed_on,
        on=on,
    )
    return MeterReads(serial=MeterSerial(meter.serial), read_on=on, values_wh=values)
