"""A customer is erased in the moment in which a case is proved to be theirs: nothing is lost unseen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.erasure import ErasureCause, ErasureRefusalCode, ErasureRefused, Wish
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber
from tests.territory import NIGHT_RATE, NOW, Territory, new_territory
from tests.territory_books import Premise

LONG_SECONDS = 30.0
SHORT_SECONDS = 1.0
R = ErasureRefusalCode


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


@pytest.fixture
def premise(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


@pytest.mark.parametrize("together", [False, True])
def test_an_erasure_waits_for_answers_that_come_under_the_key(
    territory: Territory, premise: Premise, together: bool
) -> None:
    from evenroll.records.case_answers import give_to_customer, keep_answers, keys_of_customers
    from evenroll.records.organizations import open_organization

    given, looked = threading.Event(), threading.Event()
    with open_organization(territory.utility):
        ref = keep_answers(premise.answers())

    def gives() -> bool:
        with open_organization(territory.utility):
            if together:
                assert keys_of_customers([premise.customer])
            else:
                give_to_customer(ref, customer=premise.customer)
            given.set()
            return looked.wait(SHORT_SECONDS)

    def erases() -> None:
        assert given.wait(LONG_SECONDS)
        assert isinstance(_erased(territory, premise), ErasureRefused)
        looked.set()

    eraser = threading.Thread(target=erases)
    eraser.start()
    # It waits for the other before it commits; the other waits for the key, so it waits in vain.
    assert not gives()
    eraser.join(LONG_SECONDS)
    assert looked.is_set()


def test_a_case_that_is_proved_in_that_moment_is_seen_by_the_erasure(territory: Territory, premise: Premise) -> None:
    number = territory.apply(premise)
    while (case := territory.case(territory.utility, number)).status is not State.PROVING:
        assert case.course.on_lapse is not None, case.course
        territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM))
    proved, answers = threading.Event(), list[object]()
    eraser = threading.Thread(target=lambda: (proved.wait(LONG_SECONDS), answers.append(_erased(territory, premise))))
    eraser.start()
    # It waits for the other before it commits; the other waits for the key, so it waits in vain.
    _prove(territory, number, then=lambda: (proved.set(), eraser.join(SHORT_SECONDS)))
    eraser.join(LONG_SECONDS)
    (answer,) = answers
    assert isinstance(answer, ErasureRefused), answer
    assert answer.code is R.APPLICATION_OPEN
    assert territory.case(territory.utility, number).proof.customer == premise.customer


def _erased(territory: Territory, premise: Premise) -> object:
    from django.db import connections

    from evenroll.actions.erase import erase
    from evenroll.records.erasing import Subject
    from evenroll.records.unit_of_work import unit_of_work

    actor = territory.actor(territory.utility, Role.SUPERVISOR)
    try:
        with unit_of_work(territory.utility, actor=actor, now=NOW, command="") as work:
            return erase(work, subject=Subject(customer=premise.customer), wish=Wish(cause=ErasureCause.ASKED))
    finally:
        connections.close_all()


def _prove(territory: Territory, number: CaseNumber, *, then: Callable[[], object]) -> None:
    from evenroll.records.asked import Asked
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps import STEPS
    from evenroll.worker.asking import ask_outside

    name = CommandName.PROVE_IDENTITY
    actor, asked = territory.actor(territory.utility, Role.SYSTEM), Asked(number=number, command=NoPayload())
    outside = ask_outside(territory.installation, actor=actor, name=name, asked=asked, now=NOW)
    with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
        territory.taken(STEPS[name](work, asked=replace(asked, outside=outside)))
        then()
