"""`evenroll compare`: what is said of rate, equipment and vehicle, as people write it, and what comes of it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evenroll.programs.vehicle_models import vehicle_list
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from tests.intake.own_feeds import HOUR, block, feed, hours, point, reading, seconds, simple, type_, written

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


def test_a_vehicle_by_name_needs_what_its_list_says(capsys: pytest.CaptureFixture[str]) -> None:
    use = ("--monthly-kwh", "700", *OF_LAKELAND, "--on", ON)
    named = told(capsys, *use, *MILES, "--vehicle", "Nissan-Leaf")
    assert (named["vehicle"], named["pev_wh"]) == ("nissan-leaf", 12_000 * 30_417 // 100)
    said = told(capsys, *use, *MILES, "--kwh-per-100-miles", "30.417", "--charging-kw", "6.6")
    for mine, other in zip(named["parts"], said["parts"], strict=True):
        costs = [[each["scenarios"] for each in part["programs"]] for part in (mine, other)]
        assert costs[0] == costs[1]
        assert all("vehicle_model" in each["assumptions"] for each in mine["programs"])
    # What is said beside it holds: another label, a charger that gives less.
    assert told(capsys, *use, *MILES, "--vehicle", "nissan-leaf", "--kwh-per-100-miles", "25")["pev_wh"] == 3_000_000
    assert told(capsys, *use, *MILES)["vehicle"] is None
    assert run(["compare", *use, *MILES, "--vehicle", "nissan-leaf", "--language", "es"]) == ExitCode.OK
    assert "El vehículo es un Nissan LEAF SV del año de modelo 2024: 39 kWh" in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_vehicle_that_the_list_does_not_have_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    use = ["compare", "--monthly-kwh", "700", *OF_LAKELAND, *MILES]
    assert run([*use, "--vehicle", "leaf"]) == ExitCode.NOT_FOUND
    assert "Did you mean nissan-leaf or nissan-leaf-plus?" in capsys.readouterr().err
    assert run([*use, "--vehicle", "zzz"]) == ExitCode.NOT_FOUND
    assert "`evenroll vehicles` lists them" in capsys.readouterr().err


def test_miles_that_no_full_battery_drives_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    use = ["compare", "--monthly-kwh", "700", *OF_LAKELAND, "--miles", "52000", "--vehicle", "nissan-leaf"]
    # 39 kWh and the tenth that is lost take 43.333 from the wall; 51,997 miles a year take that much a day.
    assert run(use) == ExitCode.REFUSED
    assert "its battery takes 43.3 kWh at most" in " ".join(capsys.readouterr().err.split())
    assert run([*use, "--miles", "51990"]) == ExitCode.OK


def test_past_the_review_of_the_list_a_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    use = ["compare", "--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--vehicle", "nissan-leaf"]
    last_on = vehicle_list().review_by
    for on, is_late in ((last_on, False), (last_on + timedelta(days=1), True)):
        assert run([*use, "--on", str(on)]) == ExitCode.OK
        assert ("was to be reviewed by" in capsys.readouterr().err) is is_late


def test_vehicles_are_listed_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vehicles", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert {"nissan-leaf", "tesla-model-y"} <= {each["key"] for each in found["vehicles"]}
    assert all(each["source"] for each in found["vehicles"]) and found["consumption_source"]
    assert run(["vehicles"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "Nissan LEAF SV" in shown and "30.4" in shown and "To be reviewed by 2027-11-30" in shown


def _refused(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[str, str]:
    """The code and the sentence in Spanish with which a file is refused."""
    arguments = ["compare", str(path), "--organization", "pge", *MILES, "--on", ON, "--language", "es", "--json"]
    assert run(arguments) == ExitCode.WRONG_USE
    said = json.loads(capsys.readouterr().out)
    return said["error"], said["sentence"]


def test_a_file_that_cannot_be_used_is_refused_by_code_and_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, sentence = _refused(capsys, written(tmp_path, simple([1], commodity=7)))
    assert (code, "es gas natural, no electricidad" in sentence) == ("no_electricity", True)
    code, sentence = _refused(capsys, written(tmp_path, simple([1, 2])))
    assert (code, "un año necesita 52 semanas" in sentence) == ("less_than_a_year", True)


def test_energy_fed_in_is_refused_with_its_time(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, sentence = _refused(capsys, written(tmp_path, simple([1, 2, -3])))
    assert code == "fed_in"
    assert "el intervalo desde 2026-01-01 02:00 -0800 consume menos que nada (House / Hourly)" in sentence
    assert "medición neta" in sentence


def test_a_reading_of_what_was_fed_in_is_left_out_and_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    start = seconds("2025-01-01T00:00:00")
    used = block(hours(start, [1_000] * (HOUR * 24 * 365 // HOUR)))
    fed = block(hours(start, [500] * 48), reading=2)
    readings = (point(), type_(1), type_(2, flowDirection=19), reading(1), reading(2, type_=2, title="To the grid"))
    path = written(tmp_path, feed(*readings, used, fed))
    found = told(capsys, str(path), "--organization", "pge", *MILES, "--on", ON, "--language", "es")
    assert found["use"]["annual_wh"] == 8_760_000
    assert found["warning_codes"] == ["fed_in_left_out"]
    assert found["warnings"][0].startswith("House / To the grid indica energía vertida a la red")
