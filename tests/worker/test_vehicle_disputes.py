"""A vehicle that two customers name, on the real database: asked, answered, settled, corrected, and two at once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.case import VEHICLE_CONDITION, EndReason
from evenroll.enrollment.case_commands import NoPayload, SettleAppeal
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Dwelling, FormField
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion, ServiceChange, Track, Unit
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.territory_books import Premise, drawn_vin

SHORT_SECONDS, LONG_SECONDS = 1.0, 30.0


@pytest.fixture
def per_car(territory: Territory) -> ProgramVersion:
    """A credit whose unit is the vehicle."""
    from evenroll.records.published import publish

    made = replace(
        territory.night,
        key=ProgramKey(f"CAR-{territory.tag}"),
        family="car_credit",
        excluded_families=(),
        unit=Unit.VEHICLE,
        service_change=ServiceChange.CREDIT_ONLY,
        meter_capability=None,
        rate=None,
        replaces_rates=(),
        prerequisites=(),
    )
    publish(made)
    return made


def home(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


def apply(territory: Territory, vin: str, *, program: ProgramVersion | None = None, run: bool = True) -> CaseNumber:
    premise = home(territory)
    answers = {**premise.answers(), FormField.VIN: vin}
    number = territory.apply(premise, program=program or territory.night, answers=answers)
    if run:
        territory.run()
    return number


def say(territory: Territory, name: CommandName, number: str, command: object = None, **how: object):
    return territory.give(territory.utility, name, number, command, **{"role": Role.CUSTOMER, **how})


def answer(territory: Territory, number: CaseNumber, said: VehicleAnswer) -> None:
    territory.taken(say(territory, CommandName.ANSWER_VEHICLE, number, mc.AnswerVehicle(answer=said)))
    territory.run()


def settle(territory: Territory, number: CaseNumber, *, kept: bool) -> None:
    vehicle = territory.case(territory.utility, number).vehicles[0]
    said = mc.SettleVehicle(pevid=vehicle.pevid, kept=kept)
    refused = territory.refused(say(territory, CommandName.SETTLE_VEHICLE, number, said))
    assert refused.code is RefusalCode.NOT_ALLOWED
    territory.taken(say(territory, CommandName.SETTLE_VEHICLE, number, said, role=Role.ENROLLMENT_DESK))
    territory.run()


def status(territory: Territory, *numbers: CaseNumber) -> list[State]:
    return [territory.case(territory.utility, number).status for number in numbers]


def held(territory: Territory, number: CaseNumber) -> set[str]:
    from evenroll.records.models import Place
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return set(Place.objects.filter(case_number=number, live=True).values_list("unit_id", flat=True))


def test_a_second_hand_car_waits_at_4a_and_goes_on_when_it_was_sold(
    territory: Territory, per_car: ProgramVersion
) -> None:
    """The requirement's "acquires a PEV", second-hand: the old owner is asked; sold, the enrollment per car ends."""
    vin = drawn_vin(territory.tag)
    old, new = apply(territory, vin, program=per_car), apply(territory, vin, program=per_car)
    case = territory.case(territory.utility, new)
    assert case.status is State.VEHICLE_DISPUTED and case.course.owner is Role.ENROLLMENT_DESK
    assert case.proof.proved_at is not None and case.decided_at is None and held(territory, new) == set()
    assert territory.events(territory.utility, old)[-1] == "vehicle_asked_about"
    answer(territory, old, VehicleAnswer.SOLD)
    assert status(territory, old, new)[1] is State.ENROLLED
    was = territory.case(territory.utility, old)
    assert was.ended_because is EndReason.VEHICLE_GONE and held(territory, old) == set()
    assert held(territory, new) == {territory.case(territory.utility, new).vehicles[0].pevid}


def test_a_rate_of_the_premise_asks_for_another_car(territory: Territory) -> None:
    """The unit of the old enrollment decides what a sold car means for it: here another one is asked for."""
    vin = drawn_vin(territory.tag)
    old, new = apply(territory, vin), apply(territory, vin)
    answer(territory, old, VehicleAnswer.SOLD)
    was = territory.case(territory.utility, old)
    assert was.status is State.ENROLLED and was.vehicles == () and status(territory, new) == [State.ENROLLED]
    assert was.tracks[f"condition/{VEHICLE_CONDITION}"].owner is Role.CUSTOMER


