"""Links of mails: whose account it is hears of a stranger's application and stops it; mail stops without a sign-in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.notices import MessageChannel, NoticeState
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber
from tests.mail.sending import SITE, Box, mailing_territory
from tests.mail.test_sending import send, told
from tests.territory import NIGHT_RATE, NOW, Territory
from tests.territory_books import Premise
from tests.web.browsing import browser, token_in

THIEF, OWNER = "thief@example.test", "owner@example.test"


@pytest.fixture
def mailed(web: None) -> Iterator[tuple[Territory, Box]]:
    from evenroll.accounts.wired import Wired, use_wired

    territory, box = mailing_territory()
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    yield territory, box


def keep_on_file(territory: Territory, premise: Premise, address: str) -> None:
    from evenroll.records import vault
    from evenroll.records.models import Customer
    from evenroll.records.organizations import open_organization
    from evenroll.records.personal_ref import PersonalRef

    with open_organization(territory.utility):
        vault.update(PersonalRef(Customer.objects.get(id=premise.customer).personal), {"email": address})


def applied(territory: Territory, *, said: str, on_file: str, **premise_changes: Any) -> CaseNumber:
    premise = territory.premise(**premise_changes)
    keep_on_file(territory, premise, on_file)
    number = territory.apply(premise, answers={**premise.answers(), FormField.EMAIL: said})
    territory.run()
    assert "identity_proved" in territory.events(territory.utility, number)
    send(territory)
    return number


def link_in(text: str, way: str) -> str:
    found = re.search(rf"{SITE}(/{way}/\S+)", text)
    assert found, text
    return found[1]


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def pressed(path: str) -> int:
    asked = browser()
    token = token_in(asked.get(path).content.decode())
    return asked.post(path, {"csrfmiddlewaretoken": token}).status_code


def test_a_thief_cannot_keep_the_owner_from_being_told(mailed: tuple[Territory, Box]) -> None:
    """Another's account and bill, an own address, mail refused at once: the owner hears of it, once."""
    from evenroll.records import channels
    from evenroll.records.organizations import open_organization

    territory, box = mailed
    premise = territory.premise()
    keep_on_file(territory, premise, OWNER)
    number = territory.apply(premise, answers={**premise.answers(), FormField.EMAIL: THIEF})
    with open_organization(territory.utility):
        case = territory.case(territory.utility, number)
    with open_organization(territory.utility):
        channels.choose(case, channel=MessageChannel.EMAIL, refused=True, by="thief", at=NOW)
    territory.run()
    send(territory)
    send(territory)
    (letter,) = box.letters
    assert letter.to == OWNER
    assert THIEF not in f"{letter.text}{letter.html}"
    assert premise.account_number not in f"{letter.text}{letter.html}"
    for key in ("was_not_you_text", "was_you"):
        sentence = render(f"owner_letter.{key}", language=Language.EN, parameters={})
        assert sentence.casefold() in letter.text.casefold()


def test_each_of_the_two_gets_one_mail_and_the_owner_s_goes_first(mailed: tuple[Territory, Box]) -> None:
    territory, box = mailed
    applied(territory, said=THIEF, on_file=OWNER)
    assert [each.to for each in box.letters] == [OWNER, THIEF]
    assert "/not-me/" not in box.letters[1].text
    assert box.letters[0].message_id != box.letters[1].message_id


@pytest.mark.parametrize("said", [OWNER, " Owner@Example.TEST "])
def test_who_said_the_address_on_file_gets_one_mail(mailed: tuple[Territory, Box], said: str) -> None:
    territory, box = mailed
    applied(territory, said=said, on_file=OWNER)
    assert len(box.letters) == 1
    assert "/not-me/" not in box.letters[0].text


def test_an_owner_s_address_that_takes_nothing_stops_nobody_s_mail(mailed: tuple[Territory, Box]) -> None:
    from evenroll.ports.mail import Letter, MailNotTaken

    territory, box = mailed

    def refuse(letter: Letter) -> None:
        if letter.to == OWNER:
            raise MailNotTaken("address_refused", is_final=True)

    box.before = refuse
    number = applied(territory, said=THIEF, on_file=OWNER)
    assert [each.to for each in box.letters] == [THIEF]
    assert {each.state for each in told(territory, number)} == {NoticeState.SENT}


