"""Sessions: kept enclosed under a hash, gone with the sign-out, and of no use where they do not belong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from tests.territory import Territory
from tests.web.browsing import browser, signed_in_as, staff_of, token_in


def test_the_table_shows_neither_cookie_nor_person(web: None, territory: Territory) -> None:
    from django.db import connection

    desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    cookie = desk.cookies["session"].value
    with connection.cursor() as pen:
        pen.execute("SELECT token, data FROM web_session")
        kept = [(token, bytes(data)) for token, data in pen.fetchall()]
    assert kept
    assert all(cookie not in token and b"supervisor" not in data for token, data in kept)


def test_a_session_moved_to_another_cookie_opens_nothing(web: None) -> None:
    from django.db import connection

    from evenroll.records.web_sessions import SessionStore

    first, second = SessionStore(), SessionStore()
    first["a"], second["b"] = 1, 2
    first.save()
    second.save()
    tokens = [_token(each.session_key) for each in (first, second)]
    with connection.cursor() as pen:
        pen.execute(
            "UPDATE web_session SET data = (SELECT data FROM web_session WHERE token = %s) WHERE token = %s", tokens
        )
    assert SessionStore(second.session_key).load() == {}
    assert SessionStore(first.session_key).load() == {"a": 1}


def test_a_session_ends_and_is_swept(web: None) -> None:
    from django.db import connection
    from django.utils import timezone

    from evenroll.records.web_sessions import SessionStore, _token

    kept = SessionStore()
    kept["a"] = 1
    kept.save()
    token = _token(kept.session_key or "")
    with connection.cursor() as pen:
        # Of this one only: the tests before have left sessions that go on.
        ended = timezone.now() - timedelta(seconds=1)
        pen.execute("UPDATE web_session SET expires_at = %s WHERE token = %s", (ended, token))
    assert not kept.exists(kept.session_key or "")
    assert SessionStore(kept.session_key).load() == {}
    SessionStore.clear_expired()
    with connection.cursor() as pen:
        pen.execute("SELECT count(*) FROM web_session WHERE token = %s", (token,))
        assert pen.fetchone() == (0,)


def test_who_was_signed_in_elsewhere_is_nobody_here(web: None) -> None:
    stranger = Person(
        organization=OrganizationKey("not-here"),
        kinds=frozenset({OrganizationKind.UTILITY}),
        role=Role.SUPERVISOR,
        actor=ActorKey("supervisor-1"),
    )
    assert signed_in_as(stranger).get("/desk/").status_code == 404


def test_a_role_that_the_organization_does_not_have_opens_nothing(web: None, territory: Territory) -> None:
    assert signed_in_as(staff_of(territory.registry, Role.METER_CREW)).get("/desk/").status_code == 404
    assert signed_in_as(staff_of(territory.registry, Role.REGISTRY_OPERATOR)).get("/desk/").status_code == 200


@pytest.mark.parametrize("key", ["", "nowhere/supervisor-1", "../x"])
def test_nobody_else_than_the_demo_s_people_can_be_been(demo_web: None, territory: Territory, key: str) -> None:
    asked = browser()
    token = token_in(asked.get("/demo/people").content.decode())
    assert asked.post("/demo/people", {"csrfmiddlewaretoken": token, "person": key}).status_code == 404


def test_one_is_whom_one_chose_under_a_new_cookie(demo_web: None, territory: Territory) -> None:
    asked = browser()
    token = token_in(asked.get("/demo/people").content.decode())
    asked.cookies["session"] = "planted-before"
    answer = asked.post("/demo/people", {"csrfmiddlewaretoken": token, "person": f"{territory.utility}/meter_office-1"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    cookie = asked.cookies["session"]
    assert cookie.value != "planted-before"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert asked.get("/desk/").status_code == 200


def test_in_an_installation_nobody_can_be_anybody(web: None) -> None:
    assert browser().get("/demo/people").status_code == 404


def _token(session_key: str | None) -> str:
    import hashlib

    return hashlib.sha256((session_key or "").encode()).hexdigest()
