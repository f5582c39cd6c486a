"""A bill at a switch of service: from registers where they tell enough, else from the hours of the meter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from evenroll.costs.bill import Biller
from evenroll.costs.pricing import (
    Pricing,
    PricingRefused,
    extras_of_load,
    extras_of_total,
    settled_by_others,
    with_prices,
)
from evenroll.costs.usage import HourlyLoad, usage_of_load, usage_of_reads
from evenroll.enrollment.service_order import HeldReason
from evenroll.enrollment.usage_point import MeteredSpan, advance_wh
from evenroll.ports.outside import HourFacts
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.rate import Rate, registers_of
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import Wh, register_advance
from evenroll.quantities.identifiers import MeterSerial
from evenroll.quantities.periods import DatePeriod
from evenroll.records.billing_terms import BillTerms

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Billing:
    """What is to be billed. actual: whether no read was estimated."""

    terms: BillTerms
    period: DatePeriod
    kind: BillKind
    actual: bool


def bill_of(
    billing: Billing, *, spans: tuple[MeteredSpan, ...], hours: HourFacts, calendar: ServiceCalendar, biller: Biller
) -> Bill | HeldReason:
    """The bill of what was counted, or what it lacks.

    Where the price is not known here the bill states energy and days, and others settle it. Raises UsageRefused,
    ReadImplausible.
    """
    terms, period = billing.terms, billing.period
    pricing = terms.pricing
    if terms.others_settle:
        bill = settled_by_others(
            advance_wh(spans), rate=pricing.rate.key, period=period, kind=billing.kind, actual=billing.actual
        )
        return replace(bill, riders=pricing.riders)
    if needs_hours(pricing, registers=frozenset(each.register for each in spans)):
        return _by_hours(billing, spans=spans, hours=hours, calendar=calendar, biller=biller)
    advances = _advances(spans, rate=pricing.rate)
    usage = usage_of_reads(advances, rate=pricing.rate, period=period)
    extras = extras_of_total(sum(usage.values()), pricing=pricing, period=period)
    bill = biller(usage, rate=pricing.rate, period=period, kind=billing.kind, actual=billing.actual, extras=extras)
    return replace(bill, riders=pricing.riders)


def needs_hours(pricing: Pricing, *, registers: frozenset[str]) -> bool:
    """Whether the meter's registers do not tell what the price asks: hours, or periods that they do not count apart."""
    if pricing.needs_hours:
        return True
    wanted = registers_of(pricing.rate)
    return len(wanted) > 1 and not frozenset(wanted) <= registers


def _by_hours(
    billing: Billing, *, spans: tuple[MeteredSpan, ...], hours: HourFacts, calendar: ServiceCalendar, biller: Biller
) -> Bill | HeldReason:
    pricing, period = billing.terms.pricing, billing.period
    load = _load(hours, period=period, calendar=calendar)
    if load is None:
        return HeldReason.INTERVALS_MISSING
    if not _fits(hours.used, spans=spans):
        return HeldReason.INTERVALS_WRONG
    if hours.away is not None:
        return HeldReason.PRICES_MISSING
    priced = with_prices(pricing, hour_prices=hours.prices, event_hours=hours.events)
    usage = usage_of_load(load, rate=pricing.rate, period=period, calendar=calendar)
    try:
        extras = extras_of_load(load, pricing=priced, period=period, calendar=calendar)
    except PricingRefused:
        return HeldReason.PRICES_MISSING
    bill = biller(usage, rate=pricing.rate, period=period, kind=billing.kind, actual=billing.actual, extras=extras)
    return replace(bill, riders=pricing.riders)


def _load(hours: HourFacts, *, period: DatePeriod, calendar: ServiceCalendar) -> HourlyLoad | None:
    """What all meters counted together in each hour of the period; None where an hour is not known of any."""
    from_at = calendar.start_of_day(period.start_on)
    until_at = calendar.start_of_day(period.end_on or date.max)
    starts = [from_at + n * _HOUR for n in range((until_at - from_at) // _HOUR)]
    used = [_of_hour(at, used=hours.used) for at in starts]
    known = [wh for wh in used if wh is not None]
    return HourlyLoad(start_at=from_at, wh=tuple(known)) if len(known) == len(used) else None


def _of_hour(at: datetime, *, used: Mapping[MeterSerial, Mapping[datetime, int]]) -> int | None:
    counted = [meter[at] for meter in used.values() if at in meter]
    return sum(counted) if counted else None


def _fits(used: Mapping[MeterSerial, Mapping[datetime, int]], *, spans: tuple[MeteredSpan, ...]) -> bool:
    """Whether the hours of each meter come to what its registers moved by: no watt-hour is lost or found."""
    serials = {each.serial for each in spans} | set(used)
    return all(
        sum(used.get(serial, {}).values()) == advance_wh(each for each in spans if each.serial == serial)
        for serial in serials
    )


def _advances(spans: tuple[MeteredSpan, ...], *, rate: Rate) -> dict[str, Wh]:
    """What was counted, by register name; all of it together where the rate has one price for everything."""
    only = registers_of(rate)
    advances: dict[str, Wh] = {}
    for each in spans:
        name = only[0] if len(only) == 1 else each.register
        counted = register_advance(each.from_wh, each.to_wh, rollover_wh=each.rollover_wh)
        advances[name] = Wh(advances.get(name, 0) + counted)
    return advances
