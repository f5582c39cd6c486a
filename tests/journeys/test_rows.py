"""One PEV of a utility's customer and one of an ESCO's customer through all sixteen rows; a test for each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.messages import RequestAnswer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import BillKind
from evenroll.programs.program import MeterCapability, MeterNeedKind, Track
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.meter_work import assert_bills_tie, at, exchange_meter
from tests.territory import NIGHT_RATE, NIGHT_SUPPLY, NOW, Premise, Territory, days, new_territory

VISIT_ON = date(2026, 11, 12)
DONE = NOW + days(120)


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A case at its end, with the journal of case and order as (row, event) pairs."""

    territory: Territory
    organization: OrganizationKey
    premise: Premise
    number: CaseNumber

    @property
    def case(self) -> Case:
        return self.territory.case(self.organization, self.number)

    @property
    def order(self) -> ServiceOrder:
        return self.territory.order_of(self.organization, self.number)

    def told(self, row: Row) -> list[str]:
        """The events of a row, of the case and of its service order."""
        case = _entries(self.organization, self.number)
        order = _entries(self.territory.utility, self.order.number)
        return [event for at_row, event in (*case, *order) if at_row == row.value]


def _entries(organization: OrganizationKey, key: str) -> list[tuple[str, str]]:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(organization):
        rows = JournalEntry.objects.filter(stream_key=key).order_by("number")
        return [(entry.row, entry.event) for entry in rows]


@pytest.fixture(scope="module")
def utility(django_ready: object) -> Journey:
    """A utility's customer, whose meter is exchanged, and who then equips, sets and uses everything."""
    territory = new_territory()
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    exchange_meter(territory, premise, order.number, registers=NIGHT_RATE, on=VISIT_ON)
    territory.run_through(DONE, since=at(VISIT_ON))
    journey = Journey(territory=territory, organization=territory.utility, premise=premise, number=number)
    _equip_and_use(journey)
    return journey


@pytest.fixture(scope="module")
def esco(django_ready: object) -> Journey:
    """An ESCO's customer, who has a rescission window and needs an interval meter of the utility."""
    territory = new_territory()
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    agreement = territory.case(territory.esco, number).agreement
    assert agreement is not None
    territory.run(at(agreement.rescission_ends_on))
    order = territory.order_of(territory.esco, number)
    exchange_meter(
        territory, premise, order.number, registers=NIGHT_SUPPLY, on=VISIT_ON, capability=MeterCapability.INTERVAL
    )
    territory.run_through(DONE, since=at(VISIT_ON))
    return Journey(territory=territory, organization=territory.esco, premise=premise, number=number)


def _equip_and_use(journey: Journey) -> None:
    program = journey.territory.night.key
    for name, command in (
        (CommandName.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="wall unit")),
        (
            CommandName.RECORD_PURCHASE,
            c.RecordPurchase(outlet="store", bought_on=date(2026, 11, 20), price=Decimal("499.00")),
        ),
        (
            CommandName.RECORD_INSTALLATION,
            c.RecordInstallation(
                installer=Installer.SELF, installed_on=date(2026, 11, 21), serial="EVSE-1", permit="P-77"
            ),
        ),
        (CommandName.RECORD_INSPECTION, c.RecordInspection(passed=True, inspected_on=date(2026, 11, 25))),
        (CommandName.REGISTER_DEVICE, c.RegisterDevice(device="DEV-1", kind="evse")),
        (CommandName.RECORD_DEVICE_TEST, c.RecordDeviceTest(device="DEV-1")),
        (
            CommandName.SET_PARAMETERS,
            c.SetParameters(program=program, parameters={"charge_from": "23:00"}, schedules=("car_timer",)),
        ),
        (CommandName.CONFIRM_PARAMETERS, c.ConfirmParameters()),
        (CommandName.RECORD_USE, c.RecordUse(kind=UseKind.OVERRIDE, on=date(2027, 1, 8), reason="trip")),
    ):
        role = Role.ENROLLMENT_DESK if name is CommandName.RECORD_DEVICE_TEST else Role.CUSTOMER
        journey.territory.taken(
            journey.territory.give(journey.organization, name, journey.number, command, role=role, now=DONE)
        )


def test_row_2(utility: Journey) -> None:
    assert utility.told(Row.R2) == ["case_opened"]
    assert utility.case.opening.prompted_by.value == "dealer"


