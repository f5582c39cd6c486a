"""Programs that count by a meter of the customer's own, on the real database: submeter and charger's meter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.leaving_commands import LoseDevice
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.moving_events import UnfitReason
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NOW, Territory, days

LISTED, UNLISTED = "Meterwell M1", "Bargain B2"


def own_program(territory: Territory, key: str, **changes: object) -> ProgramVersion:
    """A program of the catalog that counts by the customer's own meter, and the list of what it takes."""
    from evenroll.records.models import ApprovedEquipment
    from evenroll.records.organizations import current, open_organization
    from evenroll.records.published import publish

    asked = load_catalog().program(ProgramKey(key))
    own = ProgramKey(f"{key}-{territory.tag}")
    rules = tuple(rule for rule in asked.rules if rule.kind is not RuleKind.SUPPLY_STATUS_IN)
    made = replace(
        asked,
        key=own,
        organization=territory.utility,
        rules=rules,
        supply_admitted=load_catalog().program(ProgramKey("LE-EV-CHARGER")).supply_admitted,
        rescission_business_days=0,
        **changes,
    )
    publish(made)
    with open_organization(territory.utility):
        ApprovedEquipment.objects.create(
            organization_id=current().id,
            program=own,
            model=LISTED,
            kind="evse",
            listed_from_on=date(2026, 1, 1),
        )
    return made


def enrolled(territory: Territory, program: ProgramVersion) -> CaseNumber:
    number = territory.apply(territory.premise(), program=program)
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED
    return number


def say(territory: Territory, name: CommandName, number: str, command: object, **how: object) -> None:
    territory.taken(territory.give(territory.utility, name, number, command, **{"role": Role.CUSTOMER, **how}))


def put_in(territory: Territory, number: CaseNumber, kind: EquipmentKind, *, serial: str = "S-1") -> None:
    say(
        territory,
        CommandName.CHOOSE_EQUIPMENT,
        number,
        c.ChooseEquipment(kind=kind, outlet="store", model=LISTED),
    )
    installed = c.RecordInstallation(
        installer=Installer.CONTRACTOR, installed_on=NOW.date(), serial=serial, permit="P-1", hard_wired=True
    )
    say(territory, CommandName.RECORD_INSTALLATION, number, installed)
    passed = c.RecordInspection(passed=True, inspected_on=NOW.date())
    say(territory, CommandName.RECORD_INSPECTION, number, passed)


def prove(territory: Territory, number: CaseNumber, device: str = "D-1") -> None:
    say(territory, CommandName.REGISTER_DEVICE, number, c.RegisterDevice(device=device, kind="evse"))
    tested = c.RecordDeviceTest(device=device)
    say(territory, CommandName.RECORD_DEVICE_TEST, number, tested, role=Role.ENROLLMENT_DESK)


def meter_of(territory: Territory, number: CaseNumber) -> State | None:
    case = territory.case(territory.utility, number)
    return case.state_of(Track.METER, subject=str(case.pod))


def unfit_for(territory: Territory, number: CaseNumber) -> list[str]:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return json.loads(JournalEntry.objects.get(stream_key=number, event="equipment_unfit").data)["reasons"]


@pytest.mark.parametrize(
    ("key", "kind", "need"),
    [
        ("LE-EV-CHARGER", EquipmentKind.EVSE, "evse_meter"),
        ("BW-SUBMETER", EquipmentKind.SUBMETER, "submeter"),
    ],
)
def test_rule_4_the_customers_own_meter_comes_first_and_nobody_is_asked_for_it(
    territory: Territory, key: str, kind: EquipmentKind, need: str
) -> None:
    """Rules 4, 5 and 9: need and reason are kept, the customer puts it in, it reports; the home's meter stays."""
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    number = enrolled(territory, own_program(territory, key))
    with open_organization(territory.utility):
        found = JournalEntry.objects.get(stream_key=number, event="meter_need_found")
        assert f'"need":"{need}"' in found.data and f'"why":"{need}_missing"' in found.data
    meter = next(
        each for each in territory.case(territory.utility, number).tracks.values() if each.track is Track.METER
    )
    assert (meter.state, meter.owner) == (State.BEFORE_METER, Role.CUSTOMER)
    put_in(territory, number, kind)
    assert meter_of(territory, number) is State.BEFORE_METER
    prove(territory, number)
    territory.run()
    case = territory.case(territory.utility, number)
    assert (meter_of(territory, number), case.status, case.order) == (State.ALREADY_THERE, State.ACTIVE, None)


