"""What happens to a usage point: its events, their fold, and the decision that loads one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from types import MappingProxyType
from typing import Any, assert_never

from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event, event_kind, kinds
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import (
    VACANT,
    Agreement,
    MeterExchange,
    MeterReads,
    PeriodsBroken,
    PointMeter,
    UsagePoint,
    check_cut,
    check_periods,
)
from evenroll.programs.program import ServiceChange
from evenroll.quantities.identifiers import OrganizationKey, RateKey


class PointHistoryBroken(Exception):
    """A stream of a usage point that begins twice, or not with its loading, or removes a meter that is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadUsagePoint:
    """Action: a usage point comes in from the utility's own books."""

    point: UsagePoint


@dataclass(frozen=True, kw_only=True, slots=True)
class UsagePointLoaded(Event):
    """The usage point as the utility's own books had it."""

    point: UsagePoint


@dataclass(frozen=True, kw_only=True, slots=True)
class PointMeterExchanged(Event):
    """Row 5c: on that day the old meter or register map ended and the new one began."""

    exchanged_on: date
    exchange: MeterExchange


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementSwitched(Event):
    """Row 5d: one period ends where the next begins. closing, opening: absent where nothing is metered."""

    switch_on: date
    change: ServiceChange
    new_rate: RateKey
    closing: MeterReads | None = None
    opening: MeterReads | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointSupplierChanged(Event):
    """From that day someone else supplies; the product of the supplier before ends with them.

    The news may come late: whatever was agreed meanwhile with the supplier before goes to the new one as well.
    """

    changed_on: date
    supplier: OrganizationKey


POINT_EVENTS = kinds(UsagePointLoaded, PointMeterExchanged, AgreementSwitched, PointSupplierChanged)


def load_usage_point(point: UsagePoint | None, command: LoadUsagePoint) -> Decided | Refusal:
    """Take a usage point in. The same once more changes nothing; another one under its number is refused.

    Raises PeriodsBroken if its agreements do not tile.
    """
    if point is None:
        check_periods(command.point.agreements, pod=command.point.pod)
        return Decided(point_events=(UsagePointLoaded(row=Row.ACTION, point=command.point),))
    if point == command.point:
        return Decided()
    return Refusal(code=RefusalCode.NOT_IN_STATE, parameters={"pod": point.pod, "state": "loaded"})


def evolve_point(point: UsagePoint | None, event: Event) -> UsagePoint:
    """The usage point after an event. Raises PointHistoryBroken, PeriodsBroken, EnergyBroken."""
    if isinstance(event, UsagePointLoaded):
        if point is not None:
            raise PointHistoryBroken(f"Usage point {point.pod} is loaded twice in its stream.")
        check_periods(event.point.agreements, pod=event.point.pod)
        return event.point
    if point is None:
        raise PointHistoryBroken(f"The stream of a usage point begins with {event_kind(event)}, not with its loading.")
    fold = _FOLDS.get(type(event))
    if fold is None:
        raise PointHistoryBroken(f"{event_kind(event)} is no event of usage point {point.pod}.")
    return fold(point, event)


def _meter_exchanged(point: UsagePoint, event: PointMeterExchanged) -> UsagePoint:
    exchange, day = event.exchange, event.exchanged_on
    in_place = point.meter.serial if point.meter else None
    if in_place != exchange.old_serial:
        raise PointHistoryBroken(
            f"At usage point {point.pod} meter {in_place} is in place, so {exchange.old_serial} cannot be removed."
        )
    meters = tuple(
        replace(each, removed_on=day, closing_wh=exchange.closing_wh) if each is point.meter else each
        for each in point.meters
    )
    new = PointMeter(
        serial=exchange.new_serial,
        capability=exchange.capability,
        registers=exchange.registers,
        installed_on=day,
        opening_wh=exchange.opening_wh,
        remote_changeable=exchange.remote_changeable,
    )
    return replace(point, meters=(*meters, new))


def _agreement_switched(point: UsagePoint, event: AgreementSwitched) -> UsagePoint:
    check_cut(point, closing=event.closing, opening=event.opening)
    before = _covering(point, event.switch_on)
    after = switched(before, change=event.change, new_rate=event.new_rate, on=event.switch_on)
    return _split(point, before=before, after=after)


def _supplier_changed(point: UsagePoint, event: PointSupplierChanged) -> UsagePoint:
    before = _covering(point, event.changed_on)
    after = _supplied(before, by=event.supplier)
    changed = _split(point, before=before, after=replace(after, start_on=event.changed_on))
    later = [each for each in changed.agreements if each.start_on > event.changed_on]
    # Until another supplier's agreement: what came after that was told for itself.
    theirs = list(takewhile(lambda each: each.supplier == before.supplier, later))
    kept = changed.agreements[: len(changed.agreements) - len(later)]
    moved = tuple(_supplied(each, by=event.supplier) for each in theirs)
    agreements = (*kept, *moved, *later[len(theirs) :])
    check_periods(agreements, pod=point.pod)
    return replace(changed, agreements=agreements)


def _supplied(before: Agreement, *, by: OrganizationKey) -> Agreement:
    return replace(before, supplier=by, supply_rate=None)


def switched(before: Agreement, *, change: ServiceChange, new_rate: RateKey, on: date) -> Agreement:
    """The agreement that follows from that day: the blank of row 5d decides which part of it is new."""
    match change:
        case ServiceChange.REPLACED_RATE | ServiceChange.NEW_SEPARATE_SERVICE:
            return replace(before, rate=new_rate, start_on=on)
        case ServiceChange.SUPPLIER_PRODUCT:
            return replace(before, supply_rate=new_rate, start_on=on)
        case ServiceChange.RIDER | ServiceChange.CREDIT_ONLY:
            return replace(before, riders=(*before.riders, new_rate), start_on=on)
        case _:
            assert_never(change)


def replaced_rate(before: Agreement, *, change: ServiceChange) -> RateKey:
    """The rate that a change brings to its end: that of the supply where only the supply's product changes."""
    if change is ServiceChange.SUPPLIER_PRODUCT and before.supply_rate is not None:
        return before.supply_rate
    return before.rate


def closes_nothing(before: Agreement, *, on: date) -> bool:
    """Whether a change on that day leaves no old service to bill: nobody was served, or it had begun that very day."""
    return before.rate == VACANT or before.start_on == on


def _covering(point: UsagePoint, day: date) -> Agreement:
    found = point.agreement_on(day)
    if found is None:
        raise PeriodsBroken(
            f"No agreement of usage point {point.pod} covers {day}, so nothing can change there. Load its periods."
        )
    return found


def _split(point: UsagePoint, *, before: Agreement, after: Agreement) -> UsagePoint:
    # A period that began on the very day would hold no day: the new one stands in its place.
    ended = () if before.start_on == after.start_on else (replace(before, end_on=after.start_on),)
    parts = ((*ended, after) if each is before else (each,) for each in point.agreements)
    agreements = tuple(each for part in parts for each in part)
    check_periods(agreements, pod=point.pod)
    return replace(point, agreements=agreements)


_FOLDS: Mapping[type[Event], Callable[[UsagePoint, Any], UsagePoint]] = MappingProxyType(
    {
        PointMeterExchanged: _meter_exchanged,
        AgreementSwitched: _agreement_switched,
        PointSupplierChanged: _supplier_changed,
    }
)
