"""Files of `evenroll compare-all` that nobody would write by hand: one sentence each, and no row of them in it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.command_line import run
from tests.intake.invented_base import invented_wh, metadata_of, write_loads, write_table

HEADER = "customer,miles_per_year,kwh_per_100_miles,battery_kwh,charging_kw,plug_in,plug_out"


def _said(capsys: pytest.CaptureFixture[str], loads: Path, *more: str) -> str:
    out = loads.with_name("out.parquet")
    code = run(["compare-all", str(loads), "--rates", "LE-R,LE-EV-TOU", "--out", str(out), *more])
    assert (code, out.exists()) == (ExitCode.WRONG_USE, False)
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("evenroll.zone", "Mars/Base", "evenroll.zone 'Mars/Base'"),
        ("evenroll.zone", "../../localtime", "evenroll.zone '../../localtime'"),
        ("evenroll.start", "9999-12-31T06:00:00+00:00", "is no time of a meter"),
        ("evenroll.start", "0001-01-01T00:00:00+12:00", "is no time of a meter"),
    ],
)
def test_a_start_or_zone_that_cannot_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, key: str, value: str, words: str
) -> None:
    told = metadata_of() | {key: value}
    assert words in _said(capsys, write_loads(tmp_path / "a.parquet", invented_wh(2, days=31), metadata=told))


def test_more_intervals_than_time_has(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = metadata_of() | {"evenroll.intervals": "9" * 30}
    table = {"customer": pa.array(["A"]), "wh": pa.array([[1, 2, 3]])}
    loads = write_table(tmp_path / "a.parquet", table, metadata=told)
    assert "a comparison covers a year" in _said(capsys, loads)


def test_customers_that_are_damaged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    loads = write_loads(tmp_path / "a.parquet", invented_wh(2, days=31))
    content = bytearray(loads.read_bytes())
    content[4:24] = b"\xff" * 20  # the head of the first page, behind the mark of the file
    loads.write_bytes(content)
    assert "'customer' is damaged" in _said(capsys, loads)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"A-SECRET,1\n", "Expected 7 columns, got 2"),
        (b"A-SECRET\xff,1,1,1,1,18:00,07:00\n", "invalid UTF8 data"),
        (b"", "Empty CSV file"),
    ],
)
def test_what_is_said_of_vehicles_quotes_no_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rows: bytes, words: str
) -> None:
    cars = tmp_path / "cars.csv"
    cars.write_bytes(HEADER.encode() + b"\n" + rows if rows else b"")
    loads = write_loads(tmp_path / "a.parquet", invented_wh(2, days=31))
    said = _said(capsys, loads, "--vehicles", str(cars))
    assert words in said
    assert "SECRET" not in said


def test_vehicles_that_never_end_are_not_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    loads = write_loads(tmp_path / "a.parquet", invented_wh(2, days=31))
    for endless in ("/dev/zero", str(tmp_path)):
        assert "is no regular file" in _said(capsys, loads, "--vehicles", endless)
