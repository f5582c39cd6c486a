"""Notices at the terminal: listed, previewed, sent as files by a worker, withheld, parked, sent once more, counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.roles import Role
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import Said, line
from tests.territory import Territory, new_territory

SITE = "https://enroll.example.test"


class Terminal:
    """Commands about one organization, with mail as files in a folder."""

    def __init__(self, urls: DatabaseUrls, home: Path, folder: Path, territory: Territory) -> None:
        self.urls, self.home, self.folder, self.territory = urls, home, folder, territory
        self.mail = {
            "EVENROLL_MAIL_URL": f"files:{folder}/mail",
            "EVENROLL_MAIL_FROM": "enrollment@example.test",
            "EVENROLL_WEB_SITE": SITE,
        }

    def say(self, *arguments: str, **more: str) -> Said:
        return line(self.urls, self.home, *arguments, "--json", folder=self.folder, more={**self.mail, **more})

    def notices(self, state: str) -> list[dict[str, Any]]:
        said = self.say("notices", "list", "--state", state, "--organization", self.territory.utility)
        assert said.code == 0, said.err
        return said.told["notices"]


@pytest.fixture
def terminal(django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> Terminal:
    return Terminal(django_ready, embedded_home, tmp_path, new_territory())


def test_what_is_owed_is_listed_previewed_and_refused(terminal: Terminal) -> None:
    territory = terminal.territory
    number = territory.apply(territory.premise())
    owed = terminal.notices("owed")
    assert {each["case"] for each in owed} == {number}
    chosen = next(each for each in owed if each["code"] == "case_opened")
    english = terminal.say("notices", "preview", str(chosen["notice"]))
    spanish = terminal.say("notices", "preview", str(chosen["notice"]), "--language", "es")
    assert english.told["subject"] == f"We have your application ({number})"
    assert spanish.told["subject"] == f"Recibimos su solicitud ({number})"
    assert f"{SITE}/enroll/sent" in english.told["text"]
    assert "someone@example.test" not in f"{english.out}{spanish.out}"
    assert terminal.say("notices", "preview", "999999999").code == 3
    assert terminal.say("notices", "preview", str(chosen["notice"]), EVENROLL_MAIL_URL="off").code == 1
    assert terminal.notices("owed") == owed, "looking sends nothing"
    territory.admit(territory.utility, Role.ENROLLMENT_DESK, key="desk-7")
    here = ("--organization", territory.utility)
    assert terminal.say("notices", "refuse", number, *here).code == 1, "whoever has no role here may not"
    refused = terminal.say("notices", "refuse", number, "--actor", "desk-7", *here)
    assert (refused.code, refused.told["refused"]) == (0, True)
    unknown = terminal.say("notices", "refuse", "EV-00000-00000-0000", "--actor", "desk-7", *here)
    assert unknown.code == 3, unknown.err


def test_a_worker_sends_files_and_what_is_parked_is_shown_and_sent_once_more(terminal: Terminal) -> None:
    from evenroll.records.organizations import cursor, open_organization

    territory = terminal.territory
    number = territory.apply(territory.premise())
    with open_organization(territory.utility), cursor() as pen:
        pen.execute(
            "UPDATE notice SET next_at = NULL, parked_why = 'mail_away', mail = (SELECT min(id) FROM notice "
            "WHERE stream_key = %s), noticed_at = now() WHERE stream_key = %s",
            (number, number),
        )
    parked = terminal.say("parked", "list", "--organization", territory.utility).told["parked"]
    assert {(each["box"], each["conversation"], each["why"]) for each in parked} == {("notice", number, "mail_away")}
    told = next(
        each
        for each in terminal.say("status", "--organization", territory.utility).told["organizations"]
        if each["organization"] == territory.utility
    )
    assert (told["notices_parked"], told["notices_owed"]) == (len(parked), 0)
    again = terminal.say("notices", "retry", "--organization", territory.utility)
    assert again.code == ExitCode.OK, again.err
    assert again.told["retried"] == 1, again.out
    assert {each["case"] for each in terminal.notices("sent")} == {number}
    files = list((terminal.folder / "mail").iterdir())
    assert any(number in each.read_text("utf-8") for each in files)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EVENROLL_MAIL_URL", "carrier-pigeon:secret-word", "names no way for mail"),
        ("EVENROLL_MAIL_URL", "smtp:secret-word", "names no way for mail"),
        ("EVENROLL_MAIL_URL", "smtp://u:secret-word@host:port", "names no way for mail"),
        ("EVENROLL_MAIL_FROM", "secret-word", "no address of e-mail"),
        ("EVENROLL_MAIL_FROM", "a@b.test\nBcc: secret-word@b.test", "no address of e-mail"),
        ("EVENROLL_MAIL_WRITE_TO", "secret-word", "no address of e-mail"),
        ("EVENROLL_WEB_SITE", "javascript:secret-word", "EVENROLL_WEB_SITE"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_and_not_repeated(
    name: str, value: str, words: str, tmp_path: Path
) -> None:
    from evenroll.runtime.cli_exit import CommandEnded
    from evenroll.runtime.mail_wiring import mail_room

    usual = {
        "EVENROLL_MAIL_URL": "smtp://u:p@mail.test",
        "EVENROLL_MAIL_FROM": "a@b.test",
        "EVENROLL_WEB_SITE": SITE,
    }
    with pytest.raises(CommandEnded, match=words) as caught:
        mail_room({**usual, name: value}, home=tmp_path, is_demo=False)
    assert caught.value.code is ExitCode.WRONG_USE
    assert "secret-word" not in str(caught.value)


def test_the_ways_for_mail_are_what_they_say(tmp_path: Path) -> None:
    from evenroll.runtime.mail_wiring import mail_room

    def made(url: str) -> Any:
        given = {"EVENROLL_MAIL_URL": url, "EVENROLL_MAIL_FROM": "a@b.test", "EVENROLL_WEB_SITE": f"{SITE}/"}
        room = mail_room(given, home=tmp_path, is_demo=False)
        assert room is not None and (room.site, room.domain, room.write_to) == (SITE, "b.test", "a@b.test")
        return room.post

    plain = made("smtp://u%40x:p%3Aw@mail.test")
    assert plain.options["username"] == "u@x"
    assert plain.options["password"].split(":") == ["p", "w"]
    assert (plain.options["port"], plain.options["use_tls"], plain.options["use_ssl"]) == (587, True, False)
    safe = made("smtps://mail.test")
    assert (safe.options["port"], safe.options["use_tls"], safe.options["use_ssl"]) == (465, False, True)
    service = made("postmark:?server_token=T")
    assert (service.backend, service.options) == ("anymail.backends.postmark.EmailBackend", {"server_token": "T"})
    assert "T" not in repr(service).replace("Token", "").replace("DjangoPost", "")
    assert mail_room({}, home=tmp_path, is_demo=False) is None
    assert mail_room({"EVENROLL_MAIL_URL": "off"}, home=tmp_path, is_demo=True) is None
    demo = mail_room({}, home=tmp_path, is_demo=True)
    assert demo is not None
    post: Any = demo.post
    assert post.options["folder"] == tmp_path / "mail"


def test_every_named_service_is_one_that_anymail_has(django_ready: object) -> None:
    from importlib import import_module

    from evenroll.runtime.mail_wiring import SERVICES

    for each in sorted(SERVICES):
        assert import_module(f"anymail.backends.{each}").EmailBackend, each
