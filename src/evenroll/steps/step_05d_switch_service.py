"""Row 5d: service switches on the dated day; one bill closes the old service, another begins the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.costs.bill import Biller, UsageRefused
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import usage_of_reads
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.service_order import ServiceOrder, Switch
from evenroll.enrollment.usage_point import MeteredSpan, MeterReads, UsagePoint
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.rate import Rate, registers_of
from evenroll.quantities.energy import ReadImplausible, Wh, register_advance
from evenroll.quantities.periods import DatePeriod
from evenroll.records.asked import Answer, Asked
from evenroll.records.billing_spans import billing_period, spans_of
from evenroll.records.gathered import order_facts
from evenroll.records.taking import plain_case, plain_order, take_order, unknown_order
from evenroll.records.unit_of_work import UnitOfWork

BILLER: Biller = bill_usage
"""The one interface to whatever makes bills; the exact reference until a faster engine agrees with it."""


def date_switch(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The day on which service switches, from rescission, notice, meter, read cycle and business calendar."""
    return plain_order(work, asked, name=CommandName.DATE_SWITCH)


def switch_service(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The old service ends and the new one begins, at the same reads."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        facts = replace(facts, reads=_read_on(asked, order.switch_on, point=facts.point))
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


def _issue(work: UnitOfWork, asked: Asked, *, name: CommandName, kind: BillKind) -> Answer:
    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number, switch_on=order.switch_on)
        if order.switch is not None and facts.point is not None:
            facts = _with_bill(facts, switch=order.switch, point=facts.point, asked=asked, kind=kind)
        return decide_order(order, name, asked.command, facts)

    return take_order(work, asked, name=name, decide=decide)


def _with_bill(facts: OrderFacts, *, switch: Switch, point: UsagePoint, asked: Asked, kind: BillKind) -> OrderFacts:
    """The facts with the bill and the spans that it rests on; without them where a read or a price is missing."""
    period = billing_period(switch, kind=kind, point=point, scheduled_reads=facts.scheduled_reads)
    reads = () if isinstance(asked.outside.reads, PartnerAway) else asked.outside.reads
    spans = spans_of(period, point=point, switch=switch, reads=reads) if period else None
    if period is None or spans is None:
        return facts
    bill = _bill(switch, spans=spans, period=period, kind=kind, actual=not any(each.estimated for each in reads))
    return replace(facts, bill=bill, spans=spans)


def _bill(
    switch: Switch, *, spans: tuple[MeteredSpan, ...], period: DatePeriod, kind: BillKind, actual: bool
) -> Bill | None:
    key = switch.old_rate if kind is BillKind.CLOSING else switch.new_rate
    try:
        rate = load_catalog().rate(key, on=period.start_on)
        usage = usage_of_reads(_advances(spans, rate=rate), rate=rate, period=period)
        return BILLER(usage, rate=rate, period=period, kind=kind, actual=actual)
    except (RateUnknown, UsageRefused, ReadImplausible):
        # The order then waits for billing, with the reason; a wrong bill is never issued.
        return None


def _advances(spans: tuple[MeteredSpan, ...], *, rate: Rate) -> dict[str, Wh]:
    """What was counted, by register name; all of it together where the rate has one price for everything."""
    only = registers_of(rate)
    advances: dict[str, Wh] = {}
    for each in spans:
        name = only[0] if len(only) == 1 else each.register
        counted = register_advance(each.from_wh, each.to_wh, rollover_wh=each.rollover_wh)
        advances[name] = Wh(advances.get(name, 0) + counted)
    return advances


def _read_on(asked: Asked, day: date | None, *, point: UsagePoint | None) -> MeterReads | None:
    """The read of the meter in place: one that was removed may still stand in the route's list."""
    reads = asked.outside.reads
    meter = point.meter if point else None
    if isinstance(reads, PartnerAway) or meter is None:
        return None
    return next((each for each in reads if each.read_on == day and each.serial == meter.serial), None)
