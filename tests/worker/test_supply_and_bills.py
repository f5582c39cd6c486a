"""Supply that is lost around a switch of service, and bills that come late, on the real database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.messages import MeterRequested, RequestRefusal
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.program import MeterCapability, MeterNeedKind, ServiceChange
from evenroll.quantities.identifiers import order_number
from tests.meter_work import at
from tests.territory import NIGHT_RATE, NIGHT_SUPPLY, NOW, Territory, days
from tests.territory_books import Premise

SWITCH_ON = date(2026, 11, 12)


def drop(territory: Territory, premise: Premise, *, lost_on: date, now: datetime) -> object:
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.records.unit_of_work import unit_of_work

    actor = territory.actor(territory.registry, Role.REGISTRY_OPERATOR)
    with unit_of_work(territory.registry, actor=actor, now=now) as work:
        return drop_supply(work, pod=premise.pod, lost_on=lost_on)


def switched_supply(territory: Territory) -> tuple[Premise, ServiceOrder]:
    """A supplier's customer whose meter is there already, on the morning after the switch."""
    premise = territory.premise(supplier=territory.esco, registers=NIGHT_SUPPLY, capability=MeterCapability.INTERVAL)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run_through(at(SWITCH_ON))
    order = territory.order_of(territory.esco, number)
    assert order.switch is not None and order.switch.switch_on == SWITCH_ON
    return premise, order


def test_a_change_of_supplier_is_entered_on_its_day(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    tomorrow = NOW.date() + timedelta(days=1)
    refused = territory.refused(drop(territory, premise, lost_on=tomorrow, now=NOW))
    assert refused.code is RefusalCode.NOT_YET_DUE
    said = render(refused.code, language=Language.EN, parameters=refused.parameters)
    assert "on that day" in said and premise.pod in said
    assert territory.run().messages == 0
    territory.taken(drop(territory, premise, lost_on=tomorrow, now=NOW + days(1)))


def test_the_first_bill_ends_with_the_supply(territory: Territory) -> None:
    premise, order = switched_supply(territory)
    lost_on = date(2026, 11, 17)
    territory.taken(drop(territory, premise, lost_on=lost_on, now=at(lost_on)))
    territory.run_through(at(date(2026, 12, 20)), since=at(lost_on))
    first = territory.order(order.number).first_bill
    assert first is not None and (first.start_on, first.end_on) == (SWITCH_ON, lost_on)


def test_a_drop_that_is_told_after_the_switch_bills_nothing_more_for_the_product(territory: Territory) -> None:
    premise, order = switched_supply(territory)
    lost_on = SWITCH_ON - timedelta(days=3)
    territory.taken(drop(territory, premise, lost_on=lost_on, now=at(SWITCH_ON)))
    territory.run_through(at(date(2026, 12, 20)), since=at(SWITCH_ON))
    assert {each.supplier for each in territory.point(premise.pod).agreements if each.start_on >= lost_on} == {
        territory.utility
    }
    order = territory.order(order.number)
    assert order.first_bill is None and order.service.owner in (Role.BILLING, Role.SUPERVISOR)


def test_a_closing_bill_that_is_issued_late_begins_where_the_last_bill_ended(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(at(SWITCH_ON) - days(1))
    order = territory.order_of(territory.utility, number)
    assert order.switch_on == SWITCH_ON
    _switch_alone(territory, order)
    territory.run(at(SWITCH_ON) + days(45))
    closing = territory.order(order.number).closing_bill
    assert closing is not None and (closing.start_on, closing.end_on) == (date(2026, 10, 13), SWITCH_ON)


def _switch_alone(territory: Territory, order: ServiceOrder) -> None:
    """Service switches, and nothing else is driven."""
    switching = territory.give(
        territory.utility, CommandName.SWITCH_SERVICE, order.number, role=Role.BILLING, now=at(SWITCH_ON)
    )
    territory.taken(switching)
    assert territory.order(order.number).closing_bill is None


def test_why_a_switch_is_held_stands_in_the_timeline_and_is_told_to_billing(territory: Territory) -> None:
    from evenroll.runtime.cli_case_view import view_case

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(at(SWITCH_ON) - days(1))
    territory.reads.meters.clear()
    territory.run(at(SWITCH_ON))
    order = territory.order_of(territory.utility, number)
    assert order.service.owner is Role.BILLING
    view = view_case(number, organizations=(territory.utility,), language=Language.EN)
    assert view is not None
    [held] = [each.sentence for each in view.timeline if each.event == "switch_held"]
    assert held.startswith("The switch was held back: a meter read is missing. ")
    by_billing = territory.give(
        territory.utility, CommandName.SWITCH_SERVICE, order.number, role=Role.BILLING, now=at(SWITCH_ON)
    )
    assert territory.refused(by_billing).code is RefusalCode.SWITCH_HELD
    assert territory.order(order.number) == order


def test_a_switch_that_is_made_late_closes_the_same_days(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(at(SWITCH_ON) - days(1))
    order = territory.order_of(territory.utility, number)
    territory.reads.away = True
    territory.run_through(at(SWITCH_ON) + days(5), since=at(SWITCH_ON) - days(1))
    assert territory.order(order.number).switch is None
    territory.reads.away = False
    territory.run(at(SWITCH_ON) + days(90))
    order = territory.order(order.number)
    assert order.switch is not None and order.switch.next_read_on == date(2026, 12, 14)
    assert order.closing_bill is not None and order.closing_bill.start_on == date(2026, 10, 13)


def test_a_supplier_cannot_order_the_utility_s_rate(territory: Territory) -> None:
    premise, order = switched_supply(territory)
    theirs = territory.premise(supplier=territory.esco)
    program = territory.night
    asked = order.request
    for number, (changes, why) in enumerate(
        (
            ({"service_change": ServiceChange.REPLACED_RATE}, RequestRefusal.NOT_SUPPLIERS_TO_ASK),
            ({"program": program.key}, RequestRefusal.PROGRAM_UNKNOWN),
            ({"new_rate": program.rate}, RequestRefusal.PROGRAM_UNKNOWN),
            ({"rescission_ends_on": None}, RequestRefusal.RESCISSION_UNSAID),
        )
    ):
        answer = _ask(territory, asked, theirs, number=number, changes=changes)
        assert answer.refused is why and not answer.is_open
    none = _ask(territory, asked, theirs, number=9, changes={"need": MeterNeedKind.NONE})
    assert none.refused is RequestRefusal.NONE and none.meter.state is State.TO_SCHEDULE
    assert premise.pod != theirs.pod


def _ask(
    territory: Territory, asked: MeterRequested, theirs: Premise, *, number: int, changes: Mapping[str, Any]
) -> ServiceOrder:
    order = order_number(bytes([number]) * 12 + bytes.fromhex(territory.tag))
    command = ReceiveRequest(request=replace(asked, order=order, pod=theirs.pod, **changes), requester=territory.esco)
    answer = territory.give(territory.utility, CommandName.RECEIVE_REQUEST, order, command, role=Role.PEER)
    territory.taken(answer)
    return territory.order(order)
