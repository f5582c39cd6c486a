"""What people say with a command: good and bad payloads for every command that a person may give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import order_commands as oc
from evenroll.enrollment.case import VIN_CONDITION, Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.form import Channel, Dwelling, Form, FormField, Holder, VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    ChangeResult,
    ServiceOrder,
    VisitObstacle,
    VisitResult,
)
from evenroll.programs.program import ConsentKind, DocumentKind, MeterCapability, Track
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import AccountId, CaseNumber, PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads_after import AFTER_ENROLLING
from tests.world.payloads_money import MONEY_SAID
from tests.world.payloads_moving import MOVING_SAID
from tests.world.payloads_supply import SUPPLY_SAID
from tests.world.programs import world_programs
from tests.world.reversing import REVERSAL_SAID

Make = Callable[[World, Any, Random], object]
BAD_ANSWERS = 99
KEYERS = ("ana", "bo", "cy", "di")


def a_form(
    world: World,
    *,
    program: ProgramKey | None,
    answers: int = 1,
    channel: Channel = Channel.WEB,
    vin: VinState = VinState.GIVEN,
    hand_over: bool = True,
) -> Form:
    """A form that lacks nothing."""
    return Form(
        channel=channel,
        received_at=world.now,
        answers=answers,
        signed_on=world.calendar.business_date(world.now),
        fields=frozenset(FormField),
        consents=frozenset(ConsentKind),
        documents=frozenset(DocumentKind),
        program=program,
        drivetrain=Drivetrain.BEV,
        model="Runabout",
        vin_state=vin,
        holder=Holder.ACCOUNT_HOLDER,
        dwelling=Dwelling.OWN,
        consents_hand_over=hand_over,
        selections=_first_options(),
    )


@cache
def _first_options() -> Mapping[str, str]:
    return {asked.key: asked.options[0] for each in world_programs() for asked in each.selections}


def _some_form(world: World, case: Case, chance: Random) -> Form:
    form = a_form(
        world,
        program=chance.choice([None, case.opening.program, case.chosen.program if case.chosen else None]),
        answers=_answers(world, case, chance),
        vin=chance.choice([VinState.GIVEN, VinState.GIVEN, VinState.ON_ORDER, VinState.WRONG, VinState.MISSING]),
        hand_over=chance.random() < 0.7,
    )
    if chance.random() < 0.25:
        return Form(channel=Channel.WEB, received_at=world.now, answers=0)
    return form


def _answers(world: World, case: Case, chance: Random) -> int:
    household = world.households.get(CaseNumber(case.number))
    return household.good_answers if household and chance.random() < 0.6 else BAD_ANSWERS


def _today(world: World) -> date:
    return world.calendar.business_date(world.now)


def _submit(world: World, case: Case, chance: Random) -> object:
    return c.SubmitForm(form=_some_form(world, case, chance))


def _key_form(world: World, case: Case, chance: Random) -> object:
    said = {"name": chance.choice(["h1", "h1", "h1", "h2"]), "vin": "h7"}
    form = a_form(world, program=case.opening.program, answers=_answers(world, case, chance), channel=Channel.MAIL)
    return c.KeyForm(by=chance.choice(KEYERS), fingerprints=said, form=form)


def _choose_point(world: World, case: Case, chance: Random) -> object:
    points = case.provider.points if case.provider else ()
    return c.ChooseUsagePoint(pod=chance.choice([*points, *points, PodId("POD-NOBODY")]))


def _choose_program(world: World, case: Case, chance: Random) -> object:
    shown = [each.program for each in case.shown]
    return c.ChooseProgram(program=chance.choice(shown or [world_programs()[0].key]))


def _meet_condition(world: World, case: Case, chance: Random) -> object:
    rules = [each.subject for each in case.tracks.values() if each.track is Track.CONDITION] or [VIN_CONDITION]
    return c.MeetCondition(rule=chance.choice(rules), form=_some_form(world, case, chance))


def _settle_match(world: World, case: Case, chance: Random) -> object:
    household = world.households.get(CaseNumber(case.number))
    known = AccountId(int(household.customer) + 1000) if household else AccountId(1)
    return c.SettleMatch(account=chance.choice([known, known, None]))


def _installation(world: World, case: Case, chance: Random) -> object:
    return c.RecordInstallation(
        installer=chance.choice(list(Installer)),
        installed_on=_today(world) + timedelta(days=chance.choice([0, 0, 3])),
        serial="EQ-1",
        permit=chance.choice(["P-1", "P-1", ""]),
        hard_wired=chance.random() < 0.6,
    )


def _set_parameters(world: World, case: Case, chance: Random) -> object:
    key = case.chosen.program if case.chosen else world_programs()[0].key
    said = chance.choice([{"charge_from": "23:00"}, {}, {"color": "red"}])
    return c.SetParameters(program=key, parameters=said, schedules=("car",))


def _visit_day(world: World, order: ServiceOrder, chance: Random) -> object:
    first = world.calendar.add_business_days(_today(world), chance.choice([0, 1, 2, 5]))
    asked = order.request.rescission_ends_on or first
    return oc.BookVisit(visit_on=max(first, asked) if chance.random() < 0.8 else first - timedelta(days=1))


def _visited(world: World, order: ServiceOrder, chance: Random) -> object:
    day = order.visit.visit_on if order.visit else _today(world)
    result = chance.choice([VisitResult.EXCHANGED, VisitResult.EXCHANGED, *VisitResult])
    point = world.point(order.pod)
    exchange = None
    if result is VisitResult.EXCHANGED and point is not None and day <= _today(world):
        to = chance.choice([MeterCapability.INTERVAL, MeterCapability.INTERVAL, MeterCapability.PERIOD_REGISTERS])
        exchange = world.premises[order.pod].exchange(point, on=day, to=to, remote=False)
    obstacle = chance.choice(list(VisitObstacle))
    return oc.RecordVisit(result=result, visited_on=day, exchange=exchange, obstacle=obstacle)


def _remote(world: World, order: ServiceOrder, chance: Random) -> object:
    point, today = world.point(order.pod), _today(world)
    if point is None or chance.random() < 0.4:
        return oc.RecordRemoteChange(result=ChangeResult.FAILED, changed_on=today, reason="no_signal")
    exchange = world.premises[order.pod].exchange(point, on=today, to=MeterCapability.INTERVAL, remote=True)
    return oc.RecordRemoteChange(result=ChangeResult.DONE, changed_on=today, exchange=exchange)


def _back_office(world: World, order: ServiceOrder, chance: Random) -> object:
    done = frozenset(BackOfficeItem)
    return oc.CompleteBackOffice(done=done if chance.random() < 0.8 else done - {BackOfficeItem.RATE_CODE})


def _date_switch(world: World, order: ServiceOrder, chance: Random) -> object:
    return oc.DateSwitch(not_before_on=chance.choice([None, _today(world) + timedelta(days=9)]))


MAKE: Mapping[C, Make] = {
    C.SAVE_ANSWERS: lambda w, s, r: c.SaveAnswers(answers=r.choice([1, BAD_ANSWERS]), fields=frozenset(FormField)),
    C.CHOOSE_USAGE_POINT: _choose_point,
    C.CHOOSE_PROGRAM: _choose_program,
    C.SUBMIT_FORM: _submit,
    C.COMPLETE_ANSWERS: _submit,
    C.GIVE_CURE: _submit,
    C.STAMP_MAIL: lambda w, s, r: c.StampMail(receipt="R-1", received_at=w.now - timedelta(hours=r.randrange(48))),
    C.KEY_FORM: _key_form,
    C.GIVE_EVIDENCE: lambda w, s, r: c.GiveEvidence(answers=_answers(w, s, r), fields=frozenset(FormField)),
    C.SETTLE_MATCH: _settle_match,
    C.MEET_CONDITION: _meet_condition,
    C.CHOOSE_EQUIPMENT: lambda w, s, r: c.ChooseEquipment(kind=r.choice(list(EquipmentKind)), outlet="store"),
    C.RECORD_PURCHASE: lambda w, s, r: c.RecordPurchase(outlet="store", bought_on=_today(w), price=Decimal("399.00")),
    C.RECORD_INSTALLATION: _installation,
    C.RECORD_INSPECTION: lambda w, s, r: c.RecordInspection(passed=r.random() < 0.7, inspected_on=_today(w)),
    C.REGISTER_DEVICE: lambda w, s, r: c.RegisterDevice(device="D-1", kind="evse"),
    C.RECORD_DEVICE_TEST: lambda w, s, r: c.RecordDeviceTest(device="D-1", cause=r.choice(["", "", "silent"])),
    C.SET_PARAMETERS: _set_parameters,
    C.CONFIRM_PARAMETERS: lambda w, s, r: c.ConfirmParameters(by_device=r.random() < 0.5),
    C.RECORD_USE: lambda w, s, r: c.RecordUse(kind=r.choice(list(UseKind)), on=_today(w), reason="trip"),
    C.SETTLE_APPEAL: lambda w, s, r: c.SettleAppeal(reopened=r.random() < 0.5),
    C.BOOK_VISIT: _visit_day,
    C.REBOOK_VISIT: _visit_day,
    C.RECORD_VISIT: _visited,
    C.RECORD_REMOTE_CHANGE: _remote,
    C.SHOW_PERMIT: lambda w, s, r: oc.ShowPermit(seen_on=_today(w)),
    C.COMPLETE_BACK_OFFICE: _back_office,
    C.DATE_SWITCH: _date_switch,
    **AFTER_ENROLLING,
    **MONEY_SAID,
    **MOVING_SAID,
    **SUPPLY_SAID,
    **AFTER_ENROLLING,
    **REVERSAL_SAID,
    C.SET_CAP: lambda w, s, r: SetCap(places=r.choice([1, 1, 2, 3, None])),
}
"""What is not here says nothing but its name, or one track."""


def payload(world: World, key: Key, name: C, chance: Random) -> object:
    """Some payload of a command to a record that stands."""
    stream = world.stream(key)
    assert stream is not None
    if name in MAKE:
        return MAKE[name](world, stream.state, chance)
    if name in (C.REMIND, C.ESCALATE, C.END_CONDITION):
        track = chance.choice(list(stream.state.tracks.values()))
        return c.OnTrack(track=track.track, subject=track.subject)
    return c.NoPayload()
