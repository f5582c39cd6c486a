"""The wires utility hears of each PEV, and that it is gone, once and on its basis; on the real database."""

from __future__ import annotations

import json

import pytest

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import Message
from evenroll.enrollment.moving_commands import RemoveVehicle
from evenroll.enrollment.roles import Role
from evenroll.enrollment.supply import PevBasis, PevGone
from evenroll.enrollment.supply_messages import PevWithdrawn
from evenroll.programs.program import Unit
from evenroll.quantities.identifiers import CaseNumber
from tests.meter_work import at
from tests.territory import NOW, Territory, days, new_territory
from tests.worker.test_supply_switch import FIRST_READ, Market, at_home, new_market
from tests.worker.test_vehicles import VIN_A, a_program, comes, enrolled, say


@pytest.fixture
def market(django_ready: object) -> Market:
    return new_market()


def told_to_wires(market: Market, number: CaseNumber) -> list[tuple[str, str | None]]:
    """What the provider of a case told the wires utility of its PEVs, in order, and why it took one back."""
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    with open_organization(market.territory.esco):
        told = OutboxMessage.objects.filter(conversation=number, kind__startswith="pev_").order_by("id")
        return [(each.kind, json.loads(each.body).get("why")) for each in told]


def test_a_pev_that_leaves_is_taken_back_once(market: Market) -> None:
    """Rule 20: what was told on a basis is taken back on it, when the enrollment ends; and never twice."""
    territory, premise = market.territory, at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(1))
    now = at(FIRST_READ - days(1))
    territory.taken(territory.give(territory.esco, C.WITHDRAW, number, role=Role.CUSTOMER, now=now))
    market.run_to(FIRST_READ + days(30), since=now)
    assert market.case(number).is_ended, market.case(number).status
    assert territory.point(premise.pod).pevs == ()
    assert told_to_wires(market, number) == [("pev_told", None), ("pev_withdrawn", PevGone.ENDED.value)]
    assert territory.events(territory.esco, number).count("pev_taken_back") == 1


def test_another_provider_takes_back_no_pev_that_it_did_not_tell_of(market: Market) -> None:
    from evenroll.records.unit_of_work import unit_of_work

    territory, premise = market.territory, at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(1))
    now = at(FIRST_READ - days(1))
    body = PevWithdrawn(
        case=number, pod=premise.pod, basis=PevBasis.CONSENT, why=PevGone.MOVED, gone_on=FIRST_READ - days(1)
    )
    message = Message(to=territory.utility, conversation="EV-RIVAL", body=body)
    with unit_of_work(market.rival, actor=territory.actor(market.rival, Role.SYSTEM), now=now) as work:
        work.record_point(premise.pod, Decided(messages=(message,)), expected=work.usage_point(premise.pod))
    assert territory.run(now).parked == 0
    assert [each.case for each in territory.point(premise.pod).pevs] == [number]


def test_of_two_cars_one_goes_and_the_other_stays_told(django_ready: object) -> None:
    territory: Territory = new_territory()
    number = enrolled(territory, a_program(territory, "CAR", unit=Unit.VEHICLE, max_per_premise=2))
    territory.taken(comes(territory, number, VIN_A))
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.pod is not None
    assert [(each.case, each.vehicles) for each in territory.point(case.pod).pevs] == [(number, 2)]
    gone = RemoveVehicle(pevid=case.vehicles[0].pevid)
    territory.taken(say(territory, C.REMOVE_VEHICLE, number, gone))
    territory.run()
    assert [(each.case, each.vehicles) for each in territory.point(case.pod).pevs] == [(number, 1)]
    territory.taken(say(territory, C.WITHDRAW, number, None))
    territory.run(NOW + days(1))
    assert territory.case(territory.utility, number).is_ended
    assert territory.point(case.pod).pevs == ()
    assert territory.events(territory.utility, number).count("pev_taken_back") == 2
