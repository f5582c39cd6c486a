"""Bad paths of the rows: what rules find, offers that ran out, forms that lack something, unfit equipment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.eligibility import EligibilityFacts, Finding, Known, Lockout, check_all, told
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import Channel, Dwelling, Holder, MissingItem, VinState, missing_items
from evenroll.enrollment.life_events import EquipmentKind, Installer, ParametersSet
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ConsentKind, MeterCapability, Track
from evenroll.programs.rules import CureCode, CureOwner, Outcome, RuleKind
from evenroll.quantities.identifiers import PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads import a_form
from tests.world.people import days, new_world, open_case, supplier_changes
from tests.world.programs import NORTHFORK, UTILITY
from tests.world.scenes import apply, case_of, connect, equip, say

DAY = date(2026, 11, 2)


def found(program: str, kind: RuleKind, **facts: Any) -> Finding:
    """What the program's rule of that kind finds on these facts; whatever is not said is unknown."""
    findings = check_all(load_catalog().program(ProgramKey(program)), EligibilityFacts(applied_on=DAY, **facts))
    return next(each for each in findings if each.kind is kind)


# Row 3 and 5: what the rules find


def test_an_account_in_arrears_can_be_cured() -> None:
    finding = found("LE-EV-NIGHT", RuleKind.GOOD_STANDING, good_standing=Known.NO)
    assert finding.outcome is Outcome.CURABLE
    assert finding.cure is not None and (finding.cure.code, finding.cure.owner) == (
        CureCode.PAY_BALANCE,
        CureOwner.CUSTOMER,
    )


def test_a_signer_who_does_not_hold_the_account_is_led_to_the_holder() -> None:
    """Neither holder nor authorized: the holder applies, or authorizes; who is authorized may sign."""
    finding = found("LE-EV-NIGHT", RuleKind.ACCOUNT_HOLDER, holder=Holder.NEITHER)
    assert finding.cure is not None and finding.cure.code is CureCode.ACCOUNT_HOLDER_APPLIES
    assert found("LE-EV-NIGHT", RuleKind.ACCOUNT_HOLDER, holder=Holder.AUTHORIZED).outcome is Outcome.MET


def test_an_account_that_is_not_active_can_be_cured() -> None:
    assert found("LE-EV-NIGHT", RuleKind.ACCOUNT_ACTIVE, account_active=Known.NO).outcome is Outcome.CURABLE


def test_a_low_income_discount_blocks_by_name() -> None:
    """Rule 19: an assistance program on the account bars the rate, by name and with the chance of an appeal."""
    finding = found("LE-EV-NIGHT", RuleKind.ASSISTANCE_NONE, assistance=Known.YES)
    assert finding.outcome is Outcome.FINAL


def test_life_support_at_home_is_looked_at_by_the_staff_of_the_provider() -> None:
    """Rule 19: remote control needs a review, which is the provider's to do and not the customer's."""
    finding = found(
        "LE-EV-PAUSE", RuleKind.LIFE_SUPPORT_REVIEWED, life_support=Known.YES, life_support_reviewed=Known.NO
    )
    assert finding.evidence.code is EvidenceCode.REVIEW_NEEDED
    assert finding.cure is not None and finding.cure.owner is CureOwner.PROVIDER


def test_life_support_that_was_reviewed_stands_in_nobodys_way() -> None:
    finding = found(
        "LE-EV-PAUSE", RuleKind.LIFE_SUPPORT_REVIEWED, life_support=Known.YES, life_support_reviewed=Known.YES
    )
    assert finding.evidence.code is EvidenceCode.REVIEWED and finding.outcome is Outcome.MET


def test_net_metering_is_named() -> None:
    assert found("LE-EV-HOURLY", RuleKind.NET_METERING_NONE, net_metering=Known.YES).outcome is Outcome.FINAL


def test_a_landlord_is_asked_only_where_wiring_or_a_meter_changes() -> None:
    """Rule 19."""
    changes: dict[str, Any] = {"dwelling": Dwelling.RENTED, "meter_remote_changeable": Known.NO}
    changes["interval_opt_out"] = Known.NO
    work = found(
        "LE-EV-HOURLY", RuleKind.DWELLING_PERMISSION, meter_capability=told(MeterCapability.TOTAL_REGISTER), **changes
    )
    assert work.cure is not None and work.cure.code is CureCode.GET_PERMISSION
    none = found(
        "LE-EV-HOURLY",
        RuleKind.DWELLING_PERMISSION,
        meter_capability=told(MeterCapability.INTERVAL),
        **changes,
    )
    assert none.outcome is Outcome.MET and none.evidence.code is EvidenceCode.NO_WORK_AT_PREMISE


