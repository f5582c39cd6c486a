"""`evenroll compare`: a comparison worked by hand, every way of saying it wrong, both languages, and nothing kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from evenroll.comparison.comparing import CompareQuestion, compared
from evenroll.comparison.own_use import use_of_month
from evenroll.costs.charging import PevNeed
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from evenroll.runtime.series_known import known_series

ON = "2026-06-01"
HERE = calendar("US-LAKELAND")
# Days, hours and workdays of each month of 2026, counted from a wall calendar: clocks change in March and November, and
# 11 holidays (July 3 for July 4) are no workdays.
MONTHS = (
    *((31, 744, 20), (28, 672, 19), (31, 743, 22), (30, 720, 22), (31, 744, 20), (30, 720, 21)),
    *((31, 744, 22), (31, 744, 21), (30, 720, 21), (31, 744, 21), (30, 721, 19), (31, 744, 22)),
)
SUMMER = (6, 7, 8, 9)
CAR = ("--miles", "10000", "--kwh-per-100-miles", "36.5")
"""10 kWh a day: 7.2 in its first hour and 2.8 in its second."""

OF_LAKELAND = ("--organization", "lakeland-electric")
MILES = ("--miles", "12000")


@pytest.fixture(autouse=True)
def without_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No database can be reached, and none is made."""
    home = tmp_path / "no-home"
    monkeypatch.setenv("EVENROLL_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    yield
    assert not home.exists()


def table(folder: Path, *, first: date, last: date, wh: int = 1000) -> Path:
    """A file that draws so much in every hour of some days, the last one included."""
    start_at, end_at = HERE.start_of_day(first), HERE.start_of_day(last + timedelta(days=1))
    hours = (end_at - start_at) // timedelta(hours=1)
    rows = [f"{start_at + n * timedelta(hours=1):%Y-%m-%dT%H:%M}Z,{wh}" for n in range(hours)]
    path = folder / "use.csv"
    path.write_text("\n".join(("start,wh", *rows)), encoding="utf-8")
    return path


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """One kWh in every hour of 2026."""
    return table(tmp_path, first=date(2026, 1, 1), last=date(2026, 12, 31))


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["compare", *map(str, arguments), "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def program_of(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(each for part in found["parts"] for each in part["programs"] if each["program"] == key)


def test_a_year_worked_by_hand(flat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = program_of(told(capsys, flat, "--organization", "lakeland-electric", *CAR, "--on", ON), "LE-EV-NIGHT")
    mid = {each["scenario"]: Decimal(each["cost_usd"]["mid"]) for each in found["scenarios"]}
    pev = {each["scenario"]: Decimal(each["pev_usd"]["mid"]) for each in found["scenarios"]}
    assert mid == {
        "today": sum(_today(days, hours + 10 * days) for days, hours, _ in MONTHS),
        "program_unchanged": sum(_program(n, unchanged=True, kwh=10) for n in range(12)),
        "program_managed": sum(_program(n, unchanged=False, kwh=10) for n in range(12)),
    }
    assert pev["today"] == mid["today"] - sum(_today(days, hours) for days, hours, _ in MONTHS)
    bare = sum(_program(n, unchanged=True, kwh=0) for n in range(12))
    assert pev["program_managed"] == mid["program_managed"] - bare
    assert Decimal(found["saving_usd"]["program_managed"]) == mid["today"] - mid["program_managed"]


def _today(days: int, kwh: int) -> Decimal:
    return Decimal("12.50") + _cents(kwh * Decimal("0.13620"))


def _program(month: int, *, unchanged: bool, kwh: int) -> Decimal:
    """Peak six hours a workday, night eight hours a day; the hours that clocks skip and repeat lie in the night."""
    days, hours, workdays = MONTHS[month]
    peak, night = 6 * workdays, 8 * days + hours - 24 * days
    shoulder = hours - peak - night
    if unchanged:
        peak, shoulder = peak + kwh * workdays, shoulder + kwh * (days - workdays)
    else:
        night += kwh * days
    is_summer = month + 1 in SUMMER
    prices = ("0.31450", "0.12870", "0.05490") if is_summer else ("0.22830", "0.11940", "0.05490")
    lines = [_cents(each * Decimal(price)) for each, price in zip((peak, shoulder, night), prices, strict=True)]
    return Decimal("14.75") + sum(lines, Decimal(0))


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def test_a_file_that_holds_the_charging_is_billed_as_it_stands(flat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, flat, "--organization", "lakeland-electric", "--pev-in-load", "--on", ON)
    program = program_of(found, "LE-EV-NIGHT")
    assert [each["scenario"] for each in program["scenarios"]] == ["today", "program_unchanged"]
    bare = sum(_program(n, unchanged=True, kwh=0) for n in range(12))
    assert Decimal(program["scenarios"][1]["cost_usd"]["mid"]) == bare
    assert found["pev_wh"] is None
    assert "charging_in_use" in program["assumptions"]
    assert "plugged_in_daily" not in program["assumptions"]


def test_several_years_of_use_widen_the_range_and_the_latest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = table(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 31), wh=1000).read_text(encoding="utf-8")
    early = table(tmp_path, first=date(2024, 1, 1), last=date(2024, 12, 31), wh=3000).read_text(encoding="utf-8")
    path = tmp_path / "both.csv"
    path.write_text(early + "\n" + late.partition("\n")[2], encoding="utf-8")
    found = told(capsys, path, "--organization", "lakeland-electric", *CAR, "--on", ON)
    assert (found["use"]["years"], found["use"]["annual_wh"]) == (2, 8_760_000)
    today = program_of(found, "LE-EV-NIGHT")["scenarios"][0]["cost_usd"]
    one = program_of(
        told(capsys, "--monthly-kwh", "2190", "--organization", "lakeland-electric", *CAR, "--on", ON), "LE-EV-NIGHT"
    )["scenarios"][0]["cost_usd"]
    # Three times the use, and fifteen percent beyond it; whole weeks before, one day of the year lies in the later one.
    missing = 24 * 2 * Decimal("0.13620") * Decimal("1.15")
    assert abs(Decimal(today["high"]) + missing - Decimal(one["high"])) < Decimal("1.00")
    assert Decimal(today["low"]) < Decimal(today["mid"]) < Decimal(today["high"]) / 2
    assert "years_of_use" in program_of(found, "LE-EV-NIGHT")["assumptions"]


def test_prices_of_unlike_parts_stand_apart_and_what_has_no_figures_says_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "--monthly-kwh", "700", "--organization", "pge", "--miles", "12000", "--on", ON)
    for part in found["parts"]:
        assert {each["coverage"] for each in part["programs"]} == {part["coverage"]}
        managed = [Decimal(each["scenarios"][-1]["cost_usd"]["mid"]) for each in part["programs"]]
        assert managed == sorted(managed)
    assert found["without_figures"]
    assert all(each["no_figures_sentence"] for each in found["without_figures"])


def test_past_its_review_a_program_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--monthly-kwh", "700", "--organization", "pge", "--miles", "12000", "--on", "2035-01-01")
    assert found["parts"] == []
    assert {each["reason"] for each in found["hidden"]} == {"review_overdue"}


@pytest.mark.parametrize(
    ("price", "code"), [("40", "years"), ("0", "at_once"), ("999999", "years")], ids=["small", "nothing", "large"]
)
def test_equipment_is_paid_back_by_what_is_saved(price: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--monthly-kwh", "700", "--organization", "lakeland-electric", "--miles", "12000", "--on", ON)
    payback = program_of(told(capsys, *arguments, "--equipment-usd", price), "LE-EV-NIGHT")["payback"]
    assert payback["code"] == code
    if code == "years":
        expected = (Decimal(price) / Decimal(payback["saving_usd"])).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        assert Decimal(payback["years"]) == expected


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What 2026 would cost with Lakeland Electric", "charging when it is cheap", "Without figures")),
        ("es", ("Lo que costaría 2026 con Lakeland Electric", "cargando cuando es barato", "Sin cifras")),
    ],
)
def test_people_read_it_in_their_language(
    language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["compare", "--monthly-kwh", "700", "--organization", "lakeland-electric", "--miles", "12000"]
    assert run([*arguments, "--on", ON, "--explain", "--equipment-usd", "549", "--language", language]) == ExitCode.OK
    said = capsys.readouterr().out
    assert all(word in said for word in words)
    assert "{" not in said


def test_gaps_of_the_file_are_told(flat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = flat.read_text(encoding="utf-8").splitlines()
    flat.write_text("\n".join(rows[:100] + rows[124:] + rows[-1:]), encoding="utf-8")
    found = told(capsys, flat, "--organization", "lakeland-electric", *CAR, "--on", ON)
    assert (found["use"]["missing"], found["use"]["repeated"]) == (24, 1)
    assert found["use"]["gaps"][0]["intervals"] == 24
    assert found["warnings"]
    assert "use_estimated" in program_of(found, "LE-EV-NIGHT")["assumptions"]


def prices_file(folder: Path, *, usd: str, first: date, last: date) -> Path:
    """One price for all hours of a series of the invented utility."""
    start_at, end_at = HERE.start_of_day(first), HERE.start_of_day(last + timedelta(days=1))
    hours = (end_at - start_at) // timedelta(hours=1)
    rows = [f"le-day-ahead,{start_at + n * timedelta(hours=1):%Y-%m-%dT%H:%M}Z,{usd},typed" for n in range(hours)]
    path = folder / "prices.csv"
    path.write_text("\n".join(("series,start_at,price_usd_per_kwh,source", *rows)), encoding="utf-8")
    return path


def test_prices_of_hours_come_from_a_file_and_past_years_tell_the_regret(
    flat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = prices_file(tmp_path, usd="0.05", first=date(2024, 1, 1), last=date(2025, 12, 31))
    found = program_of(
        told(capsys, flat, "--organization", "lakeland-electric", *CAR, "--on", ON, "--prices", path), "LE-EV-HOURLY"
    )
    assert [each["year"] for each in found["past"]] == [2025, 2024]
    assert "invented_prices" not in found["assumptions"]
    # One price for all hours is flat: only the night to October waits, for the delivery of winter, 0.0046 USD cheaper.
    for year in found["past"]:
        assert Decimal(year["unchanged_usd"]) - Decimal(year["managed_usd"]) == Decimal("0.05")
        assert Decimal(year["regret_usd"]) == Decimal(year["unchanged_usd"]) - Decimal(year["today_usd"])


def test_without_a_whole_past_year_of_prices_there_are_no_figures(
    flat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = prices_file(tmp_path, usd="0.05", first=date(2025, 2, 1), last=date(2025, 12, 31))
    found = told(capsys, flat, "--organization", "lakeland-electric", *CAR, "--on", ON, "--prices", path)
    reasons = {each["program"]: each["no_figures"] for each in found["without_figures"]}
    assert reasons["LE-EV-HOURLY"] == "SeriesTooShort"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("le-day-ahead,2025-01-01T00:00Z,cheap,typed", "Row 2"),
        ("le-day-ahead,2025-01-01T00:30Z,0.05,typed", "no full hour"),
        ("le-day-ahead,2025-01-01T00:00Z,0.05,typed\nle-day-ahead,2025-01-01T00:00Z,0.06,typed", "another price"),
        ("le-day-ahead,2025-01-01T00:00Z,,typed", "price_usd_per_kwh"),
    ],
)
def test_a_file_of_prices_that_cannot_be_used_is_refused_by_its_row(
    rows: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(f"series,start_at,price_usd_per_kwh,source\n{rows}\n", encoding="utf-8")
    arguments = ["--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--prices", str(path)]
    assert run(["compare", *arguments]) == ExitCode.WRONG_USE
    assert sentence in capsys.readouterr().err


def test_a_postal_code_tells_the_utility_or_nobody_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--monthly-kwh", "700", "--postal-code", "02983", *MILES, "--on", ON)
    assert found["organization"] == "lakeland-electric"
    assert run(["compare", "--monthly-kwh", "700", "--postal-code", "94110", *MILES]) == ExitCode.NOT_FOUND
    assert "none is guessed" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_drawing_has_every_bill_and_reads_as_a_document(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bills.svg"
    arguments = ("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", ON, "--language", language, "--plot", path)
    found = told(capsys, *arguments)
    drawn = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    texts = [each.text or "" for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    for part in found["parts"]:
        for program in part["programs"]:
            assert program["name"] in texts
            for scenario in program["scenarios"]:
                assert f"${Decimal(scenario['cost_usd']['mid']):,.2f}" in texts
    assert drawn.attrib["lang"] == language


def test_a_drawing_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", ON, "--plot", str(tmp_path / "no" / "a.svg")]
    assert run(["compare", *arguments]) == ExitCode.WRONG_USE
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--monthly-kwh", "700", *MILES), "Say whose programs"),
        (("--monthly-kwh", "700", *OF_LAKELAND, "--postal-code", "02983", *MILES), "Say whose programs"),
        ((*OF_LAKELAND, *MILES), "name either a FILE or an average month"),
        (("absent.csv", *OF_LAKELAND, *MILES), "absent.csv cannot be read"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--rate", "PGE-E-1"), "is a rate of pge"),
        (("--monthly-kwh", "700", "--organization", "pge", *MILES, "--rate", "SCE-D"), "is a rate of sce"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", "0001-01-01"), "2000 to 2100"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", "9999-12-31"), "2000 to 2100"),
        (("--monthly-kwh", "700", *OF_LAKELAND), "Say what the vehicle drives"),
        (
            ("--monthly-kwh", "700", *OF_LAKELAND, "--pev-in-load"),
            "--pev-in-load is said of a file",
        ),
        (("absent.csv", *OF_LAKELAND, *MILES, "--pev-in-load"), "Leave --miles out"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--on", "someday"), "this is no day"),
        (
            ("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "cheap"),
            "no price of equipment",
        ),
        (
            ("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "-1"),
            "no price of equipment",
        ),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "1,54,9"), "no price of equipment"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "549,50"), "no price of equipment"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "1e3"), "no price of equipment"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--equipment-usd", "1,000,000.01"), "no price of equipment"),
        (("--monthly-kwh", "700", *OF_LAKELAND, *MILES, "--charging-kw", "nan"), ""),
        (("--monthly-kwh", "-1", *OF_LAKELAND, *MILES), "--monthly-kwh"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", *arguments]) == ExitCode.WRONG_USE
    said = capsys.readouterr()
    assert sentence in said.err
    assert not said.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--organization", "lakeland"), "lakeland-electric"),
        ((*OF_LAKELAND, "--rate", "NO-SUCH"), "NO-SUCH"),
    ],
)
def test_what_the_catalog_does_not_have_is_not_found(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", "--monthly-kwh", "700", *MILES, *arguments]) == ExitCode.NOT_FOUND
    assert sentence in capsys.readouterr().err


def test_a_clearinghouse_has_no_programs(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--monthly-kwh", "700", "--organization", "lakeland-registry", *MILES]
    assert run(["compare", *arguments]) == ExitCode.REFUSED
    assert "is a clearinghouse" in capsys.readouterr().err


def test_a_file_of_less_than_a_year_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 29))
    assert run(["compare", str(path), *OF_LAKELAND, *MILES, "--on", ON]) == ExitCode.WRONG_USE
    assert "a year needs 52 weeks" in capsys.readouterr().err
    path = table(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 30))
    assert run(["compare", str(path), *OF_LAKELAND, *MILES, "--on", ON]) == ExitCode.OK


def test_the_order_of_programs_does_not_matter() -> None:
    catalog = load_catalog()
    organization = next(each for each in catalog.organizations if each.key == "lakeland-electric")
    on = date(2026, 6, 1)
    question = CompareQuestion(
        organization=organization,
        on=on,
        use=use_of_month(700_000, year=on.year, calendar=HERE),
        need=PevNeed(annual_wh=3_650_000),
        assumptions=(),
        series=known_series(organization, rates=(), on=on),
    )
    turned = replace(catalog, programs=catalog.programs[::-1], rates=catalog.rates[::-1])
    one, other = compared(question, catalog=catalog), compared(question, catalog=turned)
    assert one.parts == other.parts
    assert {each.program.key for each in one.others} == {each.program.key for each in other.others}


def test_the_share_of_the_bill_is_told_where_the_other_part_is_known(
    flat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = (flat, "--organization", "brightwater-energy", *CAR, "--on", ON)
    [unknown] = told(capsys, *arguments)["parts"]
    assert (unknown["coverage"], unknown["share_of_bill_percent"]) == ("supply", None)
    [known] = told(capsys, *arguments, "--rate", "LE-D")["parts"]
    supply = Decimal(known["programs"][0]["scenarios"][0]["cost_usd"]["mid"])
    # The delivery of the invented utility, by hand: 12.50 a month and 5.610 cents a kWh.
    delivery = sum(Decimal("12.50") + _cents((hours + 10 * days) * Decimal("0.05610")) for days, hours, _ in MONTHS)
    share = (100 * supply / (supply + delivery)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert Decimal(known["share_of_bill_percent"]) == share
    [whole] = told(capsys, flat, "--organization", "lakeland-electric", *CAR, "--on", ON)["parts"]
    assert Decimal(whole["share_of_bill_percent"]) == 100
