"""One's own sign-ins: listed in plain words, ended one by one or all, and told by mail when something is new."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.statements import counted_traffic
from tests.territory import Territory
from tests.web.browsing import browser, token_in
from tests.web.signing import asked_for, code_in, customer_with, letters, new_address, sent, some_address
from tests.web.test_find import said, text_of
from tests.web.test_sign_in_passkeys import added_by, used
from tests.web.test_sign_in_staff import Invited

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605 Version/18.6 Mobile/15E Safari/604.1"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAMSUNG = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


def with_browser(agent: str, language: Language = Language.EN) -> Any:
    return browser(REMOTE_ADDR=some_address(), HTTP_USER_AGENT=agent, HTTP_ACCEPT_LANGUAGE=language.value)


def signed_in(address: str, agent: str, language: Language = Language.EN) -> tuple[Any, list[Any]]:
    """A browser that signed in by code, and the letters that this brought beside the code."""
    from evenroll.accounts.posting import finish

    with letters() as carried:
        asked = asked_for(address, with_browser(agent, language))
        assert sent(asked, "/sign-in/code", code=code_in(carried[0]))["Location"] == "/cases"
        finish()
    return asked, carried[1:]


def entries_of(asked: Any) -> list[str]:
    return re.findall(r'name="entry" value="([0-9a-f]{32})"', asked.get("/sign-in/own").content.decode())


def ended(asked: Any, entry: str) -> Any:
    token = token_in(asked.get("/sign-in/own").content.decode())
    return asked.post("/sign-out/one", {"csrfmiddlewaretoken": token, "entry": entry})


@pytest.fixture
def address(web: None, territory: Territory) -> str:
    found = new_address()
    customer_with(territory, found)
    return found


@pytest.mark.parametrize("language", Language)
def test_the_list_tells_each_in_plain_words(address: str, language: Language) -> None:
    here, _ = signed_in(address, FIREFOX, language)
    signed_in(address, PHONE)
    page = text_of(here.get("/sign-in/own"))
    assert "Firefox, Windows" in page and "Safari, iPhone" in page
    assert said("sign_in.this_one", language) in page
    assert said("sign_in.way_code", language) in page
    assert len(entries_of(here)) == 1, "that of this browser ends by signing out"


def test_one_is_ended_and_the_other_goes_on(address: str) -> None:
    here, _ = signed_in(address, FIREFOX)
    there, _ = signed_in(address, PHONE)
    (entry,) = entries_of(here)
    assert ended(here, entry)["Location"] == "/sign-in/own"
    assert there.get("/sign-in/own").status_code == 404
    assert there.get("/cases").content.decode().count("/cases/EV-") == 0
    assert here.get("/sign-in/own").status_code == 200
    assert entries_of(here) == []


def test_one_of_somebody_else_is_not_there(address: str, territory: Territory) -> None:
    other = new_address()
    customer_with(territory, other)
    mine, _ = signed_in(address, FIREFOX)
    theirs, _ = signed_in(other, FIREFOX)
    signed_in(other, PHONE)
    (entry,) = entries_of(theirs)
    assert ended(mine, entry).status_code == 404
    assert ended(mine, "").status_code == 404
    assert entries_of(theirs) == [entry]


def test_who_signs_out_is_gone_from_the_list(address: str) -> None:
    here, _ = signed_in(address, FIREFOX)
    there, _ = signed_in(address, PHONE)
    token = token_in(there.get("/sign-in/own").content.decode())
    there.post("/sign-out", {"csrfmiddlewaretoken": token})
    assert entries_of(here) == []


def test_all_are_ended_at_once(address: str) -> None:
    here, _ = signed_in(address, FIREFOX)
    there, _ = signed_in(address, PHONE)
    token = token_in(here.get("/sign-in/own").content.decode())
    here.post("/sign-out/everywhere", {"csrfmiddlewaretoken": token})
    assert {each.get("/sign-in/own").status_code for each in (here, there)} == {404}
    again, _ = signed_in(address, FIREFOX)
    assert entries_of(again) == []


def test_a_new_kind_of_browser_is_told_once_and_the_first_never(address: str) -> None:
    assert signed_in(address, FIREFOX)[1] == []
    assert signed_in(address, FIREFOX)[1] == []
    (told,) = signed_in(address, EDGE, Language.ES)[1]
    assert told.to == address
    assert told.subject == said("sign_in.new_way_subject", Language.ES)
    assert "Edge, Windows" in told.text
    assert signed_in(address, EDGE)[1] == []


def test_an_added_passkey_and_its_first_use_are_told(address: str) -> None:
    from evenroll.accounts.posting import finish

    here, _ = signed_in(address, FIREFOX)
    with letters() as carried:
        device = added_by(here)
        finish()
    (told,) = carried
    assert (told.to, told.subject) == (address, said("sign_in.passkey_told_subject"))
    assert "Firefox, Windows" in told.text
    assert said("sign_in.made_in", browser="Firefox, Windows") in text_of(here.get("/sign-in/own"))
    there = with_browser(PHONE)
    assert used(there, device).status_code == 302
    assert said("sign_in.way_passkey") in text_of(there.get("/sign-in/own"))


def test_a_customer_s_address_in_the_books_is_told_where_none_was_typed(web: None, territory: Territory) -> None:
    """By a passkey nobody types an address: the one on file is asked for when it is needed."""
    from evenroll.accounts.posting import finish
    from evenroll.accounts.sign_in_told import ToWhom, tell_passkey_added
    from evenroll.records import books
    from evenroll.records.organizations import open_organization
    from evenroll.records.tokens import TokenKind
    from tests.web.browsing import customer_of

    on_file = new_address()
    with open_organization(territory.utility):
        customer = books.add_customer(personal={TokenKind.NAME: "Ana Soto", TokenKind.EMAIL: on_file})
    person = customer_of(territory.utility, customer)
    with letters() as carried:
        tell_passkey_added(ToWhom(person=person, address="", language=Language.EN), browser="")
        finish()
    assert [each.to for each in carried] == [on_file]


def test_staff_have_the_same_list_and_are_told_too(web: None, territory: Territory) -> None:
    from evenroll.accounts.posting import finish

    one = Invited(territory)
    one.chooses()
    here, _ = one.signs_in(with_browser(FIREFOX))
    with letters() as carried:
        there, _ = one.signs_in(with_browser(EDGE), code=one.code(1))
        finish()
    assert [(each.to, each.subject) for each in carried] == [(one.email, said("sign_in.new_way_subject"))]
    assert "Edge, Windows" in carried[0].text
    page = text_of(here.get("/sign-in/own"))
    assert said("sign_in.way_password") in page and "Edge, Windows" in page
    entries = entries_of(here)
    assert entries
    for entry in entries:
        ended(here, entry)
    assert there.get("/sign-in/own").status_code == 404
    assert here.get("/desk/").status_code == 200


def test_no_address_of_any_kind_is_in_the_table(address: str) -> None:
    from django.db import connection

    asked, _ = signed_in(address, FIREFOX)
    network = asked.defaults["REMOTE_ADDR"]
    with connection.cursor() as pen:
        pen.execute("SELECT w::text FROM web_sign_in AS w")
        rows = " ".join(row[0] for row in pen.fetchall())
    assert "Firefox, Windows" in rows
    assert address not in rows and network not in rows and "Mozilla" not in rows


def test_a_page_is_read_without_a_write(address: str) -> None:
    asked, _ = signed_in(address, FIREFOX)
    asked.get("/cases")
    with counted_traffic() as traffic:
        asked.get("/cases")
    assert not [each for each in traffic.texts if "UPDATE web_sign_in" in each]


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        (CHROME, "Chrome, Linux"),
        (SAMSUNG, "Samsung Internet, Android"),
        ("curl/8.9", ""),
        ("", ""),
        ("<script>" * 2000, ""),
    ],
)
def test_a_browser_is_known_by_its_kind_alone(web: None, agent: str, kind: str) -> None:
    from django.test import RequestFactory

    from evenroll.accounts.browser_kind import browser_kind

    assert browser_kind(RequestFactory().get("/", headers={"User-Agent": agent})) == kind
