"""Customers sign in by a mailed code, and nothing of an answer tells whether an address is known."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.territory import Territory
from tests.web.browsing import browser
from tests.web.matrix import without_chance
from tests.web.signing import asked_for, code_in, customer_with, letters, new_address, sent, some_address


def test_a_customer_signs_in_by_the_code_and_sees_the_own_case(web: None, territory: Territory) -> None:
    address = new_address()
    number = customer_with(territory, address)
    with letters() as carried:
        asked = asked_for(f"  {address.upper()} ")
        (letter,) = carried
        before = asked.cookies["session"].value
        code = code_in(letter)
        answer = sent(asked, "/sign-in/code", code=f"{code[:4]} {code[4:]}")
    assert (letter.to, answer.status_code, answer["Location"]) == (address, 302, "/cases")
    assert asked.cookies["session"].value != before
    assert number in asked.get("/cases").content.decode()
    assert asked.get(f"/cases/{number}").status_code == 200


@pytest.mark.parametrize("language", Language)
def test_the_letter_speaks_the_language_of_the_page(web: None, territory: Territory, language: Language) -> None:
    address = new_address()
    customer_with(territory, address)
    with letters() as carried:
        asked = browser(REMOTE_ADDR=some_address())
        asked.get(f"/sign-in?lang={language.value}")
        asked_for(address, asked)
    assert carried[0].language == language.value
    assert ("Nunca" in carried[0].text or "No se lo dé" in carried[0].text) is (language is Language.ES)


def test_an_address_without_a_case_gets_no_letter_and_the_same_answers(web: None, territory: Territory) -> None:
    known = new_address()
    customer_with(territory, known)
    told: list[list[Any]] = []
    with letters() as carried:
        for address in (known, new_address()):
            asked = browser(REMOTE_ADDR=some_address())
            answers = [sent(asked, "/sign-in", email=address), asked.get("/sign-in/code")]
            answers.append(sent(asked, "/sign-in/code", code="00000000"))
            told.append([without_chance(each) for each in answers])
            told[-1].append(sorted((name, len(each.value)) for name, each in asked.cookies.items()))
        _finish()
    assert told[0] == told[1]
    assert [each.to for each in carried] == [known]


def test_known_and_unknown_addresses_take_the_same_time(web: None, territory: Territory) -> None:
    """Medians of both, asked in turn, differ by less than the spread of either: one bucket."""
    known = [new_address() for _ in range(4)]
    for each in known:
        customer_with(territory, each)
    took: dict[bool, list[float]] = {True: [], False: []}
    with letters():
        for turn in range(40):
            is_known = turn % 2 == 0
            address = known[turn // 2 % 4] if is_known else new_address()
            asked = browser(REMOTE_ADDR=some_address(), checks_forms=False)
            _finish()
            began = time.perf_counter()
            asked.post("/sign-in", {"email": address})
            took[is_known].append(time.perf_counter() - began)
        _finish()
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert abs(medians[True] - medians[False]) < 0.5 * max(medians.values()), medians


@pytest.mark.parametrize("wrong", ["", "1234567", "123456789", "abcdefgh", "00000000", "' OR 1=1 --"])
def test_any_other_code_is_refused(web: None, territory: Territory, wrong: str) -> None:
    address = new_address()
    customer_with(territory, address)
    with letters():
        asked = asked_for(address)
        assert sent(asked, "/sign-in/code", code=wrong).status_code == 200
    assert asked.get("/sign-in/own").status_code == 404


def test_a_code_is_good_for_five_tries_in_its_browser_once(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    with letters() as carried:
        asked, other = asked_for(address), asked_for(new_address())
        code = code_in(carried[0])
        assert sent(other, "/sign-in/code", code=code).status_code == 200
        tried = [sent(asked, "/sign-in/code", code="00000000").status_code for _ in range(5)]
        assert tried == [200] * 5
        assert sent(asked, "/sign-in/code", code=code).status_code == 200
        carried.clear()
        asked_for(address, asked)
        cookie = asked.cookies["session"].value
        code = code_in(carried[0])
        assert sent(asked, "/sign-in/code", code=code).status_code == 302
        assert sent(asked, "/sign-in/code", code=code).status_code == 200
        stolen = browser(REMOTE_ADDR=some_address())
        stolen.cookies["session"] = cookie
        assert sent(stolen, "/sign-in/code", code=code).status_code == 200


def test_a_code_is_over_after_ten_minutes(web: None, territory: Territory) -> None:
    from django.utils import timezone

    from evenroll.accounts.codes import try_code

    address = new_address()
    customer_with(territory, address)
    with letters() as carried:
        asked = asked_for(address)
        request = _request_of(asked)
        assert not try_code(request, code_in(carried[0]), at=timezone.now() + timedelta(minutes=10))
        assert try_code(request, code_in(carried[0]), at=timezone.now() + timedelta(minutes=9))


def test_many_who_guess_at_once_have_five_tries_together(web: None, territory: Territory) -> None:
    from django.db import connections
    from django.utils import timezone

    from evenroll.accounts import codes

    address, threads = new_address(), 8
    customer_with(territory, address)
    together, now = Barrier(threads), timezone.now()
    with letters() as carried:
        asked = asked_for(address)
        code = code_in(carried[0])

        def tries(number: int) -> int:
            together.wait(timeout=20)
            try:
                request = _request_of(asked)
                return sum(codes.try_code(request, f"{number:08d}", at=now) for _ in range(2))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(threads) as pool:
            assert sum(pool.map(tries, range(threads))) == 0
        assert sent(asked, "/sign-in/code", code=code).status_code == 200


def test_an_address_gets_five_letters_an_hour_from_a_network(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    with letters() as carried:
        one = asked_for(address)
        for _ in range(6):
            asked_for(address, one)
    assert len(carried) == 5
    with letters() as carried:
        for _ in range(12):
            asked_for(address)
    assert len(carried) == 15 - 7


def test_what_one_may_see_is_asked_anew_and_nobody_else_s_is_shown(web: None, territory: Territory) -> None:
    from evenroll.records.models import SearchToken
    from evenroll.records.organizations import open_organization

    address = new_address()
    number, foreign = customer_with(territory, address), customer_with(territory, new_address())
    with letters() as carried:
        asked = asked_for(address)
        sent(asked, "/sign-in/code", code=code_in(carried[0]))
    assert asked.get(f"/cases/{foreign}").status_code == 404
    with open_organization(territory.utility):
        customer = territory.case(territory.utility, number).proof.customer
        SearchToken.objects.filter(subject_id=customer, subject_kind="customer", kind="email").delete()
    assert asked.get(f"/cases/{number}").status_code == 404


def test_who_has_cases_in_two_books_chooses(web: None, territory: Territory) -> None:
    address = new_address()
    numbers = {at: customer_with(territory, address, at=at) for at in (territory.utility, territory.esco)}
    with letters() as carried:
        asked = asked_for(address)
        answer = sent(asked, "/sign-in/code", code=code_in(carried[0]))
    assert answer["Location"] == "/sign-in/choose"
    page = asked.get("/sign-in/choose").content.decode()
    for at, number in numbers.items():
        customer = territory.case(at, number).proof.customer
        assert number in page
        assert sent(asked, "/sign-in/choose", person=f"{at}/customer/{customer}/customer")["Location"] == "/cases"
        assert asked.get(f"/cases/{number}").status_code == 200
    assert sent(asked, "/sign-in/choose", person=f"{territory.esco}/customer/1/customer").status_code == 404


def test_signing_out_everywhere_ends_the_other_browser_too(web: None, territory: Territory) -> None:
    address = new_address()
    number = customer_with(territory, address)
    both: list[Any] = []
    with letters() as carried:
        for _ in range(2):
            asked = asked_for(address)
            sent(asked, "/sign-in/code", code=code_in(carried[-1]))
            both.append(asked)
    assert [each.get(f"/cases/{number}").status_code for each in both] == [200, 200]
    from tests.web.browsing import token_in

    token = token_in(both[0].get("/sign-in/own").content.decode())
    both[0].post("/sign-out/everywhere", {"csrfmiddlewaretoken": token})
    assert [each.get(f"/cases/{number}").status_code for each in both] == [404, 404]


def test_no_table_shows_an_address(web: None, territory: Territory) -> None:
    from django.db import connection

    address = new_address()
    customer_with(territory, address)
    with letters() as carried:
        asked = asked_for(address)
        sent(asked, "/sign-in/code", code=code_in(carried[0]))
    with connection.cursor() as pen:
        for table in ("web_session", "web_count", "web_subject"):
            pen.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            row = pen.fetchone()
            assert row is not None and address.split("@")[0] not in row[0]


def _finish() -> None:
    from evenroll.accounts.posting import finish

    finish()


def _request_of(asked: Any) -> Any:
    from django.test import RequestFactory

    from evenroll.records.web_sessions import SessionStore

    request = RequestFactory().get("/", REMOTE_ADDR=some_address())
    request.session = SessionStore(asked.cookies["session"].value)
    return request
