"""html-validate finds nothing on any page of the table, nor where a form was sent empty, in either language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from evenroll.enrollment.form import Language
from tests.browser import markup
from tests.browser.served import Visit


@pytest.mark.browser
@pytest.mark.parametrize("language", Language)
def test_the_markup_of_every_page_is_right(
    everywhere: Sequence[Visit], address: str, tmp_path: Path, language: Language
) -> None:
    if told := markup.missing():
        pytest.skip(told)
    pages = {each.name: markup.page_of(each, address, language=language) for each in everywhere}
    errors = {f"{each.name} wrong": markup.page_of_error(each, address, language=language) for each in everywhere}
    errors = {name: page for name, page in errors.items() if page}
    assert len(pages) > 30
    assert len(errors) > 8
    assert all(f'lang="{language.value}"' in page for page in (*pages.values(), *errors.values()))
    assert markup.faults_of({**pages, **errors}, tmp_path) == []


def test_markup_that_is_wrong_is_heard_of(tmp_path: Path) -> None:
    if told := markup.missing():
        pytest.skip(told)
    page = '<!DOCTYPE html>\n<html lang="en"><head><title>x</title></head><body><p><div></p><input></body></html>'
    assert any("close-order" in each for each in markup.faults_of({"wrong": page}, tmp_path))
