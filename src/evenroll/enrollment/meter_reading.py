"""Whether what a crew brings back about a meter can be: the serial, the register map, and each read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.usage_point import MeterExchange, MeterReads, PointMeter, Register, UsagePoint
from evenroll.programs.program import MeterCapability, reaches
from evenroll.quantities.energy import ReadImplausible, register_advance
from evenroll.quantities.identifiers import MeterSerial

TOTAL: Final = "total"
"""The register that counts everything, beside what the others of its meter tell apart."""

DAY_WH_MAX: Final = 1_152_000
"""The most that a service of 200 A at 240 V can deliver in a day, Wh: 48 kW for 24 hours."""


def exchange_fault(exchange: MeterExchange, *, point: UsagePoint, last: MeterReads | None, on: date) -> Refusal | None:
    """Why this work at the meter cannot have been: wrong serial, or a read that cannot be; absent if it can.

    last: the last known reads of the meter in place, of that day at the latest; where there are none, those of its
    installation count.
    """
    meter = point.meter_of(separate=exchange.separate)
    in_place = meter.serial if meter else None
    if exchange.old_serial != in_place:
        return Refusal(
            code=RefusalCode.SERIAL_WRONG,
            parameters={"serial": exchange.old_serial or "", "in_place": in_place or ""},
        )
    if meter is not None:
        fault = _closing_fault(exchange.closing_wh, meter=meter, last=last, on=on)
        if fault is not None:
            return fault
    if not exchange.registers:
        return _implausible(exchange.new_serial, register="", wh=None)
    return _off_dial(exchange.new_serial, exchange.opening_wh, registers=exchange.registers)


def corrected_fault(exchange: MeterExchange, *, point: UsagePoint, last: MeterReads | None, on: date) -> Refusal | None:
    """Why corrected reads of work that was done on that day cannot be; absent if they can."""
    removed = [each for each in point.meters if (each.serial, each.removed_on) == (exchange.old_serial, on)]
    for meter in removed:
        fault = _closing_fault(exchange.closing_wh, meter=meter, last=last, on=on)
        if fault is not None:
            return fault
    return _off_dial(exchange.new_serial, exchange.opening_wh, registers=exchange.registers)


def unfit(
    exchange: MeterExchange, *, needed: MeterCapability | None, registers: tuple[str, ...], is_elsewhere: bool
) -> Refusal | None:
    """Why the new meter will not do: it hangs elsewhere, or cannot tell apart what the program or its rate needs.

    registers: of the new rate; a rate with one register takes the sum of whatever the meter tells apart.
    """
    serial = exchange.new_serial
    if is_elsewhere:
        return Refusal(code=RefusalCode.METER_ELSEWHERE, parameters={"serial": serial})
    if needed is not None and not reaches(exchange.capability, needed=needed):
        return Refusal(code=RefusalCode.METER_UNFIT, parameters={"serial": serial, "needed_meter": needed.value})
    told = {each.name for each in exchange.registers}
    if len(registers) > 1 and told - {TOTAL} != set(registers):
        return Refusal(code=RefusalCode.METER_UNFIT, parameters={"serial": serial, "registers": ", ".join(registers)})
    return None


def _closing_fault(
    closing_wh: Mapping[str, int], *, meter: PointMeter, last: MeterReads | None, on: date
) -> Refusal | None:
    fault = _off_dial(meter.serial, closing_wh, registers=meter.registers)
    if fault is not None:
        return fault
    known = last is not None and last.serial == meter.serial and last.read_on <= on
    before_wh = last.values_wh if last is not None and known else meter.opening_wh
    before_on = last.read_on if last is not None and known else meter.installed_on
    moved_wh = 0
    for register in meter.registers:
        start_wh, end_wh = before_wh.get(register.name, 0), closing_wh[register.name]
        try:
            moved_wh += register_advance(start_wh, end_wh, rollover_wh=register.rollover_wh)
        except ReadImplausible:
            return _implausible(meter.serial, register=register.name, wh=end_wh)
    # The day of the last read counts as well: it may have been taken in the morning.
    if not 0 <= moved_wh <= DAY_WH_MAX * ((on - before_on).days + 1):
        return _implausible(meter.serial, register="", wh=moved_wh)
    return None


def _off_dial(serial: MeterSerial, values_wh: Mapping[str, int], *, registers: tuple[Register, ...]) -> Refusal | None:
    """A register that was not read, is not on the map, or shows what it cannot show."""
    names = {each.name for each in registers}
    strange = sorted(names ^ set(values_wh))
    if strange:
        return _implausible(serial, register=strange[0], wh=values_wh.get(strange[0]))
    for each in registers:
        if not 0 <= values_wh[each.name] < each.rollover_wh:
            return _implausible(serial, register=each.name, wh=values_wh[each.name])
    return None


def _implausible(serial: MeterSerial, *, register: str, wh: int | None) -> Refusal:
    return Refusal(
        code=RefusalCode.READ_IMPLAUSIBLE,
        parameters={"serial": serial, "register": register, "read_wh": "" if wh is None else str(wh)},
    )
