"""Asking for what a bill by the hour rests on: the hours of the meters, the prices of a series, the events called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import PointMeter, UsagePoint
from evenroll.ports.outside import HourFacts
from evenroll.programs.bill import BillKind
from evenroll.programs.catalog import RateUnknown
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.bill_making import needs_hours
from evenroll.records.billing_spans import billing_period
from evenroll.records.billing_terms import bill_terms
from evenroll.records.gathered import READS_BEHIND, READS_MONTHS, reads_of_cycle
from evenroll.records.organizations import current
from evenroll.worker.installation import Installation


def hours_for_bill(
    installation: Installation,
    order: ServiceOrder,
    *,
    point: UsagePoint,
    kind: BillKind,
    utility: OrganizationKey,
) -> Callable[[], HourFacts]:
    """How to ask for what a bill of this order needs by the hour; empty where the registers tell enough, or no bill is.

    In the open organization, the utility; what it gives is to be called when no transaction is open.
    """
    switch = order.switch
    if switch is None:
        return HourFacts
    calendar = current().calendar
    cycle = reads_of_cycle(order.pod, from_on=switch.switch_on - READS_BEHIND, months=READS_MONTHS)
    period = billing_period(switch, kind=kind, point=point, scheduled_reads=cycle)
    if period is None or period.end_on is None:
        return HourFacts
    try:
        terms = bill_terms(order, switch=switch, kind=kind, point=point, on=period.start_on)
    except RateUnknown:
        return HourFacts
    meters = tuple(each for each in meters_there(point, period=period) if each.separate is switch.separate)
    registers = frozenset(each.name for meter in meters for each in meter.registers)
    if terms.others_settle or not needs_hours(terms.pricing, registers=registers):
        return HourFacts
    span = (calendar.start_of_day(period.start_on), calendar.start_of_day(period.end_on))
    serials = tuple(dict.fromkeys(each.serial for each in meters))

    def ask() -> HourFacts:
        used = used_by(installation, serials, utility=utility, span=span)
        if used.away is not None:
            return used
        return with_prices_of(installation, used, rate=terms.pricing.rate, program=terms.event_program, span=span)

    return ask


def meters_there(point: UsagePoint, *, period: DatePeriod) -> tuple[PointMeter, ...]:
    """The meters that were at a usage point on a day of the period."""
    end_on = period.end_on
    return tuple(
        each
        for each in point.meters
        if (end_on is None or each.installed_on < end_on)
        and (each.removed_on is None or each.removed_on > period.start_on)
    )


def used_by(
    installation: Installation,
    meters: tuple[MeterSerial, ...],
    *,
    utility: OrganizationKey,
    span: tuple[datetime, datetime],
) -> HourFacts:
    """What these meters counted by the hour over a span of instants, [from, until)."""
    used: dict[MeterSerial, Mapping[datetime, int]] = {}
    for serial in meters:
        found = installation.reads.hours(serial, utility=utility, from_at=span[0], until_at=span[1])
        if isinstance(found, PartnerAway):
            return HourFacts(away=found)
        used[serial] = found
    return HourFacts(used=used)


def with_prices_of(
    installation: Installation,
    known: HourFacts,
    *,
    rate: Rate | None,
    program: ProgramVersion | None,
    span: tuple[datetime, datetime],
) -> HourFacts:
    """The same with the prices of a rate's hours and the hours of a program's events; who was away is named."""
    prices, events = dict[datetime, Decimal](), frozenset[datetime]()
    if rate is not None and is_hourly(rate):
        found = installation.prices.prices(
            rate.hourly_series, owner=rate.organization, from_at=span[0], until_at=span[1]
        )
        if isinstance(found, PartnerAway):
            return HourFacts(used=known.used, away=found)
        prices = dict(found)
    if program is not None:
        called = installation.events.hours(
            program.key, provider=program.organization, from_at=span[0], until_at=span[1]
        )
        if isinstance(called, PartnerAway):
            return HourFacts(used=known.used, prices=prices, away=called)
        events = called
    return HourFacts(used=known.used, prices=prices, events=events)
