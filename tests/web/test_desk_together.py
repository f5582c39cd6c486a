"""One command for many rows: tried before, done once, each row told, and nobody else's row among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest

from evenroll.accounts.wired import business_now
from evenroll.backoffice.chosen import Chosen
from evenroll.backoffice.together_rows import ForMany, RowResult, given_rows, tried_rows
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.asked import Asked
from evenroll.records.desk_rows import standing_of
from evenroll.records.queries import Viewer
from evenroll.records.streams import case_stream, order_stream
from tests.meter_work import book_visit
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.test_desk import page_of, working_days
from tests.web.test_desk_claims import territory_day

TOGETHER = "/desk/together/"


@pytest.fixture
def cases(web: None, territory: Territory) -> Sequence[CaseNumber]:
    """Three cases of the utility that wait for their meters."""
    found = [territory.apply(territory.premise()) for _ in range(3)]
    territory.run()
    return found


def row(number: str, *, seen: int = 0, kind: str = "case") -> str:
    return f"{kind}:{number}:{seen}"


def posted(asked: Any, said: dict[str, Any], status: int = 200) -> str:
    token = token_in(page_of(asked, "/desk/"))
    answer = asked.post(TOGETHER, {"csrfmiddlewaretoken": token, **said})
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends by itself."""
    return dict(
        re.findall(r'<input type="hidden"(?: id="[^"]*")? name="(\w+)" value="([^"]*)"', page.partition("<main")[2])
    )


def results(page: str) -> dict[str, str]:
    """The result of each record, in English."""
    plain = re.sub(r"<[^>]+>", "|", page.partition("<tbody")[2])
    return {number: result for number, result in re.findall(r"\|((?:EV|SO)-[0-9A-Z-]+)\|+([A-Z][^|]+)\|", plain)}


def possible(asked: Any, numbers: Sequence[str], command: str) -> str:
    chosen = posted(asked, {"row": [row(each) for each in numbers]})
    assert f'value="{command}"' in chosen
    return posted(asked, {**hidden(chosen), "command": command})


def events(territory: Territory, number: str) -> Any:
    return territory.events(territory.utility, CaseNumber(number))


def word(result: RowResult) -> str:
    return render(f"work_row.{result.value}", language=Language.EN)


def test_rows_are_tried_then_done_once_each_with_its_own_result(
    cases: Sequence[CaseNumber], territory: Territory
) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    gone = territory.apply(territory.premise())
    territory.run()
    territory.run(business_now())
    numbers = [*cases, gone]
    before = {each: events(territory, each) for each in numbers}
    tried = possible(desk, numbers, "withdraw")
    assert set(results(tried).values()) == {word(RowResult.POSSIBLE)} and len(results(tried)) == 4
    assert {each: events(territory, each) for each in numbers} == before, "trying does nothing"
    # Between the look and the word somebody acts on one of them.
    moved = territory.order_of(territory.utility, cases[0]).number
    book_visit(territory, moved, on=territory_day(working_days()[0]), now=business_now())
    territory.run(business_now())
    said = hidden(tried)
    done = posted(desk, said)
    expected = {each: word(RowResult.DONE) for each in numbers} | {cases[0]: word(RowResult.MOVED)}
    assert results(done) == expected
    after = {each: events(territory, each) for each in numbers}
    assert all(len(after[each]) > len(before[each]) for each in numbers)
    # Sent twice it is done once, and told the same.
    assert results(posted(desk, said)) == expected
    assert {each: events(territory, each) for each in numbers} == after


def test_the_preview_says_why_a_row_is_not_possible(cases: Sequence[CaseNumber], territory: Territory) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    theirs = territory.apply(territory.premise(supplier=territory.esco), at=territory.esco, program=territory.supply)
    territory.run()
    tried = possible(desk, [cases[0], theirs, "EV-00000-00000-0000"], "withdraw")
    found = results(tried)
    assert found.pop(cases[0]) == word(RowResult.POSSIBLE)
    assert set(found.values()) == {word(RowResult.REFUSED)}, "nobody learns whose it is"
    assert tried.count("No case is known here") == 2
    assert theirs not in hidden(tried)["rows"]
    before = territory.events(territory.esco, theirs)
    posted(desk, {**hidden(tried), "rows": row(theirs, seen=len(before))})
    assert territory.events(territory.esco, theirs) == before


