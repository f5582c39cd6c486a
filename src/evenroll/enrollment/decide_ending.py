"""Deciding the end of service with a customer who moves out: the utility is asked, and what it tells is heard."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from evenroll.enrollment import ending_events as ee
from evenroll.enrollment import messages as m
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT
from evenroll.programs.program import MeterNeedKind, ServiceChange
from evenroll.programs.supply_terms import FinalBillBy, all_supply_terms
from evenroll.programs.timing import NoticeWindow, SwitchTiming


def end_asked(case: Case, moved_on: date, facts: CaseFacts) -> tuple[tuple[Event, ...], tuple[m.Message, ...]]:
    """What asks the utility for the final read and the final bill of who moved out; nothing where it is not known.

    Service ends with the customer, whoever supplies it; the wires utility has the meter. Source: rules 9 and 10.
    """
    utility = case.provider.utility if case.provider else None
    if utility is None or case.pod is None or case.chosen is None or facts.order_number is None:
        return (), ()
    vacant_on = moved_on + timedelta(days=1)
    body = m.MeterRequested(
        case=case.number,
        order=facts.order_number,
        pod=case.pod,
        program=case.chosen.program,
        need=MeterNeedKind.NONE,
        service_change=ServiceChange.REPLACED_RATE,
        new_rate=VACANT,
        timing=SwitchTiming.FIRST_BUSINESS_DAY,
        notice=NoticeWindow(),
        asked_on=facts.today,
        not_before_on=vacant_on,
        ending=True,
    )
    asked = ee.ServiceEndAsked(row=Row.ACTION, order=facts.order_number, utility=utility, vacant_on=vacant_on)
    return (asked,), (m.Message(to=utility, conversation=case.number, body=body),)


def heard_of_end(case: Case, command: Any, facts: CaseFacts) -> Decided | None:
    """What the utility tells of the order that ends service; None where a message is about another order."""
    if case.ending is None or command.order != case.ending.number:
        return None
    match command:
        case m.RequestAnswered(answer=m.RequestAnswer.REFUSED):
            return Decided(events=(ee.ServiceEndRefused(row=Row.ACTION, reason=command.reason),))
        case m.SwitchTold(state=State.SWITCHED):
            return Decided(events=(ee.ServiceEnded(row=Row.ACTION, vacant_on=command.switch_on),))
        case m.BillTold():
            by = final_bill_by(case, facts)
            return Decided(events=(ee.FinalBillHeard(row=Row.ACTION, bill=command.bill, issued_by=by),))
        case _:
            return Decided()


def final_bill_by(case: Case, facts: CaseFacts) -> FinalBillBy:
    """Who sends the final bill: the utility to its own customer; else as the territory has it."""
    provider = case.provider
    if provider is None or provider.supplier in (None, provider.utility):
        return FinalBillBy.UTILITY
    terms = all_supply_terms().get(facts.calendar.key)
    return terms.final_bill if terms is not None else FinalBillBy.UTILITY
