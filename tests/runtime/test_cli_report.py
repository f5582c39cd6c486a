"""`evenroll report`: what is kept is brought up to the journal and says the same as the journal, made anew or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import line
from tests.territory import Territory, new_territory

PARTS = ("stages", "times", "reasons", "money", "drafts")


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_the_report_says_what_the_journal_says(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path, territory: Territory
) -> None:
    for premise in [territory.premise()] * 2:
        territory.apply(premise)
    territory.run()

    def told(*options: str) -> dict[str, Any]:
        given = ("report", "--json", "--organization", territory.utility, *options)
        said = line(django_ready, embedded_home, *given, folder=tmp_path)
        assert said.code == ExitCode.OK, said.err
        return said.told["reports"][0]

    kept, counted = told("--anew"), told("--from-journal")
    assert {part: kept[part] for part in PARTS} == {part: counted[part] for part in PARTS}
    assert kept["stages"][0]["reached"] == 2 and kept["reasons"]
    assert [(each["code"], each["opened"]) for each in kept["channels"]] == [("web", 2)]
    assert sum(each["cases"] for each in kept["uptake"]) == kept["stages"][5]["reached"] == 1


def test_two_ways_to_count_at_once_are_refused(django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> None:
    said = line(django_ready, embedded_home, "report", "--anew", "--from-journal", folder=tmp_path)
    assert said.code == ExitCode.WRONG_USE and "Give one of them" in said.err
