"""The mail of every kind of notice, made of a whole real case, in both languages: nothing missing, nothing unsafe."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.case import Case, Opening
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.notices import NOTICE_KINDS, REQUIRED_NOTICES
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import TrackState
from evenroll.enrollment.waits import WAITS
from evenroll.pages.notice_mail import SUBJECT_KEYS, About, notice_mail
from evenroll.pages.notices import notice
from evenroll.pages.texts import catalog, render
from evenroll.ports.mail import SUBJECT_MAX
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey, case_number
from tests.pages.test_texts import some_value
from tests.world.tour import tour

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
NUMBER = case_number(bytes(16))
PERSONAL = frozenset({"name", "vin", "pcid", "emaid", "account", "account_number", "serial", "phone", "email", "pod"})

pytestmark = pytest.mark.usefixtures("django_ready")


class Words(HTMLParser):
    """What a reader of an HTML mail sees, and the tags and links of it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def some_case(*tracks: TrackState) -> Case:
    return Case(
        number=NUMBER,
        organization=OrganizationKey("lakeland"),
        opening=Opening(opened_at=NOW, channel=Channel.WEB, language=Language.EN),
        tracks={each.key: each for each in tracks},
    )


def about(*tracks: TrackState, **changes: Any) -> About:
    said = {
        "case": some_case(*tracks),
        "organization": "Lakeland Electric",
        "zone": ZoneInfo("America/Chicago"),
        "site": "https://enroll.example.test",
        "write_to": "help@example.test",
        "stop": "https://enroll.example.test/stop/EV-1/0a",
        "now": NOW,
    }
    return About(**{**said, **changes})


def waiting(track: Track, state: Any, owner: Role) -> TrackState:
    return TrackState(track=track, subject="", state=state, since=NOW, owner=owner, due_at=NOW)


def seen(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(NOTICE_KINDS))
def test_every_notice_is_a_mail_in_both_languages(kind: str, language: Language) -> None:
    variants = [key for key in catalog() if key.partition("-")[0] == f"notice.{kind}"]
    assert variants
    for key in variants:
        values = {name: some_value(name) for name in catalog()[key].placeholders(language)}
        sentence = render(key, language=language, parameters=values)
        mail = notice_mail(about(), kinds=[kind], sentences=[sentence], language=language)
        assert 0 < len(mail.subject) <= SUBJECT_MAX
        assert NUMBER in mail.subject
        assert sentence in mail.text
        for text in (mail.subject, mail.text, mail.html.partition("</style>")[2]):
            assert not re.search(r"[{}]", text)
        assert f"https://enroll.example.test/cases?case={NUMBER}" in seen(mail.html).links
        assert f'<html lang="{language.value}">' in mail.html


@pytest.mark.parametrize("language", Language)
def test_every_notice_that_a_case_came_to_owe_can_be_said(language: Language) -> None:
    said = dict[str, str]()
    for event in owed_in_the_world():
        said[event_kind(event)] = notice(event, case=NUMBER, language=language)
        assert "{" not in said[event_kind(event)], event
    assert said.keys() == NOTICE_KINDS


@cache
def owed_in_the_world() -> tuple[Event, ...]:
    """Every event of every case of the tour of which its customer is told, each shape of it once."""
    found = dict[tuple[object, ...], Event]()
    for world in tour().worlds:
        for stream in world.cases.values():
            for _, event in stream.events:
                if event_kind(event) in NOTICE_KINDS:
                    shape = (
                        event_kind(event),
                        *(type(getattr(event, each.name)) for each in fields(event)),
                        bool(event.moves),
                    )
                    found.setdefault(shape, event)
    return tuple(found.values())


def test_no_notice_names_anything_personal() -> None:
    for kind in NOTICE_KINDS:
        for key in catalog():
            if key.partition("-")[0] in (f"notice.{kind}", f"mail_subject.{kind}"):
                assert not catalog()[key].placeholders(Language.EN) & PERSONAL, key


@pytest.mark.parametrize("language", Language)
def test_every_wait_is_told_with_who_and_until_when(language: Language) -> None:
    states = [(track, state) for track, moves in MOVES.items() for state in moves if state is not None]
    told = 0
    for track, state in states:
        owners = {rule.owner for rule in WAITS.get((track, state), {}).values()} - {None}
        for owner in owners:
            if track is Track.ADMITTING:
                continue
            mail = notice_mail(
                about(waiting(track, state, owner)), kinds=["reminded"], sentences=["X"], language=language
            )
            is_told = owner is Role.CUSTOMER or track is not Track.CASE
            assert ("2026" in mail.text) == is_told, (track, state, owner)
            told += is_told
    assert told > 20


def test_of_several_the_subject_is_what_must_be_heard() -> None:
    kinds = ["case_opened", "decision_made", "enrolled", "meter_need_found"]
    mail = notice_mail(about(), kinds=kinds, sentences=["A", "B", "B", "C"], language=Language.EN)
    assert mail.subject.startswith(render(SUBJECT_KEYS["enrolled"], language=Language.EN))
    assert mail.text.count("\n- B\n") == 1
    assert REQUIRED_NOTICES <= NOTICE_KINDS


def test_what_somebody_wrote_is_text_and_no_markup() -> None:
    attack = '<script>alert(1)</script><img src=x onerror=alert(2)>" & </title>'
    mail = notice_mail(about(organization=attack), kinds=["enrolled"], sentences=[attack, "fine"], language=Language.EN)
    words = seen(mail.html)
    assert not {"script", "img"} & set(words.tags)
    assert words.tags.count("title") == 1
    assert attack in "".join(words.words)
    assert attack in mail.text
    assert all(each.startswith("https://enroll.example.test/") for each in words.links)
