"""A customer's own use by upload: figures of it, refusals in the reader's language, limits, and that no file stays."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from tests.territory import Territory
from tests.web.browsing import browser, token_in
from tests.web.test_find import all_answered, said, text_of

DATA = "/find/data"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'


def a_year() -> bytes:
    """A table of a year by the hour, 1 kWh in each, with its offset from UTC."""
    start = datetime.fromisoformat("2025-09-01T00:00:00+00:00")
    rows = (f"{(start + n * timedelta(hours=1)).isoformat()},1.0" for n in range(366 * 24))
    return "\n".join(("start,kwh", *rows)).encode()


def sent(asked: Any, content: bytes, *, name: str = "use.csv") -> Any:
    token = token_in(asked.get(DATA).content.decode())
    given = {"file": SimpleUploadedFile(name, content), "meter": "", "dates": "unsaid", "csrfmiddlewaretoken": token}
    return asked.post(DATA, given)


def test_figures_come_of_the_own_hours_and_are_forgotten_on_request(web: None, territory: Territory) -> None:
    asked = all_answered()
    assert sent(asked, a_year())["Location"] == "/find/costs"
    page = asked.get("/find/costs")
    assert "8,760 kWh" in text_of(page)
    assert said("find.data_used") in text_of(page)
    assert "The use is your own" in text_of(page)
    token = token_in(page.content.decode())
    assert asked.post(DATA, {"forget": "yes", "csrfmiddlewaretoken": token})["Location"] == "/find/costs"
    assert "8,400 kWh" in text_of(asked.get("/find/costs"))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.csv", {"en": "Choose a file", "es": "Elija un archivo"}),
        (b"hello\n", "use.csv", {"en": "is no table of use", "es": "no es"}),
        (b"\x00\x01\x02" * 400, "use.bin", {"en": "use.bin", "es": "use.bin"}),
        (b"<feed", "use.xml", {"en": "no whole XML", "es": "no es un XML completo"}),
        (BOMB, "bomb.xml", {"en": "document type", "es": "tipo de documento"}),
        (b"start,kwh\n2026-01-01 00:00,1\n", "use.csv", {"en": "weeks", "es": "semanas"}),
    ],
    ids=["empty", "no table", "bytes", "cut off", "entities", "too short"],
)
def test_a_bad_file_is_told_in_the_readers_language(
    web: None, territory: Territory, content: bytes, name: str, words: dict[str, str], language: Language
) -> None:
    asked = all_answered(language)
    shown = sent(asked, content, name=name)
    assert shown.status_code == 200
    page = text_of(shown)
    assert words[language.value] in page
    assert not re.search(r"/tmp|/var|own_use", page)
    assert 'href="#id_file"' in shown.content.decode()


def test_the_name_of_a_file_is_shown_without_its_marks(web: None, territory: Territory) -> None:
    shown = sent(all_answered(), b"hello\n", name='"><script>alert(1)<b>.csv').content.decode()
    assert "<script>" not in shown
    assert "alert(1)" not in shown or "&lt;script" not in shown


def test_a_file_that_is_too_large_is_told_and_not_read(web: None, territory: Territory) -> None:
    shown = sent(all_answered(), b"0" * (21 * 1024 * 1024))
    assert shown.status_code == 200
    assert said("find.file_too_large", most=20) in text_of(shown)


def test_the_file_is_gone_when_the_answer_comes(
    web: None, territory: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    asked = all_answered()
    sent(asked, a_year())
    sent(asked, b"hello\n")
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_taken_before_the_questions_or_from_elsewhere(web: None, territory: Territory) -> None:
    assert browser().get(DATA)["Location"] == "/find"
    assert browser().post(DATA, {"file": SimpleUploadedFile("a.csv", b"x")}).status_code == 403


def test_own_use_does_not_follow_to_another_territory(web: None, territory: Territory) -> None:
    asked = all_answered()
    sent(asked, a_year())
    token = token_in(asked.get("/find").content.decode())
    asked.post("/find", {"utility": "pge", "postal_code": "", "csrfmiddlewaretoken": token})
    token = token_in(asked.get("/find/billing").content.decode())
    asked.post("/find/billing", {"billed_by": "utility", "monthly_kwh": "", "csrfmiddlewaretoken": token})
    assert render("find.notice_usual_title", language=Language.EN) in text_of(asked.get("/find/costs"))