def test_sent_by_many_at_once_each_row_is_done_once(cases: Sequence[CaseNumber], territory: Territory) -> None:
    browsers = [signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK)) for _ in range(4)]
    said = hidden(possible(browsers[0], cases, "withdraw"))
    tokens = [token_in(page_of(each, "/desk/")) for each in browsers]

    def send(at: int) -> dict[str, str]:
        from django.db import connections

        try:
            answer = browsers[at].post(TOGETHER, {**said, "csrfmiddlewaretoken": tokens[at]})
            return results(unescape(answer.content.decode()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, range(4)))
    assert answers == [dict.fromkeys(answers[0], word(RowResult.DONE))] * 4
    assert set(answers[0]) == set(cases)
    assert [events(territory, each).count("cancel_sent") for each in cases] == [1, 1, 1]


def test_one_answer_is_asked_for_all_orders(cases: Sequence[CaseNumber], territory: Territory) -> None:
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    orders = [territory.order_of(territory.utility, each).number for each in cases]
    chosen = posted(office, {"row": [row(each, kind="service_order") for each in orders]})
    asked = posted(office, {**hidden(chosen), "command": "book_visit"})
    assert 'name="visit_on"' in asked
    wrong = posted(office, {**hidden(asked), "visit_on": "soon"}, status=422)
    day = working_days()[1]
    tried = posted(office, {**hidden(wrong), "visit_on": day, "window": "morning"})
    assert set(results(tried).values()) == {word(RowResult.POSSIBLE)}
    done = posted(office, hidden(tried))
    assert results(done) == dict.fromkeys(orders, word(RowResult.DONE))
    visits = [territory.order(each).visit for each in orders]
    assert [str(each and each.visit_on) for each in visits] == [day] * 3


def test_all_of_a_queue_is_taken_by_its_filter(cases: Sequence[CaseNumber], territory: Territory) -> None:
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    orders = [territory.order_of(territory.utility, each).number for each in cases]
    page = posted(office, {"all": "1", "scope": "all", "track": "meter", "state": State.TO_SCHEDULE.value})
    assert all(f"service_order:{each}:" in page for each in orders)
    none = posted(office, {"all": "1", "scope": "all", "track": "meter", "who": "mine"}, status=422)
    assert render("work.none", language=Language.EN) in none


def test_nobody_gives_many_what_is_not_for_this_role_or_not_for_many(
    cases: Sequence[CaseNumber], territory: Territory
) -> None:
    crew = signed_in_as(staff_of(territory.utility, Role.METER_CREW))
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    order = territory.order_of(territory.utility, cases[0]).number
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    # A crew may open no case, and of the orders those of its day: other rows count as none.
    posted(crew, {"row": [row(cases[0]), row(order, kind="service_order")]}, status=422)
    for command in ("withdraw", "submit_form", "initiate", "nothing"):
        said = {"step": "do", "command": command, "row": [row(order, kind="service_order")], "key": "0" * 32}
        posted(office, said, status=404)
    for command in ("submit_form", "open_case", "correct_vin"):
        posted(desk, {"step": "do", "command": command, "row": [row(cases[0])], "key": "0" * 32}, status=404)
    registry = signed_in_as(staff_of(territory.registry, Role.REGISTRY_OPERATOR))
    assert registry.get(TOGETHER).status_code == 404


def test_what_is_left_when_the_time_is_over_or_goes_wrong_is_told_and_the_others_are_done(
    cases: Sequence[CaseNumber], territory: Territory
) -> None:
    actor = staff_of(territory.utility, Role.ENROLLMENT_DESK).acts

    def asked(number: str) -> Asked:
        if number == cases[1]:
            raise RuntimeError("on purpose")
        return Asked(number=number, command=NoPayload())

    many = ForMany(name=CommandName.WITHDRAW, actor=actor, asked=asked, key="1" * 32)
    viewer = Viewer(organization=territory.utility, role=Role.ENROLLMENT_DESK)
    standing = standing_of(viewer, records=[case_stream(each) for each in cases])
    rows = [Chosen(record=each, seen=found.version) for each, found in standing.items()]
    other = Chosen(record=order_stream(territory.order_of(territory.utility, cases[0]).number), seen=1)
    left = given_rows(many, rows, seconds=-1.0)
    assert {each.result for each in left} == {RowResult.NOT_YET}
    assert tried_rows(many, [other])[0].result is RowResult.OTHER
    told = {each.chosen.record.key: each.result for each in given_rows(many, rows)}
    assert told == {cases[0]: RowResult.DONE, cases[1]: RowResult.FAILED, cases[2]: RowResult.DONE}


@pytest.mark.parametrize("language", Language)
def test_the_pages_speak_the_language_of_the_reader(
    cases: Sequence[CaseNumber], territory: Territory, language: Language
) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    desk.get(f"/desk/?lang={language.value}")
    tried = possible(desk, cases[:1], "withdraw")
    assert render("work.tried_title", language=language) in tried
    assert render("work.done_title", language=language) in posted(desk, hidden(tried))