def test_papers_and_a_person_settle_what_both_claim(territory: Territory) -> None:
    vin = drawn_vin(territory.tag)
    old, new = apply(territory, vin), apply(territory, vin)
    answer(territory, old, VehicleAnswer.STILL_MINE)
    assert territory.case(territory.utility, new).course.owner is Role.CUSTOMER
    papers = mc.ProveVehicle(document=OwnershipDocument.BILL_OF_SALE)
    territory.taken(say(territory, CommandName.PROVE_VEHICLE, new, papers))
    assert territory.case(territory.utility, new).course.owner is Role.ENROLLMENT_DESK
    settle(territory, new, kept=True)
    assert status(territory, new) == [State.ENROLLED] and territory.case(territory.utility, old).vehicles == ()


def test_a_granted_appeal_comes_back_to_a_car_that_another_has_by_now(territory: Territory) -> None:
    """Nobody keeps a car for a refused application; two enrollments with one car are not made by an appeal either."""
    vin = drawn_vin(territory.tag)
    premise = home(territory)
    answers = {**premise.answers(), FormField.VIN: vin}
    refused = territory.apply(premise, answers=answers, dwelling=Dwelling.SHARED_GARAGE)
    territory.run()
    enrolled = apply(territory, vin)
    assert status(territory, refused, enrolled) == [State.REFUSED, State.ENROLLED]
    territory.taken(say(territory, CommandName.OPEN_APPEAL, refused))
    reopened = SettleAppeal(reopened=True)
    territory.taken(say(territory, CommandName.SETTLE_APPEAL, refused, reopened, role=Role.SUPERVISOR))
    territory.run()
    assert status(territory, refused, enrolled) == [State.VEHICLE_DISPUTED, State.ENROLLED]
    assert territory.events(territory.utility, enrolled)[-1] == "vehicle_asked_about"
    answer(territory, enrolled, VehicleAnswer.SOLD)
    assert territory.events(territory.utility, refused).count("decision_made") == 2


def test_silence_is_asked_again_and_then_a_person_decides(territory: Territory) -> None:
    vin = drawn_vin(territory.tag)
    old, new = apply(territory, vin), apply(territory, vin)
    track = f"condition/{territory.case(territory.utility, old).vehicles[0].pevid}"
    territory.run_through(NOW + days(9))
    assert territory.case(territory.utility, old).tracks[track].owner is Role.CUSTOMER
    assert territory.case(territory.utility, new).course.owner is Role.SUPERVISOR
    territory.run_through(NOW + days(23), since=NOW + days(9))
    assert territory.case(territory.utility, old).tracks[track].owner is Role.ENROLLMENT_DESK
    settle(territory, new, kept=False)
    case = territory.case(territory.utility, new)
    assert case.status is State.VEHICLE_DISPUTED and case.course.owner is Role.CUSTOMER and case.vehicles == ()
    assert (
        territory.case(territory.utility, old).state_of(Track.CONDITION, subject=track.partition("/")[2]) is State.MET
    )


def test_a_vin_typed_wrong_is_corrected(territory: Territory) -> None:
    vin, right = drawn_vin(territory.tag), drawn_vin(f"{territory.tag}/2")
    old, new = apply(territory, vin), apply(territory, vin)

    def corrected(typed: str):
        return say(territory, CommandName.CORRECT_VIN, new, mc.CorrectVin(), answers={FormField.VIN: typed})

    assert territory.refused(corrected("")).code is RefusalCode.VIN_MISSING
    assert territory.refused(corrected(vin[:-1])).code is RefusalCode.VIN_WRONG
    assert territory.refused(corrected(vin)).code is RefusalCode.VIN_SAME
    territory.taken(corrected(right))
    territory.run()
    assert status(territory, new) == [State.ENROLLED] and territory.events(territory.utility, old)[-1] == (
        "vehicle_question_closed"
    )
    silent = say(territory, CommandName.ANSWER_VEHICLE, old, mc.AnswerVehicle(answer=VehicleAnswer.SOLD))
    assert territory.refused(silent).code is RefusalCode.VEHICLE_NOT_ASKED
    assert status(territory, apply(territory, right)) == [State.VEHICLE_DISPUTED]


