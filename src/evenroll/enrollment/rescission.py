"""The window in which a customer may take back a sale: by jurisdiction, kind of sale, and how the terms came."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.begin_tracks import switches_supply
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.dates import rescission_end
from evenroll.enrollment.form import Channel, FormField
from evenroll.enrollment.supply_dates import window_end
from evenroll.programs.program import ProgramVersion, ServiceChange
from evenroll.programs.rescission import RescissionRule, Sale, Seller, TermsDelivery, may_rescind, rescission_rule


def rescission_ends_on(case: Case, program: ProgramVersion, facts: CaseFacts) -> date:
    """The first day after the window, whose terms reach the customer today; today where there is no window.

    A program that names no jurisdiction has its own count of business days; a regulated rate has none.
    """
    if not program.rescission_rule:
        days = program.rescission_business_days
        return rescission_end(terms_received_on=facts.today, business_days=days, calendar=facts.calendar)
    rule = _rule(case, program)
    return facts.today if rule is None else window_end(rule, sent_on=facts.today, calendar=facts.calendar)


def unverified_window(case: Case, program: ProgramVersion) -> str:
    """The source of the rule that sets the window, where its figure was not read in it; else ""."""
    rule = _rule(case, program) if program.rescission_rule else None
    return rule.source if rule is not None and not rule.checked else ""


def _rule(case: Case, program: ProgramVersion) -> RescissionRule | None:
    return rescission_rule(
        program.rescission_rule, seller=seller_of(program), sale=sale_of(case, program), delivery=delivery_of(case)
    )


def seller_of(program: ProgramVersion) -> Seller:
    """Who sells: a supplier its product, the utility its regulated rate."""
    return Seller.SUPPLIER if program.service_change is ServiceChange.SUPPLIER_PRODUCT else Seller.UTILITY


def sale_of(case: Case, program: ProgramVersion) -> Sale:
    """What is sold: supply from a new supplier, or another product of the same."""
    return Sale.SWITCH if switches_supply(case, program) else Sale.NEW


def delivery_of(case: Case) -> TermsDelivery:
    """How the terms reach the customer: as they wrote to us; after a call by mail, unless an e-mail was given."""
    form = case.form
    channel = form.channel if form else case.opening.channel
    by_mail = channel is Channel.MAIL or (channel is Channel.PHONE and not (form and FormField.EMAIL in form.fields))
    return TermsDelivery.MAIL if by_mail else TermsDelivery.ELECTRONIC


def must_name_window(program: ProgramVersion) -> bool:
    """Whether a request for this program has to say until when it may be rescinded."""
    if program.rescission_rule:
        return may_rescind(program.rescission_rule, seller=seller_of(program))
    return bool(program.rescission_business_days)
