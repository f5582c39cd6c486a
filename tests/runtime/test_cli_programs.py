"""`evenroll programs`: what is listed, how a file is checked, and that the page is written from the catalog."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.roles import Role
from evenroll.pages.program_table import program_page
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import Said, line
from tests.territory import capped_program, new_territory

PECO = resources.files("evenroll.programs").joinpath("catalog", "peco.yaml").read_text(encoding="utf-8")


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def test_the_list_says_what_is_priced_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    told = {each["program"]: each for each in _told(capsys, "programs")["programs"]}
    assert told["PGE-EV2-A"]["compared"] is True
    assert told["DTE-D1.9"]["missing"] == ["all_prices"]
    assert told["SDGE-EV-TOU-5"]["missing_of_replaced_rate"] == ["baseline_credit"]
    assert "lockout_days" in told["PGE-EV2-A"]["not_known"]
    assert all(each["source"] and each["review_by"] for each in told.values())


def test_an_organization_is_listed_with_summaries_and_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "--organization", "dte"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "missing: all of its prices" in " ".join(shown.split())
    assert "Not known: how many at one address" in " ".join(shown.split())


def test_a_file_that_can_be_used_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "peco.yaml"
    file.write_text(PECO)
    told = _told(capsys, "programs", "check", str(file))
    assert told["rates"] == 2
    assert [each["program"] for each in told["programs"]] == ["PECO-R-TOU"]


def test_a_wrong_file_is_refused_by_file_line_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "peco.yaml"
    file.write_text(PECO.replace("unit: usage_point", "unit: garage"))
    assert run(["programs", "check", str(file)]) == ExitCode.WRONG_USE
    line = PECO[: PECO.index("unit: usage_point")].count("\n") + 1
    assert f"peco.yaml, line {line}: unit is 'garage'" in capsys.readouterr().err


def test_a_file_of_another_name_may_not_take_the_name_of_an_organization(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(PECO)
    assert run(["programs", "check", str(file)]) == ExitCode.WRONG_USE
    assert "organization peco stands in another file too" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file or directory"), (b"\xff\xfe\x00", "is no UTF-8 text")]
)
def test_a_file_that_cannot_be_read(
    content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.yaml"
    if content is not None:
        file.write_bytes(content)
    assert run(["programs", "check", str(file)]) == ExitCode.WRONG_USE
    assert said in capsys.readouterr().err


def test_the_page_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "programs.md"
    assert run(["programs", "page", "--out", str(file)]) == ExitCode.OK
    assert file.read_text(encoding="utf-8") == program_page(load_catalog())
    capsys.readouterr()
    assert _told(capsys, "programs", "page")["page"].startswith("# Real programs")


def test_an_organization_of_the_catalog_comes_into_a_database_with_its_programs(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    def published(*arguments: str) -> Said:
        return line(django_ready, embedded_home, "programs", "publish", *arguments, folder=tmp_path)

    for new in (True, False):
        told = published("peco", "--keeps-registry", "--json").told
        assert told["registry"] and told["kinds"] == ["clearinghouse", "utility"]
        assert [(each["program"], each["new"]) for each in told["programs"]] == [("PECO-R-TOU", new)]
    again = published("peco", "--json").told
    assert again["kinds"] == ["clearinghouse", "utility"], "what it does here already stays"
    supplier = published("txu", "--keeps-registry")
    assert supplier.code == ExitCode.WRONG_USE and "no utility" in supplier.err
    typo = published("Pec")
    assert typo.code == ExitCode.NOT_FOUND and "Did you mean peco" in typo.err


def test_the_places_of_a_program_are_told_to_machines_as_well(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    territory = new_territory()
    program = capped_program(territory)
    territory.admit(territory.utility, Role.PROGRAM_MANAGER)
    assert program.cap is not None
    told = line(django_ready, embedded_home, "line", program.key, "--json", folder=tmp_path).told
    assert told["line"] == [] and (told["places"] is None or told["places"]["cap"] == program.cap.places)
    set_to = line(django_ready, embedded_home, "cap", program.key, "--places", "9", "--json", folder=tmp_path)
    assert set_to.code == ExitCode.OK
    places = line(django_ready, embedded_home, "line", program.key, "--json", folder=tmp_path).told["places"]
    assert places == {"cap": 9, "taken": 0, "offered": 0, "waiting": 0}
    again = line(django_ready, embedded_home, "cap", program.key, folder=tmp_path)
    assert "holds again" in again.out


def test_a_program_that_is_over_says_since_when(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    territory = new_territory()
    program = capped_program(territory)
    territory.admit(territory.utility, Role.PROGRAM_MANAGER)
    shown = line(django_ready, embedded_home, "line", program.key, folder=tmp_path)
    assert "ended on" not in shown.out
    on = datetime.now(ZoneInfo("America/Chicago")).date()
    ended = line(django_ready, embedded_home, "end-program", program.key, "--on", str(on), folder=tmp_path)
    assert ended.code == ExitCode.OK, ended.err
    shown = line(django_ready, embedded_home, "line", program.key, folder=tmp_path)
    assert f"{program.key} ended on {on}" in shown.out
    assert line(django_ready, embedded_home, "line", program.key, "--json", folder=tmp_path).told["ends_on"] == str(on)