def test_a_shared_garage_is_refused_by_name() -> None:
    """Rule 19: the car would charge behind somebody else's meter."""
    finding = found("LE-EV-NIGHT", RuleKind.DWELLING_PERMISSION, dwelling=Dwelling.SHARED_GARAGE)
    assert (finding.outcome, finding.evidence.code) == (Outcome.FINAL, EvidenceCode.SHARED_GARAGE)


def test_a_commercial_account_is_refused_by_name() -> None:
    assert found("LE-EV-NIGHT", RuleKind.CUSTOMER_CLASS_IN, customer_class=told("commercial")).outcome is Outcome.FINAL


def test_a_vin_that_cannot_be_is_the_customers_to_mend() -> None:
    finding = found("LE-EV-PAUSE", RuleKind.VIN_PRESENT, vin=VinState.WRONG)
    assert finding.evidence.code is EvidenceCode.VIN_WRONG
    assert finding.cure is not None and finding.cure.code is CureCode.GIVE_VIN


def test_a_car_without_a_plug_is_the_customers_to_mend() -> None:
    finding = found("LE-EV-NIGHT", RuleKind.DRIVETRAIN_IN, drivetrain=told("not_plug_in"))
    assert finding.cure is not None and finding.cure.code is CureCode.CORRECT_VEHICLE


def test_one_meter_of_the_account_that_cannot_stops_a_program_that_demands_all() -> None:
    """Rule 23."""
    finding = found("BW-LIVE", RuleKind.ALL_METERS_CAPABLE, account_meters=told("interval", "total_register"))
    assert finding.cure is not None and finding.cure.code is CureCode.ACCEPT_INTERVAL_METER
    assert found("BW-LIVE", RuleKind.ALL_METERS_CAPABLE, account_meters=told("interval")).outcome is Outcome.MET


def test_a_meter_that_cannot_be_reached_refuses() -> None:
    finding = found(
        "LE-EV-NIGHT",
        RuleKind.METER_REACHABLE,
        meter_capability=told(MeterCapability.TOTAL_REGISTER),
        meter_remote_changeable=Known.NO,
        meter_exchangeable=Known.NO,
    )
    assert (finding.outcome, finding.evidence.code) == (Outcome.FINAL, EvidenceCode.METER_WORK_IMPOSSIBLE)


def test_a_lock_out_names_its_last_day() -> None:
    lockout = Lockout(barred=Known.YES, ends_on=DAY + timedelta(days=30))
    finding = found("LE-EV-NIGHT", RuleKind.LOCKOUT_OVER, lockout=lockout)
    assert finding.evidence.code is EvidenceCode.BARRED_UNTIL
    assert finding.evidence.parameters["until"] == (DAY + timedelta(days=30)).isoformat()


def test_an_excluded_program_that_is_live_is_named() -> None:
    family = load_catalog().program(ProgramKey("LE-EV-PAUSE")).family
    finding = found("LE-EV-PAUSE", RuleKind.NO_EXCLUDED_PROGRAM, live_families=told(family))
    assert finding.evidence.code is EvidenceCode.EXCLUDED_PROGRAM_LIVE
    assert finding.cure is not None and finding.cure.code is CureCode.LEAVE_OTHER_PROGRAM


def test_outside_the_territory_there_is_no_program() -> None:
    assert found("LE-EV-NIGHT", RuleKind.IN_TERRITORY, in_territory=Known.NO).outcome is Outcome.FINAL


def test_a_fact_that_could_not_be_had_is_never_a_no() -> None:
    assert found("LE-EV-NIGHT", RuleKind.GOOD_STANDING).outcome is Outcome.NOT_CHECKED


def test_an_offer_that_ran_out_is_looked_up_anew() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program=None)
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    shown = next(each for each in case_of(world, key).shown if each.program == "LE-EV-NIGHT")
    stale = replace(shown, valid_until=world.calendar.business_date(world.now) - timedelta(days=1))
    case = case_of(world, key)
    world.cases[key].state = replace(case, shown=tuple(stale if each is shown else each for each in case.shown))
    say(world, key, C.CHOOSE_PROGRAM, c.ChooseProgram(program=ProgramKey("LE-EV-NIGHT")))
    assert case_of(world, key).status is State.FINDING_PROVIDER
    world.settle()
    assert case_of(world, key).status is State.CHOOSING
    say(world, key, C.CHOOSE_PROGRAM, c.ChooseProgram(program=ProgramKey("LE-EV-NIGHT")))
    assert case_of(world, key).status is State.COMPLETING


def test_a_form_that_comes_after_its_offer_chooses_again() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT")
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    case = case_of(world, key)
    assert case.status is State.COMPLETING and case.chosen is not None
    past = world.calendar.business_date(world.now) - timedelta(days=1)
    world.cases[key].state = replace(case, chosen=replace(case.chosen, valid_until=past))
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=ProgramKey("LE-EV-NIGHT"))))
    world.settle(until=lambda: case_of(world, key).status is State.FINDING_PROVIDER)
    assert case_of(world, key).status is State.FINDING_PROVIDER
    world.settle()
    after = case_of(world, key)
    assert after.status is State.ENROLLED and after.chosen is not None and after.chosen.valid_until > past