def test_one_customer_may_have_one_car_in_two_programs(territory: Territory, per_car: ProgramVersion) -> None:
    premise = home(territory)
    numbers = [territory.apply(premise, program=each) for each in (territory.night, per_car)]
    territory.run()
    assert status(territory, *numbers) == [State.ENROLLED, State.ENROLLED]


def test_a_stranger_who_is_not_proved_learns_and_disturbs_nothing(territory: Territory) -> None:
    """Rule 3: nothing is looked up for whoever is not proved, and neither customer reads the other's number."""
    vin = drawn_vin(territory.tag)
    old = apply(territory, vin)
    stranger = home(territory)
    answers = {**stranger.answers(), FormField.VIN: vin, FormField.LAST_BILL_AMOUNT: "1.00"}
    territory.apply(stranger, answers=answers)
    territory.run()
    assert "vehicle_asked_about" not in territory.events(territory.utility, old)
    new = apply(territory, vin)
    answer(territory, old, VehicleAnswer.STILL_MINE)
    settle(territory, new, kept=True)
    for mine, other in ((old, new), (new, old)):
        told = sentences(territory, mine)
        assert any("vehicle" in each for each in told) and not any(other in each for each in told)


def sentences(territory: Territory, number: CaseNumber) -> list[str]:
    """Every line of a case's timeline and every notice of it, in both languages."""
    from evenroll.enrollment.form import Language
    from evenroll.enrollment.notices import NOTICE_KINDS
    from evenroll.pages.notices import event_line, notice
    from evenroll.records.folds import read_event
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind

    said: list[str] = []
    with open_organization(territory.utility):
        rows = JournalEntry.objects.filter(stream_key=number).order_by("number")
        written = [(row.event, row.version, row.data) for row in rows]
    for kind, version, data in written:
        event = read_event(StreamKind.CASE, event=kind, version=version, data=data)
        for language in Language:
            said.append(event_line(event, language=language))
            if kind in NOTICE_KINDS:
                said.append(notice(event, case=number, language=language))
    return said


def test_two_who_name_one_car_at_once_do_not_both_pass(territory: Territory) -> None:
    """Both are proved at the same instant, and neither is enrolled yet: the second waits for the first, and asks."""
    vin = drawn_vin(territory.tag)
    numbers = [apply(territory, vin, run=False) for _ in range(2)]
    for number in numbers:
        while (case := territory.case(territory.utility, number)).status is not State.PROVING:
            assert case.course.on_lapse is not None, case.course
            territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM))
    first_proved, second_proved = threading.Event(), threading.Event()
    together: list[bool] = []

    def first() -> None:
        def then() -> None:
            first_proved.set()
            together.append(second_proved.wait(SHORT_SECONDS))

        _prove(territory, numbers[0], then=then)

    def second() -> None:
        from django.db import connections

        assert first_proved.wait(LONG_SECONDS)
        try:
            territory.taken(territory.give(territory.utility, CommandName.PROVE_IDENTITY, numbers[1], role=Role.SYSTEM))
            second_proved.set()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=LONG_SECONDS)
    assert together == [False] and second_proved.is_set()
    assert status(territory, *numbers) == [State.DECIDING, State.VEHICLE_DISPUTED]
    territory.run()
    assert status(territory, *numbers) == [State.ENROLLED, State.VEHICLE_DISPUTED]
    answer(territory, numbers[0], VehicleAnswer.SOLD)
    assert status(territory, numbers[1]) == [State.ENROLLED]


def _prove(territory: Territory, number: CaseNumber, *, then) -> None:
    from django.db import connections

    from evenroll.records.asked import Asked
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps import STEPS
    from evenroll.worker.asking import ask_outside

    actor = territory.actor(territory.utility, Role.SYSTEM)
    asked = Asked(number=number, command=NoPayload())
    told = {"actor": actor, "name": CommandName.PROVE_IDENTITY, "asked": asked, "now": NOW}
    try:
        outside = ask_outside(territory.installation, **told)
        with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
            territory.taken(STEPS[CommandName.PROVE_IDENTITY](work, asked=replace(asked, outside=outside)))
            then()
    finally:
        connections.close_all()
