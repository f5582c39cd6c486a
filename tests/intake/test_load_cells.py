"""Cells of loaded files: every style that utilities write, and what is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.form import Language
from evenroll.intake.load_cells import CellWrong, DateOrder, Reading, read_cell
from evenroll.intake.load_columns import Column, Form
from evenroll.intake.load_texts import fault_sentence
from evenroll.records.load_terms import LoadFault
from evenroll.records.load_terms import LoadFaultCode as F

CHICAGO = ZoneInfo("America/Chicago")


def read(text: str, form: Form, *, dates: DateOrder = DateOrder.UNSAID, **more: object) -> object:
    column = Column(name="x", form=form, **more)  # type: ignore[arg-type]
    return read_cell(text, column=column, reading=Reading(dates=dates, zone=CHICAGO))


@pytest.mark.parametrize(
    ("text", "dates", "day"),
    [
        ("2026-11-23", DateOrder.UNSAID, date(2026, 11, 23)),
        ("2026-1-3", DateOrder.UNSAID, date(2026, 1, 3)),
        ("2026-11-23T00:00:00", DateOrder.UNSAID, date(2026, 11, 23)),
        ("11/23/2026", DateOrder.UNSAID, date(2026, 11, 23)),
        ("23/11/2026", DateOrder.UNSAID, date(2026, 11, 23)),
        ("23.11.2026", DateOrder.UNSAID, date(2026, 11, 23)),
        ("3/3/2026", DateOrder.UNSAID, date(2026, 3, 3)),
        ("23-Nov-2026", DateOrder.UNSAID, date(2026, 11, 23)),
        ("3 ene 2026", DateOrder.UNSAID, date(2026, 1, 3)),
        ("3 Sept. 2026", DateOrder.UNSAID, date(2026, 9, 3)),
        ("3-septiembre-2026", DateOrder.UNSAID, date(2026, 9, 3)),
        ("03/04/2026", DateOrder.MDY, date(2026, 3, 4)),
        ("03/04/2026", DateOrder.DMY, date(2026, 4, 3)),
    ],
)
def test_days_of_three_styles(text: str, dates: DateOrder, day: date) -> None:
    assert read(text, Form.DAY, dates=dates) == day


@pytest.mark.parametrize(
    ("text", "form", "dates", "code"),
    [
        ("03/04/2026", Form.DAY, DateOrder.UNSAID, F.DATE_AMBIGUOUS),
        ("11/23/2026", Form.DAY, DateOrder.DMY, F.NOT_A_DATE),
        ("23/11/2026", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("11/23/26", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("2026-02-30", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("2026-11-23T14:00:00", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("46349", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("23-Xyz-2026", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("9999-12-31T23:59-05:00", Form.INSTANT, DateOrder.UNSAID, F.NOT_AN_INSTANT),
        ("0001-01-01T00:00", Form.INSTANT, DateOrder.UNSAID, F.NOT_AN_INSTANT),
        ("23 maybe 2026", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("0001-01-01", Form.DAY, DateOrder.MDY, F.NOT_A_DATE),
        ("a b", Form.NUMBER_GIVEN, DateOrder.UNSAID, F.NOT_A_NUMBER_GIVEN),
        ("=1+1", Form.NUMBER_GIVEN, DateOrder.UNSAID, F.NOT_A_NUMBER_GIVEN),
        ("x" * 61, Form.NUMBER_GIVEN, DateOrder.UNSAID, F.TOO_LONG),
        ("a\x00b", Form.TEXT, DateOrder.UNSAID, F.NUL),
        ("a\x07b", Form.TEXT, DateOrder.UNSAID, F.CONTROL_CHARACTER),
        ("maybe", Form.YES_NO, DateOrder.UNSAID, F.NOT_YES_OR_NO),
        ("1.234,5", Form.ENERGY, DateOrder.UNSAID, F.NOT_AN_ENERGY),
        ("12,34", Form.ENERGY, DateOrder.UNSAID, F.NOT_AN_ENERGY),
        ("-1", Form.ENERGY, DateOrder.UNSAID, F.NOT_AN_ENERGY),
        ("0.0001", Form.ENERGY, DateOrder.UNSAID, F.NOT_AN_ENERGY),
        ("1e5", Form.ENERGY, DateOrder.UNSAID, F.NOT_AN_ENERGY),
        ("٣", Form.WHOLE, DateOrder.UNSAID, F.NOT_A_WHOLE_NUMBER),
        ("0", Form.WHOLE, DateOrder.UNSAID, F.NOT_A_WHOLE_NUMBER),
        ("peak=1; peak=2", Form.REGISTER_VALUES, DateOrder.UNSAID, F.NOT_REGISTER_VALUES),
        ("84.205", Form.AMOUNT, DateOrder.UNSAID, F.NOT_AN_AMOUNT),
        ("NaN", Form.PRICE, DateOrder.UNSAID, F.NOT_A_PRICE),
        ("2981", Form.POSTAL_CODE, DateOrder.UNSAID, F.POSTAL_CODE_WRONG),
        ("2026-11-23", Form.INSTANT, DateOrder.UNSAID, F.NOT_AN_INSTANT),
        ("2026-11-01T01:30:00", Form.INSTANT, DateOrder.UNSAID, F.LOCAL_TIME_TWICE),
        ("2026-03-08T02:30:00", Form.INSTANT, DateOrder.UNSAID, F.LOCAL_TIME_NEVER),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, form: Form, dates: DateOrder, code: F) -> None:
    with pytest.raises(CellWrong) as wrong:
        read(text, form, dates=dates)
    assert wrong.value.code is code
    fault = LoadFault(row=7, column="x", code=code, choices=wrong.value.choices)
    for language in Language:
        said = fault_sentence(fault, language=language)
        assert "7" in said and said.endswith("."), said


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("48,213.5", Form.ENERGY, 48_213_500),
        (".5", Form.ENERGY, 500),
        ("1,234,567", Form.ENERGY, 1_234_567_000),
        ("120", Form.REGISTER_VALUES, {"": 120_000}),
        ("peak=12.5; night: 3", Form.REGISTER_VALUES, {"peak": 12_500, "night": 3_000}),
        ("$1,204.05", Form.AMOUNT, "1204.05"),
        ("-0.00125", Form.PRICE, Decimal("-0.00125")),
        ("Sí", Form.YES_NO, True),
        ("N", Form.YES_NO, False),
        ("2026-11-01T01:30:00-05:00", Form.INSTANT, datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026-11-23T14:00", Form.INSTANT, datetime(2026, 11, 23, 20, 0, tzinfo=UTC)),
    ],
)
def test_numbers_and_moments_as_utilities_write_them(text: str, form: Form, value: object) -> None:
    assert read(text, form) == value
