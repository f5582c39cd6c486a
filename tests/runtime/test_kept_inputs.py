"""What a command reads is never written over by what it writes, and commands no terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from tests.intake.invented_base import invented_wh, write_loads

LAKELAND = ("--organization", "lakeland-electric", "--miles", "12000")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def _linked(file: Path, *, hard: bool) -> Path:
    link = file.with_name("link")
    if hard:
        link.hardlink_to(file)
    else:
        link.symlink_to(file)
    return link


@pytest.mark.parametrize("hard", [True, False])
def test_a_report_over_the_bills_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, *, hard: bool) -> None:
    bills = tmp_path / "bills.csv"
    shutil.copy(EXAMPLES / "past_bills.csv", bills)
    before = bills.read_bytes()
    for out in (bills, tmp_path / "." / "bills.csv", _linked(bills, hard=hard)):
        assert run(["match-bills", str(bills), "--out", str(out)]) == ExitCode.WRONG_USE
        assert "would be lost" in capsys.readouterr().err
    assert bills.read_bytes() == before


def test_a_report_over_intervals_that_a_bill_names_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bills, intervals = tmp_path / "past_bills.csv", tmp_path / "past_bill_intervals.csv"
    for file in (bills, intervals):
        shutil.copy(EXAMPLES / file.name, file)
    before = intervals.read_bytes()
    # Also where no rate of the bill is known, so that its intervals are not read at all.
    bills.write_text(bills.read_text(encoding="utf-8").replace("LE-", "NO-"), encoding="utf-8")
    for out in (intervals, _linked(intervals, hard=False)):
        assert run(["match-bills", str(bills), "--out", str(out)]) == ExitCode.WRONG_USE
        assert "would be lost" in capsys.readouterr().err
    assert intervals.read_bytes() == before


def test_a_link_that_leads_nowhere_is_not_written_through(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    link = tmp_path / "report.csv"
    link.symlink_to(tmp_path / "gone" / "report.csv")
    said = (
        ["match-bills", str(EXAMPLES / "past_bills.csv"), "--out", str(link)],
        ["compare", "--monthly-kwh", "700", *LAKELAND, "--plot", str(link)],
    )
    for each in said:
        assert run(each) == ExitCode.WRONG_USE
        assert "where no file is" in capsys.readouterr().err
    assert link.is_symlink() and not link.exists()


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("--out", "link.parquet", "the result would take its place"),
        ("--errors", "link.parquet", "the result would take its place"),
        ("--out", "prices.csv", "would be lost"),
        ("--errors", "prices.csv", "would be lost"),
        ("--errors", "urdb.json", "would be lost"),
        ("--errors", "out.parquet.parts", "keeps unfinished work"),
        ("--errors", "out.parquet.parts/errors.csv", "keeps unfinished work"),
        ("--errors", "folder", "it is a folder"),
        ("--errors", "none/errors.csv", "There is no folder"),
    ],
)
def test_what_a_comparison_of_all_cannot_write_is_said_before_the_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str, name: str, words: str
) -> None:
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(2, days=31))
    (tmp_path / "folder").mkdir()
    kept = tmp_path / "kept.parquet"
    for each in ("kept.parquet", "prices.csv", "urdb.json"):
        (tmp_path / each).write_text("kept")
    (tmp_path / "link.parquet").symlink_to(kept)
    places = {"--out": "out.parquet", option: name}
    said = [text for key, value in places.items() for text in (key, str(tmp_path / value))]
    read = ["--prices", str(tmp_path / "prices.csv"), "--urdb", str(tmp_path / "urdb.json"), "--calendar", "US-CA"]
    assert run(["compare-all", str(loads), "--rates", "LE-R", *said, *read]) == ExitCode.WRONG_USE
    assert words in " ".join(capsys.readouterr().err.split())
    assert [(tmp_path / each).read_text() for each in ("kept.parquet", "prices.csv", "urdb.json")] == ["kept"] * 3
    assert not (tmp_path / "out.parquet.parts").exists()


@pytest.mark.parametrize("option", ["FILE", "--prices"])
def test_a_drawing_over_the_use_or_the_prices_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("start,kwh\n2026-01-01 00:00,1\n")
    given = [str(mine)] if option == "FILE" else ["--monthly-kwh", "700", option, str(mine)]
    said = ["compare", *given, "--organization", "lakeland-electric", "--miles", "12000", "--plot", str(mine)]
    assert run(said) == ExitCode.WRONG_USE
    assert "would be lost" in capsys.readouterr().err
    assert mine.read_text().startswith("start,kwh")


def test_a_name_out_of_a_file_commands_no_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("start,\x1b[31mred\x1b]0;title\x07,kwh\n2026-01-01 00:00,1,1\n")
    given = ["--monthly-kwh", "700", "--organization", "lakeland-electric", "--miles", "12000"]
    assert run(["compare", *given, "--prices", str(prices)]) == ExitCode.WRONG_USE
    said = capsys.readouterr().err
    assert "[31mred" in said
    assert not {"\x1b", "\x07"} & set(said)
