"""`evenroll compare-all` end to end: its result, the rows it leaves out, and what it says where it cannot go on."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from evenroll.costs.customers.comparison import Comparison
from evenroll.costs.customers.components import Component
from evenroll.costs.customers.row_faults import RowFaultCode
from evenroll.intake.customer_loads import loads_file
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from evenroll.runtime.comparing_all import RatesAsked, plan_of
from tests.costs.customers.year_of_cars import cars_of, paid_plainly
from tests.intake.invented_base import LAKELAND, invented_wh, metadata_of, names, write_loads, write_table

DAYS = 31
RATES = "LE-R,LE-EV-TOU"
HEADER = "customer,miles_per_year,kwh_per_100_miles,battery_kwh,charging_kw,plug_in,plug_out"

BAD = [
    ("loads", "2", "C000001", "load_missing"),
    ("loads", "3", "C000002", "load_length"),
    ("loads", "4", "C000003", "value_missing"),
    ("loads", "5", "C000004", "value_negative"),
    ("loads", "6", "C000005", "value_too_large"),
    ("loads", "7", "", "customer_missing"),
    ("loads", "8", "C000008", "customer_twice"),
    ("loads", "9", "C000008", "customer_twice"),
    ("loads", "10", "", "customer_missing"),
    ("loads", "11", "C000010", "rate_unknown"),
    ("vehicles", "2", "nobody", "customer_unknown"),
    ("vehicles", "3", "C000011", "customer_twice"),
    ("vehicles", "4", "C000011", "customer_twice"),
    ("vehicles", "5", "", "customer_missing"),
]


def said(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, Any, str]:
    code = run(["compare-all", *map(str, arguments), "--json"])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, json.loads(captured.out), captured.err


def rows_of(path: Path) -> list[dict[str, Any]]:
    return parquet.read_table(path).to_pylist()


def faults_of(path: Path) -> list[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return [(each["file"], each["row"], each["customer"], each["code"]) for each in csv.DictReader(text)]


def vehicles(path: Path, *rows: Sequence[Any]) -> Path:
    path.write_text("\n".join([HEADER, *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
    return path


def test_each_customer_is_told_what_the_readable_bills_say(tmp_path, capsys):
    wh = invented_wh(40, days=DAYS)
    loads = write_loads(tmp_path / "loads.parquet", wh)
    cars = vehicles(tmp_path / "cars.csv", ("C000003", 12_000, 30, 75, 7.2, "18:00", "07:00"))
    out = tmp_path / "out.parquet"
    code, told, _ = said(capsys, loads, "--vehicles", cars, "--rates", RATES, "--today", "LE-R", "--out", out)
    assert (code, told["customers"], told["left_out"], told["days"]) == (0, 40, 0, DAYS)
    rows = rows_of(out)
    assert [each["customer"] for each in rows] == names(40)
    file = loads_file(loads)
    plan = plan_of(RatesAsked(rates=("LE-R", "LE-EV-TOU"), priced_on=None), catalog=load_catalog(), shape=file.shape)
    for number, key in enumerate(plan.keys):
        expected = paid_plainly(wh, plan=plan, rate=number).tolist()
        assert [each[f"without_pev_cents.{key}"] for each in rows] == expected
    mine = cars_of((12_000 * 300 * DAYS // 365, 83_334, 7_200, 1080, 420))
    costs = Comparison(plan).costs(wh[3:4], cars=mine, rows=np.array([0]))
    row = rows[3]
    for number, key in enumerate(plan.keys):
        assert row[f"unmanaged_cents.{key}"] == costs.at_once[0, number]
        assert row[f"managed_cents.{key}"] == costs.cheapest[0, number]
        assert row[f"pev_managed_cents.{key}"] == costs.cheapest[0, number] - costs.without[0, number]
        assert rows[2][f"managed_cents.{key}"] is None
    assert row["best_managed"] == "LE-EV-TOU"
    assert row["saving_managed_cents"] == costs.at_once[0, 0] - costs.cheapest[0, 1] > 0
    assert row["pev_unserved_wh"] == 0
    assert (rows[2]["best_managed"], rows[2]["rate_today"]) == (None, "LE-R")
    assert not [each for each in tmp_path.iterdir() if each.name not in {"loads.parquet", "cars.csv", "out.parquet"}]


def test_one_of_each_is_told_as_one(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(1, days=1))
    out = tmp_path / "out.parquet"
    assert run(["compare-all", str(loads), "--rates", "LE-R", "--out", str(out)]) == ExitCode.OK
    assert "Compared: 1 customer on 1 rate over 1 day from" in " ".join(capsys.readouterr().out.split())


def test_capitals_of_a_name_do_not_matter(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(2, days=1), rate=["le-ev-tou", None])
    out = tmp_path / "out.parquet"
    said_so = ("--rates", "le-r,LE-R,Le-Ev-Tou", "--programs", "le-ev-night", "--today", "le-r")
    code, told, _ = said(capsys, loads, *said_so, "--out", out)
    assert (code, told["rates"]) == (0, ["LE-R", "LE-EV-TOU", "LE-EV-NIGHT"])
    assert [each["rate_today"] for each in rows_of(out)] == ["LE-EV-TOU", "LE-R"]
    for wrong, near in (
        (("--rates", "le-rr"), "Did you mean LE-R or"),
        (("--rates", "LE-R", "--programs", "le-nights"), "LE-EV-NIGHT"),
        (("--rates", "LE-R", "--today", "le-rr"), "Did you mean LE-R?"),
    ):
        code, told, _ = said(capsys, loads, *wrong, "--out", out)
        assert code in (ExitCode.NOT_FOUND, ExitCode.WRONG_USE) and near in told["sentence"], told


def test_components_add_up_to_each_bill(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(5, days=DAYS))
    cars = vehicles(tmp_path / "cars.csv", ("C000003", 12_000, 30, 75, 7.2, "18:00", "07:00"))
    out = tmp_path / "out.parquet"
    assert said(capsys, loads, "--vehicles", cars, "--rates", RATES, "--components", "--out", out)[0] == 0
    rows = rows_of(out)
    for way in ("without_pev", "unmanaged", "managed"):
        for key in RATES.split(","):
            parts = [rows[3][f"{way}_{part}_cents.{key}"] for part in Component]
            assert sum(parts) == rows[3][f"{way}_cents.{key}"] and parts[0] > parts[2] > 0
            assert (rows[2][f"{way}_energy_cents.{key}"] is None) == (way != "without_pev")


@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("layout", ["i32", "list", "large_list", "fixed_size_list"])
def test_every_layout_gives_the_same_figures(tmp_path, capsys, minutes, layout):
    wh = invented_wh(20, days=DAYS, minutes=minutes)
    intervals = wh.shape[1]
    told = metadata_of(minutes=minutes)
    plain = write_loads(tmp_path / "u16.parquet", wh, metadata=told)
    other = tmp_path / "other.parquet"
    if layout == "i32":
        write_loads(other, wh.astype(np.int32), metadata={**told, "evenroll.values": "i32"})
    else:
        kinds = {
            "list": pa.list_(pa.int32()),
            "large_list": pa.large_list(pa.uint16()),
            "fixed_size_list": pa.list_(pa.int64(), intervals),
        }
        column = pa.array(wh.tolist(), kinds[layout])
        more = {**told, "evenroll.intervals": str(intervals)}
        write_table(other, {"customer": pa.array(names(20)), "wh": column}, metadata=more)
    found = []
    for loads in (plain, other):
        out = tmp_path / f"{loads.stem}.out.parquet"
        assert said(capsys, loads, "--rates", RATES, "--out", out)[0] == 0
        found.append(out.read_bytes())
    assert found[0] == found[1]


def test_customers_in_another_order_are_told_the_same(tmp_path, capsys):
    wh, order = invented_wh(50, days=DAYS), np.random.default_rng(1).permutation(50)
    customers = names(50)
    cars = vehicles(
        tmp_path / "cars.csv", *((each, 9_000, 31.5, 60, 11, "17:20", "6:40") for each in reversed(customers[::3]))
    )
    first = write_loads(tmp_path / "first.parquet", wh)
    second = write_loads(
        tmp_path / "second.parquet", wh[order], customers=[customers[each] for each in order], rows_a_group=7
    )
    found = []
    for loads in (first, second):
        out = loads.with_suffix(".out")
        assert said(capsys, loads, "--vehicles", cars, "--rates", RATES, "--out", out)[0] == 0
        found.append({each["customer"]: each for each in rows_of(out)})
    assert found[0] == found[1]
    assert sum(each["managed_cents.LE-R"] is not None for each in found[0].values()) == 17


def test_bad_rows_are_named_and_the_others_compared(tmp_path, capsys):
    good = invented_wh(1, days=DAYS)[0].tolist()
    loads: list[Any] = [list(good) for _ in range(12)]
    loads[1] = None
    loads[2] = good[:-1]
    loads[3][5] = None
    loads[4][7] = -1
    loads[5][9] = 2**31 - 1
    customers: list[str | None] = names(12)
    customers[6], customers[7], customers[9] = None, "C000008", ""
    rates = ["LE-R"] * 12
    rates[10], rates[11] = "LE-NONE", ""
    path = write_table(
        tmp_path / "loads.parquet",
        {"customer": pa.array(customers), "wh": pa.array(loads, pa.list_(pa.int64())), "rate": pa.array(rates)},
        metadata=metadata_of() | {"evenroll.intervals": str(len(good))},
        rows_a_group=5,
    )
    usual = (10_000, 30, 75, 7.2, "18:00", "07:00")
    cars = vehicles(
        tmp_path / "cars.csv",
        ("C000000", *usual),
        ("nobody", *usual),
        ("C000011", *usual[:3], "fast", *usual[4:]),
        ("C000011", *usual[:4], "25:00", "07:00"),
        ("", *usual),
    )
    out, errors = tmp_path / "out.parquet", tmp_path / "out.errors.csv"
    code, told, _ = said(capsys, path, "--vehicles", cars, "--rates", RATES, "--out", out)
    assert code == ExitCode.SOME_ROWS_FAILED == 4
    assert (told["customers"], told["left_out"], told["errors"]) == (2, 14, str(errors))
    assert [(each["customer"], each["rate_today"]) for each in rows_of(out)] == [("C000000", "LE-R"), ("C000011", None)]
    assert faults_of(errors) == BAD
    assert {code for *_, code in faults_of(errors)} == {
        each.value for each in RowFaultCode if each not in (RowFaultCode.NUMBER_WRONG, RowFaultCode.TIME_WRONG)
    }


def test_a_vehicle_that_cannot_be_leaves_its_customer_in(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    cars = vehicles(
        tmp_path / "cars.csv",
        ("C000000", 10_000, 30, 75, "fast", "18:00", "07:00"),
        ("C000001", 10_000, 30, 75, 7.2, "25:00", "07:00"),
        ("C000002", 10_000, 30, 75, 7.2, "18:00", "07:00"),
    )
    out = tmp_path / "out.parquet"
    code, told, _ = said(capsys, loads, "--vehicles", cars, "--rates", RATES, "--out", out, "--language", "es")
    assert (code, told["customers"], told["left_out"]) == (4, 3, 2)
    assert [each["managed_cents.LE-R"] is None for each in rows_of(out)] == [True, True, False]
    assert [each[3] for each in faults_of(tmp_path / "out.errors.csv")] == ["number_wrong", "time_wrong"]
    assert "el cliente se compara sin" in (tmp_path / "out.errors.csv").read_text(encoding="utf-8-sig")
    vehicles(cars, ("C000002", 10_000, 30, 75, 7.2, "18:00", "07:00"))
    assert said(capsys, loads, "--vehicles", cars, "--rates", RATES, "--out", out)[0] == 0
    assert not (tmp_path / "out.errors.csv").exists()


def test_what_cannot_be_compared_is_one_sentence(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    out = tmp_path / "out.parquet"
    elsewhere = write_loads(
        tmp_path / "zone.parquet", invented_wh(3, days=DAYS), metadata=metadata_of() | {"evenroll.zone": "UTC"}
    )
    silent = write_table(
        tmp_path / "silent.parquet",
        {"customer": pa.array(["A"]), "wh": pa.array([b"ab"], pa.binary(2))},
        metadata={"evenroll.values": "u16"},
    )
    text = tmp_path / "loads.csv"
    text.write_text("customer,wh\n")
    cases = (
        ((loads, "--out", out), "nothing to compare", ExitCode.WRONG_USE),
        ((loads, "--rates", "LE-NONE", "--out", out), "has a rate LE-NONE", ExitCode.NOT_FOUND),
        ((loads, "--rates", "LE-R,PGE-EV2-A", "--out", out), "", None),
        ((loads, "--rates", RATES, "--today", "LE-D", "--out", out), "none of the rates", ExitCode.WRONG_USE),
        ((loads, "--rates", RATES, "--out", loads), "one file twice", ExitCode.WRONG_USE),
        ((elsewhere, "--rates", RATES, "--out", out), "are told in UTC", ExitCode.WRONG_USE),
        ((silent, "--rates", RATES, "--out", out), "does not say evenroll.start", ExitCode.WRONG_USE),
        ((text, "--rates", RATES, "--out", out), "cannot be read as Parquet", ExitCode.WRONG_USE),
        ((tmp_path / "none.parquet", "--rates", RATES, "--out", out), "There is no file", ExitCode.WRONG_USE),
        ((loads, "--rates", RATES, "--out", tmp_path / "no" / "o.parquet"), "There is no folder", ExitCode.WRONG_USE),
        ((loads, "--vehicles", loads, "--rates", RATES, "--out", out), "one file twice", ExitCode.WRONG_USE),
        ((loads, "--vehicles", text, "--rates", RATES, "--out", out), "has no column", ExitCode.WRONG_USE),
    )
    for arguments, words, wanted in cases:
        code, told, err = said(capsys, *arguments)
        if wanted is not None:
            assert (code, words in told["sentence"], words in err) == (wanted, True, True), told
        assert code not in (ExitCode.OK, ExitCode.DEFECT), told
        assert not out.exists()


def test_a_place_that_takes_no_result_is_named(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    taken = tmp_path / "taken.parquet"
    taken.mkdir()
    code, told, _ = said(capsys, loads, "--rates", RATES, "--out", taken)
    assert code == ExitCode.WRONG_USE == 2 and "cannot be written" in told["sentence"]
    (tmp_path / "file").write_text("")
    code, told, _ = said(capsys, loads, "--rates", RATES, "--out", tmp_path / "file" / "out.parquet")
    assert code == ExitCode.WRONG_USE and "cannot be written" in told["sentence"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="takes a device that is always full")
def test_a_full_disk_is_one_sentence_and_the_command_goes_on_later(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    out, parts = tmp_path / "out.parquet", tmp_path / "out.parquet.parts"
    parts.mkdir()
    (parts / "000000.new").symlink_to("/dev/full")
    program = "from evenroll.runtime.command_line import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "compare-all", loads, "--rates", RATES, "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == ExitCode.UNAVAILABLE == 5 and "Traceback" not in ended.stderr
    assert "the disk is full" in ended.stderr
    assert not out.exists()
    (parts / "000000.new").unlink()
    assert said(capsys, loads, "--rates", RATES, "--out", out)[0] == 0


def test_work_of_another_command_is_not_gone_on_with(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    out, parts = tmp_path / "out.parquet", tmp_path / "out.parquet.parts"
    parts.mkdir()
    (parts / "command").write_text("another")
    code, told, _ = said(capsys, loads, "--rates", RATES, "--out", out)
    assert code == ExitCode.WRONG_USE and "another command" in told["sentence"]
    assert LAKELAND.zone == loads_file(loads).shape.zone


def test_the_example_of_the_page_runs(tmp_path, monkeypatch, capsys):
    page = Path(__file__).resolve().parents[2] / "docs" / "compare_all.md"
    text = page.read_text(encoding="utf-8")
    recipe = text.partition("```python\n")[2].partition("```")[0].replace("5_000", "50")
    monkeypatch.chdir(tmp_path)
    exec(compile(recipe, "recipe", "exec"), {})
    command = next(each for each in text.splitlines() if each.startswith("    evenroll compare-all"))
    code, told, _ = said(capsys, *command.split()[2:])
    assert (code, told["customers"], told["days"]) == (0, 50, 365)
