"""The result file: whole or not there, and harmless in a spreadsheet."""

import csv
import json
from pathlib import Path

import pytest

from evenroll.enrollment.form import Language
from evenroll.intake.application import FaultCode, RowFault
from evenroll.intake.fault_texts import FAULT_TEXTS, fault_text
from evenroll.intake.file_shape import FileFormat
from evenroll.intake.result_file import ResultRefused, ResultRow, result_writer, safe_cell

ROW = ResultRow(row=2, application="=HYPERLINK(1)", case="EV-1", result="accepted")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\tx", "\rx"])
def test_formulas_are_escaped(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_csv_and_json_lines_hold_the_same(tmp_path: Path) -> None:
    for format_ in FileFormat:
        with result_writer(tmp_path / f"r.{format_.value}", format=format_) as writer:
            writer.write(ROW)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        told = next(csv.DictReader(file))
    said = json.loads((tmp_path / "r.jsonl").read_text())
    assert told["application"] == "'=HYPERLINK(1)"
    assert said["application"] == "=HYPERLINK(1)"
    assert told.keys() == said.keys()


def test_a_run_that_is_broken_off_leaves_the_old_result(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), result_writer(path, format=FileFormat.CSV) as writer:
        writer.write(ROW)
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["r.csv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultRefused, match="--out"), result_writer(tmp_path / "no" / "r.csv", format=FileFormat.CSV):
        pass


@pytest.mark.parametrize("code", list(FaultCode))
@pytest.mark.parametrize("language", list(Language))
def test_every_fault_has_a_sentence(code: FaultCode, language: Language) -> None:
    assert set(FAULT_TEXTS) == set(FaultCode)
    text = fault_text(RowFault(row=9, column="name", code=code, choices=("a", "b")), language=language)
    assert "9" in text
    assert text.endswith(".")
