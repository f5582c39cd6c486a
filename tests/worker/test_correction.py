"""A correction on the real database: two persons, the wrong value in sight, and what hangs on it computed anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evenroll.enrollment.case_commands import ChooseEquipment, RecordInstallation, RecordPurchase
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.correction_events import CorrectionMade
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.leaving_codes import CorrectableFact
from evenroll.enrollment.leaving_commands import ProposeCorrection, SettleCorrection
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.notices import event_line
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber
from tests.territory import NIGHT_RATE, NOW, Territory, days

AGREED, DECLINED = SettleCorrection(agreed=True), SettleCorrection(agreed=False)


@pytest.fixture
def number(territory: Territory) -> CaseNumber:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run()
    for name, command in (
        (CommandName.CHOOSE_EQUIPMENT, ChooseEquipment(kind=EquipmentKind.EVSE, outlet="Store 7")),
        (
            CommandName.RECORD_PURCHASE,
            RecordPurchase(outlet="Store 7", bought_on=NOW.date(), price=Decimal("939.00")),
        ),
        (
            CommandName.RECORD_INSTALLATION,
            RecordInstallation(installer=Installer.CONTRACTOR, installed_on=NOW.date(), serial="EQ-1", permit="P-1"),
        ),
    ):
        territory.taken(territory.give(territory.utility, name, number, command, role=Role.CUSTOMER))
    return number


def propose(territory: Territory, number: str, fact: CorrectableFact, after: str, **how: object) -> object:
    command = ProposeCorrection(fact=fact, after=after, by="somebody-else")
    return territory.give(territory.utility, CommandName.PROPOSE_CORRECTION, number, command, **how)


def settle(territory: Territory, number: str, command: SettleCorrection = AGREED, **how: object) -> object:
    return territory.give(territory.utility, CommandName.SETTLE_CORRECTION, number, command, **how)


def made_in(territory: Territory, number: str) -> CorrectionMade:
    from evenroll.records import queries
    from evenroll.records.folds import read_event

    viewer = queries.Viewer(organization=territory.utility, role=Role.SYSTEM)
    told = next(each for each in queries.timeline(viewer, number=number) if each.event == "correction_made")
    made = read_event(told.stream.kind, event=told.event, version=told.version, data=told.data)
    assert isinstance(made, CorrectionMade)
    return made


def test_two_persons_correct_a_price_and_both_values_stay_in_sight(territory: Territory, number: CaseNumber) -> None:
    """Who proposed may not settle, whoever the input says it was; the timeline shows the wrong value and the right."""
    from evenroll.records.models import ChargingEquipment
    from evenroll.records.organizations import open_organization

    territory.taken(propose(territory, number, CorrectableFact.PURCHASE_PRICE, "399.00", by="desk-1"))
    assert territory.case(territory.utility, number).recorded["purchase_price"] == "939.00"
    same = settle(territory, number, by="Desk-1")
    assert territory.refused(same).code is RefusalCode.SAME_PERSON_CORRECTS
    second = propose(territory, number, CorrectableFact.SIGNED_DATE, "2026-11-01", by="desk-2")
    assert territory.refused(second).code is RefusalCode.CORRECTION_PENDING
    territory.taken(settle(territory, number, role=Role.SUPERVISOR, by="supervisor-1"))
    assert territory.case(territory.utility, number).recorded["purchase_price"] == "399.00"
    with open_organization(territory.utility):
        assert str(ChargingEquipment.objects.get(case_number=number).price) in ("399.00", "399")
    line = event_line(made_in(territory, number), language=Language.EN)
    assert "939.00" in line and "399.00" in line


def test_a_serial_is_corrected_or_stands(territory: Territory, number: CaseNumber) -> None:
    territory.taken(propose(territory, number, CorrectableFact.EQUIPMENT_SERIAL, "EQ-7", by="desk-1"))
    territory.taken(settle(territory, number, DECLINED, by="desk-2"))
    case = territory.case(territory.utility, number)
    assert case.equipment is not None and case.equipment.serial == "EQ-1"
    territory.taken(propose(territory, number, CorrectableFact.EQUIPMENT_SERIAL, "EQ-7", by="desk-1"))
    territory.taken(settle(territory, number, by="desk-2"))
    case = territory.case(territory.utility, number)
    assert case.equipment is not None and case.equipment.serial == "EQ-7"


def test_nobody_settles_for_two_days_and_the_supervisor_is_asked_again(
    territory: Territory, number: CaseNumber
) -> None:
    territory.taken(propose(territory, number, CorrectableFact.SIGNED_DATE, "2026-11-01", by="desk-1"))
    territory.run_through(NOW + days(8))
    track = territory.case(territory.utility, number).tracks["condition/correction-1"]
    assert (track.state, track.owner) == (State.DUE, Role.SUPERVISOR) and track.times >= 1
    territory.taken(settle(territory, number, by="desk-2", now=NOW + days(8)))
    agreement = territory.case(territory.utility, number).agreement
    assert agreement is not None and agreement.signed_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("fact", "after", "code"),
    [
        (CorrectableFact.SIGNED_DATE, "2027-01-01", RefusalCode.CORRECTION_WRONG),
        (CorrectableFact.SIGNED_DATE, "soon", RefusalCode.CORRECTION_WRONG),
        (CorrectableFact.SIGNED_DATE, "2026-11-02", RefusalCode.CORRECTION_SAME),
        (CorrectableFact.PURCHASE_PRICE, "-1", RefusalCode.PROSE),
        (CorrectableFact.DRIVETRAIN, "not_plug_in", RefusalCode.CORRECTION_WRONG),
        (CorrectableFact.ENDED_DATE, "2026-11-01", RefusalCode.CORRECTION_NONE),
        (CorrectableFact.TERMS_DATE, "2026-11-01", RefusalCode.CORRECTION_LATE),
    ],
)
def test_what_cannot_be_corrected_is_refused_by_name(
    territory: Territory, number: CaseNumber, fact: CorrectableFact, after: str, code: RefusalCode
) -> None:
    assert territory.refused(propose(territory, number, fact, after)).code is code


def test_once_service_has_switched_its_date_is_no_slip_of_the_pen(territory: Territory) -> None:
    from evenroll.enrollment.decide_correction import recorded

    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    assert recorded(territory.case(territory.utility, number), CorrectableFact.IN_SERVICE_DATE) is None
