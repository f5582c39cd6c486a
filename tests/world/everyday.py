"""Everyday scenes: what customers, desk and crews do all the time, so that no coverage is left to chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import order_commands as oc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.facts import Factor
from evenroll.enrollment.form import Channel, Form, FormField, VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ChangeResult, VisitResult
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, Track
from evenroll.quantities.identifiers import CaseNumber, CustomerId, ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads import BAD_ANSWERS, a_form
from tests.world.people import days, open_case
from tests.world.programs import UTILITY
from tests.world.scenes import (
    apply,
    asked_of,
    case_of,
    connect,
    enroll,
    equip,
    finish_meter,
    order_of,
    say,
    visit,
    whole_life,
)

NIGHT = ProgramKey("LE-EV-NIGHT")


def until(world: World, key: Key, status: State) -> None:
    """Drive on until the case is so."""
    world.settle(until=lambda: case_of(world, key).status is status)
    assert case_of(world, key).status is status


def draft(world: World) -> None:
    """Row 2: answers are saved; then nobody comes back, is reminded, and the draft expires."""
    key = open_case(world, pod="POD-1", at=UTILITY, program=NIGHT)
    say(world, key, C.SAVE_ANSWERS, c.SaveAnswers(answers=1, fields=frozenset({FormField.NAME})))
    days(world, 55)
    assert case_of(world, key).status is State.DRAFT
    days(world, 10)
    assert case_of(world, key).status is State.EXPIRED


def gives_up(world: World, *, at: State) -> None:
    """Withdrawn before the decision: nothing was taken, so nothing is given back."""
    key = open_case(world, pod="POD-1", at=UTILITY, program=None if at is State.CHOOSING else NIGHT)
    household = world.households[CaseNumber(key[2])]
    if at is State.NEEDS_ANSWER:
        household.flaws = {"good_standing": Known.NO}
    if at not in (State.DRAFT, State.CHOOSING):
        answers = BAD_ANSWERS if at is State.PROVING else 1
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=NIGHT, answers=answers)))
    if at is State.CHOOSING:
        say(world, key, C.ASK_PROVIDER)
    until(world, key, at)
    say(world, key, C.WITHDRAW)
    world.settle()
    assert case_of(world, key).status is State.WITHDRAWN and case_of(world, key).place is None


def chooses(world: World) -> None:
    """Row 2b: no program named at first; one is chosen among those shown, and the form comes after it."""
    key = open_case(world, pod="POD-2", at=UTILITY)
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert {each.program for each in case_of(world, key).shown} >= {NIGHT}
    say(world, key, C.CHOOSE_PROGRAM, c.ChooseProgram(program=NIGHT))
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=None)))
    world.settle()
    assert case_of(world, key).status is State.ENROLLED


def signed_in(world: World, *, as_somebody_else: bool) -> None:
    """Row 4a: a sign-in proves the very customer whom the register finds, and nobody else."""
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT)
    household = world.households[CaseNumber(key[2])]
    household.signed_in = CustomerId(household.customer + as_somebody_else)
    form = a_form(world, program=NIGHT)
    known = form.fields - {FormField.METER_SERIAL, FormField.LAST_BILL_AMOUNT}
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=replace(form, fields=known)))
    world.settle()
    case = case_of(world, key)
    assert case.status is (State.PROVING if as_somebody_else else State.ENROLLED)
    assert (Factor.SIGN_IN in case.proof.factors) is not as_somebody_else


def names_it_on_the_form(world: World) -> None:
    """Row 2b: who sends a form that names a program while choosing has chosen."""
    key = open_case(world, pod="POD-2", at=UTILITY)
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=a_form(world, program=NIGHT)))
    world.settle()
    assert case_of(world, key).status is State.ENROLLED


def incomplete(world: World, *, channel: Channel) -> None:
    """Row 3: returned with everything that is missing; completed, with the date of the first receipt."""
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT, channel=channel)
    empty = Form(channel=channel, received_at=world.now, answers=1)
    if channel is Channel.MAIL:
        mail(world, key, empty)
    else:
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=empty))
    first = world.now
    days(world, 35 if channel is Channel.MAIL else 3)
    assert case_of(world, key).status is State.COMPLETING
    say(world, key, C.COMPLETE_ANSWERS, c.SubmitForm(form=a_form(world, program=NIGHT)))
    form = case_of(world, key).form
    assert form is not None and form.received_at == first and form.channel is channel


def keyed_late(world: World) -> None:
    """Row 3: the paper is keyed once the provider is known already."""
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT, channel=Channel.MAIL)
    stamp = c.StampMail(receipt="R-1", received_at=world.now)
    say(world, key, C.STAMP_MAIL, stamp, role=Role.ENROLLMENT_DESK)
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert case_of(world, key).status is State.COMPLETING
    for by in ("ana", "bo"):
        form = a_form(world, program=NIGHT, channel=Channel.MAIL)
        keyed = c.KeyForm(by=by, fingerprints={"name": "h"}, form=form)
        say(world, key, C.KEY_FORM, keyed, role=Role.ENROLLMENT_DESK)
    world.settle()
    assert case_of(world, key).status is State.ENROLLED


def cured(world: World, *, channel: Channel, answered: bool) -> None:
    """Row 5: everything that can be mended is asked for at once; mended, or nobody answers."""
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT, channel=channel)
    household = world.households[CaseNumber(key[2])]
    household.flaws = {"good_standing": Known.NO}
    form = a_form(world, program=NIGHT, vin=VinState.MISSING, channel=channel)
    if channel is Channel.MAIL:
        mail(world, key, form)
    else:
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
    until(world, key, State.NEEDS_ANSWER)
    household.flaws = {}
    if answered:
        say(world, key, C.GIVE_CURE, c.SubmitForm(form=a_form(world, program=NIGHT)))
    days(world, 50)
    assert case_of(world, key).status is (State.ACTIVE if answered else State.EXPIRED)


def mail(world: World, key: Key, form: Form) -> None:
    """A form on paper, stamped and keyed by two who agree."""
    stamp = c.StampMail(receipt="R-1", received_at=world.now)
    say(world, key, C.STAMP_MAIL, stamp, role=Role.ENROLLMENT_DESK)
    for by in ("ana", "bo"):
        keyed = c.KeyForm(by=by, fingerprints={"name": "h"}, form=form, salt=1)
        say(world, key, C.KEY_FORM, keyed, role=Role.ENROLLMENT_DESK)


def pending(world: World) -> None:
    """Row 2a: on the way to another provider; asked again each business day until it is settled."""
    key = open_case(world, pod="POD-2", at=UTILITY, program=NIGHT)
    household = world.households[CaseNumber(key[2])]
    household.answer_next = "pending_to"
    say(world, key, C.ASK_PROVIDER)
    days(world, 3)
    assert case_of(world, key).status is State.FINDING_PROVIDER
    household.answer_next = ""
    days(world, 4)
    assert case_of(world, key).status is State.COMPLETING


def rescinds(world: World) -> None:
    """Inside the window; nothing had been asked of the utility."""
    key = apply(world, program="BW-NIGHT-DRIVE", pod="POD-4")
    days(world, 1)
    say(world, key, C.RESCIND)
    days(world, 5)
    assert case_of(world, key).status is State.RESCINDED and case_of(world, key).order is None


def car_on_order(world: World) -> None:
    """Row 4a: the VIN comes later, and the condition is met."""
    key = apply(world, program=NIGHT, pod="POD-2", vin=VinState.ON_ORDER)
    form = replace(a_form(world, program=NIGHT), papers=frozenset({"c1" * 32}))
    say(world, key, C.MEET_CONDITION, c.MeetCondition(rule="vin", form=form))
    vehicle = case_of(world, key).vehicle
    assert vehicle is not None and vehicle.vin_known


def visited_again(world: World, *, first: VisitResult) -> None:
    """Rows 5b, 5c: what went wrong is mended, the visit booked again, the meter exchanged."""
    key = enroll(world, program=NIGHT, pod="POD-1")
    visit(world, key, first)
    if first is VisitResult.PERMIT_NEEDED:
        today = world.calendar.business_date(world.now)
        say(world, asked_of(world, key), C.SHOW_PERMIT, oc.ShowPermit(seen_on=today, document=7))
        world.settle()
    visit(world, key, VisitResult.EXCHANGED)
    finish_meter(world, key)
    days(world, 90)
    assert case_of(world, key).status is State.ACTIVE


def changed_from_afar(world: World) -> None:
    """Row 5c: the meter in place learns to tell more apart; one serial before and after."""
    key = enroll(world, program="NF-OVERNIGHT", pod="POD-5")
    order = order_of(world, key)
    point = world.point(order.pod)
    assert point is not None
    today = world.calendar.business_date(world.now)
    exchange = world.premises[order.pod].exchange(point, on=today, to=MeterCapability.INTERVAL, remote=True)
    done = oc.RecordRemoteChange(result=ChangeResult.DONE, changed_on=today, exchange=exchange)
    say(world, asked_of(world, key), C.RECORD_REMOTE_CHANGE, done, role=Role.METER_OFFICE)
    finish_meter(world, key)
    days(world, 90)
    assert case_of(world, key).status is State.ACTIVE


def switch_moved(world: World) -> None:
    """Row 5d: billing asks for a later day."""
    key = enroll(world, program=NIGHT, pod="POD-2")
    days(world, 1)
    later = world.calendar.business_date(world.now) + timedelta(days=40)
    say(world, asked_of(world, key), C.DATE_SWITCH, oc.DateSwitch(not_before_on=later), role=Role.BILLING)
    days(world, 120)
    assert case_of(world, key).status is State.ACTIVE


def equips(world: World) -> None:
    """Rows 6 to 9: bought, failed its inspection, passed; tested, failed, passed; set, set again; and once more."""
    key = enroll(world, program="BW-CONTROL", pod="POD-4")
    today = world.calendar.business_date(world.now)
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store", model="M"))
    say(world, key, C.RECORD_PURCHASE, c.RecordPurchase(outlet="store", bought_on=today, price=Decimal("399.00")))
    installed = c.RecordInstallation(installer=Installer.SELF, installed_on=today, serial="E", permit="P")
    for passed in (False, True):
        say(world, key, C.RECORD_INSTALLATION, installed)
        say(world, key, C.RECORD_INSPECTION, c.RecordInspection(passed=passed, inspected_on=today))
    connect(world, key, cause="silent")
    connect(world, key)
    equip(world, key)
    connect(world, key)
    assert case_of(world, key).status is State.ACTIVE


def sets_up(world: World, *, said: str) -> None:
    """Row 9 and 10: told, confirmed, told again, or never; and the customer decides when and why."""
    key = enroll(world, program=NIGHT, pod="POD-2")
    told = c.SetParameters(program=NIGHT, parameters={"charge_from": "23:00"}, schedules=("car",))
    if said != "confirmed at once":
        say(world, key, C.SET_PARAMETERS, told)
    if said != "told":
        say(world, key, C.CONFIRM_PARAMETERS, c.ConfirmParameters(by_device=True))
    if said == "told again":
        say(world, key, C.SET_PARAMETERS, told)
        say(world, key, C.WITHDRAW)
        world.settle()
        return
    days(world, 430)
    today = world.calendar.business_date(world.now)
    say(world, key, C.RECORD_USE, c.RecordUse(kind=UseKind.OPT_OUT, on=today, reason="trip"))


def equips_unasked(world: World) -> None:
    """Rows 6 and 8 where the program needs neither: the customer may all the same."""
    key = enroll(world, program=NIGHT, pod="POD-2")
    say(world, key, C.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.PREMISE_UNIT, outlet="store"))
    say(world, key, C.REGISTER_DEVICE, c.RegisterDevice(device="D-1", kind="evse"))
    say(world, key, C.WITHDRAW)
    world.settle()
    assert case_of(world, key).state_of(Track.EQUIPMENT) is State.CANCELLED


def statement(world: World) -> None:
    """Row 10: a year of use, and the statement of it."""
    key = whole_life(world, program="LE-CREDIT", pod="POD-1")
    days(world, 380)
    assert case_of(world, key).status is State.ACTIVE


EVERYDAY: tuple[Callable[[World], None], ...] = (
    draft,
    *(
        partial(gives_up, at=state)
        for state in (
            State.DRAFT,
            State.CHOOSING,
            State.COMPLETING,
            State.PROVING,
            State.DECIDING,
            State.NEEDS_ANSWER,
        )
    ),
    chooses,
    partial(signed_in, as_somebody_else=False),
    partial(signed_in, as_somebody_else=True),
    names_it_on_the_form,
    partial(incomplete, channel=Channel.WEB),
    partial(incomplete, channel=Channel.MAIL),
    keyed_late,
    partial(cured, channel=Channel.WEB, answered=True),
    partial(cured, channel=Channel.WEB, answered=False),
    partial(cured, channel=Channel.MAIL, answered=False),
    pending,
    rescinds,
    car_on_order,
    *(partial(visited_again, first=result) for result in VisitResult if result is not VisitResult.EXCHANGED),
    changed_from_afar,
    switch_moved,
    equips,
    *(partial(sets_up, said=said) for said in ("told", "confirmed at once", "told again")),
    equips_unasked,
    statement,
)
