"""Doors of strangers: tried so often and no more, told until when; and known and unknown are answered alike."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from tests.statements import counted_traffic
from tests.territory import NOW, Territory
from tests.territory_books import Premise
from tests.web.browsing import browser, token_in
from tests.web.enrolling import Enrolling
from tests.web.test_find import all_answered


@pytest.fixture
def portal(web: None, territory: Territory) -> Iterator[Territory]:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    yield territory


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def code_tried(asked: Any, code: str) -> Any:
    token = token_in(asked.get("/enroll/back").content.decode())
    return asked.post("/enroll/back", {"code": code, "csrfmiddlewaretoken": token})


def most(door: str) -> int:
    from evenroll.accounts.limits import LIMITS, Door

    return LIMITS[Door(door)].network[0].most


@pytest.mark.parametrize("language", Language)
def test_codes_are_tried_so_often_and_then_told_until_when(portal: Territory, language: Language) -> None:
    asked = browser(HTTP_ACCEPT_LANGUAGE=language.value)
    for _ in range(most("resume")):
        assert code_tried(asked, "0000-0000-0000").status_code == 200
    shut = code_tried(asked, "0000-0000-0000")
    assert shut.status_code == 429
    assert 3000 < int(shut["Retry-After"]) <= 3600
    minutes = int(shut["Retry-After"]) // 60
    for key, given in (("wait", {"minutes": minutes}), ("else_resume", {}), ("call", {}), ("nothing_lost", {})):
        assert render(f"doors.{key}", language=language, parameters=given) in text_of(shut)
    assert browser(HTTP_ACCEPT_LANGUAGE=language.value).get("/enroll/back").status_code == 200


def test_beyond_the_limit_a_right_code_is_told_like_a_wrong_one(portal: Territory) -> None:
    customer = Enrolling(portal)
    customer.begin()
    customer.open("/enroll/later")
    code = re.findall(r'secret--code">([^<]+)<', customer.page)[0]
    asked = browser()
    for _ in range(most("resume")):
        code_tried(asked, "0000-0000-0000")
    answers = [code_tried(asked, tried) for tried in ("0000-0000-0000", code)]
    assert [each.status_code for each in answers] == [429, 429]
    assert same(answers[0]) == same(answers[1])


def same(answer: Any) -> tuple[int, dict[str, str], str]:
    """Status, headers and bytes, but for what is another one at each look."""
    page = re.sub(r'(nonce|csrfmiddlewaretoken" value|data-stay)="[^"]+"', "", answer.content.decode())
    page = re.sub(r"EV-[0-9A-Z-]{10,}", "EV-NUMBER", page)
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Security-Policy"}
    return answer.status_code, headers, page


def test_one_account_is_tried_so_often_from_one_network_and_not_shut_for_others(portal: Territory) -> None:
    premise = portal.premise()
    found: list[int] = []
    customer = Enrolling(portal)
    for network in (*["10.77.1.9"] * 5, "10.78.1.9", "10.77.1.9"):
        customer = Enrolling(portal, client=browser(REMOTE_ADDR=network))
        customer.begin()
        customer.answer_all(premise)
        found.append(customer.send("/enroll/check", {}).status_code)
    assert found == [302] * 6 + [429]
    assert render("doors.else_proof", language=Language.EN, parameters={}) in html.unescape(customer.page)
    customer.open("/enroll/tasks")
    assert "/enroll/check" in customer.page


def test_a_known_account_is_answered_like_an_unknown_one(portal: Territory) -> None:
    """The doors of rows 2 and 4a: bytes, status, headers, and what the database is asked."""
    known = portal.premise()
    unknown = Premise(**{**fields_of(portal.premise()), "account_number": f"{secrets.randbelow(10**9):010d}"})
    again = known
    found: list[tuple[Any, Any, int]] = []
    for premise in (known, unknown, again):
        customer = Enrolling(portal)
        customer.begin()
        customer.answer_all(premise)
        with counted_traffic() as traffic:
            sent = customer.client.post("/enroll/check", dict(HIDDEN.findall(customer.page)))
        found.append((same(sent), same(customer.client.get("/enroll/done")), traffic.statements))
    assert found[0] == found[1]
    assert found[0] == found[2]


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def fields_of(premise: Premise) -> dict[str, Any]:
    from dataclasses import fields

    return {each.name: getattr(premise, each.name) for each in fields(premise)}


def test_an_answer_comes_at_the_end_of_a_step_of_time(web: None) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from evenroll.portal.doors import Pace, even

    now = [0.0]

    def work(request: HttpRequest) -> HttpResponse:
        now[0] += float(request.POST["takes"])
        return HttpResponse()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    view = even(work, pace=Pace(step=0.25, clock=lambda: now[0], sleep=sleep))
    for takes, ends in ((0.01, 0.25), (0.2, 0.25), (0.26, 0.5), (0.49, 0.5)):
        now[0] = 7.0
        view(RequestFactory().post("/", {"takes": str(takes)}))
        assert now[0] - 7.0 == pytest.approx(ends)


def test_files_are_given_so_often(portal: Territory) -> None:
    asked = all_answered()
    address = asked.defaults["REMOTE_ADDR"]
    from django.utils import timezone

    from evenroll.accounts.limits import Door, may_try

    request = asked.get("/find/data").wsgi_request
    assert request.META["REMOTE_ADDR"] == address
    for _ in range(most("upload")):
        may_try(request, door=Door.UPLOAD, at=timezone.now())
    token = token_in(asked.get("/find/data").content.decode())
    given = {"file": SimpleUploadedFile("use.csv", b"x"), "dates": "unsaid", "csrfmiddlewaretoken": token}
    shut = asked.post("/find/data", given)
    assert shut.status_code == 429
    assert render("doors.else_upload", language=Language.EN, parameters={}) in text_of(shut)


def test_applications_are_begun_so_often_and_looking_is_free(portal: Territory) -> None:
    from django.utils import timezone

    from evenroll.accounts.limits import Door, may_try

    customer = Enrolling(portal)
    customer.open(f"/enroll/?program={portal.night.key}")
    request = customer.client.get("/enroll/").wsgi_request
    for _ in range(most("begin")):
        may_try(request, door=Door.BEGIN, at=timezone.now())
    assert customer.send("/enroll/", {}).status_code == 429
    assert customer.open("/enroll/").status_code == 200
    assert customer.open("/find").status_code == 200


def test_every_door_of_the_portal_says_what_else_one_can_do() -> None:
    from evenroll.portal.doors import DOORS

    for door in DOORS:
        for language in Language:
            assert render(f"doors.else_{door.value}", language=language, parameters={})