def test_equipment_that_is_on_no_list_never_counts(territory: Territory) -> None:
    number = enrolled(territory, own_program(territory, "LE-EV-CHARGER"))
    bargain = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model=UNLISTED)
    say(territory, CommandName.CHOOSE_EQUIPMENT, number, bargain)
    case = territory.case(territory.utility, number)
    assert case.state_of(Track.EQUIPMENT) is State.UNFIT and meter_of(territory, number) is State.BEFORE_METER
    assert unfit_for(territory, number) == [UnfitReason.NOT_LISTED]


def test_where_a_submeter_counts_a_charger_is_not_taken_for_one(territory: Territory) -> None:
    number = enrolled(territory, own_program(territory, "BW-SUBMETER"))
    charger = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model=LISTED)
    say(territory, CommandName.CHOOSE_EQUIPMENT, number, charger)
    assert unfit_for(territory, number) == [UnfitReason.WRONG_KIND]


def test_a_meter_without_its_serial_is_not_recorded(territory: Territory) -> None:
    number = enrolled(territory, own_program(territory, "LE-EV-CHARGER"))
    chosen = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model=LISTED)
    say(territory, CommandName.CHOOSE_EQUIPMENT, number, chosen)
    nameless = c.RecordInstallation(
        installer=Installer.SELF, installed_on=NOW.date(), serial="", permit="P-1", hard_wired=True
    )
    answer = territory.give(territory.utility, CommandName.RECORD_INSTALLATION, number, nameless, role=Role.CUSTOMER)
    assert territory.refused(answer).code is RefusalCode.SERIAL_MISSING


def test_a_charger_that_goes_silent_rests_the_enrollment_until_it_reports_again(territory: Territory) -> None:
    """Rule 13, for what counts: what does not report counts nothing; not cured in time, it ends."""
    number = enrolled(territory, own_program(territory, "LE-EV-CHARGER"))
    put_in(territory, number, EquipmentKind.EVSE)
    prove(territory, number)
    say(territory, CommandName.LOSE_DEVICE, number, LoseDevice(cause="silent"), role=Role.SYSTEM)
    assert territory.case(territory.utility, number).status is State.SUSPENDED
    prove(territory, number)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    say(territory, CommandName.LOSE_DEVICE, number, LoseDevice(cause="silent"), role=Role.SYSTEM)
    territory.run_through(NOW + days(40))
    assert territory.case(territory.utility, number).status is State.ENDED


def test_a_charger_that_is_taken_away_takes_its_meter_with_it(territory: Territory) -> None:
    number = enrolled(territory, own_program(territory, "LE-EV-CHARGER"))
    put_in(territory, number, EquipmentKind.EVSE)
    prove(territory, number)
    gone = mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER)
    say(territory, CommandName.REMOVE_EQUIPMENT, number, gone)
    case = territory.case(territory.utility, number)
    assert (meter_of(territory, number), case.status) == (State.BEFORE_METER, State.SUSPENDED)
    put_in(territory, number, EquipmentKind.EVSE, serial="S-2")
    prove(territory, number, "D-2")
    assert territory.case(territory.utility, number).status is State.ACTIVE
    assert meter_of(territory, number) is State.ALREADY_THERE


def test_what_row_5_left_open_of_the_equipment_is_met_when_it_is_put_in(territory: Territory) -> None:
    """Else the condition would end an enrollment whose equipment is listed and in place."""
    number = enrolled(territory, own_program(territory, "LE-EV-CHARGER"))
    case = territory.case(territory.utility, number)
    assert case.state_of(Track.CONDITION, subject="equipment") is State.DUE
    put_in(territory, number, EquipmentKind.EVSE)
    prove(territory, number)
    assert territory.case(territory.utility, number).state_of(Track.CONDITION, subject="equipment") is State.MET
    territory.run_through(NOW + days(120))
    assert territory.case(territory.utility, number).status is State.ACTIVE
