"""Who works on what: claimed by one of two, given, freed, told by queue and page, over after its time, never a lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from evenroll.accounts.wired import business_now
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, CaseNumber
from evenroll.records.desk_claims import claim, claims_of, free
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import case_stream, order_stream
from tests.meter_work import book_visit
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.test_desk import form_of, page_of, working_days

ES = Language.ES
MANY = 8


@pytest.fixture
def number(web: None, territory: Territory) -> CaseNumber:
    """A case of the utility that waits for its meter."""
    found = territory.apply(territory.premise())
    territory.run()
    return found


def desk(territory: Territory, which: int = 1, role: Role = Role.ENROLLMENT_DESK) -> Person:
    return replace(staff_of(territory.utility, role), actor=ActorKey(f"{role.value}-{which}"))


def sent(asked: Any, number: str, act: str, **more: str) -> Any:
    page = page_of(asked, f"/desk/case/{number}/")
    return asked.post(f"/desk/case/{number}/claim/", {"csrfmiddlewaretoken": token_in(page), "act": act, **more})


def test_of_many_who_claim_at_once_one_has_it_and_the_others_are_told_who_and_since_when(
    number: CaseNumber, territory: Territory
) -> None:
    people = [desk(territory, each) for each in range(MANY)]
    browsers = [signed_in_as(each) for each in people]
    tokens = [token_in(page_of(each, f"/desk/case/{number}/")) for each in browsers]

    def post(which: int) -> str:
        from django.db import connections

        try:
            said = {"csrfmiddlewaretoken": tokens[which], "act": "claim"}
            return str(browsers[which].post(f"/desk/case/{number}/claim/", said)["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as threads:
        answers = list(threads.map(post, range(MANY)))
    assert sorted("claim=lost" in each for each in answers) == [False] + [True] * (MANY - 1)
    winner = people[next(at for at, each in enumerate(answers) if "lost" not in each)]
    held = claims_of(winner.acts, records=[case_stream(number)])[case_stream(number)]
    assert held.holder == winner.actor
    for at, each in enumerate(answers):
        shown = page_of(browsers[at], each)
        is_told = render("work.lost_title", language=Language.EN) in shown
        assert is_told is (people[at] is not winner)
        assert people[at] is winner or f"{winner.actor} works on this since" in shown


def test_a_claim_is_no_lock(number: CaseNumber, territory: Territory) -> None:
    claim(case_stream(number), actor=desk(territory).acts)
    other = signed_in_as(desk(territory, 2))
    form = form_of(page_of(other, f"/desk/case/{number}/do/withdraw/"), "withdraw")
    assert other.post(f"/desk/case/{number}/do/withdraw/", form).status_code == 302


def test_a_claim_is_given_to_a_colleague_and_freed_by_who_holds_it(number: CaseNumber, territory: Territory) -> None:
    from evenroll.records.memberships import add_member

    first, second = desk(territory), desk(territory, 2)
    with open_organization(territory.utility):
        for each in (first, second):
            add_member(each.actor, role=each.role, by="tests", at=business_now())
    asked, other = signed_in_as(first), signed_in_as(second)
    assert sent(asked, number, "claim")["Location"] == f"/desk/case/{number}/"
    # Not who holds it, and no supervisor: neither freed, given on, taken nor claimed by another one.
    for act in ("claim", "free", "take"):
        assert "claim=lost" in sent(other, number, act)["Location"], act
    # To nobody whom this organization does not have.
    assert sent(asked, number, "give", to="somebody-else").status_code == 404
    assert sent(asked, number, "give", to=second.actor)["Location"] == f"/desk/case/{number}/"
    assert claims_of(first.acts, records=[case_stream(number)])[case_stream(number)].holder == second.actor
    assert "claim=lost" in sent(asked, number, "free")["Location"]
    assert sent(other, number, "free")["Location"] == f"/desk/case/{number}/"
    assert claims_of(first.acts, records=[case_stream(number)]) == {}


def test_a_supervisor_takes_over_only_by_saying_so(number: CaseNumber, territory: Territory) -> None:
    boss, worker = desk(territory, role=Role.SUPERVISOR), desk(territory)
    claim(case_stream(number), actor=worker.acts)
    asked = signed_in_as(boss)
    assert "claim=lost" in sent(asked, number, "claim")["Location"]
    assert sent(asked, number, "take")["Location"] == f"/desk/case/{number}/"
    assert claims_of(boss.acts, records=[case_stream(number)])[case_stream(number)].holder == boss.actor
    assert free(case_stream(number), actor=worker.acts) is not None


def test_what_somebody_works_on_is_free_when_that_one_signs_out(number: CaseNumber, territory: Territory) -> None:
    first, second = (desk(territory, each) for each in (11, 12))
    order = order_stream(territory.order_of(territory.utility, number).number)
    claim(order, actor=second.acts)
    browser = signed_in_as(first)
    sent(browser, number, "claim")
    assert claims_of(first.acts, records=[case_stream(number)])[case_stream(number)].holder == first.actor
    token = token_in(page_of(browser, f"/desk/case/{number}/"))
    assert browser.post("/sign-out", {"csrfmiddlewaretoken": token}).status_code == 302
    assert set(claims_of(first.acts, records=[case_stream(number), order])) == {order}, "a colleague's stays"


def test_a_claim_is_over_after_its_time(number: CaseNumber, territory: Territory) -> None:
    first, second = desk(territory).acts, desk(territory, 2).acts
    claim(case_stream(number), actor=first)
    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE desk_claim SET until = now() - interval '1 second' WHERE stream_key = %s", (number,))
    assert claims_of(first, records=[case_stream(number)]) == {}
    taken = claim(case_stream(number), actor=second)
    assert taken.holder == second.key
    again = claim(case_stream(number), actor=second)
    assert (again.since, again.until > taken.until) == (taken.since, True)


@pytest.mark.parametrize("language", Language)
def test_the_queue_shows_who_works_on_what_and_mine_alone(
    number: CaseNumber, territory: Territory, language: Language
) -> None:
    order = territory.order_of(territory.utility, number).number
    office, other = (desk(territory, each, role=Role.METER_OFFICE) for each in (1, 2))
    record = order_stream(order)
    asked = signed_in_as(office)
    asked.get(f"/desk/?lang={language.value}")
    address = f"/desk/order/{order}/"
    free(record, actor=desk(territory, role=Role.SUPERVISOR).acts)
    assert address in page_of(asked, "/desk/?who=free&rows=200")
    assert address not in page_of(asked, "/desk/?who=mine")
    claim(record, actor=other.acts)
    assert address not in page_of(asked, "/desk/?who=mine") + page_of(asked, "/desk/?who=free")
    assert other.actor in page_of(asked, address)
    claim(record, actor=desk(territory, role=Role.SUPERVISOR).acts, holder=office.actor)
    mine = page_of(asked, "/desk/?who=mine")
    assert address in mine and render("work.you", language=language) in mine
    free(record, actor=office.acts)


def test_other_organizations_learn_of_no_claim(number: CaseNumber, territory: Territory) -> None:
    claim(case_stream(number), actor=desk(territory).acts)
    theirs = staff_of(territory.esco, Role.SUPERVISOR)
    assert claims_of(theirs.acts, records=[case_stream(number)]) == {}
    asked = signed_in_as(theirs)
    token = token_in(page_of(asked, "/desk/"))
    for act in ("claim", "take", "free"):
        said = {"csrfmiddlewaretoken": token, "act": act}
        assert asked.post(f"/desk/case/{number}/claim/", said).status_code == 404


@pytest.mark.parametrize("language", Language)
def test_who_read_an_older_page_is_told_what_changed_keeps_what_was_typed_and_gives_it_again(
    number: CaseNumber, territory: Territory, language: Language
) -> None:
    order = territory.order_of(territory.utility, number).number
    first, second = working_days()
    asked = signed_in_as(desk(territory, role=Role.METER_OFFICE))
    asked.get(f"/desk/?lang={language.value}")
    address = f"/desk/order/{order}/do/book_visit/"
    typed = {**form_of(page_of(asked, address), "book_visit"), "visit_on": second, "window": "afternoon"}
    book_visit(territory, order, on=territory_day(first), now=business_now())
    answer = asked.post(address, typed)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert render("work.changed", language=language) in shown
    assert render("role.meter_office", language=language) in shown
    assert f'value="{second}"' in shown and 'value="afternoon" checked' in " ".join(shown.split())
    visit = territory.order(order).visit
    assert visit is not None and str(visit.visit_on) == first
    again = form_of(shown, "book_visit")
    assert again["key"] != typed["key"] and int(again["seen"]) > int(typed["seen"])
    answer = asked.post(address, {**typed, **again})
    assert answer.status_code in (302, 422)


def territory_day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
