"""Row 2a: every answer of a clearinghouse has a path, a sentence in both languages, and somebody who acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_opening import present_offers
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.facts import SERVED, ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Language
from evenroll.enrollment.life_events import RefusedByProvider
from evenroll.enrollment.offers import HiddenReason, present, status_for, wins
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.notices import notice
from evenroll.pages.texts import render
from evenroll.programs.program import SupplyStatus
from evenroll.quantities.identifiers import CaseNumber, PodId
from tests.world.facts import case_facts
from tests.world.people import days, new_world, open_case
from tests.world.programs import BRIGHTWATER, NORTHFORK, UTILITY, world_programs
from tests.world.scenes import case_of, say

K = ProviderAnswerKind
PATH = {
    K.PENDING_TO: (State.FINDING_PROVIDER, Role.REGISTRY_OPERATOR, C.FIND_PROVIDER),
    K.SEVERAL_POINTS: (State.NEEDS_ANSWER, Role.CUSTOMER, C.EXPIRE),
    K.NOT_FOUND: (State.NEEDS_ANSWER, Role.CUSTOMER, C.EXPIRE),
    K.OUT_OF_TERRITORY: (State.REFUSED, Role.CUSTOMER, C.CLOSE_REFUSAL),
    K.BLOCKED: (State.REFUSED, Role.CUSTOMER, C.CLOSE_REFUSAL),
}
"""Where the case then stands, who acts, and what the clock does if nobody does."""

CURE_WORDS = {
    K.PENDING_TO: ("ask again", "de nuevo"),
    K.SEVERAL_POINTS: ("which one", "de cuál"),
    K.NOT_FOUND: ("correct the address", "Corrija la dirección"),
    K.OUT_OF_TERRITORY: ("utility named on your bill", "figura en su factura"),
    K.BLOCKED: ("can tell you why", "decir por qué"),
}
DAY = date(2026, 3, 2)


def test_every_answer_is_here() -> None:
    assert SERVED | set(PATH) == set(K) and set(CURE_WORDS) == set(PATH)


@pytest.mark.parametrize("kind", PATH, ids=str)
def test_an_answer_that_names_nobody_has_a_path_with_text_and_cure(kind: ProviderAnswerKind) -> None:
    world = new_world()
    key = open_case(world, pod="POD-1", at=UTILITY, program="LE-EV-NIGHT")
    world.households[CaseNumber(key[2])].answer_next = kind.value
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    course = case_of(world, key).course
    assert (course.state, course.owner, course.on_lapse) == PATH[kind]
    for language, word in zip((Language.EN, Language.ES), CURE_WORDS[kind], strict=True):
        assert word in render(kind, language=language)


def test_a_pending_switch_is_asked_after_until_it_is_done() -> None:
    """Pending to another: asked again every business day, and the case goes on once the move is done."""
    world = new_world()
    key = open_case(world, pod="POD-1", at=UTILITY, program="LE-EV-NIGHT")
    household = world.households[CaseNumber(key[2])]
    household.answer_next = "pending_to"
    say(world, key, C.ASK_PROVIDER)
    days(world, 6)
    assert case_of(world, key).course.times >= 2
    household.answer_next = ""
    days(world, 4)
    assert case_of(world, key).status is not State.FINDING_PROVIDER


@pytest.mark.parametrize("kind", sorted(SERVED), ids=str)
def test_who_is_served_sees_what_admits_them_and_why_the_rest_is_hidden(kind: ProviderAnswerKind) -> None:
    """Rule 7: CCA is a supplier kind of its own; programs that do not admit a status are hidden with that reason."""
    supplier = {K.ESCO: BRIGHTWATER, K.CCA: None}.get(kind, UTILITY)
    answer = ProviderAnswer(kind=kind, as_of=DAY, utility=UTILITY, supplier=supplier, pod=PodId("POD-1"))
    shown, hidden = present(world_programs(), answer=answer, on=DAY)
    by_key = {each.key: each for each in world_programs()}
    status = SupplyStatus(kind.value)
    assert all(status in by_key[each.program].supply_admitted for each in shown)
    reasons = {each.reason for each in hidden}
    assert HiddenReason.NOT_YOUR_PROVIDER.value in reasons
    if kind is K.CCA:
        assert {each.program for each in shown} and HiddenReason.SUPPLY_NOT_ADMITTED.value in reasons


def test_a_program_that_wins_shows_only_at_its_own_door() -> None:
    """Row 2b: a supplier-bound program shows to another's customer only where its provider would take them over."""
    answer = ProviderAnswer(kind=K.UTILITY, as_of=DAY, utility=UTILITY, supplier=UTILITY, pod=PodId("POD-1"))
    elsewhere, _ = present(world_programs(), answer=answer, on=DAY, at=UTILITY)
    here, _ = present(world_programs(), answer=answer, on=DAY, at=BRIGHTWATER)
    won = {each.program for each in here} - {each.program for each in elsewhere}
    assert won == {"BW-WINS"}
    program = next(each for each in world_programs() if each.key == "BW-WINS")
    assert status_for(program, answer=answer) is SupplyStatus.ESCO
    ours = replace(answer, kind=K.ESCO, supplier=BRIGHTWATER)
    theirs = replace(ours, supplier=NORTHFORK)
    assert not wins(program, answer=ours) and wins(program, answer=theirs)


def test_whom_no_program_is_for_is_refused_and_told_so() -> None:
    world = new_world()
    key = open_case(world, pod="POD-1", at=UTILITY)
    world.households[CaseNumber(key[2])].answer_next = K.CCA.value
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    case, events = case_of(world, key), [event for _, event in world.cases[key].events]
    assert (case.course.state, case.course.owner, case.course.on_lapse) == PATH[K.BLOCKED]
    [refused] = [each for each in events if isinstance(each, RefusedByProvider)]
    told = notice(refused, case=case.number, language=Language.EN)
    assert "None of the programs is for customers of your electricity supplier" in told
    assert {each.reason for each in case.hidden} <= {HiddenReason.NOT_YOUR_PROVIDER, HiddenReason.SUPPLY_NOT_ADMITTED}


def test_what_is_hidden_only_for_now_keeps_the_case_waiting() -> None:
    """A program whose prices are being reviewed comes back: its customer is not refused for that."""
    world = new_world()
    key = open_case(world, pod="POD-1", at=UTILITY)
    world.households[CaseNumber(key[2])].answer_next = K.CCA.value
    say(world, key, C.ASK_PROVIDER)
    world.settle(until=lambda: case_of(world, key).status is State.CHOOSING)
    case = replace(case_of(world, key), provider=ProviderAnswer(kind=K.UTILITY, as_of=DAY, utility=UTILITY))
    overdue = tuple(replace(each, review_by=date(2025, 1, 1)) for each in world_programs())
    decided = present_offers(case, NoPayload(), replace(case_facts(world, case, key=key), programs=overdue))
    assert isinstance(decided, Decided)
    assert [move.to for event in decided.events for move in event.moves] == [State.CHOOSING]
