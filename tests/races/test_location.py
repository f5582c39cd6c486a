"""Two usage points of one location at once: what a program admits there is counted one after the other."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import RuleKind, RuleParams
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NIGHT_RATE, NOW, Territory, new_territory

SHORT_SECONDS = 1.0
LONG_SECONDS = 30.0


@pytest.fixture
def territory(django_ready: object) -> Territory:
    """One in which the night rate is admitted once at a location."""
    from evenroll.records.published import publish

    territory = new_territory()
    night = territory.night
    rules = tuple(
        replace(rule, params=RuleParams(limit=1)) if rule.kind is RuleKind.COUNT_LIMIT else rule for rule in night.rules
    )
    territory.night = replace(night, key=ProgramKey(f"ONE-{territory.tag}"), max_per_premise=1, rules=rules)
    publish(territory.night)
    return territory


def test_two_decisions_at_one_location_do_not_both_find_it_empty(territory: Territory) -> None:
    numbers = _deciding_at_one_location(territory)
    first_decided, second_decided = threading.Event(), threading.Event()
    together: list[bool] = []

    def first() -> None:
        # It waits for the other before it commits; the other waits for the lock, so it waits in vain.
        _decide(territory, numbers[0], then=lambda: (first_decided.set(), together.append(_waited(second_decided))))

    def second() -> None:
        assert first_decided.wait(LONG_SECONDS)
        _decide(territory, numbers[1], then=second_decided.set)

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=LONG_SECONDS)
    states = [territory.case(territory.utility, number).status for number in numbers]
    assert together == [False]
    assert states == [State.ENROLLED, State.NEEDS_ANSWER]


def _waited(event: threading.Event) -> bool:
    return event.wait(SHORT_SECONDS)


def _deciding_at_one_location(territory: Territory) -> list[CaseNumber]:
    """Two cases at two usage points of one location, both about to be decided."""
    from evenroll.records.organizations import cursor, open_organization

    premises = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(2)]
    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute(
            "UPDATE usage_point SET location_id = (SELECT location_id FROM usage_point WHERE organization_id = %s "
            "AND pod = %s) WHERE organization_id = %s AND pod = %s",
            (opened.id, premises[0].pod, opened.id, premises[1].pod),
        )
    numbers = [territory.apply(premise) for premise in premises]
    for number in numbers:
        _drive_to_decision(territory, number)
    return numbers


def _drive_to_decision(territory: Territory, number: CaseNumber) -> None:
    while (case := territory.case(territory.utility, number)).status is not State.DECIDING:
        assert case.course.on_lapse is not None, case.course
        territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM))


def _decide(territory: Territory, number: CaseNumber, *, then) -> None:
    from django.db import connections

    from evenroll.records.asked import Asked
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps import STEPS
    from evenroll.worker.asking import ask_outside

    actor = territory.actor(territory.utility, Role.SYSTEM)
    asked = Asked(number=number, command=NoPayload())
    told = {"actor": actor, "name": CommandName.DECIDE, "asked": asked, "now": NOW}
    try:
        outside = ask_outside(territory.installation, **told)
        with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
            territory.taken(STEPS[CommandName.DECIDE](work, asked=replace(asked, outside=outside)))
            then()
    finally:
        connections.close_all()
