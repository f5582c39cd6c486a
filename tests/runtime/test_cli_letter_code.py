"""Letters with a code at the terminal: what they open, how many there are, and where the code stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import Said, line
from tests.territory import NOW, Territory, new_territory
from tests.web.browsing import ready
from tests.web.enrolling import Enrolling
from tests.web.test_enroll_ways import ways_back

SITE = "https://enroll.example.test"
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class Desk:
    """The enrollment desk of a utility at its terminal."""

    def __init__(self, urls: DatabaseUrls, home: Path, folder: Path, territory: Territory) -> None:
        self.urls, self.home, self.folder, self.territory = urls, home, folder, territory
        self.made = 0

    def write(self, about: str, *more: str, actor: str = "desk-7", suffix: str = "txt") -> tuple[Said, str]:
        """What was said, and the text of the letter; "" where there is none."""
        self.made += 1
        out = self.folder / f"letter-{self.made}.{suffix}"
        here = ("--out", str(out), "--actor", actor, "--organization", self.territory.utility)
        environment = {"EVENROLL_WEB_SITE": SITE, "EVENROLL_LOG": "json"}
        said = line(self.urls, self.home, "letter-code", about, *here, *more, folder=self.folder, more=environment)
        return said, out.read_text("utf-8") if out.exists() else ""


@pytest.fixture
def desk(django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> Desk:
    from evenroll.accounts.wired import Wired, use_wired

    territory = new_territory()
    ready(demo=False)
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    territory.admit(territory.utility, Role.ENROLLMENT_DESK, key="desk-7")
    return Desk(django_ready, embedded_home, tmp_path, territory)


def opened(desk: Desk, code: str) -> Enrolling:
    asked = Enrolling(desk.territory)
    asked.open("/enroll/code")
    asked.send("/enroll/code", {"code": code})
    return asked


def test_a_letter_opens_a_case_that_came_by_letter_until_it_is_proved(desk: Desk) -> None:
    territory = desk.territory
    number = territory.apply(territory.premise())
    said, letter = desk.write(number, "--language", "es")
    assert said.code == 0, said.err
    (code,) = CODE.findall(letter)
    assert f"{SITE}/enroll/code" in letter
    assert render("code_letter.secret", language=Language.ES, parameters={}) in letter
    assert code not in f"{said.out}{said.err}"
    asked = opened(desk, code)
    assert asked.client.get("/enroll/sent").status_code == 200
    soon, nothing = desk.write(number)
    assert (soon.code, nothing) == (1, "")
    assert "at most four in 30 days" in soon.err
    territory.run()
    late, _ = desk.write(number)
    assert late.code == 1
    assert "signs in" in late.err


def test_a_letter_opens_an_application_that_is_not_sent(desk: Desk) -> None:
    customer = Enrolling(desk.territory)
    customer.begin()
    customer.answer("person", {"name": "Robin Example", "email": "someone@example.test"})
    known = ways_back(customer)[1]
    said, letter = desk.write(known, suffix="html")
    assert said.code == 0, said.err
    (code,) = CODE.findall(letter)
    assert code != known
    assert "Robin" not in letter
    asked = opened(desk, code)
    asked.open("/enroll/answer/person")
    assert "Robin Example" in asked.page


def test_who_has_no_role_writes_none_and_what_is_not_here_is_said(desk: Desk) -> None:
    number = desk.territory.apply(desk.territory.premise())
    for about, actor, code in ((number, "stranger", 1), ("EV-00000-00000-0000", "desk-7", 3), ("nothing", "desk-7", 3)):
        said, letter = desk.write(about, actor=actor)
        assert (said.code, letter) == (code, ""), said.err
    there = desk.folder / "there.txt"
    there.write_text("kept")
    here = ("--out", str(there), "--actor", "desk-7", "--organization", desk.territory.utility)
    assert line(desk.urls, desk.home, "letter-code", number, *here, folder=desk.folder).code == 1
    assert there.read_text() == "kept"


def test_four_letters_in_thirty_days_a_day_apart(desk: Desk) -> None:
    from django.db import connection

    from evenroll.records.drafts import Drafted, begin_sent, number_of_code
    from evenroll.records.letter_codes import DraftGone, TooManyLetters, make_letter_code

    begun = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    cells = {"organization": desk.territory.utility, "program": desk.territory.night.key}
    draft = begin_sent(Drafted(cells=cells, case=CaseNumber("EV-LETTERS"), sent_on="2026-11-02"), at=begun)
    made = []
    for day in range(4):
        at = begun + timedelta(days=day)
        made.append(make_letter_code(draft.number, by="desk-7", at=at))
        with pytest.raises(TooManyLetters):
            make_letter_code(draft.number, by="desk-7", at=at + timedelta(hours=23, minutes=59))
    with pytest.raises(TooManyLetters) as refused:
        make_letter_code(draft.number, by="desk-7", at=begun + timedelta(days=29, hours=23))
    assert refused.value.again_at == begun + timedelta(days=30)
    assert len({each.code for each in made}) == 4
    assert number_of_code(made[0].code, at=begun + timedelta(days=29)) == draft.number
    assert number_of_code(made[0].code, at=begun + timedelta(days=30)) is None
    assert number_of_code(made[3].code, at=begun + timedelta(days=32)) == draft.number
    with pytest.raises(DraftGone):
        make_letter_code(draft.number, by="desk-7", at=begun + timedelta(days=90))
    with connection.cursor() as pen:
        pen.execute("SELECT t::text FROM draft_letter AS t")
        assert made[0].code not in str(pen.fetchall())
