"""What every page of the web keeps: languages, headers, forms of this site only, errors that tell nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from tests.territory import Territory
from tests.web.browsing import browser, customer_of, signed_in_as, staff_of, token_in

START = "web.start_title"


def test_a_page_speaks_the_language_that_the_browser_prefers(web: None) -> None:
    spanish = browser(HTTP_ACCEPT_LANGUAGE="fr, es-US;q=0.8, en;q=0.5").get("/").content.decode()
    assert render(START, language=Language.ES) in spanish
    assert '<html lang="es"' in spanish
    assert render(START, language=Language.EN) in browser().get("/").content.decode()


def test_the_language_link_keeps_the_page_and_the_choice(web: None) -> None:
    asked = browser()
    assert 'href="?page=2&amp;lang=es"' in asked.get("/?page=2").content.decode()
    answer = asked.get("/?page=2&lang=es")
    assert (answer.status_code, answer["Location"]) == (302, "/?page=2")
    assert render(START, language=Language.ES) in asked.get("/").content.decode()


@pytest.mark.parametrize("path", ["//elsewhere.example/", "///elsewhere.example/x"])
def test_the_language_link_leads_nowhere_else(web: None, path: str) -> None:
    answer = browser().generic("GET", path, QUERY_STRING="lang=es", PATH_INFO=path)
    assert answer.status_code == 302
    assert not re.match(r"^(//|https?:)", answer["Location"])


@pytest.mark.parametrize("path", ["/", "/nowhere", "/desk/"])
def test_every_answer_carries_its_guards(web: None, path: str) -> None:
    answer = browser().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"script-src 'self' 'nonce-[A-Za-z0-9+/=]{20,}'", policy)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_a_page_holds_no_script_or_style_of_its_own(web: None, path: str) -> None:
    page = browser().get(path).content.decode()
    nonce = re.search(r"nonce-([^']+)'", browser().get(path)["Content-Security-Policy"])
    assert nonce
    assert re.findall(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=", page) == []
    assert page.count("<h1") == 1
    assert page.count("<main") == 1


def test_what_is_not_theirs_is_told_like_what_is_not_there(web: None, territory: Territory) -> None:
    stranger = browser()
    hidden, absent = (_without_chance(stranger.get(path)) for path in ("/desk/", "/desk/nowhere"))
    assert hidden == absent
    assert browser().post("/desk/").status_code == 404
    customer = signed_in_as(customer_of(territory.utility))
    hidden, absent = (_without_chance(customer.get(path)) for path in ("/desk/", "/desk/nowhere"))
    assert hidden == absent


def test_staff_sees_its_desk_in_both_languages(web: None, territory: Territory) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    for language in Language:
        page = desk.get(f"/desk/?lang={language.value}", follow=True).content.decode()
        assert render("web.desk_title", language=language) in page


def test_a_form_without_its_sign_changes_nothing(web: None, territory: Territory) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    assert desk.post("/sign-out").status_code == 403
    page = desk.get("/desk/").content.decode()
    answer = desk.post("/sign-out", {"csrfmiddlewaretoken": token_in(page)})
    assert answer.status_code == 302
    assert desk.get("/desk/").status_code == 404


def test_a_foreign_host_is_refused_in_both_languages(web: None) -> None:
    for language in Language:
        answer = browser(HTTP_HOST="elsewhere.example", HTTP_ACCEPT_LANGUAGE=language.value).get("/")
        assert answer.status_code == 400
        assert render("web.bad_request_title", language=language) in answer.content.decode()


def test_a_defect_is_told_as_one_in_both_languages(web: None) -> None:
    from django.test import RequestFactory

    from evenroll.pages.web_errors import broken

    for language in Language:
        request: Any = RequestFactory().get("/")
        request.language = language
        answer = broken(request)
        assert answer.status_code == 500
        assert render("web.broken_title", language=language) in answer.content.decode()


def test_style_sheets_are_kept_by_browsers_and_their_address_tells_their_content(web: None) -> None:
    from evenroll.pages.web_static import address_of, assets

    answer = browser(HTTP_ACCEPT_ENCODING="gzip").get(address_of("evenroll.css"))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"
    assert browser().get("/static/0/../conftest.py").status_code == 404
    assert sum(len(each.compressed) for each in assets().values()) < 60_000


def _without_chance(answer: Any) -> str:
    """A page without what is drawn anew for each answer, of equal length in all."""
    assert answer.status_code == 404
    return re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", answer.content.decode())
