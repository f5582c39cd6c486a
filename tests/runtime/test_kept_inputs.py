"""What a command reads is never written over by what it writes, and commands no terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run

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
