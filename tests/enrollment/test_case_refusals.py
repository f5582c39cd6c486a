"""Commands that a case refuses by name, and acts that must not take another's turn away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_use import issue_statement
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.form import FormField, VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads import a_form
from tests.world.people import days, new_world, open_case
from tests.world.programs import UTILITY
from tests.world.scenes import NOTHING, apply, case_of, enroll, say

NIGHT = "LE-EV-NIGHT"


def refused(world: World, key: Key, name: C, payload: object = NOTHING, *, role: Role) -> RefusalCode:
    """The code with which a command is refused; nothing happened."""
    before = case_of(world, key)
    outcome = world.give(key, name, payload, role=role)
    assert isinstance(outcome, Refusal), outcome
    assert case_of(world, key) is before
    return outcome.code


def test_saving_answers_does_not_take_the_turn_of_a_form_that_is_in() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT)
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=ProgramKey(NIGHT))))
    say(world, key, C.SAVE_ANSWERS, c.SaveAnswers(answers=1, fields=frozenset({FormField.NOTE})))
    world.settle()
    assert case_of(world, key).status is State.ENROLLED


def test_nobody_agrees_to_a_hand_over_to_nobody() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY)
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert refused(world, key, C.AGREE_HAND_OVER, role=Role.CUSTOMER) is RefusalCode.NOT_IN_STATE


def test_a_second_request_beside_an_open_one_is_refused() -> None:
    world = new_world()
    key = enroll(world, program=NIGHT, pod="POD-1")
    assert refused(world, key, C.REQUEST_METER, role=Role.ENROLLMENT_DESK) is RefusalCode.NOT_IN_STATE
    assert len(world.orders) == 1


@pytest.mark.parametrize("name", [C.SET_PARAMETERS, C.CONFIRM_PARAMETERS, C.CHOOSE_EQUIPMENT, C.REGISTER_DEVICE])
def test_inside_the_window_nothing_is_set_up_yet(name: C) -> None:
    world = new_world()
    key = apply(world, program="BW-CONTROL", pod="POD-4")
    assert case_of(world, key).status is State.IN_RESCISSION
    payloads = {
        C.SET_PARAMETERS: c.SetParameters(program=ProgramKey("BW-CONTROL")),
        C.CONFIRM_PARAMETERS: c.ConfirmParameters(),
        C.CHOOSE_EQUIPMENT: c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"),
        C.REGISTER_DEVICE: c.RegisterDevice(device="D", kind="evse"),
    }
    assert refused(world, key, name, payloads[name], role=Role.CUSTOMER) is RefusalCode.NOT_IN_STATE


def test_once_the_price_is_live_it_is_no_withdrawal_any_more() -> None:
    """Active by control, price in force: a cancellation would reach nobody, so it is refused, not left hanging."""
    world = new_world()
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    days(world, 20)
    assert case_of(world, key).status is State.ENROLLED and case_of(world, key).price_since is not None
    assert refused(world, key, C.WITHDRAW, role=Role.CUSTOMER) is RefusalCode.ALREADY_ACTIVE


@pytest.mark.parametrize("name", [C.REMIND, C.ESCALATE, C.END_CONDITION])
def test_the_clock_gives_only_the_command_that_the_wait_names(name: C) -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY)
    say(world, key, C.ASK_PROVIDER)
    world.now += timedelta(days=1)
    on_case = c.OnTrack(track=Track.CASE)
    assert refused(world, key, name, on_case, role=Role.SYSTEM) in (
        RefusalCode.NO_SUCH_TRACK,
        RefusalCode.NOT_IN_STATE,
    )


def test_what_is_still_to_come_is_not_recorded() -> None:
    world = new_world()
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    today = world.calendar.business_date(world.now)
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
    installed = c.RecordInstallation(installer=Installer.SELF, installed_on=today, serial="E", permit="P")
    say(world, key, C.RECORD_INSTALLATION, installed)
    inspected = c.RecordInspection(passed=True, inspected_on=today + timedelta(days=1))
    assert refused(world, key, C.RECORD_INSPECTION, inspected, role=Role.CUSTOMER) is RefusalCode.DATE_WRONG


def test_a_purchase_has_a_price_and_is_of_these_years() -> None:
    world = new_world()
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    today = world.calendar.business_date(world.now)
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store"))
    bought = c.RecordPurchase(outlet="store", bought_on=today, price=Decimal(0))
    cheap = replace(bought, price=Decimal("-0.01"))
    assert refused(world, key, C.RECORD_PURCHASE, cheap, role=Role.CUSTOMER) is RefusalCode.PRICE_NEGATIVE
    for price in ("1e400", "0.001", "1000000000"):
        huge = replace(bought, price=Decimal(price))
        assert refused(world, key, C.RECORD_PURCHASE, huge, role=Role.CUSTOMER) is RefusalCode.PRICE_WRONG
    for day in (today + timedelta(days=1), date(1900, 1, 1)):
        wrong = replace(bought, bought_on=day)
        assert refused(world, key, C.RECORD_PURCHASE, wrong, role=Role.CUSTOMER) is RefusalCode.DATE_WRONG
    say(world, key, C.RECORD_PURCHASE, bought)


def test_a_statement_is_yearly_and_for_billing_a_month_apart() -> None:
    world = new_world()
    case = case_of(world, enroll(world, program=NIGHT, pod="POD-2"))
    facts = CaseFacts(now=world.now, calendar=world.calendar)
    active = replace(case, tracks=apply_moves(case.tracks, (facts.move(State.ACTIVE),)))

    def issued(after: timedelta, by: Role) -> Decided | Refusal:
        return issue_statement(active, c.NoPayload(), replace(facts, now=world.now + after, by=by))

    for by, too_early, due in ((Role.BILLING, 29, 30), (Role.SYSTEM, 364, 366)):
        early = issued(timedelta(days=too_early), by)
        assert isinstance(early, Refusal) and early.code is RefusalCode.NOT_YET_DUE
        assert isinstance(issued(timedelta(days=due), by), Decided)


def test_the_service_track_follows_a_meter_that_is_there_already() -> None:
    world = new_world()
    key = enroll(world, program=NIGHT, pod="POD-2")
    days(world, 1)
    assert case_of(world, key).state_of(Track.SERVICE) is State.DATED


def test_a_cure_keeps_the_date_of_the_first_receipt() -> None:
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT)
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=ProgramKey(NIGHT), vin=VinState.MISSING)))
    first = world.now
    world.settle()
    assert case_of(world, key).status is State.NEEDS_ANSWER
    days(world, 4)
    say(world, key, C.GIVE_CURE, c.SubmitForm(form=a_form(world, program=ProgramKey(NIGHT))))
    world.settle()
    form = case_of(world, key).form
    assert case_of(world, key).status is State.ENROLLED and form is not None and form.received_at == first


def test_nobody_has_a_form_in_hand_that_is_still_to_come() -> None:
    """By its receipt a form is ranked, and judged against lock-outs and opening days: no stamp may evade them."""
    world = new_world()
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT)
    form = a_form(world, program=ProgramKey(NIGHT))
    ahead = c.SubmitForm(form=replace(form, received_at=world.now + timedelta(days=400)))
    assert refused(world, key, C.SUBMIT_FORM, ahead, role=Role.CUSTOMER) is RefusalCode.DATE_WRONG
    for received_at in (world.now + timedelta(seconds=1), world.now - timedelta(days=367)):
        stamp = c.StampMail(receipt="R-9", received_at=received_at)
        assert refused(world, key, C.STAMP_MAIL, stamp, role=Role.ENROLLMENT_DESK) is RefusalCode.DATE_WRONG
    say(
        world, key, C.STAMP_MAIL, replace(stamp, received_at=world.now - timedelta(days=366)), role=Role.ENROLLMENT_DESK
    )