# Rows 6 to 8 and the second meter


def test_a_second_meter_whose_wiring_never_comes_ends_at_90_days() -> None:
    """Rule 5: electrician and inspection first; reminded at 30 and 60 days, ended by its condition at 90."""
    world = new_world()
    key = apply(world, program="LE-EV-METER", pod="POD-2")
    track = f"{Track.METER.value}/POD-2"
    assert case_of(world, key).tracks[track].state is State.BEFORE_METER
    days(world, 32)
    assert case_of(world, key).tracks[track].times == 1
    days(world, 31)
    assert case_of(world, key).tracks[track].times == 2
    days(world, 31)
    case = case_of(world, key)
    assert case.status is State.ENDED and case.ended_because is EndReason.CONDITION and not case.live_places


def test_a_second_meter_is_asked_for_once_wiring_and_inspection_are_done() -> None:
    world = new_world()
    key = apply(world, program="LE-EV-METER", pod="POD-2")
    equip(world, key)
    assert case_of(world, key).tracks[f"{Track.METER.value}/POD-2"].state is not State.BEFORE_METER


# Row 3: forms


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"signed_on": None}, MissingItem.SIGNATURE),
        ({"vin_state": VinState.WRONG}, MissingItem.VIN_READABLE),
        ({"consents": frozenset[ConsentKind]()}, MissingItem.CONSENT_TERMS),
        ({"drivetrain": None}, MissingItem.VEHICLE),
    ],
)
def test_a_form_that_lacks_something_is_returned_with_its_name(changes: Any, missing: MissingItem) -> None:
    world = new_world()
    form = replace(a_form(world, program=ProgramKey("LE-EV-NIGHT")), **changes)
    program = load_catalog().program(ProgramKey("LE-EV-NIGHT"))
    assert missing in missing_items(form, program=program, on=DAY)


def test_a_signature_of_a_day_to_come_is_none() -> None:
    world = new_world()
    form = replace(a_form(world, program=ProgramKey("LE-EV-NIGHT")), signed_on=DAY + timedelta(days=1))
    program = load_catalog().program(ProgramKey("LE-EV-NIGHT"))
    assert MissingItem.SIGNED_IN_FUTURE in missing_items(form, program=program, on=DAY)


def test_control_is_not_enrolled_without_consent_to_it() -> None:
    world = new_world()
    form = replace(a_form(world, program=ProgramKey("LE-EV-PAUSE")), consents=frozenset({ConsentKind.TERMS}))
    program = load_catalog().program(ProgramKey("LE-EV-PAUSE"))
    assert MissingItem.CONSENT_CONTROL in missing_items(form, program=program, on=DAY)


def test_a_returned_form_that_nobody_mends_expires() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT")
    form = replace(a_form(world, program=ProgramKey("LE-EV-NIGHT")), signed_on=None)
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
    world.settle()
    assert case_of(world, key).status is State.COMPLETING
    days(world, 32)
    assert case_of(world, key).status is State.EXPIRED


def test_mail_has_more_time_than_the_web() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT", channel=Channel.MAIL)
    say(world, key, C.STAMP_MAIL, c.StampMail(receipt="R-9", received_at=world.now), role=Role.ENROLLMENT_DESK)
    form = replace(a_form(world, program=ProgramKey("LE-EV-NIGHT"), channel=Channel.MAIL), signed_on=None)
    for by in ("ana", "bo"):
        keyed = c.KeyForm(by=by, fingerprints={"name": "one"}, form=form)
        say(world, key, C.KEY_FORM, keyed, role=Role.ENROLLMENT_DESK)
    world.settle()
    days(world, 40)
    assert case_of(world, key).status is State.COMPLETING
    days(world, 10)
    assert case_of(world, key).status is State.EXPIRED


def test_one_person_does_not_key_a_letter_twice() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program="LE-EV-NIGHT", channel=Channel.MAIL)
    say(world, key, C.STAMP_MAIL, c.StampMail(receipt="R-9", received_at=world.now), role=Role.ENROLLMENT_DESK)
    form = a_form(world, program=ProgramKey("LE-EV-NIGHT"), channel=Channel.MAIL)
    keyed = c.KeyForm(by="ana", fingerprints={"name": "one"}, form=form)
    say(world, key, C.KEY_FORM, keyed, role=Role.ENROLLMENT_DESK)
    for role in (Role.ENROLLMENT_DESK, Role.SUPERVISOR):
        assert refusal(world, key, C.KEY_FORM, keyed, role=role) is RefusalCode.SAME_PERSON_KEYED


