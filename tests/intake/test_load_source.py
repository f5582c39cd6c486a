"""Messy files: encodings, marks, separators, quotes, NUL bytes, Parquet; and headers that are not ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_header import read_header
from evenroll.intake.load_source import SourceFormat, opened, source_of
from evenroll.records.load_terms import LoadKind

TEXT = "premise,address,postal_code\nP-1,Peña Ave 12,60999\n"


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(path: Path) -> list[tuple[int, list[str]]]:
    with opened(source_of(path)) as (_, rows):
        return [(row.number, list(row.cells)) for row in rows]


@pytest.mark.parametrize(
    ("content", "encoding", "guessed"),
    [
        (TEXT.encode(), "utf-8", False),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", False),
        (TEXT.encode("utf-16"), "utf-16", False),
        (TEXT.encode("utf-16-le"), "utf-16-le", True),
        (TEXT.encode("utf-16-be"), "utf-16-be", True),
        (TEXT.encode("cp1252"), "cp1252", True),
        (TEXT.replace("Ave", "\x81").encode("latin-1"), "latin-1", True),
        (TEXT.replace(",", ";").replace("\n", "\r\n").encode(), "utf-8", False),
        (TEXT.replace(",", "\t").encode(), "utf-8", False),
        (b"\n\n" + TEXT.encode() + b",,\n \n\n\n", "utf-8", False),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "semicolons", "tabs", "blank lines"],
)
def test_every_writing_reads_the_same_and_a_guess_is_told(
    tmp_path: Path, content: bytes, encoding: str, guessed: bool
) -> None:
    path = write(tmp_path, content)
    source = source_of(path)
    assert (source.encoding, source.guessed) == (encoding, guessed)
    [(_, row)] = cells(path)
    assert row[0] == "P-1" and row[1].startswith("Peña") and row[2] == "60999"


def test_quotes_may_hold_separators_and_line_breaks_and_rows_keep_their_number(tmp_path: Path) -> None:
    path = write(tmp_path, 'premise,address\nP-1,"12 Elm\nApt 3, rear"\n\nP-2,"say ""no"""\n')
    assert cells(path) == [(2, ["P-1", "12 Elm\nApt 3, rear"]), (4, ["P-2", 'say "no"'])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b'premise,address\nP-1,"12 Elm\n', "never closed"),
        (b"PAR1 and nothing more", "cannot be read as one"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        cells(write(tmp_path, content))


def test_a_nul_byte_reaches_its_cell_and_stops_nothing_else(tmp_path: Path) -> None:
    assert cells(write(tmp_path, b"premise,address\nP-1,a\x00b\nP-2,c\n")) == [
        (2, ["P-1", "a\x00b"]),
        (3, ["P-2", "c"]),
    ]


def test_parquet_cells_read_as_those_of_csv(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table(
        {
            "serial": ["M-1", "M-2"],
            "read_on": [date(2026, 11, 1), None],
            "value_kwh": [48213.5, 7.0],
            "exact": [Decimal("1.250"), None],
            "flag": [True, False],
        }
    )
    path = tmp_path / "reads.parquet"
    parquet.write_table(table, path)
    assert source_of(path).format is SourceFormat.PARQUET
    assert cells(path) == [(1, ["M-1", "2026-11-01", "48213.5", "1.250", "yes"]), (2, ["M-2", "", "7", "", "no"])]


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    header = read_header(("ZIP", "Service-Address", "Premise Number", ""), kind=LoadKind.PREMISES, mapped={})
    assert [(place, column.name) for place, column in header.places] == [
        (0, "postal_code"),
        (1, "address"),
        (2, "premise"),
    ]


def test_columns_can_be_mapped_and_left_out() -> None:
    header = read_header(
        ("PREM_KEY", "address", "zip", "legacy"),
        kind=LoadKind.PREMISES,
        mapped={"premise": "prem-key"},
        ignored=frozenset({"Legacy"}),
    )
    assert header.present == {"premise", "address", "postal_code"}


@pytest.mark.parametrize(
    ("cells", "mapped", "said"),
    [
        (("premis", "address", "postal_code"), {}, r"premis is not known \(nearest: premise\); premise is missing"),
        (("premise", "address", "zip", "zip_code"), {}, "postal_code stands twice"),
        (("premise", "address"), {}, "postal_code is missing"),
        (("a", "b"), {}, "a is not known"),
        (("x", "address", "zip"), {"premis": "x"}, r"no column premis \(nearest: premise\)"),
        (("x", "address", "zip"), {"premise": "y"}, "the file has no column y"),
    ],
)
def test_wrong_columns_are_named_with_the_nearest(cells: tuple[str, ...], mapped: dict[str, str], said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        read_header(cells, kind=LoadKind.PREMISES, mapped=mapped)


def test_a_file_that_changes_while_it_is_read_is_refused_and_one_that_goes_as_well(tmp_path: Path) -> None:
    """What is kept as loaded is the hash of the file that was looked at first."""
    path = write(tmp_path, TEXT)
    source = source_of(path)
    write(tmp_path, TEXT.replace("12", "13"))
    with pytest.raises(FileRefused, match="was changed while it was read"), opened(source) as (_, rows):
        assert len(list(rows)) == 1
    path.unlink()
    with pytest.raises(FileRefused, match="cannot be read any more"), opened(source):
        pass


def test_a_parquet_file_with_what_no_calendar_has_or_no_record_holds_is_refused_by_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    columns = {
        "finer": (pa.array([1], pa.timestamp("ns")), "finer than a microsecond"),
        "beyond": (pa.array([2**62], pa.timestamp("us")), "no calendar has"),
        "far": (pa.array([2**30], pa.int32()).cast(pa.date32()), "no calendar has"),
        "bomb": (pa.array(["x" * 20_000] * 5_000), "longer than any record"),
    }
    for name, (column, why) in columns.items():
        path = tmp_path / f"{name}.parquet"
        write_table(pa.table({"read_on": column}), path)
        with pytest.raises(FileRefused, match=why):
            cells(path)


def test_of_thousands_of_unknown_columns_ten_are_told() -> None:
    header = [f"column_{number}" for number in range(5_000)]
    with pytest.raises(FileRefused, match="and 4990 more are not known") as told:
        read_header(header, kind=LoadKind.USAGE_POINTS, mapped={})
    assert len(str(told.value)) < 1_500
