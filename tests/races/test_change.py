"""A change to another program family and an application for it at once: one has the unit, the other is told so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moving_commands import AddVehicle, ChangeProgram, RemoveVehicle
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ConsentKind, MeterCapability, ProgramVersion, Unit
from evenroll.programs.rules import Drivetrain, RuleKind
from evenroll.quantities.identifiers import CaseNumber, ProgramKey, RateKey
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory
from tests.territory_books import Premise

LATER = NOW + days(100)
END = LATER + days(70)
LIVES = (State.ENROLLED, State.IN_RESCISSION)


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def _program(territory: Territory, name: str, **changes: object) -> ProgramVersion:
    from evenroll.records.published import publish

    made = replace(
        territory.night, key=ProgramKey(f"{name}-{territory.tag}"), minimum_stay_days=0, lockout_days=0, **changes
    )
    publish(made)
    return made


def _other_family(territory: Territory, **changes: object) -> ProgramVersion:
    """One beside which the night rate may live: only its own family bars it."""
    rules = tuple(rule for rule in territory.night.rules if rule.kind is RuleKind.NO_EXCLUDED_PROGRAM)
    family = f"other_{territory.tag}".lower()
    known = {"family": family, "excluded_families": (), "rules": rules, "rate": RateKey("LE-R"), **changes}
    return _program(territory, "OTHER", **known)


def _changing(territory: Territory, premise: Premise, other: ProgramVersion) -> tuple[CaseNumber, CaseNumber]:
    """An active enrollment and the case for the other family that follows it, about to be decided."""
    number = territory.apply(premise, program=_program(territory, "FIRST"))
    territory.run_through(LATER)
    said = ChangeProgram(program=other.key, signed_on=LATER.date(), consents=frozenset(ConsentKind))
    how = {"role": Role.CUSTOMER, "now": LATER}
    territory.taken(territory.give(territory.utility, CommandName.CHANGE_PROGRAM, number, said, **how))
    follower = territory.case(territory.utility, number).followed_by
    assert follower is not None
    return number, follower


def _applying(territory: Territory, premise: Premise, other: ProgramVersion) -> CaseNumber:
    """An application for the other family at the same usage point, about to be decided."""
    number = territory.apply(premise, program=other)
    while (case := territory.case(territory.utility, number)).status is not State.DECIDING:
        assert case.course.on_lapse is not None, case.course
        territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM, now=LATER))
    return number


def _decide(territory: Territory, number: CaseNumber) -> object:
    return territory.give(territory.utility, CommandName.DECIDE, number, role=Role.SYSTEM, now=LATER)


def _taken_places(premise: Premise, territory: Territory, family: str) -> list[tuple[str, bool, bool]]:
    from evenroll.records.models import Place
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        found = Place.objects.filter(unit_id=premise.pod, family=family).order_by("id")
        return [each for each in found.values_list("case_number", "live", "held") if any(each[1:])]


def _barred_by(territory: Territory, number: CaseNumber) -> dict[str, str]:
    """The family that the decision of a case names as being there already."""
    from evenroll.enrollment.case_events import DecisionMade
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(territory.utility):
        entry = next(each for each in read_stream(case_stream(number)) if each.event == "decision_made")
    event = read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)
    assert isinstance(event, DecisionMade)
    found = next(each for each in event.findings if each.kind is RuleKind.NO_EXCLUDED_PROGRAM)
    assert found.evidence.code is EvidenceCode.EXCLUDED_PROGRAM_LIVE
    return dict(found.evidence.parameters)


def _at_once(*works) -> None:
    from django.db import connections

    gate = threading.Barrier(len(works))

    def begin(work) -> None:
        try:
            gate.wait(timeout=20)
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begin, work) for work in works]:
            done.result(timeout=30)


def test_of_a_change_of_family_and_an_application_at_once_one_has_the_unit(territory: Territory) -> None:
    other = _other_family(territory)
    premises = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(4)]
    for premise in premises:
        old, follower = _changing(territory, premise, other)
        late = _applying(territory, premise, other)
        _at_once(lambda n=follower: _decide(territory, n), lambda n=late: _decide(territory, n))
        states = {each: territory.case(territory.utility, each).status for each in (follower, late)}
        (winner,) = [each for each, state in states.items() if state in LIVES]
        (loser,) = [each for each in states if each != winner]
        assert states[loser] in (State.NEEDS_ANSWER, State.REFUSED), states
        assert _barred_by(territory, loser) == {"found": other.family}
        taken = _taken_places(premise, territory, other.family)
        assert taken == [(winner, winner == late, winner == follower)]
        assert territory.case(territory.utility, old).status is State.ACTIVE


def test_what_is_kept_for_a_change_of_family_goes_live_at_the_switch_and_replays(territory: Territory) -> None:
    other = _other_family(territory)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    old, follower = _changing(territory, premise, other)
    territory.taken(_decide(territory, follower))
    assert _taken_places(premise, territory, other.family) == [(follower, False, True)]
    late = _applying(territory, premise, other)
    territory.taken(_decide(territory, late))
    assert territory.case(territory.utility, late).status in (State.NEEDS_ANSWER, State.REFUSED)
    assert _replays(territory, "held")
    territory.run_through(END, since=LATER)
    assert territory.case(territory.utility, old).status is State.ENDED
    assert _taken_places(premise, territory, other.family) == [(follower, True, False)]
    assert _replays(territory, "live")


def test_what_was_kept_for_a_change_that_is_withdrawn_is_free(territory: Territory) -> None:
    other = _other_family(territory)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    old, follower = _changing(territory, premise, other)
    territory.taken(_decide(territory, follower))
    how = {"role": Role.CUSTOMER, "now": LATER}
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, follower, **how))
    territory.run_through(LATER + days(10), since=LATER)
    assert _taken_places(premise, territory, other.family) == []
    assert territory.case(territory.utility, old).status is State.ACTIVE
    assert _replays(territory, "free")


def test_vehicles_that_come_and_go_while_a_change_waits_are_kept_and_let_go(territory: Territory) -> None:
    other = _other_family(territory, unit=Unit.VEHICLE, max_per_premise=3)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    _, follower = _changing(territory, premise, other)
    territory.taken(_decide(territory, follower))
    (first,) = _held_of(territory, follower)
    how = {"role": Role.CUSTOMER, "now": LATER}
    said = AddVehicle(drivetrain=Drivetrain.PHEV)
    vin = {FormField.VIN: "1M8GDM9AXKP042788"}
    territory.taken(territory.give(territory.utility, CommandName.ADD_VEHICLE, follower, said, answers=vin, **how))
    first_car, second_car = territory.case(territory.utility, follower).vehicles
    assert first == first_car.pevid and _held_of(territory, follower) == {first, second_car.pevid}
    gone = RemoveVehicle(pevid=first_car.pevid)
    territory.taken(territory.give(territory.utility, CommandName.REMOVE_VEHICLE, follower, gone, **how))
    assert _held_of(territory, follower) == {second_car.pevid}
    territory.run_through(END, since=LATER)
    case = territory.case(territory.utility, follower)
    assert [each.unit_key for each in case.live_places] == [second_car.pevid] and not case.held
    assert _replays(territory, "cars")


def _held_of(territory: Territory, number: CaseNumber) -> set[str]:
    from evenroll.records.models import Place
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        found = Place.objects.filter(case_number=number, live=False, held=True).values_list("unit_id", flat=True)
        assert set(found) == {each.unit_key for each in territory.case(territory.utility, number).held}
        return set(found)


def test_a_unit_kept_for_another_is_refused_by_the_table_itself(territory: Territory) -> None:
    """Where no decision saw it, the index does: and it says whose it is."""
    from evenroll.enrollment.case import Place
    from evenroll.enrollment.case_events import PlaceReserved
    from evenroll.enrollment.decided import Decided
    from evenroll.enrollment.rows import Row
    from evenroll.records.stream_writer import PlaceConflict
    from evenroll.records.unit_of_work import unit_of_work

    other = _other_family(territory)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    _, follower = _changing(territory, premise, other)
    territory.taken(_decide(territory, follower))
    late = _applying(territory, premise, other)
    place = Place(family=other.family, unit=Unit.USAGE_POINT, unit_key=premise.pod)
    taking = Decided(events=(PlaceReserved(row=Row.R5, place=place),))
    with pytest.raises(PlaceConflict) as found:
        with unit_of_work(territory.utility, actor=territory.actor(territory.utility), now=LATER) as work:
            work.record_case(late, taking, expected=work.case(late))
    assert found.value.taken.holder == follower


def _replays(territory: Territory, name: str) -> bool:
    from evenroll.records.replay import replay

    return replay(f"{name}_{territory.tag}".lower(), organizations=(territory.utility,)).equal
