"""What may happen at any row, on a real database: rescinding, silence, an appeal, a condition that is never met."""

from __future__ import annotations

import secrets
from datetime import date

import pytest

from evenroll.enrollment.case import EndReason, Opening
from evenroll.enrollment.case_commands import OnTrack, OpenCase, SettleAppeal
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Channel, Dwelling, Language
from evenroll.enrollment.messages import MoveTold, SupplyLost
from evenroll.enrollment.money_commands import CallEvent
from evenroll.enrollment.roles import METER_STAFF, STAFF, OrganizationKind, Role
from evenroll.enrollment.service_order import VisitResult
from evenroll.enrollment.supply import SupplyNewsKind
from evenroll.enrollment.supply_messages import SupplyNews
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, Track
from evenroll.quantities.identifiers import PodId, case_number
from tests.meter_work import at, book_visit, record_visit
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory

VISIT_ON = date(2026, 11, 10)
ON_TRACK = (CommandName.REMIND, CommandName.ESCALATE, CommandName.END_CONDITION)
TOLD = {
    CommandName.LOSE_SUPPLY: SupplyLost(pod=PodId("LP-NONE"), lost_on=VISIT_ON),
    CommandName.HEAR_MOVE: MoveTold(pod=PodId("LP-NONE"), moved_on=NOW.date()),
    CommandName.HEAR_SUPPLY_NEWS: SupplyNews(pod=PodId("LP-NONE"), news=SupplyNewsKind.PENDING, on=VISIT_ON),
}
"""News of a usage point: of one that nobody has here they change nothing, and are no refusal."""
SAID = {CommandName.CALL_EVENT: CallEvent(starts_at=NOW, hours=1)}
"""What is said with a command that looks into it before it looks for its record."""


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_every_command_has_its_step_or_action(django_ready: object) -> None:
    from evenroll.actions import ACTIONS
    from evenroll.steps import STEPS

    assert not STEPS.keys() & ACTIONS.keys()
    of_records = set(COMMANDS) - {CommandName.LOAD_USAGE_POINT}
    assert STEPS.keys() | ACTIONS.keys() == of_records


def test_a_role_gives_only_the_commands_of_the_table(territory: Territory) -> None:
    """A refusal for want of authority comes before anything is looked at, so an unknown number will do."""
    number = case_number(secrets.token_bytes(16))
    held = STAFF | {Role.BILLING, Role.CUSTOMER, Role.SYSTEM, Role.PEER}
    assert not held & METER_STAFF
    for name, rule in COMMANDS.items():
        if rule.record is Record.USAGE_POINT:
            continue
        for role in Role:
            may = role in rule.roles & held and OrganizationKind.SUPPLIER in rule.organizations
            if may and name in (CommandName.OPEN_CASE, CommandName.RECEIVE_CASE):
                continue
            command = OnTrack(track=Track.CASE) if name in ON_TRACK else SAID.get(name)
            answer = territory.give(territory.esco, name, number, command, role=role)
            if name in TOLD and may:
                territory.taken(territory.give(territory.esco, name, number, TOLD[name], role=role))
            else:
                code = territory.refused(answer).code
                assert (code is not RefusalCode.NOT_ALLOWED) == may, (name, role, answer)


def test_an_esco_customer_rescinds_inside_the_window_and_not_after(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    first = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    territory.taken(territory.give(territory.esco, CommandName.RESCIND, first, role=Role.CUSTOMER))
    case = territory.case(territory.esco, first)
    assert case.status is State.RESCINDED and case.place is not None and not case.place.live
    second = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    late = NOW + days(10)
    answer = territory.give(territory.esco, CommandName.RESCIND, second, role=Role.CUSTOMER, now=late)
    assert territory.refused(answer).code is RefusalCode.WINDOW_OVER


def test_a_silent_draft_is_reminded_and_expires(territory: Territory) -> None:
    number = case_number(secrets.token_bytes(16))
    opening = Opening(opened_at=NOW, channel=Channel.WEB, language=Language.EN)
    command = OpenCase(number=number, organization=territory.utility, opening=opening)
    opened = territory.give(territory.utility, CommandName.OPEN_CASE, number, command, role=Role.CUSTOMER)
    territory.taken(opened)
    territory.run_through(NOW + days(70))
    assert territory.events(territory.utility, number) == ["case_opened", "reminded", "expired"]


def test_a_refused_customer_appeals_and_is_decided_again(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, dwelling=Dwelling.SHARED_GARAGE)
    territory.run()
    assert territory.case(territory.utility, number).status is State.REFUSED
    territory.taken(territory.give(territory.utility, CommandName.OPEN_APPEAL, number, role=Role.CUSTOMER))
    settle = SettleAppeal(reopened=True)
    by_desk = territory.give(territory.utility, CommandName.SETTLE_APPEAL, number, settle)
    assert territory.refused(by_desk).code is RefusalCode.NOT_ALLOWED
    settled = territory.give(territory.utility, CommandName.SETTLE_APPEAL, number, settle, role=Role.SUPERVISOR)
    territory.taken(settled)
    territory.run()
    assert territory.events(territory.utility, number).count("decision_made") == 2
    territory.run_through(NOW + days(40))
    assert territory.case(territory.utility, number).status is State.CLOSED


def test_work_that_is_never_possible_ends_order_and_case(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    book_visit(territory, order.number, on=VISIT_ON)
    territory.taken(record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.CANNOT_DO))
    territory.run_through(at(VISIT_ON) + days(70), since=at(VISIT_ON))
    case, order = territory.case(territory.utility, number), territory.order(order.number)
    assert not order.is_open and order.meter.state is State.CANCELLED
    assert case.status is State.ENDED and case.ended_because is EndReason.CONDITION
    assert case.place is not None and not case.place.live


def test_a_supply_that_is_dropped_twice_is_told_once(territory: Territory) -> None:
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.records.unit_of_work import unit_of_work

    premise = territory.premise(supplier=territory.esco)
    actor = territory.actor(territory.registry, Role.REGISTRY_OPERATOR)
    states = []
    for _ in range(2):
        with unit_of_work(territory.registry, actor=actor, now=NOW) as work:
            states.append(territory.taken(drop_supply(work, pod=premise.pod, lost_on=NOW.date())).state)
    assert states == ["lost", "unchanged"]
    assert territory.run().messages == 2
    desk = territory.actor(territory.utility, Role.ENROLLMENT_DESK)
    with unit_of_work(territory.utility, actor=desk, now=NOW) as work:
        answer = drop_supply(work, pod=premise.pod, lost_on=NOW.date())
    assert territory.refused(answer).code is RefusalCode.NOT_ALLOWED
