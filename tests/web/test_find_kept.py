"""What the finder shows can be kept: as a file of plain text with all that the page says, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.territory import Territory
from tests.web.browsing import browser
from tests.web.test_find import all_answered, said, text_of


def file_of(asked: Any) -> str:
    answer = asked.get("/find/costs.txt")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; ")
    return answer.content.decode()


@pytest.mark.parametrize("language", Language)
def test_the_file_says_every_amount_and_sentence_of_the_page(
    web: None, territory: Territory, language: Language
) -> None:
    asked = all_answered(language)
    page, told = text_of(asked.get("/find/costs")), " ".join(file_of(asked).split())
    amounts = set(re.findall(r"\$[\d,.]+ (?:to|a) \$[\d,.]+", page))
    assert len(amounts) > 6
    assert [each for each in amounts if each not in told] == []
    for key in ("your_answers", "day_title", "hidden", "assumed", "terms_leaving"):
        assert said(f"find.{key}", language) in told
    assert "<" not in told


def test_the_page_leads_to_its_file(web: None, territory: Territory) -> None:
    page = all_answered().get("/find/costs").content.decode()
    assert 'href="/find/costs.txt"' in page
    assert said("find.keep_file") in page


def test_who_has_not_answered_gets_no_file(web: None, territory: Territory) -> None:
    assert browser().get("/find/costs.txt")["Location"] == "/find/costs"
