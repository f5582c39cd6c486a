"""What docs/bad_paths.md says of people on the web: every test is there, and looks for the answer that is told."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

import pytest

from tests.house.test_bad_paths_doc import PAGE, ROOT, WEB

COLUMNS = 4
THEMES = {"web", "papers", "desk", "auditor", "registry", "catalog"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One bad path. answer: what its test looks for, as it stands in the test."""

    theme: str
    path: str
    answer: str
    file: str
    test: str


def lines() -> tuple[Line, ...]:
    found: list[Line] = []
    for text in PAGE.read_text(encoding="utf-8").partition(WEB)[2].splitlines():
        if text.startswith("| ") and not text.startswith("| Theme"):
            cells = [cell.strip().strip("`") for cell in text.strip("|").split("|")]
            assert len(cells) == COLUMNS, text
            theme, path, answer, test = cells
            file, _, name = test.partition("::")
            found.append(Line(theme=theme, path=path, answer=answer, file=file, test=name))
    return tuple(found)


@cache
def functions_in(file: str) -> dict[str, str]:
    """The text of each test of a file, with what stands above its name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(text)
    return {
        each.name: ast.get_source_segment(text, each) or "" for each in tree.body if isinstance(each, ast.FunctionDef)
    }


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.theme}-{line.path}"[:80])
def test_each_answer_is_what_its_test_looks_for(line: Line) -> None:
    there = functions_in(line.file)
    assert line.test in there, f"{line.file} has no {line.test}"
    assert line.answer in there[line.test], f"{line.test} looks for something else than {line.answer}"


def test_no_theme_of_the_web_is_left_out() -> None:
    assert {each.theme for each in lines()} == THEMES
    paths = [(each.theme, each.path) for each in lines()]
    assert len(paths) == len(set(paths)), "a bad path stands twice"
