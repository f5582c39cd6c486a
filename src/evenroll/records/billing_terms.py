"""What a bill at a switch of service is priced by: the rate that ended or began, and what programs lay on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from evenroll.costs.pricing import Pricing, pricing_of
from evenroll.enrollment.service_order import ServiceOrder, Switch
from evenroll.enrollment.usage_point import Agreement, UsagePoint
from evenroll.programs.bill import BillKind
from evenroll.programs.catalog import Catalog, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import Rate
from evenroll.quantities.identifiers import RateKey
from evenroll.records.program_shelf import program_versions


@dataclass(frozen=True, kw_only=True, slots=True)
class BillTerms:
    """How a bill is priced. event_program: whose events add to the price. others_settle: it has no price here."""

    pricing: Pricing
    event_program: ProgramVersion | None = None
    others_settle: bool = False


def bill_terms(order: ServiceOrder, *, switch: Switch, kind: BillKind, point: UsagePoint, on: date) -> BillTerms:
    """The terms of the closing or first bill of a switch, by the rates in force on a day. Raises RateUnknown.

    A rider has no energy price: it is billed with the rate that it rides on.
    """
    catalog = load_catalog()
    key = switch.old_rate if kind is BillKind.CLOSING else switch.new_rate
    agreement = _agreement(switch, kind=kind, point=point)
    named = catalog.rate(key, on=on)
    base = catalog.rate(agreement.rate, on=on) if named.rides_on and agreement else named
    riders = _riders(catalog, agreement=agreement, base=base, on=on)
    programs = _programs(order, keys=(base.key, *(each.key for each in riders)), kind=kind)
    pricing = Pricing(rate=base, riders=tuple(each.key for each in riders))
    events: ProgramVersion | None = None
    for program in programs:
        laid = pricing_of(base, program=program)
        pricing = replace(pricing, credits=(*pricing.credits, *laid.credits))
        if laid.event_usd_per_kwh and events is None:
            pricing, events = replace(pricing, events=laid.events), program
    settled = any(each.settled_by_others or each.unpriced for each in programs)
    unknown = any(each.unpriced for each in (base, *riders))
    return BillTerms(pricing=pricing, event_program=events, others_settle=settled or unknown)


def _agreement(switch: Switch, *, kind: BillKind, point: UsagePoint) -> Agreement | None:
    for each in point.agreements:
        edge = each.end_on if kind is BillKind.CLOSING else each.start_on
        if edge == switch.switch_on:
            return each
    if any(each.start_on == switch.switch_on for each in point.agreements):
        return None
    # The switch was taken back: what it had ended goes on over that day.
    return point.agreement_on(switch.switch_on)


def _riders(catalog: Catalog, *, agreement: Agreement | None, base: Rate, on: date) -> tuple[Rate, ...]:
    rates = (catalog.rate(key, on=on) for key in (agreement.riders if agreement else ()))
    return tuple(each for each in rates if base.key in each.rides_on)


def _programs(order: ServiceOrder, *, keys: Iterable[RateKey], kind: BillKind) -> tuple[ProgramVersion, ...]:
    """The programs that brought these rates: for what began, the one that was ordered, in its last version."""
    wanted, found = tuple(keys), dict[RateKey, ProgramVersion]()
    for each in load_catalog().programs:
        if each.rate is not None and each.rate in wanted:
            found[each.rate] = each
    if kind is BillKind.FIRST:
        for each in program_versions(order.request.program):
            if each.rate is not None and each.rate in wanted:
                found[each.rate] = each
    return tuple(found[key] for key in wanted if key in found)
