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
from evenroll.enrollment.point_moves import MOVE_FOLDS, POINT_MOVES
from evenroll.enrollment.point_pevs import PEV_FOLDS
from evenroll.enrollment.reversal_events import POINT_REVERSALS, REVERSAL_FOLDS
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
    """Row 5d: one period ends where the next begins. closing, opening: absent where nothing is metered.

    taken_off: the program's rate that ends, where service goes back to the standard one.
    """

    switch_on: date
    change: ServiceChange
    new_rate: RateKey
    closing: MeterReads | None = None
    opening: MeterReads | None = None
    taken_off: RateKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointSupplierChanged(Event):
    """From that day someone else supplies; the product of the supplier before ends with them.

    The news may come late: whatever was agreed meanwhile with the supplier before goes to the new one as well.
    rate, supply_rate: the standard rates from then on, where the rate before priced another part of the bill; absent:
    the rate stays, and no supply is priced beside it.
    """

    changed_on: date
    supplier: OrganizationKey
    rate: RateKey | None = None
    supply_rate: RateKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointMetersLoaded(Event):
    """The meters of the usage point, all of them, as the utility's own books have them by now."""

    meters: tuple[PointMeter, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PointAgreementsLoaded(Event):
    """The agreements of the usage point, all of them, as the utility's own books have them by now."""

    agreements: tuple[Agreement, ...]


POINT_EVENTS = kinds(
    UsagePointLoaded,
    PointMeterExchanged,
    AgreementSwitched,
    PointSupplierChanged,
    PointMetersLoaded,
    PointAgreementsLoaded,
    *POINT_MOVES,
    *PEV_FOLDS,
    *POINT_REVERSALS,
)


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
    old = point.meter_of(separate=exchange.separate)
    in_place = old.serial if old else None
    if in_place != exchange.old_serial:
        raise PointHistoryBroken(
            f"At usage point {point.pod} meter {in_place} is in place, so {exchange.old_serial} cannot be removed."
        )
    meters = tuple(
        replace(each, removed_on=day, closing_wh=exchange.closing_wh) if each is old else each for each in point.meters
    )
    new = PointMeter(
        serial=exchange.new_serial,
        capability=exchange.capability,
        registers=exchange.registers,
        installed_on=day,
        opening_wh=exchange.opening_wh,
        remote_changeable=exchange.remote_changeable,
        separate=exchange.separate,
    )
    return replace(point, meters=(*meters, new))


def _agreement_switched(point: UsagePoint, event: AgreementSwitched) -> UsagePoint:
    check_cut(point, closing=event.closing, opening=event.opening)
    before = _covering(point, event.switch_on)
    if event.change is ServiceChange.RIDER and event.taken_off is not None:
        riders = tuple(each for each in before.riders if each != event.taken_off)
        after = replace(before, riders=riders, start_on=event.switch_on)
    else:
        after = switched(before, change=event.change, new_rate=event.new_rate, on=event.switch_on)
    return _split(point, before=before, after=after)


def _supplier_changed(point: UsagePoint, event: PointSupplierChanged) -> UsagePoint:
    before = _covering(point, event.changed_on)
    standard = replace(before, rate=event.rate or before.rate)
    after = replace(_supplied(standard, by=event.supplier), supply_rate=event.supply_rate)
    changed = _split(point, before=before, after=replace(after, start_on=event.changed_on))
    later = [each for each in changed.agreements if each.start_on > event.changed_on]
    # Until another supplier's agreement: what came after that was told for itself.
    theirs = list(takewhile(lambda each: each.supplier == before.supplier, later))
    kept = changed.agreements[: len(changed.agreements) - len(later)]
    moved = tuple(_supplied(each, by=event.supplier) for each in theirs)
    agreements = (*kept, *moved, *later[len(theirs) :])
    check_periods(agreements, pod=point.pod)
    return replace(changed, agreements=agreements)


def _meters_loaded(point: UsagePoint, event: PointMetersLoaded) -> UsagePoint:
    return replace(point, meters=event.meters)


def _agreements_loaded(point: UsagePoint, event: PointAgreementsLoaded) -> UsagePoint:
    check_periods(event.agreements, pod=point.pod)
    return replace(point, agreements=event.agreements)


def _supplied(before: Agreement, *, by: OrganizationKey) -> Agreement:
    return replace(before, supplier=by, supply_rate=None)


def switched(before: Agreement, *, change: ServiceChange, new_rate: RateKey, on: date) -> Agreement:
    """The agreement that follows from that day: the blank of row 5d decides which part of it is new."""
    match change:
        case ServiceChange.REPLACED_RATE:
            return replace(before, rate=new_rate, start_on=on)
        case ServiceChange.NEW_SEPARATE_SERVICE:
            return replace(before, separate_rate=new_rate, start_on=on)
        case ServiceChange.SUPPLIER_PRODUCT:
            return replace(before, supply_rate=new_rate, start_on=on)
        case ServiceChange.RIDER | ServiceChange.CREDIT_ONLY:
            return replace(before, riders=(*before.riders, new_rate), start_on=on)
        case _:
            assert_never(change)


def replaced_rate(before: Agreement, *, change: ServiceChange) -> RateKey:
    """The rate that a change brings to its end: that of the supply where only the supply's product changes.

    A separate service that begins ends none; the rate of the premise is named then, and stays.
    """
    if change is ServiceChange.NEW_SEPARATE_SERVICE and before.separate_rate is not None:
        return before.separate_rate
    if change is ServiceChange.SUPPLIER_PRODUCT and before.supply_rate is not None:
        return before.supply_rate
    return before.rate


def closes_nothing(before: Agreement, *, on: date, change: ServiceChange) -> bool:
    """Whether a change on that day leaves no old service to bill: nobody was served, or it had begun that very day.

    A separate service begins beside the old one, which goes on.
    """
    begins_beside = change is ServiceChange.NEW_SEPARATE_SERVICE and before.separate_rate is None
    return before.rate == VACANT or before.start_on == on or begins_beside


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
        PointMetersLoaded: _meters_loaded,
        PointAgreementsLoaded: _agreements_loaded,
        **MOVE_FOLDS,
        **PEV_FOLDS,
        **REVERSAL_FOLDS,
    }
)
