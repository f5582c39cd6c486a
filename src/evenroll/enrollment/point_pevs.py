"""The PEVs at a usage point, as their providers tell the wires utility (rule 20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.event import Event
from evenroll.enrollment.supply import PevAtPoint
from evenroll.enrollment.usage_point import UsagePoint


@dataclass(frozen=True, kw_only=True, slots=True)
class PevNoted(Event):
    """A PEV charges here. What was told before of the same enrollment is replaced."""

    pev: PevAtPoint


def _noted(point: UsagePoint, event: PevNoted) -> UsagePoint:
    others = tuple(each for each in point.pevs if each.case != event.pev.case)
    return replace(point, pevs=(*others, event.pev))


PEV_FOLDS: Mapping[type[Event], Callable[[UsagePoint, Any], UsagePoint]] = MappingProxyType({PevNoted: _noted})
"""How they change a usage point."""
