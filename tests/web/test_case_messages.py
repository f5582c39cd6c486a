"""What a customer was told, on the own case's page and on the staff's; e-mail refused and wanted again."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from tests.mail.sending import SITE, mailing_territory
from tests.territory import NOW, Territory
from tests.web.browsing import browser, signed_in_as, staff_of
from tests.web.test_case import owner_of, sent_with, text_of


@pytest.fixture
def told(web: None) -> tuple[Territory, CaseNumber]:
    """A case whose customer was written to; then something more happened, and is owed."""
    from evenroll.accounts.wired import Wired, use_wired
    from evenroll.enrollment.command_names import CommandName
    from evenroll.worker.mailing import send_notices

    territory, box = mailing_territory()
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    number = territory.apply(territory.premise())
    territory.run()
    send_notices(territory.installation, now=NOW)
    assert box.letters
    territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER)
    return territory, number


@pytest.mark.parametrize("language", Language)
def test_the_customer_sees_what_was_sent_and_what_waits(told: tuple[Territory, CaseNumber], language: Language) -> None:
    territory, number = told
    mine = signed_in_as(owner_of(territory, number))
    mine.get(f"/cases?lang={language.value}", follow=True)
    case = text_of(mine.get(f"/cases/{number}"))
    assert f'href="/cases/{number}/messages"' in case
    page = text_of(mine.get(f"/cases/{number}/messages"))
    for key in ("notice_state.sent", "notice_state.owed", "message_channel.email", "messages.wanted"):
        assert render(key, language=language) in page, key
    assert render("notice.case_opened", language=language, parameters={"case": number}) in page


def test_the_link_in_a_mail_is_the_page_of_the_case(told: tuple[Territory, CaseNumber]) -> None:
    from django.urls import reverse

    from evenroll.worker.mail_letters import previewed

    territory, number = told
    room = territory.installation.mail
    assert room is not None
    mail = previewed(territory.utility, notice=_notices(told)[0].id, room=room, language=Language.ES, now=NOW)
    assert mail is not None
    way = f"{reverse('find-case')}?case={number}"
    assert f"{SITE}{way}\n" in mail.text
    owner = owner_of(territory, number)
    assert signed_in_as(owner).get(way)["Location"] == reverse("case", args=(number,))
    assert render("mail.hello", language=Language.ES) in mail.text


def test_messages_of_somebody_else_are_told_like_none(told: tuple[Territory, CaseNumber]) -> None:
    territory, number = told
    other = territory.apply(territory.premise())
    territory.run()
    asked = signed_in_as(owner_of(territory, other))
    page = text_of(asked.get(f"/cases/{other}/messages"))
    answers: list[Any] = [
        asked.get(f"/cases/{number}/messages"),
        asked.post(f"/cases/{number}/messages", sent_with(page, email="refuse")),
        asked.get("/cases/EV-00000-00000-0000/messages"),
        browser().get(f"/cases/{number}/messages"),
    ]
    assert {each.status_code for each in answers} == {404}
    assert not _is_refused(told)


def test_email_is_refused_and_wanted_again_on_the_page(told: tuple[Territory, CaseNumber]) -> None:
    from evenroll.worker.mailing import send_notices

    territory, number = told
    mine = signed_in_as(owner_of(territory, number))
    page = text_of(mine.get(f"/cases/{number}/messages"))
    for _ in range(2):
        answer = mine.post(f"/cases/{number}/messages", sent_with(page, email="refuse"))
        assert (answer.status_code, answer["Location"]) == (302, f"/cases/{number}/messages")
    assert _is_refused(told)
    assert send_notices(territory.installation, now=NOW).withheld == 1
    page = text_of(mine.get(f"/cases/{number}/messages"))
    for key in ("messages.refused", "withheld.channel_refused"):
        assert render(key, language=Language.EN) in page, key
    mine.post(f"/cases/{number}/messages", sent_with(page, email="want"))
    assert not _is_refused(told)


def test_staff_see_each_message_with_what_became_of_it(told: tuple[Territory, CaseNumber]) -> None:
    territory, number = told
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    page = unescape(desk.get(f"/desk/case/{number}/").content.decode())
    assert page.count(render("message_channel.email", language=Language.EN)) >= 1
    assert render("notice_state.owed", language=Language.EN) in page
    assert "someone@example.test" not in page


def _is_refused(told: tuple[Territory, CaseNumber]) -> bool:
    from evenroll.enrollment.notices import MessageChannel
    from evenroll.records import channels
    from evenroll.records.organizations import open_organization

    territory, number = told
    case = territory.case(territory.utility, number)
    with open_organization(territory.utility):
        return channels.is_refused(case, channel=MessageChannel.EMAIL)


def _notices(told: tuple[Territory, CaseNumber]) -> Any:
    from evenroll.records import notice_queue
    from evenroll.records.organizations import open_organization

    territory, number = told
    with open_organization(territory.utility):
        return notice_queue.notices_of(number)
