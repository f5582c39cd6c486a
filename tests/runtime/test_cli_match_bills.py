"""`evenroll match-bills`: the example of the documentation, its report, its exit codes, in both languages."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
EXAMPLE = EXAMPLES / "past_bills.csv"
WANTED = {
    "B-1001": [],
    "B-1002": [],
    "B-1003": ["end_counted"],
    "B-1004": ["tax_line"],
    "B-1005": ["holidays_as_weekdays"],
    "B-1006": ["clock_behind"],
    "B-1007": ["minimum_whole"],
    "B-1008": ["registers_swapped"],
}


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["match-bills", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def _only(tmp_path: Path, *numbers: str) -> Path:
    """The example cut to some of its bills."""
    rows = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "bills.csv"
    file.write_text(rows[0] + "".join(row for row in rows if row.split(",")[0] in numbers), encoding="utf-8")
    shutil.copy(EXAMPLES / "past_bill_intervals.csv", tmp_path)
    return file


def test_the_example_comes_out_as_its_page_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    code, told = _told(capsys, str(EXAMPLE), "--out", str(report))
    assert code == ExitCode.REFUSED
    assert told["counts"] == {"matched": 2, "differs": 6, "cannot_be_made": 1}
    for bill in told["bills"][:-1]:
        assert {tuple(each["reasons"]) for each in bill["differences"]} == {
            (reason,) for reason in WANTED[bill["bill"]]
        }, bill["bill"]
    assert told["bills"][-1]["refused"] == "rate_unknown"
    rows = [*csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines())]
    assert [row["bill"] for row in rows if row["result"] == "matched"] == ["B-1001", "B-1002"]
    minimum = next(row for row in rows if row["bill"] == "B-1007")
    assert (minimum["theirs"], minimum["ours"], minimum["off"], minimum["reason"]) == (
        "$1.76", "$0.69", "1.07", "minimum_whole",
    )  # fmt: skip
    assert minimum["sentence"] in EXAMPLES.parent.joinpath("match_bills.md").read_text(encoding="utf-8")


def test_bills_that_all_match_end_with_zero_and_need_no_database(tmp_path: Path) -> None:
    file = _only(tmp_path, "B-1001", "B-1002")
    script = f"from evenroll.runtime.command_line import run; raise SystemExit(run(['match-bills', {str(file)!r}]))"
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "EVENROLL_HOME": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=away, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "matched: 2, differs: 0, cannot be made: 0." in done.stdout
    assert not (tmp_path / "none").exists()


def test_lines_that_are_set_aside_are_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = _only(tmp_path, "B-1004")
    assert _told(capsys, str(file))[0] == ExitCode.REFUSED
    code, told = _told(capsys, str(file), "--set-aside", "tax")
    assert (code, told["counts"]["matched"]) == (ExitCode.OK, 1)
    assert run(["match-bills", str(file), "--set-aside", "energy"]) == ExitCode.WRONG_USE
    assert "only tax and other can be set aside" in capsys.readouterr().err


def test_in_spanish_and_with_the_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = _only(tmp_path, "B-1003")
    assert run(["match-bills", str(file), "--language", "es", "--explain"]) == ExitCode.REFUSED
    shown = " ".join(capsys.readouterr().out.split())
    assert "B-1003: difiere" in shown
    assert "la factura cuenta también su último día" in shown
    assert "línea registro temporada cantidad precio importe" in shown


def test_rows_that_cannot_be_read_are_told_and_the_others_judged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = _only(tmp_path, "B-1001", "B-1003")
    file.write_text(file.read_text(encoding="utf-8").replace("12.55", "twelve"), encoding="utf-8")
    code, told = _told(capsys, str(file))
    assert (code, told["counts"]["matched"]) == (ExitCode.SOME_ROWS_FAILED, 1)
    (fault,) = told["bills"][1]["faults"]
    assert (fault["row"], fault["column"], fault["code"]) == (7, "amount", "not_an_amount")
    assert fault["sentence"].startswith("Row 7, column amount: it is no amount")
    report = tmp_path / "none" / "report.csv"
    assert run(["match-bills", str(file), "--out", str(report)]) == ExitCode.WRONG_USE
    assert "cannot be written" in capsys.readouterr().err


def test_capitals_of_a_rate_do_not_matter_and_a_near_name_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = _only(tmp_path, "B-1001", "B-1002")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("LE-R,", "le-r,"), encoding="utf-8")
    assert _told(capsys, str(file))[0] == ExitCode.OK
    file.write_text(text.replace("LE-R,", "le-rr,"), encoding="utf-8")
    _, told = _told(capsys, str(file))
    wrong = next(each for each in told["bills"] if each["refused"])
    assert wrong["refused_sentence"].startswith("no rate is called le-rr. Similar: LE-R, ")


def test_intervals_that_cannot_be_used_are_told_in_the_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "bills.csv"
    head = "bill,rate,start_on,end_on,line,quantity,price,amount,load\n"
    file.write_text(f"{head}B,LE-R,2026-03-01,2026-04-01,energy,,,100.00,use.csv\n")
    (tmp_path / "use.csv").write_text("start,wh\n2026-03-01 00:00,5\n2026-03-01 01:00,-5\n")
    assert run(["match-bills", str(file), "--language", "es"]) == ExitCode.SOME_ROWS_FAILED
    shown = " ".join(capsys.readouterr().out.split())
    assert "use.csv, fila 3: el intervalo desde 2026-03-01 01:00 -0600 consume menos que nada (el medidor)" in shown
    (tmp_path / "use.csv").write_text("start,wh\n" + "2026-03-01 00:00,5\n" * 2 + "2026-03-01 01:00,5\n")
    run(["match-bills", str(file), "--language", "es"])
    assert "use.csv: Intervalos que aparecen más de una vez y cuentan una: 1." in capsys.readouterr().err


def test_a_quantity_that_is_none_is_told_as_a_quantity(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    head = "bill,rate,start_on,end_on,line,quantity,price,amount\n"
    file.write_text(f"{head}B,LE-R,2026-03-01,2026-04-01,energy,much,dear,100.00\n")
    code, told = _told(capsys, str(file))
    assert code == ExitCode.SOME_ROWS_FAILED
    faults = told["bills"][0]["faults"]
    assert [(each["column"], each["code"]) for each in faults] == [
        ("quantity", "not_a_quantity"),
        ("price", "not_a_price"),
    ]
    assert faults[0]["sentence"].startswith("Row 2, column quantity: it is no quantity of kWh, kW or days")
    assert run(["match-bills", str(file), "--language", "es"]) == ExitCode.SOME_ROWS_FAILED
    assert "no es una cantidad de kWh, kW o días" in " ".join(capsys.readouterr().out.split())


def test_a_rate_of_a_file_and_one_of_the_rate_database(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    head = "bill,rate,start_on,end_on,line,quantity,amount\n"
    bills = tmp_path / "bills.csv"
    bills.write_text(f"{head}B,Plain,2026-03-01,2026-04-01,energy,1000,100.00\n,,,,fixed_monthly,,10.00\n")
    hours = [[0] * 24] * 12
    record = {
        "name": "Plain",
        "fixedchargefirstmeter": 10.0,
        "energyratestructure": [[{"rate": 0.1}]],
        "energyweekdayschedule": hours,
        "energyweekendschedule": hours,
    }
    urdb = tmp_path / "urdb.json"
    urdb.write_text(json.dumps({"items": [record]}))
    assert run(["match-bills", str(bills), "--urdb", str(urdb)]) == ExitCode.WRONG_USE
    assert "Add --calendar" in capsys.readouterr().err
    code, told = _told(capsys, str(bills), "--urdb", str(urdb), "--calendar", "US-CA")
    assert (code, told["counts"]["matched"]) == (ExitCode.OK, 1)
    assert run(["match-bills", str(bills), "--urdb", str(urdb), "--calendar", "XX"]) == ExitCode.WRONG_USE
    rates = tmp_path / "new.yaml"
    rates.write_text(
        (Path(__file__).parents[2] / "src/evenroll/programs/catalog/lakeland-electric.yaml")
        .read_text(encoding="utf-8")
        .partition("programs:")[0]
        .replace("organization: lakeland-electric", "organization: my-own")
        .replace("key: LE-", "key: MY-")
        + "programs: []\n"
    )
    file = tmp_path / "own.csv"
    file.write_text(_only(tmp_path, "B-1001").read_text(encoding="utf-8").replace("LE-R", "MY-R"), encoding="utf-8")
    assert _told(capsys, str(file))[0] == ExitCode.REFUSED
    assert _told(capsys, str(file), "--rates", str(rates))[0] == ExitCode.OK
    rates.write_text("organization: [")
    assert run(["match-bills", str(file), "--rates", str(rates)]) == ExitCode.WRONG_USE


HEAD = "bill,rate,program,start_on,end_on,total,line,register,quantity,amount,load\n"


def _files(folder: Path) -> None:
    """A day of 1 kWh an hour, prices of its hours, and an event in its afternoon."""
    day = [f"2026-06-23 {hour:02}:00" for hour in range(24)]
    (folder / "own.csv").write_text("start,kwh\n" + "".join(f"{at},1\n" for at in day))
    prices = "series,start_at,price_usd_per_kwh,source\n" + "".join(f"le-day-ahead,{at},0.05,invented\n" for at in day)
    (folder / "prices.csv").write_text(prices)
    events = "program,start_at,end_at\nLE-EV-PEAK-DAYS,2026-06-23 15:00,2026-06-23 19:00\n"
    (folder / "events.csv").write_text(events)


def test_prices_of_hours_and_events_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # 24 kWh: 0.07140 and 0.05 a kWh, 13.25 / 30; 0.1362 a kWh, 12.50 / 30, 4 kWh at 0.62, 24 kWh at 0.0072.
    _files(tmp_path)
    bills = tmp_path / "bills.csv"
    bills.write_text(
        HEAD
        + "R,LE-RTP,,2026-06-23,2026-06-24,3.35,energy,,24,1.71,own.csv\n"
        + "R,,,,,,hourly_prices,,24,1.20,\nR,,,,,,fixed_monthly,,,0.44,\n"
        + "C,LE-R,LE-EV-PEAK-DAYS,2026-06-23,2026-06-24,6.00,energy,,24,3.27,own.csv\n"
        + "C,,,,,,fixed_monthly,,,0.42,\nC,,,,,,event,,4,2.48,\nC,,,,,,credit,,24,-0.17,\n"
    )
    code, told = _told(capsys, str(bills))
    assert code == ExitCode.REFUSED
    assert [each["refused"] for each in told["bills"]] == ["prices_missing", "events_missing"]
    given = ("--prices", str(tmp_path / "prices.csv"), "--events", str(tmp_path / "events.csv"))
    code, told = _told(capsys, str(bills), *given)
    assert (code, told["counts"]["matched"]) == (ExitCode.OK, 2)
    bills.write_text(bills.read_text().replace("LE-EV-PEAK-DAYS", "LE-NONE"))
    code, told = _told(capsys, str(bills), *given)
    assert told["bills"][1]["refused"] == "program_unknown"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("program,start_at\n", "needs each of the columns program, start_at, end_at once: see end_at"),
        ("program,start_at,end_at\nNONE,2026-06-23 15:00,2026-06-23 19:00\n", "Row 2, field program"),
        ("program,start_at,end_at\nLE-EV-PEAK-DAYS,2026-06-23 15:00,\n", "Row 2, field end_at: it is empty"),
        ("program,start_at,end_at\nLE-EV-PEAK-DAYS,2026-06-23 15:30,2026-06-23 19:00\n", "Row 2, field start_at"),
        ("program,start_at,end_at\nLE-EV-PEAK-DAYS,2026-06-23 19:00,2026-06-23 15:00\n", "it ends before it begins"),
        ("program,start_at,end_at\nLE-EV-PEAK-DAYS,june,2026-06-23 15:00\n", "Row 2, field start_at"),
    ],
)
def test_events_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text(text)
    assert run(["match-bills", str(_only(tmp_path, "B-1001")), "--events", str(file)]) == ExitCode.WRONG_USE
    assert words in " ".join(capsys.readouterr().err.split())
