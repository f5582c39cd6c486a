"""The PEVs at a usage point, as their providers tell the wires utility (rule 20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.event import Event
from evenroll.enrollment.supply import PevAtPoint, PevGone
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class PevNoted(Event):
    """A PEV charges here. What was told before of the same enrollment is replaced."""

    pev: PevAtPoint


@dataclass(frozen=True, kw_only=True, slots=True)
class PevTakenOff(Event):
    """A PEV of that enrollment charges here no more. left: how many of its PEVs still do."""

    case: CaseNumber
    why: PevGone
    left: int = 0


def _noted(point: UsagePoint, event: PevNoted) -> UsagePoint:
    others = tuple(each for each in point.pevs if each.case != event.pev.case)
    return replace(point, pevs=(*others, event.pev))


def _taken_off(point: UsagePoint, event: PevTakenOff) -> UsagePoint:
    others = tuple(each for each in point.pevs if each.case != event.case)
    still = (replace(each, vehicles=event.left) for each in point.pevs if each.case == event.case and event.left)
    return replace(point, pevs=(*others, *still))


PEV_FOLDS: Mapping[type[Event], Callable[[UsagePoint, Any], UsagePoint]] = MappingProxyType(
    {PevNoted: _noted, PevTakenOff: _taken_off}
)
"""How they change a usage point."""
