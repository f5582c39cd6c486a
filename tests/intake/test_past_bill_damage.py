"""Files of past bills that are damaged in any way: told in sentences, nothing lost, never a defect."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.matching.codes import MatchResult
from evenroll.costs.matching.verdict import match_bill
from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.known_rates import catalog_with, known_rates
from evenroll.intake.past_bill_words import Judged, result_of, write_report
from evenroll.intake.past_bills import PastBill, UnreadBill, read_past_bills
from evenroll.runtime.output_match import told_judged

RATES, _ = known_rates(catalog_with(()))
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WHOLE = (EXAMPLES / "past_bills.csv").read_text(encoding="utf-8")
ROWS = [*csv.reader(io.StringIO(WHOLE))]
NASTY = st.sampled_from(
    [
        *("", " ", "-1", "0", "1e9", "1e-9", "NaN", "Infinity", "99999999999999999999", "12.5.5", "1,2", "0.005"),
        *("2026-02-30", "0001-01-01", "9999-12-31", "2026-07-20", "=1+1", "\x00", "ñ", "(5)", "5-", "$", "$-"),
        *("energy", "read", "read_demand", "demand", "minimum", "LE-EV-TOU", "PGE-E-1", "LE-RTP", "night", "summer"),
        *("past_bill_intervals.csv", "..", "/"),
    ]
)


def _judged(folder: Path, name: str, data: bytes) -> list[Judged] | None:
    """The verdicts on a file; None where it is refused as a whole, in a sentence."""
    file = folder / name
    file.write_bytes(data)
    (folder / "past_bill_intervals.csv").write_bytes((EXAMPLES / "past_bill_intervals.csv").read_bytes())
    try:
        read = read_past_bills(file, rates=RATES)
    except FileRefused as refused:
        assert len(str(refused)) > 20
        return None
    return [match_bill(each, rates=RATES) if isinstance(each, PastBill) else each for each in read.bills]


def _told(folder: Path, judged: list[Judged]) -> None:
    for language in Language:
        told = told_judged(judged, language=language, report=None)
        assert json.dumps(told, default=str)
        assert sum(told["counts"].values()) == len(judged)
        write_report(folder / "report.csv", judged, language=language)
    rows = [*csv.DictReader((folder / "report.csv").read_text(encoding="utf-8-sig").splitlines())]
    assert len({row["bill"] for row in rows}) <= len(judged) <= len(rows)
    assert all(row["result"] for row in rows)


@given(
    changes=st.lists(
        st.tuples(st.integers(1, len(ROWS) - 1), st.integers(0, len(ROWS[0]) - 1), NASTY), min_size=1, max_size=4
    ),
    drop=st.sets(st.integers(1, len(ROWS) - 1), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_cells_that_say_anything(changes: list[tuple[int, int, str]], drop: set[int]) -> None:
    rows = [list(row) for row in ROWS]
    for at, column, text in changes:
        rows[at][column] = text
    text = io.StringIO()
    csv.writer(text).writerows(row for at, row in enumerate(rows) if at not in drop)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged = _judged(folder, "bills.csv", text.getvalue().encode())
        if judged is None:
            return
        _told(folder, judged)
        numbers = {each.number if isinstance(each, UnreadBill) else each.bill.number for each in judged}
        wanted = {row[0] for at, row in enumerate(rows) if at not in drop and at and row[0].strip()}
        assert {" ".join(each.split()) for each in wanted} - {""} <= numbers


@given(at=st.integers(0, len(WHOLE)), cut=st.integers(0, 200), put=st.binary(max_size=6))
@settings(max_examples=100, deadline=None)
def test_bytes_that_are_cut_out_or_put_in(at: int, cut: int, put: bytes) -> None:
    data = WHOLE.encode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged = _judged(folder, "bills.csv", data[:at] + put + data[at + cut :])
        if judged:
            _told(folder, judged)
            assert {result_of(each) for each in judged} <= {*MatchResult}


@given(
    text=st.text(max_size=200)
    | st.recursive(
        st.none() | st.text(max_size=9),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["bills", "bill", "rate", "lines", "reads", "line", "amount", "total"]), x
            )
        ),
        max_leaves=12,
    ).map(json.dumps)
)
@settings(max_examples=150, deadline=None)
def test_any_text_as_yaml(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged = _judged(folder, "bills.yaml", text.encode("utf-8", "surrogatepass"))
        if judged:
            _told(folder, judged)