@pytest.mark.parametrize("language", Language)
def test_whose_account_it_is_stops_the_case(mailed: tuple[Territory, Box], language: Language) -> None:
    territory, box = mailed
    number = applied(territory, said=THIEF, on_file=OWNER)
    path = link_in(box.letters[0].text, "not-me")
    asked = browser(HTTP_ACCEPT_LANGUAGE=language.value)
    before = territory.events(territory.utility, number)
    page = asked.get(path).content.decode()
    assert render("mail_link.not_me_text", language=language, parameters={}) in text_of(page)
    assert territory.events(territory.utility, number) == before, "a look does nothing"
    assert pressed(path) == 302
    assert pressed_is_done(path)
    territory.run()
    assert territory.case(territory.utility, number).status is State.WITHDRAWN
    told_after = text_of(asked.get(path).content.decode())
    assert render("mail_link.not_me_done_text", language=language, parameters={}) in told_after


def pressed_is_done(path: str) -> bool:
    page = browser().get(path).content.decode()
    return render("mail_link.not_me_done", language=Language.EN, parameters={}) in text_of(page)


def test_one_that_is_active_rests_until_a_person_lifts_it(mailed: tuple[Territory, Box]) -> None:
    territory, box = mailed
    ready = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    number = applied(territory, said=THIEF, on_file=OWNER, **ready)
    path = link_in(box.letters[0].text, "not-me")
    territory.run_through(NOW + timedelta(days=80))
    assert territory.case(territory.utility, number).status is State.ACTIVE
    assert pressed(path) == 302
    assert territory.case(territory.utility, number).status is State.SUSPENDED


@pytest.mark.parametrize("way", ["stop", "not-me"])
def test_a_link_that_was_not_made_here_is_no_page(mailed: tuple[Territory, Box], way: str) -> None:
    territory, box = mailed
    number = applied(territory, said=THIEF, on_file=OWNER)
    links = {"not-me": link_in(box.letters[0].text, "not-me"), "stop": link_in(box.letters[1].text, "stop")}
    other = applied(territory, said="third@example.test", on_file="third@example.test")
    secret = links[way].rpartition("/")[2]
    crossed = links["stop" if way == "not-me" else "not-me"].rpartition("/")[2]
    for wrong in (f"/{way}/{other}/{secret}", f"/{way}/{number}/{'0' * 32}", f"/{way}/{number}/{crossed}"):
        assert browser().get(wrong).status_code == 404
        assert browser().post(wrong, {"List-Unsubscribe": "One-Click"}).status_code in (403, 404)
    assert browser().get(links[way]).status_code == 200


def test_mail_stops_without_a_sign_in_and_not_by_a_look(mailed: tuple[Territory, Box]) -> None:
    territory, box = mailed
    number = applied(territory, said=OWNER, on_file=OWNER)
    (letter,) = box.letters
    path = link_in(letter.text, "stop")
    assert letter.stop_link == f"{SITE}{path}"
    assert urlsplit(letter.stop_link).query == ""
    for _ in range(3):
        assert browser().get(path).status_code == 200
        assert browser().head(path).status_code == 200
    assert not is_refused(territory, number)
    assert browser().post(path, {"anything": "else"}).status_code == 403
    assert not is_refused(territory, number)
    assert pressed(path) == 200
    assert is_refused(territory, number)


def test_a_mail_program_stops_it_by_one_post_of_its_own(mailed: tuple[Territory, Box]) -> None:
    """RFC 8058: without cookies, without having been here, and with nothing but these words."""
    territory, box = mailed
    number = applied(territory, said=OWNER, on_file=OWNER)
    path = link_in(box.letters[0].text, "stop")
    assert browser().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert is_refused(territory, number)
    not_me = path.replace("/stop/", "/not-me/")
    assert browser().post(not_me, {"List-Unsubscribe": "One-Click"}).status_code == 403
    assert browser().post("/sign-in", {"List-Unsubscribe": "One-Click", "email": OWNER}).status_code == 403


def is_refused(territory: Territory, number: CaseNumber) -> bool:
    from evenroll.records import channels
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return channels.is_refused(territory.case(territory.utility, number), channel=MessageChannel.EMAIL)
