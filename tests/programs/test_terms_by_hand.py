"""The dates that a program's terms come to, worked out by hand beside what the program computes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenroll.enrollment.dates import span_end
from evenroll.enrollment.leaving import lockout_end
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import SupplyStatus, lockout_of, stay_of
from evenroll.quantities.identifiers import ProgramKey

SHEET = yaml.safe_load((Path(__file__).parent / "terms_by_hand.yaml").read_text(encoding="utf-8"))
CATALOG = load_catalog()


@pytest.mark.parametrize("row", SHEET["programs"], ids=lambda row: f"{row['program']}-{row['supply']}")
def test_the_dates_are_those_of_a_calendar(row: dict[str, Any]) -> None:
    program = CATALOG.program(ProgramKey(row["program"]))
    stay = stay_of(program, supply=SupplyStatus(row["supply"]))
    assert (span_end(SHEET["enrolled_on"], span=stay) if stay else "none") == row["stays_until"]
    barred = bool(lockout_of(program))
    assert (lockout_end(program, ended_on=SHEET["left_on"]) if barred else "none") == row["back_on"]


def test_every_program_is_on_the_sheet_which_nobody_has_signed() -> None:
    assert {row["program"] for row in SHEET["programs"]} == {str(each.key) for each in CATALOG.programs}
    assert SHEET["signed"] == "none" and SHEET["left_on"] == date(2027, 8, 31)
