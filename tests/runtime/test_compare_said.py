"""`evenroll compare`: what is said of rate, equipment and vehicle, as people write it, and what comes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run

ON = "2026-06-01"
OF_LAKELAND = ("--organization", "lakeland-electric")
MILES = ("--miles", "12000")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["compare", *arguments, "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("price", ["1549", "1,549", "$1,549.00", " 1,549.0 "])
def test_a_price_of_equipment_is_written_as_people_write_it(price: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", ON)
    assert Decimal(told(capsys, *arguments, "--equipment-usd", price)["equipment_usd"]) == 1549


def test_capitals_of_a_rate_do_not_matter_and_a_near_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", ON)
    assert told(capsys, *arguments, "--rate", "le-r") == told(capsys, *arguments, "--rate", "LE-R")
    assert run(["compare", *arguments, "--rate", "le-rr"]) == ExitCode.NOT_FOUND
    assert "Did you mean LE-R or" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_vehicle_that_does_not_fit_ends_with_a_code_and_each_program_says_why(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["compare", "--monthly-kwh", "700", *OF_LAKELAND, "--miles", "90000", "--charging-kw", "1.4"]
    assert run([*arguments, "--on", ON, "--language", language, "--json"]) == ExitCode.REFUSED
    said = capsys.readouterr()
    found = json.loads(said.out)
    whys = {each["program"]: (each["no_figures"], each["no_figures_sentence"]) for each in found["without_figures"]}
    assert found["parts"] == []
    assert whys["LE-EV-NIGHT"][0] == "NeedDoesNotFit"
    assert "73" in whys["LE-EV-NIGHT"][1] and "18.2 kWh" in whys["LE-EV-NIGHT"][1]
    assert whys["LE-EV-PAUSE"][0] == "RewardsOnly"
    assert "--charging-kw" in said.err
