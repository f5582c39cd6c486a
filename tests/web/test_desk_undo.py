"""What was done for many is undone for many: by who did it or a supervisor, tried before, where nobody acted since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from evenroll.backoffice.together_rows import RowResult
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.leaving_codes import SuspensionCause
from evenroll.enrollment.leaving_commands import Suspend
from evenroll.enrollment.roles import PERSONS, Role
from evenroll.enrollment.tracks import State
from evenroll.enrollment.way_back import INVERSES, NO_WAY_BACK, NoWayBack
from evenroll.pages.texts import render
from evenroll.pages.web_request import Person
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import ActorKey, CaseNumber
from evenroll.records.organizations import cursor, open_organization
from tests.territory import NIGHT_RATE, NOW, Territory
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_case_acts import wire
from tests.web.test_desk import page_of
from tests.web.test_desk_together import hidden, posted, results, row, word

LATER = NOW + timedelta(days=400)
BEFORE = "/desk/together/before/"


@pytest.fixture
def cases(web: None, territory: Territory) -> Sequence[CaseNumber]:
    """Three enrollments of the utility that are active."""
    there = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    found = [territory.apply(territory.premise(**there)) for _ in range(3)]
    territory.run_through(NOW + timedelta(days=90))
    territory.run_through(LATER, since=NOW + timedelta(days=90))
    wire(territory, LATER)
    return found


def desk_of(territory: Territory, which: int = 1, role: Role = Role.ENROLLMENT_DESK) -> Person:
    return replace(staff_of(territory.utility, role), actor=ActorKey(f"undo-{role.value}-{which}"))


def states(territory: Territory, numbers: Sequence[CaseNumber]) -> list[State]:
    return [territory.case(territory.utility, each).status for each in numbers]


def done(asked: Any, numbers: Sequence[str], command: str, **answers: str) -> str:
    """The page after one command for many."""
    chosen = posted(asked, {"row": [row(each) for each in numbers]})
    page = posted(asked, {**hidden(chosen), "command": command})
    tried = posted(asked, {**hidden(page), **answers}) if answers else page
    return posted(asked, hidden(tried))


def undo_form(page: str) -> dict[str, str]:
    """What the last form that undoes something sends."""
    return {name: value for name, value in hidden(page).items() if name not in ("rows", "csrfmiddlewaretoken")}


def asked_now(territory: Territory, number: CaseNumber, cause: SuspensionCause) -> None:
    how: dict[str, Any] = {"role": Role.SUPERVISOR, "now": LATER}
    territory.taken(territory.give(territory.utility, CommandName.SUSPEND, number, Suspend(cause=cause), **how))


def test_what_was_done_for_many_is_tried_backwards_and_undone_once(
    cases: Sequence[CaseNumber], territory: Territory
) -> None:
    desk = signed_in_as(desk_of(territory))
    after = done(desk, cases, "suspend", cause="account")
    assert states(territory, cases) == [State.SUSPENDED] * 3
    tried = posted(desk, undo_form(after))
    assert results(tried) == dict.fromkeys(cases, word(RowResult.POSSIBLE))
    assert states(territory, cases) == [State.SUSPENDED] * 3, "trying undoes nothing"
    undone = posted(desk, hidden(tried))
    assert results(undone) == dict.fromkeys(cases, word(RowResult.DONE))
    assert states(territory, cases) == [State.ACTIVE] * 3
    assert render(NoWayBack.UNDOES, language=Language.EN) in undone
    posted(desk, hidden(tried))
    assert [territory.events(territory.utility, each).count("resumed") for each in cases] == [1, 1, 1]


def test_a_row_on_which_a_person_acted_since_is_left_alone(cases: Sequence[CaseNumber], territory: Territory) -> None:
    desk = signed_in_as(desk_of(territory))
    after = done(desk, cases, "suspend", cause="account")
    asked_now(territory, cases[0], SuspensionCause.COMPLIANCE)
    tried = posted(desk, undo_form(after))
    assert results(tried)[cases[0]] == word(RowResult.MOVED)
    posted(desk, hidden(tried))
    assert states(territory, cases) == [State.SUSPENDED, State.ACTIVE, State.ACTIVE]


def test_a_row_that_stood_there_already_is_not_undone(cases: Sequence[CaseNumber], territory: Territory) -> None:
    asked_now(territory, cases[0], SuspensionCause.ACCOUNT)
    desk = signed_in_as(desk_of(territory))
    after = done(desk, cases, "suspend", cause="account")
    tried = posted(desk, undo_form(after))
    assert set(results(tried)) == set(cases[1:])


def test_a_supervisor_undoes_what_others_did_and_a_colleague_does_not(
    cases: Sequence[CaseNumber], territory: Territory
) -> None:
    first, second = (signed_in_as(desk_of(territory, each)) for each in (1, 2))
    supervisor = signed_in_as(desk_of(territory, role=Role.SUPERVISOR))
    undo = undo_form(done(first, cases, "suspend", cause="account"))
    number = f'name="undo" value="{undo["undo"]}"'
    assert number in page_of(first, BEFORE) and number in page_of(supervisor, BEFORE)
    assert number not in page_of(second, BEFORE)
    posted(second, undo, status=422)
    posted(signed_in_as(staff_of(territory.esco, Role.SUPERVISOR)), undo, status=422)
    posted(supervisor, hidden(posted(supervisor, undo)))
    assert states(territory, cases) == [State.ACTIVE] * 3


def test_leaving_is_taken_back_by_those_who_may(cases: Sequence[CaseNumber], territory: Territory) -> None:
    desk = signed_in_as(desk_of(territory, 3))
    after = done(desk, cases, "unenroll", reason="other")
    assert states(territory, cases) == [State.LEAVING] * 3
    supervisor = signed_in_as(desk_of(territory, role=Role.SUPERVISOR))
    assert render("work.undo", language=Language.EN, parameters={"count": 3}) in page_of(supervisor, BEFORE)
    posted(desk, hidden(posted(desk, undo_form(after))))
    assert states(territory, cases) == [State.ACTIVE] * 3


@pytest.mark.parametrize("language", Language)
def test_what_cannot_be_undone_says_why_and_after_a_day_nothing_is_offered(
    cases: Sequence[CaseNumber], territory: Territory, language: Language
) -> None:
    desk = signed_in_as(desk_of(territory, 4 + list(Language).index(language)))
    desk.get(f"/desk/?lang={language.value}")
    waiting = territory.apply(territory.premise())
    territory.run(LATER)
    assert render(NoWayBack.ENDED, language=language) in done(desk, [waiting], "withdraw")
    undo = undo_form(done(desk, cases, "suspend", cause="account"))
    assert "undo" in undo
    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE desk_batch SET given_at = now() - interval '25 hours'")
    assert render("work.before_none", language=language) in page_of(desk, BEFORE)
    posted(desk, undo, status=422)


def test_every_command_for_many_can_be_undone_or_says_why() -> None:
    from evenroll.backoffice.chosen import is_for_many

    for_many = {name for name in CommandName for role in PERSONS - {Role.CUSTOMER} if is_for_many(name, role=role)}
    assert for_many <= INVERSES.keys() | NO_WAY_BACK.keys()
    assert not INVERSES.keys() & NO_WAY_BACK.keys()
    assert {each for each in INVERSES.values() if each in for_many} == set(INVERSES.values())
