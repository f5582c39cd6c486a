"""`evenroll compare` on published Green Button files: a year is compared, gas and nine days are refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from tests.runtime.test_compare_command import MILES, ON, program_of, told

RECORDS = os.environ.get("EVENROLL_RATE_RECORDS", "")
needs_records = pytest.mark.skipif(
    not (RECORDS and (Path(RECORDS) / "greenbutton").is_dir()),
    reason="Set EVENROLL_RATE_RECORDS to a folder with greenbutton/ for the published sample files.",
)


@needs_records
def test_a_published_year_of_green_button_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(RECORDS) / "greenbutton" / "gb-inland-singlefamily-hourly-year.xml"
    found = told(capsys, path, "--organization", "pge", *MILES, "--on", ON)
    use = found["use"]
    assert (use["source"], use["told_wh"], use["years"]) == ("file", 8_343_306, 1)
    # 52 weeks before and not a year: the last day and the first lie a day apart from the calendar.
    assert abs(use["annual_wh"] - use["told_wh"]) < 100_000
    assert program_of(found, "PGE-EV2-A")["scenarios"]


@needs_records
@pytest.mark.parametrize(
    ("name", "sentence"),
    [("gb-gas-billing-NOT-ELECTRIC.xml", "it is gas, not electricity"), ("gb-hourly-nine-days.xml", "52 weeks")],
)
def test_a_published_file_that_tells_no_year_of_electricity_is_refused(
    name: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(Path(RECORDS) / "greenbutton" / name), "--organization", "pge", *MILES, "--on", ON]
    assert run(["compare", *arguments]) == ExitCode.WRONG_USE
    assert sentence in capsys.readouterr().err
