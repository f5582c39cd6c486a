"""What is known of a protected time: its billing periods, from the reads of our own meters or as billing gives them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from evenroll.costs.bill import UsageRefused
from evenroll.costs.protection import BilledUsage, Compared, compare_usage
from evenroll.enrollment.case import Case
from evenroll.enrollment.ledger_track import protected_until
from evenroll.enrollment.money_commands import UsageGiven
from evenroll.enrollment.money_events import PaidSource, ProtectedSpan, UsageMissing
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import MeterReads, UsagePoint
from evenroll.programs.bill import Bill
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import RateRefused
from evenroll.quantities.energy import ReadImplausible, Wh, register_advance
from evenroll.quantities.identifiers import PodId, RateKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.billing_spans import spans_of
from evenroll.records.gathered import reads_of_cycle

_MONTHS_BEYOND = 3
"""Scheduled reads are looked up so far beyond the protected months that the one after them is among them."""


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


def read_days(protected: Protected, *, pod: PodId) -> tuple[date, ...]:
    """The days of the reads that the protected time needs: its first, each scheduled one, the first after its end."""
    months = (protected.until_on.year - protected.start_on.year) * 12 + 12 + _MONTHS_BEYOND
    cycle = reads_of_cycle(pod, from_on=protected.start_on, months=months)
    within = [day for day in cycle if protected.start_on < day < protected.until_on]
    closing = next((day for day in cycle if day >= protected.until_on), None)
    return () if closing is None else (protected.start_on, *within, closing)


def figures_of_reads(
    case: Case,
    program: ProgramVersion,
    *,
    order: ServiceOrder,
    point: UsagePoint,
    reads: tuple[MeterReads, ...],
    today: date,
) -> ProtectionFigures | ProtectionUnknown:
    """The figures from our own meters; or why there are none."""
    protected = protected_days(case, program)
    days = read_days(protected, pod=point.pod) if protected else ()
    if protected is None or not days or order.switch is None:
        return ProtectionUnknown(reason=UsageMissing.READ_MISSING)
    if days[-1] > today:
        return ProtectionUnknown(reason=UsageMissing.READ_TO_COME, until=days[-1])
    usage: list[BilledUsage] = []
    for start_on, end_on in pairwise(days):
        period = DatePeriod(start_on=start_on, end_on=end_on)
        found = _usage(period, order=order, point=point, reads=reads)
        if found is None:
            return ProtectionUnknown(reason=UsageMissing.READ_MISSING)
        if protected.counts(period):
            usage.append(found)
    return _compared(usage, program=program, replaced=order.switch.old_rate, known=PaidSource.BILL)


def _usage(
    period: DatePeriod, *, order: ServiceOrder, point: UsagePoint, reads: tuple[MeterReads, ...]
) -> BilledUsage | None:
    spans = spans_of(period, point=point, switch=order.switch, reads=reads) if order.switch else None
    if not spans:
        return None
    advances: dict[str, Wh] = {}
    for each in spans:
        try:
            counted = register_advance(each.from_wh, each.to_wh, rollover_wh=each.rollover_wh)
        except ReadImplausible:
            return None
        advances[each.register] = Wh(advances.get(each.register, 0) + counted)
    edges = (period.start_on, period.end_on)
    actual = not any(each.estimated for each in reads if each.read_on in edges)
    return BilledUsage(period=period, advances=advances, actual=actual, paid=_bill_of(period, order.first_bill))


def _bill_of(period: DatePeriod, bill: Bill | None) -> Decimal | None:
    same = bill is not None and (bill.start_on, bill.end_on) == (period.start_on, period.end_on)
    return bill.total if bill is not None and same else None


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