def refusal(world: World, key: Key, name: C, payload: object, *, role: Role = Role.CUSTOMER) -> RefusalCode:
    """Give a command that must be refused; why it was."""
    answer = world.give(key, name, payload, role=role)
    assert isinstance(answer, Refusal), answer
    return answer.code


# Row 5: things that change between the rows


def test_a_supplier_that_changes_before_the_decision_is_asked_after_again() -> None:
    """The provider is looked up again at row 5: the case goes to whoever serves the customer by then."""
    world = new_world()
    key = apply(world, program="BW-NIGHT-DRIVE", pod="POD-4", until=State.DECIDING)
    supplier_changes(world, pod=PodId("POD-4"), to=NORTHFORK)
    days(world, 1)
    assert case_of(world, key).status is State.HANDED_OVER


def test_a_car_on_order_is_enrolled_with_a_condition_and_ended_when_it_never_comes() -> None:
    world = new_world()
    key = apply(world, program="LE-CREDIT", pod="POD-2", vin=VinState.ON_ORDER)
    case = case_of(world, key)
    due = [each for each in case.tracks.values() if each.track is Track.CONDITION]
    assert [each.state for each in due] == [State.DUE]
    days(world, 92)
    assert case_of(world, key).ended_because is EndReason.CONDITION


# Rows 6 to 9


def installing(world: World) -> Key:
    key = apply(world, program="LE-IN-ORDER", pod="POD-1")
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
    return key


def installation(world: World, *, permit: str) -> c.RecordInstallation:
    today = world.calendar.business_date(world.now)
    return c.RecordInstallation(
        installer=Installer.SELF, installed_on=today, serial="E", permit=permit, hard_wired=True
    )


def test_a_hard_wired_unit_without_a_permit_is_not_recorded() -> None:
    """Also where the customer installed it alone."""
    world = new_world()
    key = installing(world)
    assert refusal(world, key, C.RECORD_INSTALLATION, installation(world, permit="")) is RefusalCode.PERMIT_MISSING


def test_an_inspection_that_is_not_passed_goes_back_to_the_installer() -> None:
    world = new_world()
    key = installing(world)
    say(world, key, C.RECORD_INSTALLATION, installation(world, permit="P-1"))
    today = world.calendar.business_date(world.now)
    say(world, key, C.RECORD_INSPECTION, c.RecordInspection(passed=False, inspected_on=today))
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.INSTALLING


def test_equipment_that_nobody_chooses_is_asked_after_twice_then_the_desks() -> None:
    world = new_world()
    key = apply(world, program="LE-FREE-GEAR", pod="POD-1")
    days(world, 200)
    track = case_of(world, key).tracks.get(Track.EQUIPMENT.value)
    assert track is not None and track.owner in (Role.ENROLLMENT_DESK, Role.SUPERVISOR)


def test_a_device_that_fails_its_test_is_the_customers_to_mend_with_the_cause() -> None:
    world = new_world()
    key = apply(world, program="LE-IN-ORDER", pod="POD-1")
    equip(world, key, hard_wired=False)
    connect(world, key, cause="silent")
    track = case_of(world, key).tracks[Track.DEVICE.value]
    assert (track.state, track.owner) == (State.TEST_FAILED, Role.CUSTOMER)


def test_parameters_of_another_program_are_refused() -> None:
    world = new_world()
    key = apply(world, program="LE-EV-NIGHT", pod="POD-2")
    other = c.SetParameters(program=ProgramKey("LE-RIDER"), parameters={})
    assert refusal(world, key, C.SET_PARAMETERS, other) is RefusalCode.PROGRAM_NOT_OFFERED


def test_a_parameter_that_no_program_knows_is_refused() -> None:
    world = new_world()
    key = apply(world, program="LE-EV-NIGHT", pod="POD-2")
    strange = c.SetParameters(program=ProgramKey("LE-EV-NIGHT"), parameters={"color": "red"})
    assert refusal(world, key, C.SET_PARAMETERS, strange) is RefusalCode.SELECTION_WRONG


def test_a_set_up_that_conflicts_never_holds_up_a_price() -> None:
    """Rule 1: for a price the set-up is a reminder; a conflict is shown and the price starts all the same."""
    world = new_world()
    key = apply(world, program="LE-EV-NIGHT", pod="POD-2")
    told_ = c.SetParameters(
        program=ProgramKey("LE-EV-NIGHT"), parameters={"charge_from": "23:00"}, schedules=("car_timer",)
    )
    say(world, key, C.SET_PARAMETERS, told_)
    shown = [event for _, event in world.cases[key].events if isinstance(event, ParametersSet)]
    assert shown[-1].conflicts == ("car_timer",)
    days(world, 60)
    assert case_of(world, key).status is State.ACTIVE
