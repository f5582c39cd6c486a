"""Files of `evenroll compare-all` that nobody would write by hand: one sentence each, and no row of them in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from evenroll.runtime.cli_compare_all import WORTH_A_PROCESS
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


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_damaged_page_of_loads_is_named_by_its_column_and_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, processes: str
) -> None:
    rows = WORTH_A_PROCESS + 1
    loads = write_loads(tmp_path / "a.parquet", np.tile(invented_wh(1, days=1), (rows, 1)), rows_a_group=2_048)
    content = bytearray(loads.read_bytes())
    at = parquet.read_metadata(loads).row_group(1).column(1).data_page_offset
    content[at : at + 20] = b"\xff" * 20
    loads.write_bytes(content)
    said = _said(capsys, loads, "--processes", processes)
    assert "the column 'wh' is damaged in its rows 2049 to 4096 (row group 2 of 3). No result was written." in said
    if processes == "1":
        # What was finished before it stays for the same command.
        assert (tmp_path / "out.parquet.parts" / "000000.arrow").exists()


def test_a_changed_value_is_found_where_pages_have_checksums(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    loads = write_loads(tmp_path / "a.parquet", invented_wh(2, days=31))
    table = parquet.read_table(loads)
    parquet.write_table(table, loads, use_dictionary=False, compression="none", write_page_checksum=True)
    column = parquet.read_metadata(loads).row_group(0).column(1)
    content = bytearray(loads.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    loads.write_bytes(content)
    assert "'wh' is damaged in its rows 1 to 2 (row group 1 of 1)" in _said(capsys, loads)


def test_names_that_are_no_text_are_damage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    loads = write_loads(tmp_path / "a.parquet", invented_wh(2, days=31), customers=["MMMM", "NNNN"])
    loads.write_bytes(loads.read_bytes().replace(b"MMMM", b"\xff\xfe\xfd\xfc"))
    assert "'customer' is damaged" in _said(capsys, loads)


def test_numbers_with_a_fraction_are_no_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wh = invented_wh(2, days=31)
    told = metadata_of() | {"evenroll.intervals": str(wh.shape[1])}
    columns = {"customer": pa.array([1, 2]), "wh": pa.array(wh.tolist())}
    for name, kind in (("customer", "double"), ("rate", "double"), ("customer", "bool")):
        odd = pa.array([1.0, 2.0]) if kind == "double" else pa.array([True, False])
        loads = write_table(tmp_path / "a.parquet", columns | {name: odd}, metadata=told)
        assert f"the column '{name}' holds {kind}; text and whole numbers are taken" in _said(capsys, loads)
    cars = tmp_path / "cars.parquet"
    kinds = dict.fromkeys(HEADER.split(","), pa.array([1.0]))
    parquet.write_table(pa.table(kinds), cars)
    loads = write_table(tmp_path / "a.parquet", columns, metadata=told)
    assert "cars.parquet: the column 'customer' holds double" in _said(capsys, loads, "--vehicles", str(cars))


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
