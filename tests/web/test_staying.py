"""What a browser keeps: until when, kept longer, ended with the window of a shared computer, forgotten at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from tests.territory import Territory
from tests.web.browsing import browser, signed_in_as, staff_of, token_in
from tests.web.test_find import all_answered, said, text_of


def done(asked: Any, do: str, **headers: str) -> Any:
    token = token_in(asked.get("/browser").content.decode())
    return asked.post("/browser", {"do": do, "csrfmiddlewaretoken": token}, **headers)


def ends_at() -> Any:
    """When the session that was kept last ends."""
    from django.db import connection

    with connection.cursor() as pen:
        pen.execute("SELECT max(expires_at) FROM web_session")
        return pen.fetchone()[0]


@pytest.mark.parametrize("language", Language)
def test_every_page_says_until_when_and_leads_there(web: None, territory: Territory, language: Language) -> None:
    asked = all_answered(language)
    for address in ("/", "/find", "/find/costs", "/enroll/", "/nowhere"):
        page = text_of(asked.get(address))
        assert render("stay.link", language=language) in page
        assert render("stay.ends_hours", language=language, parameters={"hours": 8}) in page
    assert render("stay.link", language=language) not in text_of(browser(HTTP_ACCEPT_LANGUAGE=language.value).get("/"))
    kept = text_of(asked.get("/browser"))
    assert render("stay.kept_find", language=language) in kept
    assert render("stay.kept_person", language=language) not in kept


def test_it_is_kept_longer_with_and_without_a_script(web: None, territory: Territory) -> None:
    from django.db import connection

    asked = all_answered()
    for headers in ({}, {"HTTP_ACCEPT": "application/json"}):
        with connection.cursor() as pen:
            pen.execute(
                "UPDATE web_session SET expires_at = now() + interval '4 minutes' WHERE expires_at = %s", (ends_at(),)
            )
        assert said("stay.ends_minutes", minutes=4) in text_of(asked.get("/find"))
        answer = done(asked, "extend", **headers)
        assert said("stay.ends_hours", hours=8) in text_of(asked.get("/find"))
        if headers:
            assert answer.json() == {"until": int(ends_at().timestamp())}
        else:
            assert answer["Location"] == "/browser?done=extended"


def test_on_a_shared_computer_all_ends_with_the_window_and_soon(web: None, territory: Territory) -> None:
    from django.utils import timezone

    asked = all_answered()
    assert asked.cookies["session"]["max-age"]
    assert not asked.cookies["form"]["max-age"]
    answer = done(asked, "shared")
    assert {name: answer.cookies[name]["max-age"] for name in ("session", "shared")} == {"session": "", "shared": ""}
    assert not any(each["expires"] for each in answer.cookies.values())
    assert ends_at() <= timezone.now() + timedelta(hours=8)
    page = text_of(asked.get("/browser"))
    assert said("stay.it_ends_minutes", minutes=30) in page
    assert said("stay.shared_now") in page
    token = token_in(asked.get("/find/charging").content.decode())
    hours = {"plug_in_hour": "18", "unplug_hour": "7", "outlet_w": "7200"}
    later = asked.post("/find/charging", {"miles": "9000", **hours, "csrfmiddlewaretoken": token})
    assert later.cookies["session"]["max-age"] == ""
    assert said("stay.ends_minutes", minutes=30) in text_of(asked.get("/find"))
    assert done(asked, "own").cookies["session"]["max-age"]


def test_forgetting_ends_it_on_both_sides(web: None, territory: Territory) -> None:
    from evenroll.records.web_sessions import SessionStore

    asked = all_answered()
    key = asked.cookies["session"].value
    assert done(asked, "forget")["Location"] == "/browser?done=forgotten"
    assert SessionStore(key).load() == {}
    assert asked.get("/find/costs")["Location"] == "/find"
    assert said("stay.none") in text_of(asked.get("/browser?done=forgotten"))


def test_signing_out_leaves_nothing(web: None, territory: Territory) -> None:
    from evenroll.records.web_sessions import SessionStore

    desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    key = desk.cookies["session"].value
    token = token_in(desk.get("/desk/").content.decode())
    desk.post("/sign-out", {"csrfmiddlewaretoken": token})
    assert SessionStore(key).load() == {}
    assert said("stay.none") in text_of(desk.get("/browser"))


def test_the_warning_is_there_for_scripts_and_hidden_without(web: None, territory: Territory) -> None:
    page = all_answered().get("/find").content.decode()
    assert f'data-stay="{int(ends_at().timestamp())}" hidden' in page
    assert said("stay.warning") in page


def test_less_than_an_hour_is_told_in_minutes() -> None:
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from evenroll.pages.web_stay import stay_of

    now = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    found: list[tuple[int, int] | None] = []
    for minutes in (480, 479, 61, 60, 59.5, 1, 0, -1):
        request: Any = SimpleNamespace(session=SimpleNamespace(ends_at=now + timedelta(minutes=minutes)))
        stay = stay_of(request, at=now)
        found.append(None if stay is None else (stay.hours, stay.minutes))
    assert found == [(8, 0), (8, 0), (2, 0), (1, 0), (1, 60), (1, 1), None, None]
