"""What is known of a protected time: its billing periods, from the reads of our own meters or as billing gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from evenroll.costs.bill import UsageRefused
from evenroll.costs.pricing import Pricing
from evenroll.costs.protection import BilledUsage, Compared, compare_usage
from evenroll.costs.reference import bill_usage
from evenroll.enrollment.case import Case
from evenroll.enrollment.ledger_track import protected_until
from evenroll.enrollment.money_commands import UsageGiven
from evenroll.enrollment.money_events import PaidSource, ProtectedSpan, UsageMissing
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.service_order import HeldReason, Switch
from evenroll.enrollment.usage_point import MeteredSpan, MeterReads
from evenroll.ports.outside import HourFacts
from evenroll.ports.premises import ServedPoint
from evenroll.programs.bill import BillKind
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import RateRefused
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import ReadImplausible, Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.money import ZERO
from evenroll.quantities.periods import DatePeriod
from evenroll.records.bill_making import Billing, bill_of
from evenroll.records.billing_spans import spans_of
from evenroll.records.billing_terms import BillTerms
from evenroll.records.protected_terms import NotComparable, Sides, sides_of

_MONTHS_BEYOND = 3
"""Scheduled reads are looked up so far beyond the protected months that the one after them is among them."""

_LACKS: Final[Mapping[HeldReason, UsageMissing]] = MappingProxyType(
    {
        HeldReason.INTERVALS_MISSING: UsageMissing.INTERVALS_MISSING,
        HeldReason.INTERVALS_WRONG: UsageMissing.INTERVALS_WRONG,
        HeldReason.PRICES_MISSING: UsageMissing.HOUR_PRICES_MISSING,
    }
)
"""What a bill by the hour lacks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Protected:
    """The protected days of a case, [start_on, until_on). season_months: see `Protection`."""

    start_on: date
    until_on: date
    season_months: tuple[int, ...]

    def counts(self, period: DatePeriod) -> bool:
        """Whether a billing period is protected: it begins in one of the months named, or none is."""
        return not self.season_months or period.start_on.month in self.season_months


def protected_days(case: Case, program: ProgramVersion) -> Protected | None:
    """The protected time of a case; None where it has none."""
    start_on = case.price_since or case.ledger.active_on
    if program.protection is None or start_on is None:
        return None
    return Protected(
        start_on=start_on,
        until_on=protected_until(program, since=start_on),
        season_months=program.protection.season_months,
    )


def months_to_read(protected: Protected) -> int:
    """Over how many months from its first day scheduled reads are looked up."""
    years = protected.until_on.year - protected.start_on.year
    return years * 12 + 12 + _MONTHS_BEYOND


def read_days(protected: Protected, *, cycle: tuple[date, ...]) -> tuple[date, ...]:
    """The days of the reads that the protected time needs: its first, each scheduled one, the first after its end."""
    within = [day for day in cycle if protected.start_on < day < protected.until_on]
    closing = next((day for day in cycle if day >= protected.until_on), None)
    return () if closing is None else (protected.start_on, *within, closing)


def protected_periods(protected: Protected, *, cycle: tuple[date, ...]) -> tuple[DatePeriod, ...]:
    """The billing periods of the protected time that count, in order."""
    edges = pairwise(read_days(protected, cycle=cycle))
    periods = (DatePeriod(start_on=start_on, end_on=end_on) for start_on, end_on in edges)
    return tuple(each for each in periods if protected.counts(each))


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What meters and calendars tell of the protected time. switch: of our own order; absent for a supplier."""

    served: ServedPoint
    reads: tuple[MeterReads, ...]
    hours: HourFacts
    calendar: ServiceCalendar
    switch: Switch | None = None


def figures_of_reads(
    case: Case, program: ProgramVersion, *, measured: Measured, today: date
) -> ProtectionFigures | ProtectionUnknown:
    """The figures from what the utility's meters counted; or why there are none."""
    protected, cycle = protected_days(case, program), measured.served.read_days
    days = read_days(protected, cycle=cycle) if protected else ()
    if protected is None or not days:
        return ProtectionUnknown(reason=UsageMissing.READ_MISSING)
    if days[-1] > today:
        return ProtectionUnknown(reason=UsageMissing.READ_TO_COME, until=days[-1])
    spans: list[ProtectedSpan] = []
    for period in protected_periods(protected, cycle=cycle):
        found = _span_of(period, case, program, measured=measured, since_on=protected.start_on)
        if isinstance(found, UsageMissing):
            return ProtectionUnknown(reason=found, start_on=period.start_on, end_on=period.end_on)
        spans.append(found)
    return ProtectionFigures(spans=tuple(spans)) if spans else ProtectionUnknown(reason=UsageMissing.READ_MISSING)


