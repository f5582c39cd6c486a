"""What moving out and in does to a usage point: its service ends with the customer, the next begins on the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from evenroll.enrollment.event import Event
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import VACANT, Agreement, PeriodsBroken, UsagePoint, check_periods
from evenroll.quantities.identifiers import OrganizationKey, RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class PointVacated(Event):
    """From that day on nobody is served; only meter and wiring stay."""

    vacant_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class OccupantMovedIn(Event):
    """From that day on the next occupant is served: at the standard rate, by the default supply."""

    moved_on: date
    rate: RateKey
    supplier: OrganizationKey


POINT_MOVES: tuple[type[Event], ...] = (PointVacated, OccupantMovedIn)
"""Every event of this subject."""


def vacated(point: UsagePoint | None, moved_on: date) -> tuple[Event, ...]:
    """Nobody is served from the day after on; () where somebody else is already, or nobody was.

    Only meter and wiring stay with the premise. Source: rules of the trade, periods tile; what stays with the premise.
    """
    vacant_on = moved_on + timedelta(days=1)
    agreement = point.agreement_on(vacant_on) if point else None
    if agreement is None or agreement.rate == VACANT or agreement.start_on == vacant_on:
        return ()
    return (PointVacated(row=Row.ACTION, vacant_on=vacant_on),)


def _vacated(point: UsagePoint, event: PointVacated) -> UsagePoint:
    before = _covering(point, event.vacant_on)
    after = Agreement(rate=VACANT, supplier=before.supplier, start_on=event.vacant_on, end_on=before.end_on)
    return replace(_begins(point, before=before, after=after), left_on=event.vacant_on, pevs=())


def _moved_in(point: UsagePoint, event: OccupantMovedIn) -> UsagePoint:
    before = _covering(point, event.moved_on)
    after = Agreement(rate=event.rate, supplier=event.supplier, start_on=event.moved_on, end_on=before.end_on)
    return _begins(point, before=before, after=after)


def _covering(point: UsagePoint, day: date) -> Agreement:
    found = point.agreement_on(day)
    if found is None:
        raise PeriodsBroken(f"No agreement of usage point {point.pod} covers {day}, so nobody can move there that day.")
    return found


def _begins(point: UsagePoint, *, before: Agreement, after: Agreement) -> UsagePoint:
    # A period that began on the very day would hold no day: the new one stands in its place.
    ended = () if before.start_on == after.start_on else (replace(before, end_on=after.start_on),)
    parts = ((*ended, after) if each is before else (each,) for each in point.agreements)
    agreements = tuple(each for part in parts for each in part)
    check_periods(agreements, pod=point.pod)
    return replace(point, agreements=agreements)


MOVE_FOLDS: Mapping[type[Event], Callable[[UsagePoint, Any], UsagePoint]] = MappingProxyType(
    {PointVacated: _vacated, OccupantMovedIn: _moved_in}
)
"""How each changes the usage point."""
