"""What docs/bad_paths.md says of erasures and of operating: every code, every word and every test is there."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import pytest

from evenroll.enrollment.erasure import ErasureRefusalCode
from evenroll.runtime.cli_endings import ending_of
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.embedded_places import ServerRefused
from evenroll.runtime.wiring import MasterKeyRefused
from tests.house.test_bad_paths_doc import OPERATION, PAGE, ROOT, WEB, functions_of

COLUMNS = 5
THEMES = {
    "compare-all",
    "backup",
    "compare",
    "disk",
    "enroll",
    "erasure",
    "hold",
    "journal",
    "keys",
    "mail",
    "past bills",
    "releases",
    "restore",
    "server",
    "serve",
    "status",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One bad path. words: of its sentence, for an exit code."""

    theme: str
    path: str
    outcome: str
    words: str
    file: str
    test: str


def lines() -> tuple[Line, ...]:
    found: list[Line] = []
    for text in PAGE.read_text(encoding="utf-8").partition(OPERATION)[2].partition(WEB)[0].splitlines():
        if text.startswith("| ") and not text.startswith("| Theme"):
            cells = [cell.strip().strip("`") for cell in text.strip("|").split("|")]
            assert len(cells) == COLUMNS, text
            theme, path, outcome, words, test = cells
            file, _, name = test.partition("::")
            found.append(Line(theme=theme, path=path, outcome=outcome, words=words, file=file, test=name))
    return tuple(found)


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.theme}-{line.path}"[:80])
def test_each_outcome_is_what_its_test_looks_for(line: Line) -> None:
    assert line.test in functions_of(line.file), f"{line.file} has no {line.test}"
    text = (ROOT / line.file).read_text(encoding="utf-8")
    enum, _, code = line.outcome.partition(".")
    if enum == ErasureRefusalCode.__name__:
        member = ErasureRefusalCode(code)
        assert not line.words and re.search(rf"\bR\.{member.name}\b", text)
        return
    assert enum == ExitCode.__name__ and line.words and line.words in text, f"{line.test} looks for other words"
    wanted = ExitCode[code]
    raised = [each for each in (ServerRefused, MasterKeyRefused) if f"raises({each.__name__}" in text]
    ends_so = any(ending_of(each("")).code is wanted for each in raised)
    assert ends_so or re.search(rf"ExitCode\.{code}\b|== {wanted:d}\b|== \({wanted:d}, ", text), line.test


def test_no_theme_and_no_refusal_of_an_erasure_is_left_out() -> None:
    assert {each.theme for each in lines()} == THEMES
    told = {each.outcome for each in lines()}
    assert {f"ErasureRefusalCode.{each.value}" for each in ErasureRefusalCode} <= told
    paths = [(each.theme, each.path) for each in lines()]
    assert len(paths) == len(set(paths))


def test_one_test_stands_for_one_outcome() -> None:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for each in lines():
        told[f"{each.file}::{each.test}"].add(each.outcome)
    assert {test for test, outcomes in told.items() if len(outcomes) > 1} == set()