def _span_of(
    period: DatePeriod, case: Case, program: ProgramVersion, *, measured: Measured, since_on: date
) -> ProtectedSpan | UsageMissing:
    point = measured.served.point
    spans = spans_of(period, point=point, switch=measured.switch, reads=measured.reads)
    if not spans:
        return UsageMissing.READ_MISSING
    try:
        sides = sides_of(program, point=point, since_on=since_on, on=period.start_on)
        if sides is None:
            return UsageMissing.RATE_UNKNOWN
        paid = _bill_of(period, case, program)
        costs = [_cost(each, period, spans=spans, measured=measured) for each in _to_compute(sides, paid=paid)]
    except (RateUnknown, RateRefused, UsageRefused, NotComparable):
        return UsageMissing.PRICE_UNKNOWN
    except ReadImplausible:
        return UsageMissing.READ_MISSING
    usd = [each for each in costs if not isinstance(each, HeldReason)]
    if len(usd) < len(costs):
        return next(_LACKS[each] for each in costs if isinstance(each, HeldReason))
    less = usd.pop() if sides.less is not None else ZERO
    edges = (period.start_on, period.end_on)
    return ProtectedSpan(
        start_on=period.start_on,
        end_on=period.end_on or period.start_on,
        paid=usd[0] if paid is None else paid,
        shadow=usd[-1] - less,
        source=PaidSource.READS if paid is None else PaidSource.BILL,
        is_estimated=any(each.estimated for each in measured.reads if each.read_on in edges),
    )


def _to_compute(sides: Sides, *, paid: Decimal | None) -> tuple[Pricing, ...]:
    """The prices that must be billed here: what was paid only where no bill tells it."""
    return sides.all if paid is None else sides.all[1:]


def _cost(
    pricing: Pricing, period: DatePeriod, *, spans: tuple[MeteredSpan, ...], measured: Measured
) -> Decimal | HeldReason:
    known, where = measured.hours, measured.calendar
    from_at, until_at = where.start_of_day(period.start_on), where.start_of_day(period.end_on or date.max)
    used = {
        serial: {at: wh for at, wh in hours.items() if from_at <= at < until_at} for serial, hours in known.used.items()
    }
    terms = BillTerms(pricing=pricing)
    billing = Billing(terms=terms, period=period, kind=BillKind.REGULAR, actual=True)
    hours = replace(known, used={serial: hours for serial, hours in used.items() if hours})
    bill = bill_of(billing, spans=spans, hours=hours, calendar=where, biller=bill_usage)
    return bill if isinstance(bill, HeldReason) else bill.total


def _bill_of(period: DatePeriod, case: Case, program: ProgramVersion) -> Decimal | None:
    """What the bill of that period came to, as it was corrected last; None where Evenroll knows none."""
    bills = case.order.bills if case.order else ()
    same = [
        each
        for each in bills
        if (each.start_on, each.end_on) == (period.start_on, period.end_on)
        and each.priced
        and program.rate in (each.rate, *each.riders)
    ]
    return same[-1].total if same else None


def figures_given(
    case: Case, program: ProgramVersion, *, usage: tuple[UsageGiven, ...], replaced: RateKey | None
) -> ProtectionFigures | ProtectionUnknown | None:
    """The figures from what billing gives; None where its periods do not tile the protected time."""
    protected = protected_days(case, program)
    if protected is None or not _tiles(usage, protected):
        return None
    billed = [
        BilledUsage(
            period=DatePeriod(start_on=each.start_on, end_on=each.end_on),
            advances={name: Wh(wh) for name, wh in each.wh.items()},
            actual=not each.is_estimated,
            paid=each.paid,
        )
        for each in sorted(usage, key=lambda each: each.start_on)
    ]
    counted = [each for each in billed if protected.counts(each.period)]
    return _compared(counted, program=program, replaced=replaced, known=PaidSource.GIVEN)


def _tiles(usage: Iterable[UsageGiven], protected: Protected) -> bool:
    """Whether the periods cover the protected time from its first day on, without gap or overlap."""
    ordered = sorted(usage, key=lambda each: each.start_on)
    if any(each.end_on <= each.start_on or min(each.wh.values(), default=-1) < 0 for each in ordered):
        return False
    touching = all(one.end_on == then.start_on for one, then in pairwise(ordered))
    return touching and ordered[0].start_on == protected.start_on and ordered[-1].end_on >= protected.until_on


def _compared(
    usage: list[BilledUsage], *, program: ProgramVersion, replaced: RateKey | None, known: PaidSource
) -> ProtectionFigures | ProtectionUnknown:
    if replaced is None or not usage:
        return ProtectionUnknown(reason=UsageMissing.RATE_UNKNOWN if usage else UsageMissing.READ_MISSING)
    catalog = load_catalog()
    own = program.rate
    try:
        compared = compare_usage(
            usage,
            program=lambda day: catalog.rate(own or RateKey(""), on=day),
            replaced=lambda day: catalog.rate(replaced, on=day),
        )
    except (RateUnknown, RateRefused, UsageRefused):
        return ProtectionUnknown(reason=UsageMissing.PRICE_UNKNOWN)
    return ProtectionFigures(spans=tuple(_span(each, known) for each in compared))


def _span(each: Compared, known: PaidSource) -> ProtectedSpan:
    return ProtectedSpan(
        start_on=each.period.start_on,
        end_on=each.period.end_on or each.period.start_on,
        paid=each.paid,
        shadow=each.shadow,
        source=known if each.is_known else PaidSource.READS,
        is_estimated=not each.actual,
    )