def test_row_2a(utility: Journey, esco: Journey) -> None:
    assert utility.told(Row.R2A) == ["provider_asked", "provider_answered"]
    for journey, kind in ((utility, ProviderAnswerKind.UTILITY), (esco, ProviderAnswerKind.ESCO)):
        answer = journey.case.provider
        assert answer is not None and answer.kind is kind and answer.pod == journey.premise.pod


def test_row_2b(utility: Journey, esco: Journey) -> None:
    assert utility.told(Row.R2B) == ["offers_presented", "program_chosen"]
    hidden = {each.program: each.reason for each in esco.case.hidden}
    assert hidden[esco.territory.night.key] == "supply_not_admitted"
    chosen = esco.case.chosen
    assert chosen is not None and chosen.content_hash == esco.territory.supply.content_hash


def test_row_3(utility: Journey) -> None:
    assert utility.told(Row.R3) == ["form_received", "application_completed"]


def test_row_4a(utility: Journey) -> None:
    assert utility.told(Row.R4A) == ["vehicle_recorded", "identity_proved"]
    assert utility.case.proof.customer == utility.premise.customer
    assert len(utility.case.proof.factors) >= 2


def test_row_5(utility: Journey, esco: Journey) -> None:
    ours = [event for _, event in _entries(utility.organization, utility.number)]
    assert ours.index("identity_proved") < ours.index("decision_made") < ours.index("enrolled")
    assert "rescission_ended" not in ours
    theirs = esco.told(Row.R5)
    assert theirs.index("terms_received") < theirs.index("rescission_ended") < theirs.index("enrolled")


def test_row_5a(utility: Journey, esco: Journey) -> None:
    assert "meter_asked" in esco.told(Row.R5A)
    # The utility asks itself: the same record, under row 5.
    assert "meter_asked" not in utility.told(Row.R5A)
    assert "meter_asked" in utility.told(Row.R5)
    assert esco.order.requester == esco.organization and RequestAnswer.ACCEPTED.value == "accepted"


def test_row_5b(utility: Journey) -> None:
    booked = utility.told(Row.R5B)
    assert {"visit_booked", "cutover_ordered", "in_service_date_told", "visit_heard"} <= set(booked)


def test_row_5c(utility: Journey) -> None:
    assert {"meter_exchanged", "back_office_done", "meter_heard"} <= set(utility.told(Row.R5C))
    point = utility.territory.point(utility.premise.pod)
    assert [meter.removed_on for meter in point.meters] == [VISIT_ON, None]
    assert utility.case.order is not None and utility.case.order.need is MeterNeedKind.EXCHANGE


def test_row_5d(utility: Journey, esco: Journey) -> None:
    for journey in (utility, esco):
        assert {"service_switched", "closing_bill_issued", "first_bill_issued"} <= set(journey.told(Row.R5D))
        case = journey.case
        assert case.status is State.ACTIVE and case.order is not None
        assert [bill.kind for bill in case.order.bills] == [BillKind.CLOSING, BillKind.FIRST]
        assert case.order.bills[0].end_on == case.price_since == case.order.bills[1].start_on
        assert_bills_tie(journey.territory, journey.premise, journey.order)
    assert esco.case.agreement is not None and esco.case.price_since is not None
    assert esco.case.price_since >= esco.case.agreement.rescission_ends_on


def test_row_6(utility: Journey) -> None:
    assert utility.told(Row.R6) == ["equipment_chosen", "equipment_bought"]


def test_row_7(utility: Journey) -> None:
    assert utility.told(Row.R7) == ["installation_recorded", "inspection_recorded"]
    assert utility.case.state_of(Track.EQUIPMENT) is State.READY


def test_row_8(utility: Journey) -> None:
    assert utility.told(Row.R8) == ["device_registered", "device_tested", "control_started"]
    assert utility.case.state_of(Track.DEVICE) is State.LIVE


def test_row_9(utility: Journey, esco: Journey) -> None:
    assert utility.told(Row.R9) == ["parameters_set", "parameters_confirmed"]
    # It never gates where only a price is at stake: the ESCO's customer set nothing and is active.
    assert esco.case.state_of(Track.SETUP) is State.NOT_TOLD and esco.case.status is State.ACTIVE


def test_row_10(utility: Journey) -> None:
    assert utility.told(Row.R10) == ["use_recorded"]
