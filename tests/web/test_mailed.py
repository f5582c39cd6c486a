"""What is mailed on demand: the link of an application, the comparison; to one address, within limits, told alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from tests.mail.sending import SITE, Box, mailing_territory
from tests.territory import NOW, Territory
from tests.web.browsing import browser, token_in
from tests.web.enrolling import Enrolling
from tests.web.test_case import sent_with, text_of
from tests.web.test_find import all_answered

ADDRESS = "canary-4711@example.test"


@pytest.fixture
def mailing(web: None) -> Iterator[tuple[Territory, Box]]:
    from evenroll.accounts.wired import Wired, use_wired
    from evenroll.records.organizations import shared_transaction

    territory, box = mailing_territory()
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    with shared_transaction() as pen:
        pen.execute("DELETE FROM web_letter")
    yield territory, box


def begun(territory: Territory, *, language: Language = Language.EN) -> Any:
    """A browser with an application in hand."""
    enrolling = Enrolling(territory, client=browser(HTTP_ACCEPT_LANGUAGE=language.value))
    enrolling.begin()
    return enrolling.client


def carried(territory: Territory) -> int:
    from evenroll.worker.web_mailing import send_web_letters

    return send_web_letters(territory.installation)


@pytest.mark.parametrize("language", Language)
def test_the_link_of_an_application_comes_by_mail_and_leads_back(
    mailing: tuple[Territory, Box], language: Language
) -> None:
    territory, box = mailing
    mine = begun(territory, language=language)
    assert 'href="/enroll/later/mail"' in text_of(mine.get("/enroll/later"))
    page = text_of(mine.get("/enroll/later/mail"))
    answer = text_of(mine.post("/enroll/later/mail", sent_with(page, email=ADDRESS)))
    assert render("mailed.sent", language=language) in answer
    assert not box.letters, "a page carries no mail"
    assert carried(territory) == 1
    (letter,) = box.letters
    assert (letter.to, letter.language) == (ADDRESS, language.value)
    assert letter.subject == render("mailed.link_subject", language=language)
    found = re.search(rf"{SITE}(/enroll/back/\S+)", letter.text)
    assert found is not None and found.group(1) in unescape(letter.html)
    elsewhere = browser()
    back = text_of(elsewhere.get(found.group(1)))
    assert elsewhere.post(found.group(1), {"csrfmiddlewaretoken": token_in(back)})["Location"] == "/enroll/tasks"
    assert carried(territory) == 0, "it is carried once"


@pytest.mark.parametrize("language", Language)
def test_the_comparison_comes_by_mail_as_it_was_shown(mailing: tuple[Territory, Box], language: Language) -> None:
    territory, box = mailing
    mine = all_answered(language)
    costs = text_of(mine.get("/find/costs"))
    assert 'href="/find/mail"' in costs
    page = text_of(mine.get("/find/mail"))
    assert render("mailed.sent", language=language) in text_of(mine.post("/find/mail", sent_with(page, email=ADDRESS)))
    assert carried(territory) == 1
    (letter,) = box.letters
    assert letter.subject == render("mailed.costs_subject", language=language)
    kept = mine.get("/find/costs.txt").content.decode()
    ranges = re.findall(r"\$[\d,]+(?:\.\d\d)?", kept)
    assert len(ranges) > 6
    assert all(each in letter.text and each in letter.html for each in ranges)
    assert f"{SITE}/find" in letter.text
    assert not {"script", "img"} & set(re.findall(r"<([a-z]+)", letter.html))


def test_nobody_learns_an_address_from_the_table(mailing: tuple[Territory, Box]) -> None:
    from evenroll.records.organizations import shared_transaction

    territory, _ = mailing
    mine = begun(territory)
    page = text_of(mine.get("/enroll/later/mail"))
    mine.post("/enroll/later/mail", sent_with(page, email=ADDRESS))
    with shared_transaction() as pen:
        rows = pen.execute("SELECT t::text, encode(t.data, 'escape') FROM web_letter AS t").fetchall()
    assert len(rows) == 1
    assert "canary" not in repr(rows)
    carried(territory)
    with shared_transaction() as pen:
        assert pen.execute("SELECT count(*) FROM web_letter").fetchone() == (0,)


@pytest.mark.parametrize("wrong", ["", "nobody", "a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "<a@b.test>"])
def test_an_address_that_is_none_is_said(mailing: tuple[Territory, Box], wrong: str) -> None:
    territory, _ = mailing
    mine = begun(territory)
    page = text_of(mine.get("/enroll/later/mail"))
    answer = text_of(mine.post("/enroll/later/mail", sent_with(page, email=wrong)))
    key = "mailed.email_wrong" if wrong else "mailed.email_required"
    assert render(key, language=Language.EN) in answer
    assert carried(territory) == 0


def test_beyond_the_limit_the_answer_is_the_same_and_nothing_is_sent(mailing: tuple[Territory, Box]) -> None:
    from evenroll.accounts.limits import LIMITS, Door

    territory, box = mailing
    mine = begun(territory)
    most = min(each.most for each in LIMITS[Door.MAILED].about)
    answers = set[str]()
    for _ in range(most + 2):
        page = text_of(mine.get("/enroll/later/mail"))
        answer = mine.post(
            "/enroll/later/mail", sent_with(page, email="limited@example.test"), REMOTE_ADDR="198.51.100.7"
        )
        # Around it stands until when the session lasts, to the second.
        answers.add(text_of(answer).partition("<main")[2].partition("</main>")[0])
    assert len(answers) == 1 and render("mailed.sent", language=Language.EN) in answers.pop()
    assert carried(territory) == most == len(box.letters)


def test_a_letter_that_is_not_taken_comes_again_and_is_given_up(mailing: tuple[Territory, Box]) -> None:
    from evenroll.records.organizations import shared_transaction
    from evenroll.records.web_letters import ATTEMPTS_MAX

    territory, box = mailing
    mine = begun(territory)
    page = text_of(mine.get("/enroll/later/mail"))
    mine.post("/enroll/later/mail", sent_with(page, email="away@example.test"))
    box.away = "mail_away"
    for _ in range(ATTEMPTS_MAX):
        assert carried(territory) == 0
        with shared_transaction() as pen:
            pen.execute("UPDATE web_letter SET next_at = now()")
    box.away = ""
    assert carried(territory) == 0
    with shared_transaction() as pen:
        assert pen.execute("SELECT count(*) FROM web_letter").fetchone() == (0,)


def test_where_no_mail_is_set_up_the_page_says_so(territory: Territory, web: None) -> None:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    mine = begun(territory)
    assert render("mailed.no_mail", language=Language.EN) in text_of(mine.get("/enroll/later/mail"))


def test_who_has_no_application_or_answers_is_led_to_them(mailing: tuple[Territory, Box]) -> None:
    assert browser().get("/enroll/later/mail")["Location"] == "/enroll/"
    assert browser().get("/find/mail")["Location"] == "/find/costs"
