"""The mistakes of the demo's meter crew: work at a meter that cannot have been, or that somebody will doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from evenroll.enrollment.usage_point import MeterExchange
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial
from evenroll.runtime.territory_loads import RegisterMap
from evenroll.runtime.territory_meters import registers_of_map
from evenroll.runtime.territory_plan import PlannedPoint

Mistake = Callable[[MeterExchange, PlannedPoint], MeterExchange]

_SLIP_WH: Final = 400
_BACK_WH: Final = 5_000_000
_MULTIPLIER: Final = 40


def _closing(exchange: MeterExchange, by: Callable[[int], int]) -> MeterExchange:
    return replace(exchange, closing_wh={name: by(wh) for name, wh in exchange.closing_wh.items()})


def _total_only(exchange: MeterExchange, _neighbor: PlannedPoint) -> MeterExchange:
    registers = registers_of_map(RegisterMap())
    opening = {each.name: 0 for each in registers}
    return replace(exchange, capability=MeterCapability.TOTAL_REGISTER, registers=registers, opening_wh=opening)


MISTAKES: Final[Mapping[str, Mistake]] = {
    "old_serial": lambda exchange, _neighbor: replace(exchange, old_serial=MeterSerial("M000001")),
    "hangs_elsewhere": lambda exchange, neighbor: replace(exchange, new_serial=neighbor.serial),
    "total_only": _total_only,
    "backwards": lambda exchange, _neighbor: _closing(exchange, lambda wh: wh - _BACK_WH),
    "negative": lambda exchange, _neighbor: _closing(exchange, lambda _wh: -1),
    "multiplier": lambda exchange, _neighbor: _closing(exchange, lambda wh: wh * _MULTIPLIER),
    "slip": lambda exchange, _neighbor: _closing(exchange, lambda wh: wh + _SLIP_WH),
}
"""By the word of the script: what the crew wrote down in place of what is so. The last one can be, and is wrong."""
