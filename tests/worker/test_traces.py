"""What journeys leave behind: rows that the journal alone gives again, no person in sight, and rows 6 to 10."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evenroll.enrollment.case_commands import (
    ChooseEquipment,
    ConfirmParameters,
    RecordInstallation,
    RecordPurchase,
    RecordUse,
    SetParameters,
)
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.order_commands import RecordRemoteChange
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ChangeResult
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterExchange, Register
from evenroll.programs.program import MeterCapability, Track
from tests.meter_work import at, exchange_meter
from tests.territory import NIGHT_RATE, NIGHT_SUPPLY, NOW, Territory, days
from tests.territory_books import ROLLOVER_WH, Premise

VISIT_ON = date(2026, 11, 12)


def test_a_whole_journey_leaves_no_person_in_sight_and_replays(
    territory: Territory, caplog: pytest.LogCaptureFixture
) -> None:
    from evenroll.records.replay import replay

    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply, consents_hand_over=True)
    territory.run_through(at(date(2026, 11, 6)))
    order = territory.order_of(territory.esco, number)
    exchange_meter(
        territory, premise, order.number, registers=NIGHT_SUPPLY, on=VISIT_ON, capability=MeterCapability.INTERVAL
    )
    territory.run_through(NOW + days(90), since=at(VISIT_ON))
    assert territory.case(territory.esco, number).status is State.ACTIVE
    shown = "\n".join(everything_stored(territory)) + caplog.text
    personal = {field: text for field, text in premise.answers().items() if field is not FormField.POSTAL_CODE}
    assert number in shown
    assert [field for field, text in personal.items() if text in shown] == []
    result = replay(f"replay_{territory.tag}")
    own = {territory.utility, territory.esco}
    assert [each for each in result.differences if each.organization in own] == []


def test_the_customer_equips_sets_and_uses(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(NOW + days(70))
    now = NOW + days(70)
    today = now.date()
    for name, command in (
        (CommandName.CHOOSE_EQUIPMENT, ChooseEquipment(kind=EquipmentKind.EVSE, outlet="corner-store")),
        (CommandName.RECORD_PURCHASE, RecordPurchase(outlet="corner-store", bought_on=today, price=Decimal("499.00"))),
        (
            CommandName.RECORD_INSTALLATION,
            RecordInstallation(installer=Installer.SELF, installed_on=today, serial="E-1", hard_wired=False),
        ),
        (
            CommandName.SET_PARAMETERS,
            SetParameters(program=territory.night.key, parameters={"charge_from": "23:00"}),
        ),
        (CommandName.CONFIRM_PARAMETERS, ConfirmParameters()),
        (CommandName.RECORD_USE, RecordUse(kind=UseKind.OVERRIDE, on=today, reason="early_trip")),
    ):
        territory.taken(territory.give(territory.utility, name, number, command, role=Role.CUSTOMER, now=now))
    case = territory.case(territory.utility, number)
    assert case.status is State.ACTIVE
    assert case.state_of(Track.EQUIPMENT) is State.READY and case.state_of(Track.SETUP) is State.CONFIRMED


def test_a_meter_that_is_changed_from_afar_needs_no_visit(territory: Territory) -> None:
    premise = territory.premise(remote_changeable=True)
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    assert order.meter.state is State.REMOTE_CHANGE
    done = RecordRemoteChange(result=ChangeResult.DONE, changed_on=VISIT_ON, exchange=changed(territory, premise))
    territory.taken(
        territory.give(
            territory.utility,
            CommandName.RECORD_REMOTE_CHANGE,
            order.number,
            done,
            role=Role.METER_OFFICE,
            now=at(VISIT_ON),
        )
    )
    order = territory.order(order.number)
    assert order.work is not None and order.visit is None


def changed(territory: Territory, premise: Premise) -> MeterExchange:
    return MeterExchange(
        old_serial=premise.serial,
        new_serial=premise.serial,
        closing_wh=territory.reads.shown(premise.serial, on=VISIT_ON),
        opening_wh=dict.fromkeys(NIGHT_RATE, 0),
        capability=MeterCapability.PERIOD_REGISTERS,
        registers=tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in NIGHT_RATE),
    )


def everything_stored(territory: Territory) -> list[str]:
    """Every value of every row of every tenant table, as text; what is encrypted stays so."""
    from django.apps import apps

    from evenroll.records.model_people import TenantModel
    from evenroll.records.organizations import open_organization

    texts: list[str] = []
    for key in (territory.utility, territory.esco, territory.registry):
        with open_organization(key):
            for model in apps.get_app_config("records").get_models():
                if issubclass(model, TenantModel):
                    texts += [str(value) for row in model.objects.values_list() for value in row]
    return texts
