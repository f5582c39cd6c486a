"""Bills computed once more in place of those that were wrong: at the right rate, or at the read that was taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from evenroll.costs.bill import Biller, UsageRefused
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.order_facts import BillAnew, OrderFacts
from evenroll.enrollment.service_order import HeldReason, ServiceOrder, Switch
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.ports.outside import Outside
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.rate import RateRefused
from evenroll.quantities.energy import ReadImplausible
from evenroll.quantities.periods import DatePeriod
from evenroll.records.bill_making import Billing, bill_of
from evenroll.records.billing_spans import spans_of
from evenroll.records.billing_terms import bill_terms


@dataclass(frozen=True, kw_only=True, slots=True)
class _Anew:
    """What is billed once more. switch: with the read that counts now."""

    order: ServiceOrder
    switch: Switch
    point: UsagePoint
    outside: Outside
    biller: Biller


def with_bills_anew(facts: OrderFacts, order: ServiceOrder, *, outside: Outside, biller: Biller) -> OrderFacts:
    """The facts with a bill in place of each that is wrong; or with the reason why there is none."""
    if order.switch is None or facts.point is None:
        return facts
    switch = order.switch
    if facts.reads is not None and switch.closing is not None and switch.closing.estimated:
        switch = replace(switch, closing=facts.reads, opening=facts.reads)
    anew = _Anew(order=order, switch=switch, point=facts.point, outside=outside, biller=biller)
    made: list[BillAnew] = []
    for was, kind in _wrong(order):
        bill = _made(anew, facts, was=was, kind=kind)
        if isinstance(bill, HeldReason):
            return replace(facts, bill_lacks=bill)
        made.append(bill)
    return replace(facts, bills_anew=tuple(made))


def _wrong(order: ServiceOrder) -> Iterator[tuple[Bill, BillKind]]:
    """The bills that are wrong, and as which kind each is priced: once reversed, by the rate before."""
    if order.service.state is State.REVERSED:
        if order.first_bill is not None:
            yield order.first_bill, BillKind.CLOSING
        return
    for bill in (order.closing_bill, order.first_bill):
        if bill is not None:
            yield bill, bill.kind


def _made(anew: _Anew, facts: OrderFacts, *, was: Bill, kind: BillKind) -> BillAnew | HeldReason:
    reads = anew.outside.reads
    if isinstance(reads, PartnerAway):
        return HeldReason.READS_MISSING
    period = DatePeriod(start_on=was.start_on, end_on=was.end_on)
    spans = spans_of(period, point=anew.point, switch=anew.switch, reads=reads)
    if spans is None:
        return HeldReason.READS_MISSING
    cut = {was.start_on, was.end_on}
    actual = not any(each.estimated for each in reads if each.read_on in cut)
    try:
        terms = bill_terms(anew.order, switch=anew.switch, kind=kind, point=anew.point, on=was.start_on)
        billing = Billing(terms=terms, period=period, kind=BillKind.CORRECTION, actual=actual)
        bill = bill_of(billing, spans=spans, hours=anew.outside.hours, calendar=facts.calendar, biller=anew.biller)
    except (RateUnknown, RateRefused, UsageRefused, ReadImplausible):
        return HeldReason.BILL_MISSING
    return bill if isinstance(bill, HeldReason) else BillAnew(was=was, bill=bill, spans=spans)


def with_program_before(facts: OrderFacts, order: ServiceOrder) -> OrderFacts:
    """The facts with whether a program had brought the rate that ended at the switch."""
    if order.switch is None:
        return facts
    catalog, old = load_catalog(), order.switch.old_rate
    standard = any(each.key == old and each.standard for each in catalog.rates)
    brought = any(each.rate == old for each in catalog.programs)
    return replace(facts, program_before=brought and not standard)
