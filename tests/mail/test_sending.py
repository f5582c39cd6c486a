"""Notices on a real database: sent once, in order, in one mail, withheld with the reason, parked in sight."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from evenroll.enrollment.form import FormField
from evenroll.enrollment.notices import NOTICE_STALE, MessageChannel, NoticeState
from evenroll.ports.mail import Letter
from evenroll.quantities.identifiers import CaseNumber
from tests.mail.sending import SITE, Box, mailing_territory, room
from tests.territory import NOW, Territory, new_territory

pytestmark = pytest.mark.usefixtures("django_ready")


class Killed(BaseException):
    """The process is gone: nothing that stands behind it runs."""


def send(territory: Territory, now: datetime = NOW) -> Any:
    from evenroll.worker.mailing import send_notices

    return send_notices(territory.installation, now=now)


def told(territory: Territory, number: CaseNumber) -> list[Any]:
    from evenroll.records import notice_queue
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return list(notice_queue.notices_of(number))


def enrolled(territory: Territory, **how: Any) -> CaseNumber:
    number = territory.apply(territory.premise(), **how)
    territory.run()
    return number


def refuse(territory: Territory, number: CaseNumber, *, refused: bool = True) -> None:
    from evenroll.records import channels
    from evenroll.records.organizations import open_organization

    case = territory.case(territory.utility, number)
    with open_organization(territory.utility):
        channels.choose(case, channel=MessageChannel.EMAIL, refused=refused, by="customer-1", at=NOW)


@pytest.mark.on_16
def test_what_is_owed_at_once_is_one_mail_and_sent_once() -> None:
    territory, box = mailing_territory()
    number = enrolled(territory)
    assert {each.state for each in told(territory, number)} == {NoticeState.OWED}
    mailed = send(territory)
    assert (mailed.sent, mailed.handled) == (1, 1)
    (letter,) = box.letters
    assert letter.to == "someone@example.test"
    assert letter.subject.endswith(f"({number})")
    assert f"{SITE}/cases?case={number}" in letter.text
    assert "has begun" in letter.text and "enrolled since" in letter.text
    found = told(territory, number)
    assert {each.state for each in found} == {NoticeState.SENT}
    assert {each.channel for each in found} == {"email"}
    assert send(territory).handled == 0
    assert len(box.letters) == 1


def test_what_comes_later_is_a_mail_of_its_own_and_comes_after() -> None:
    from evenroll.enrollment.command_names import CommandName

    territory, box = mailing_territory()
    number = territory.apply(territory.premise())
    box.away = "mail_away"
    assert send(territory).away == 1
    territory.give(territory.utility, CommandName.WITHDRAW, number)
    territory.run()
    assert send(territory).handled == 0, "the later one waits for the one before"
    box.away = ""
    assert send(territory, NOW + timedelta(minutes=1)).sent == 2
    assert len({each.message_id for each in box.letters}) == 2
    assert "withdrawn" not in box.letters[0].text.partition("WHAT HAPPENED")[2].partition("\n\n")[0]


@pytest.mark.on_16
def test_two_senders_at_once_send_each_once() -> None:
    from django.db import connections

    territory, box = mailing_territory()
    numbers = [territory.apply(territory.premise()) for _ in range(24)]
    territory.run()
    gate = threading.Barrier(3)

    def work() -> None:
        gate.wait()
        try:
            send(territory)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Counter(each.message_id for each in box.letters).most_common(1)[0][1] == 1
    assert len(box.letters) == len(numbers)
    for number in numbers:
        assert {each.state for each in told(territory, number)} == {NoticeState.SENT}


@pytest.mark.on_16
def test_who_dies_between_sending_and_marking_repeats_one_mail_under_one_id() -> None:
    from evenroll.enrollment.command_names import CommandName
    from evenroll.records.notice_queue import LEASE

    territory, box = mailing_territory()
    number = territory.apply(territory.premise())

    def die(_: Letter) -> None:
        raise Killed

    box.after = die
    with pytest.raises(Killed):
        send(territory)
    box.after = None
    # Something new happened meanwhile: the mail that comes again is the same one all the same.
    territory.give(territory.utility, CommandName.WITHDRAW, number)
    assert send(territory).handled == 0, "it is left alone until its lease is over"
    assert send(territory, NOW + LEASE).sent == 2
    first, again, later = box.letters
    assert first.message_id == again.message_id != later.message_id
    assert first.text.partition("WHAT HAPPENED")[2][:200] == again.text.partition("WHAT HAPPENED")[2][:200]
    assert send(territory, NOW + 9 * LEASE).handled == 0


def test_a_refused_channel_gets_none_and_an_auditor_sees_why() -> None:
    territory, box = mailing_territory()
    number = enrolled(territory)
    refuse(territory, number)
    assert send(territory).withheld == 1
    assert not box.letters
    assert {(each.state, each.why) for each in told(territory, number)} == {(NoticeState.WITHHELD, "channel_refused")}


def test_a_channel_that_is_wanted_again_is_used() -> None:
    territory, box = mailing_territory()
    number = enrolled(territory)
    refuse(territory, number)
    refuse(territory, number, refused=False)
    assert send(territory).sent == 1
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", "no_address"),
        ("nobody", "address_unusable"),
        ("a@b.test\r\nBcc: c@d.test", "address_unusable"),
        ("a@b.test, c@d.test", "address_unusable"),
    ],
)
def test_without_a_usable_address_it_is_withheld(email: str, why: str) -> None:
    territory, box = mailing_territory()
    premise = territory.premise()
    answers = {**premise.answers(), FormField.EMAIL: email, FormField.PHONE: "555-0100"}
    number = territory.apply(premise, answers=answers)
    territory.run()
    assert send(territory).withheld == 1
    assert not box.letters
    assert {each.why for each in told(territory, number)} == {why}


def test_old_news_is_withheld() -> None:
    territory, box = mailing_territory()
    number = territory.apply(territory.premise())
    assert send(territory, NOW + NOTICE_STALE + timedelta(seconds=1)).withheld == 1
    assert not box.letters
    assert {each.why for each in told(territory, number)} == {"too_late"}


def test_mail_that_is_not_taken_is_tried_ever_more_rarely_and_then_parked() -> None:
    from evenroll.records import notice_queue
    from evenroll.records.notice_queue import ATTEMPTS_MAX, PAUSE_FIRST, PAUSE_LAST

    territory, box = mailing_territory()
    number = territory.apply(territory.premise())
    box.away = "mail_away"
    now, pauses = NOW, list[timedelta]()
    for _ in range(ATTEMPTS_MAX - 1):
        assert send(territory, now).away == 1
        owed = _next_at(territory, number)
        pauses.append(owed - now)
        assert send(territory, owed - timedelta(seconds=1)).handled == 0
        now = owed
    assert pauses == sorted(pauses) and pauses[0] == PAUSE_FIRST and pauses[-1] == PAUSE_LAST
    assert send(territory, now).parked == 1
    assert {(each.state, each.why) for each in told(territory, number)} == {(NoticeState.PARKED, "mail_away")}
    counted = notice_queue.counts(territory.utility)
    assert (counted.owed, counted.parked) == (0, len(told(territory, number)))
    box.away = ""
    assert send(territory, now + timedelta(hours=1)).handled == 0
    assert notice_queue.retry_parked(territory.utility, now=now) == 1
    assert send(territory, now).sent == 1
    assert {each.state for each in told(territory, number)} == {NoticeState.SENT}


def test_an_address_that_is_refused_for_good_is_parked_at_once() -> None:
    territory, box = mailing_territory()
    territory.apply(territory.premise())
    box.away, box.is_final = "address_refused", True
    assert send(territory).parked == 1


def test_a_name_that_breaks_out_of_its_line_is_parked_and_not_sent() -> None:
    from evenroll.enrollment.roles import OrganizationKind
    from evenroll.records.organizations import add_organization

    territory, box = mailing_territory()
    number = territory.apply(territory.premise())
    add_organization(
        territory.utility,
        name="Lakeland\r\nBcc: all@example.test",
        kinds=frozenset({OrganizationKind.UTILITY}),
        calendar_key="US-LAKELAND",
    )
    assert send(territory).parked == 1
    assert not box.letters
    assert {each.why for each in told(territory, number)} == {"header_unsafe"}


def test_where_no_mail_is_set_up_notices_stay_owed() -> None:
    territory = new_territory()
    number = territory.apply(territory.premise())
    assert send(territory).handled == 0
    assert {(each.state, each.attempts) for each in told(territory, number)} == {(NoticeState.OWED, 0)}
    box = Box()
    territory.partners = {"mail": room(box)}
    assert send(territory).sent == 1


def test_one_that_cannot_be_made_holds_up_no_other() -> None:
    from evenroll.records.organizations import cursor, open_organization

    territory, box = mailing_territory()
    broken, fine = (territory.apply(territory.premise()) for _ in range(2))
    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE notice SET parameters = '{\"entry\": 999}' WHERE stream_key = %s", (broken,))
    mailed = send(territory)
    assert (mailed.sent, mailed.away) == (1, 1)
    assert box.letters[0].subject.endswith(f"({fine})")


def _next_at(territory: Territory, number: CaseNumber) -> datetime:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        row = pen.execute(
            "SELECT next_at FROM notice WHERE stream_key = %s AND next_at IS NOT NULL", (number,)
        ).fetchone()
    assert row is not None
    return row[0]
