"""Service ends with the customer: the final read, the final bill up to the last day, and who sends it."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

from evenroll.enrollment.bill_check import billed_wh
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.messages import RequestRefusal
from evenroll.enrollment.moving_commands import MoveOut
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import HeldReason, ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT
from evenroll.programs.bill import BillKind
from evenroll.programs.supply_terms import FinalBillBy
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.territory import NOW, Territory, days
from tests.worker.test_moving import LATER, a_premise, active, move_out


def end_of(territory: Territory, organization: OrganizationKey, number: CaseNumber) -> ServiceOrder:
    case = territory.case(organization, number)
    assert case.ending is not None
    return territory.order(case.ending.number)


def told_of(territory: Territory, organization: OrganizationKey, number: str, *, event: str) -> list[dict[str, object]]:
    """What the events of one kind in a stream say."""
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(organization):
        rows = JournalEntry.objects.filter(stream_key=number, event=event).order_by("number")
        return [json.loads(each.data) for each in rows]


def test_the_final_bill_runs_up_to_the_last_day_and_counts_each_wh_once(territory: Territory) -> None:
    """Rules 9, 10: it begins where the bill before ended, ends with the last day, and rests on the reads of both."""
    premise = a_premise(territory)
    number = active(territory, premise)
    last_on = LATER.date() + timedelta(days=9)
    territory.taken(move_out(territory, number, last_on))
    progress = territory.run_through(LATER + days(14), since=LATER)
    assert progress.parked == 0
    case, order = territory.case(territory.utility, number), end_of(territory, territory.utility, number)
    vacant_on = last_on + timedelta(days=1)
    assert order.service.state is State.BILLED and not order.is_open
    assert order.switch is not None and order.switch.new_rate == VACANT
    [bill] = case.ending.bills if case.ending else ()
    assert bill == order.closing_bill and bill.kind is BillKind.CLOSING and bill.end_on == vacant_on
    shown = [territory.reads.shown(premise.serial, on=day) for day in (bill.start_on, bill.end_on)]
    assert billed_wh(bill) == sum(shown[1].values()) - sum(shown[0].values())
    assert case.order is not None and case.order.bills[-1].end_on <= bill.start_on
    events = territory.events(territory.utility, number)
    assert events.count("final_bill_heard") == 1 and events.count("service_ended") == 1
    again = territory.run(LATER + days(60))
    assert again.parked == 0 and territory.events(territory.utility, number) == events


def test_who_leaves_before_the_first_bill_has_that_one_as_the_final_bill(territory: Territory) -> None:
    """No day stands on two bills: the first bill of the program ends with the last day, and nothing else is billed."""
    premise = a_premise(territory)
    number = territory.apply(premise)
    territory.run_through(NOW + days(45))
    case = territory.case(territory.utility, number)
    assert case.price_since is not None
    now = NOW + days(45)
    last_on = max(case.price_since + timedelta(days=3), now.date())
    territory.taken(move_out(territory, number, last_on, now=now))
    territory.run_through(now + days(60), since=now)
    case = territory.case(territory.utility, number)
    assert case.order is not None
    orders = (territory.order(case.order.number), end_of(territory, territory.utility, number))
    spans = sorted(
        (bill.start_on, bill.end_on)
        for order in orders
        for bill in (order.closing_bill, order.first_bill)
        if bill is not None
    )
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert spans[-1][1] == last_on + timedelta(days=1)


def test_a_suppliers_customer_has_a_final_bill_sent_as_the_territory_has_it(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run_through(NOW + days(5))
    now = NOW + days(6)
    said = MoveOut(moved_on=now.date() - timedelta(days=1))
    territory.taken(territory.give(territory.esco, CommandName.MOVE_OUT, number, said, role=Role.CUSTOMER, now=now))
    assert territory.run(now).parked == 0
    order = end_of(territory, territory.esco, number)
    assert order.requester == territory.esco and order.service.state is State.BILLED
    [final] = told_of(territory, territory.esco, number, event="final_bill_heard")
    case = territory.case(territory.esco, number)
    assert final["issued_by"] == FinalBillBy.UTILITY.value
    assert case.ending is not None and case.ending.bills[-1].end_on == now.date()


def test_a_second_wish_to_end_the_same_service_is_refused(territory: Territory) -> None:
    from dataclasses import replace

    from evenroll.quantities.identifiers import order_number

    premise = a_premise(territory)
    number = active(territory, premise)
    territory.taken(move_out(territory, number, LATER.date() - timedelta(days=1)))
    territory.run(LATER)
    order = end_of(territory, territory.utility, number)
    request = replace(order.request, order=order_number(bytes(range(16))))
    asked = ReceiveRequest(request=request, requester=territory.utility)
    territory.taken(
        territory.give(territory.utility, CommandName.RECEIVE_REQUEST, request.order, asked, role=Role.PEER, now=LATER)
    )
    assert territory.order(request.order).refused is RequestRefusal.NOTHING_TO_END


def test_without_the_final_read_the_order_waits_for_billing(territory: Territory) -> None:
    premise = a_premise(territory)
    number = active(territory, premise)
    territory.reads.away = True
    territory.taken(move_out(territory, number, LATER.date() - timedelta(days=1)))
    territory.run(LATER)
    order = end_of(territory, territory.utility, number)
    assert order.service.state is State.DATED and order.service.owner is Role.BILLING
    held = told_of(territory, territory.utility, order.number, event="switch_held")
    assert [each["reason"] for each in held] == [HeldReason.READS_MISSING.value]
    territory.reads.away = False
    territory.run_through(LATER + days(4), since=LATER)
    order = end_of(territory, territory.utility, number)
    assert order.service.state is State.BILLED and order.closing_bill is not None and order.closing_bill.actual


def test_a_final_read_that_does_not_come_is_estimated_and_the_bill_says_so(territory: Territory) -> None:
    premise = a_premise(territory)
    number = active(territory, premise)
    vacant_on = LATER.date()
    territory.reads.unread = frozenset({vacant_on})
    territory.taken(move_out(territory, number, vacant_on - timedelta(days=1)))
    territory.run_through(LATER + days(8), since=LATER)
    order = end_of(territory, territory.utility, number)
    assert order.switch is not None and order.switch.closing is not None and order.switch.closing.estimated
    bill = order.closing_bill
    assert order.service.state is State.BILLED and bill is not None and not bill.actual
    assert dict(order.switch.closing.values_wh) == territory.reads.shown(premise.serial, on=vacant_on)
