"""Whether a bill at a switch of service may be issued: its days, its rate, its sum, and every Wh exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from evenroll.enrollment.order_facts import BillAnew
from evenroll.enrollment.service_order import HeldReason, Switch
from evenroll.enrollment.usage_point import (
    MeteredSpan,
    MeterReads,
    PointMeter,
    UsagePoint,
    energy_conserved,
    went_after_cut,
)
from evenroll.programs.bill import Bill, BillKind, billed_wh
from evenroll.quantities.identifiers import RateKey

__all__ = ["bill_fault", "billed_wh"]


def bill_fault(
    bill: Bill, *, kind: BillKind, switch: Switch, spans: Iterable[MeteredSpan], point: UsagePoint
) -> HeldReason | None:
    """The first thing that is wrong with a bill; absent if it may be issued.

    kind: CLOSING, of the service that ended, or FIRST, of the one that began. spans: what each register of each meter
    in place counted over the days of the bill; the cut is at the reads of the switch.
    """
    rate = switch.old_rate if kind is BillKind.CLOSING else switch.new_rate
    cut_on = bill.end_on if kind is BillKind.CLOSING else bill.start_on
    given = tuple(spans)
    faults = (
        (HeldReason.KIND_WRONG, bill.kind is not kind),
        (HeldReason.RATE_WRONG, rate not in (bill.rate, *bill.riders)),
        (HeldReason.DAYS_WRONG, cut_on != switch.switch_on or bill.start_on >= bill.end_on),
        (HeldReason.AGREEMENT_EXCEEDED, not _served(bill, kind=kind, switch=switch, point=point)),
        (HeldReason.TOTAL_WRONG, bill.total != sum((line.amount for line in bill.lines), Decimal(0))),
        (HeldReason.SPANS_WRONG, not _fit(given, expected=_expected(bill, switch=switch, point=point))),
        (HeldReason.ENERGY_WRONG, not energy_conserved(given, billed_wh=billed_wh(bill))),
    )
    return next((reason for reason, wrong in faults if wrong), None)


def correction_fault(each: BillAnew, *, rate: RateKey, switch: Switch, point: UsagePoint) -> HeldReason | None:
    """The first thing that is wrong with a bill in place of another; absent if it may be issued.

    It covers the same days at the rate that is right, and rests on the spans that the reads at the cut give.
    """
    bill, was = each.bill, each.was
    as_issued = replace(bill, kind=was.kind)
    faults = (
        (HeldReason.RATE_WRONG, rate not in (bill.rate, *bill.riders)),
        (HeldReason.DAYS_WRONG, (bill.start_on, bill.end_on) != (was.start_on, was.end_on)),
        (HeldReason.TOTAL_WRONG, bill.total != sum((line.amount for line in bill.lines), Decimal(0))),
        (HeldReason.SPANS_WRONG, not _fit(each.spans, expected=_expected(as_issued, switch=switch, point=point))),
        (HeldReason.ENERGY_WRONG, not energy_conserved(each.spans, billed_wh=billed_wh(bill))),
    )
    return next((reason for reason, wrong in faults if wrong), None)


def _served(bill: Bill, *, kind: BillKind, switch: Switch, point: UsagePoint) -> bool:
    """Whether the bill's rate was agreed on all of its days: by what ended at the switch, or by what began there."""
    for each in point.agreements:
        billed_on = each.end_on if kind is BillKind.CLOSING else each.start_on
        if billed_on == switch.switch_on and bill.rate in (
            each.rate,
            each.supply_rate,
            each.separate_rate,
            *each.riders,
        ):
            return each.start_on <= bill.start_on and (each.end_on is None or bill.end_on <= each.end_on)
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Expected:
    """A span that a bill must rest on; from_wh, to_wh: absent where the order does not know the read."""

    meter: PointMeter
    register: str
    rollover_wh: int
    from_wh: int | None
    to_wh: int | None


def _expected(bill: Bill, *, switch: Switch, point: UsagePoint) -> Iterator[_Expected]:
    """One span per register of each meter that was in place on a day of the bill."""
    opening = switch.opening if bill.kind is BillKind.FIRST else None
    closing = switch.closing if bill.kind is BillKind.CLOSING else None
    for meter in point.meters:
        if meter.separate is not switch.separate or meter.installed_on >= bill.end_on:
            continue
        gone = meter.removed_on is not None and meter.removed_on <= bill.start_on
        if gone and not went_after_cut(meter, opening=opening):
            continue
        came = meter.installed_on >= bill.start_on
        went = meter.removed_on is not None and meter.removed_on < bill.end_on
        for register in meter.registers:
            from_wh = meter.opening_wh.get(register.name) if came else _read(opening, meter, register.name)
            to_wh = meter.closing_wh.get(register.name) if went else _read(closing, meter, register.name)
            yield _Expected(
                meter=meter,
                register=register.name,
                rollover_wh=register.rollover_wh,
                from_wh=from_wh,
                to_wh=to_wh,
            )


def _read(reads: MeterReads | None, meter: PointMeter, register: str) -> int | None:
    if reads is None or reads.serial != meter.serial:
        return None
    return reads.values_wh.get(register)


def _fit(spans: tuple[MeteredSpan, ...], *, expected: Iterable[_Expected]) -> bool:
    """Whether each span that is needed is there once, and no other."""
    left = list(spans)
    for each in expected:
        found = next((span for span in left if _matches(span, each)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _matches(span: MeteredSpan, each: _Expected) -> bool:
    return (
        span.serial == each.meter.serial
        and span.register == each.register
        and span.rollover_wh == each.rollover_wh
        and each.from_wh in (None, span.from_wh)
        and each.to_wh in (None, span.to_wh)
    )
