"""Row 5d: service switches on the dated day; one bill closes the old service, another begins the new one."""

from __future__ import annotations

from dataclasses import replace

from evenroll.costs.bill import Biller, UsageRefused
from evenroll.costs.reference import bill_usage
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.estimated_read import estimated_on
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.service_order import HeldReason, ServiceOrder, Switch
from evenroll.enrollment.usage_point import MeterReads, UsagePoint
from evenroll.programs.bill import BillKind
from evenroll.programs.catalog import RateUnknown
from evenroll.programs.rate import RateRefused
from evenroll.quantities.energy import ReadImplausible
from evenroll.records.asked import Answer, Asked
from evenroll.records.bill_making import Billing, bill_of
from evenroll.records.billing_spans import billing_period, spans_of
from evenroll.records.billing_terms import bill_terms
from evenroll.records.bills_anew import with_bills_anew, with_program_before
from evenroll.records.gathered import order_facts, other_orders
from evenroll.records.taking import plain_case, plain_order, take_order, unknown_order
from evenroll.records.unit_of_work import UnitOfWork

BILLER: Biller = bill_usage
"""The one interface to whatever makes bills; the exact reference until a faster engine agrees with it."""

ESTIMATED_AFTER = 2
"""After so many business days without it a final read is estimated, and its bill says so."""


def date_switch(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The day on which service switches, from rescission, notice, meter, read cycle and business calendar."""
    return plain_order(work, asked, name=CommandName.DATE_SWITCH)


def switch_service(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The old service ends and the new one begins, at the same reads."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        others = other_orders(order.pod, order.number) if order.request.ending else ()
        read = _read_on(asked, order, point=facts.point) or _estimate(asked, order, point=facts.point)
        facts = replace(facts, reads=read, others=others)
        return decide_order(order, CommandName.SWITCH_SERVICE, asked.command, facts)

    return take_order(work, asked, name=CommandName.SWITCH_SERVICE, decide=decide)


def issue_closing_bill(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The bill that closes the old service; every Wh that was read once, and none twice."""
    return _issue(work, asked, name=CommandName.ISSUE_CLOSING_BILL, kind=BillKind.CLOSING)


def issue_first_bill(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The first bill of the new service; it begins at the reads that closed the old one."""
    return _issue(work, asked, name=CommandName.ISSUE_FIRST_BILL, kind=BillKind.FIRST)


def hear_switch(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider hears that the switch is dated or made; from then on the new price is live."""
    return plain_case(work, asked, name=CommandName.HEAR_SWITCH)


def hear_bill(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider hears of a bill."""
    return plain_case(work, asked, name=CommandName.HEAR_BILL)


def reverse_switch(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A switch that should not have been made is taken back."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        return decide_order(order, CommandName.REVERSE_SWITCH, asked.command, with_program_before(facts, order))

    return take_order(work, asked, name=CommandName.REVERSE_SWITCH, decide=decide)


def correct_bill(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Bills in place of those that a reversed switch, or an estimated read, made wrong."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        facts = replace(facts, reads=_read_on(asked, order, point=facts.point))
        facts = with_bills_anew(facts, order, outside=asked.outside, biller=BILLER)
        return decide_order(order, CommandName.CORRECT_BILL, asked.command, facts)

    return take_order(work, asked, name=CommandName.CORRECT_BILL, decide=decide)


def _issue(work: UnitOfWork, asked: Asked, *, name: CommandName, kind: BillKind) -> Answer:
    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        if order.switch is not None and facts.point is not None:
            facts = _with_bill(facts, order, switch=order.switch, point=facts.point, asked=asked, kind=kind)
        return decide_order(order, name, asked.command, facts)

    return take_order(work, asked, name=name, decide=decide)


def _with_bill(
    facts: OrderFacts, order: ServiceOrder, *, switch: Switch, point: UsagePoint, asked: Asked, kind: BillKind
) -> OrderFacts:
    """The facts with the bill and the spans that it rests on; or with the reason why there is none."""
    period = billing_period(switch, kind=kind, point=point, scheduled_reads=facts.scheduled_reads)
    reads = () if isinstance(asked.outside.reads, PartnerAway) else asked.outside.reads
    spans = spans_of(period, point=point, switch=switch, reads=reads) if period else None
    if period is None or spans is None:
        return facts
    try:
        terms = bill_terms(order, switch=switch, kind=kind, point=point, on=period.start_on)
        actual = not any(each.estimated for each in (*reads, *([switch.closing] if switch.closing else [])))
        billing = Billing(terms=terms, period=period, kind=kind, actual=actual)
        bill = bill_of(billing, spans=spans, hours=asked.outside.hours, calendar=facts.calendar, biller=BILLER)
    except (RateUnknown, RateRefused, UsageRefused, ReadImplausible):
        # The order then waits for billing, with the reason; a wrong bill is never issued.
        return facts
    if isinstance(bill, HeldReason):
        return replace(facts, bill_lacks=bill)
    return replace(facts, bill=bill, spans=spans)


def _read_on(asked: Asked, order: ServiceOrder, *, point: UsagePoint | None) -> MeterReads | None:
    """The read of the meter in place: one that was removed may still stand in the route's list."""
    reads = asked.outside.reads
    meter, day = point.meter_of(separate=order.is_separate) if point else None, order.switch_on
    if isinstance(reads, PartnerAway) or meter is None:
        return None
    return next((each for each in reads if each.read_on == day and each.serial == meter.serial), None)


def _estimate(asked: Asked, order: ServiceOrder, *, point: UsagePoint | None) -> MeterReads | None:
    """The final read of a customer who is gone, where it did not come in time: nobody can be asked to wait for it."""
    reads, day = asked.outside.reads, order.switch_on
    meter = point.meter_of(separate=order.is_separate) if point else None
    if not order.request.ending or order.service.times < ESTIMATED_AFTER or isinstance(reads, PartnerAway):
        return None
    return estimated_on(day, meter=meter, reads=reads) if meter is not None and day is not None else None
