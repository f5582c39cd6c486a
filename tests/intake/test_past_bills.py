"""Files of past bills: what they may look like, and how each mistake is told with its row and column."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from evenroll.costs.matching.codes import LineKind
from evenroll.costs.matching.past_bill import PastBill
from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.known_rates import catalog_with, known_rates, rate_of_urdb, rates_of_urdb
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.past_bill_words import fault_words
from evenroll.intake.past_bills import PastBills, UnreadBill, read_past_bills
from evenroll.quantities.calendars import calendar

RATES, _ = known_rates(catalog_with(()))
HEAD = "bill,rate,start_on,end_on,total,line,register,quantity,price,amount,load\n"


def _read(folder: Path, text: str, *, dates: DateOrder = DateOrder.UNSAID) -> PastBills:
    file = folder / "bills.csv"
    file.write_text(text, encoding="utf-8")
    return read_past_bills(file, rates=RATES, dates=dates)


def _faults(folder: Path, text: str) -> list[tuple[int, str, str]]:
    (bill,) = _read(folder, HEAD + text).bills
    assert isinstance(bill, UnreadBill)
    for fault in bill.faults:
        for language in Language:
            assert f" {fault.row}" in fault_words(fault, language=language)
    return [(each.row, each.column, each.code.value) for each in bill.faults]


def _bill(folder: Path, text: str, **more: DateOrder) -> PastBill:
    (bill,) = _read(folder, text, **more).bills
    assert isinstance(bill, PastBill), bill
    return bill


def test_a_bill_stands_on_several_rows_and_says_what_it_is_once(tmp_path: Path) -> None:
    bill = _bill(
        tmp_path,
        HEAD
        + "B-1,LE-R,2026-06-20,2026-07-20,95.64,read,total,612.345,,,\n"
        + "B-1,,,,,energy,total,612.345,0.13620,83.40,\n"
        + ",,,,,fixed_monthly,,,,12.24,\n",
    )
    assert (bill.number, bill.rate, bill.period.start_on, bill.end_on) == (
        "B-1", "LE-R", date(2026, 6, 20), date(2026, 7, 20),
    )  # fmt: skip
    assert bill.counted_wh == {"total": 612_345}
    assert not bill.from_lines
    assert [(line.place, line.kind, line.amount) for line in bill.lines] == [
        (3, LineKind.ENERGY, Decimal("83.40")),
        (4, LineKind.FIXED_MONTHLY, Decimal("12.24")),
    ]


def test_other_names_of_columns_and_lines_and_other_ways_to_write_an_amount(tmp_path: Path) -> None:
    text = (
        "Invoice Number;Tariff;Service From;Service To;Line Code;Usage;Unit Price;Charge Amount;Meter Reader\n"
        'A;LE-R;06/20/2026;07/20/2026;Usage;1,612.3;$0.1362;"$1,219.60";me\n'
        "A;;;;Customer Charge;;;$12.24;\n"
        "A;;;;Goodwill;;;($4.20);\n"
        "A;;;;Sales Tax;;;1.00-;\n"
    )
    read = _read(tmp_path, text)
    (bill,) = read.bills
    assert isinstance(bill, PastBill)
    assert read.not_read == ("Meter Reader",)
    assert bill.from_lines
    assert bill.counted_wh == {"total": 1_612_300}
    assert [(line.kind, str(line.amount), line.text) for line in bill.lines] == [
        (LineKind.ENERGY, "1219.60", ""),
        (LineKind.FIXED_MONTHLY, "12.24", ""),
        (LineKind.OTHER, "-4.20", "Goodwill"),
        (LineKind.TAX, "-1.00", "Sales Tax"),
    ]


def test_each_mistake_is_told_by_row_and_column_and_the_other_bills_are_read(tmp_path: Path) -> None:
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,,energy,,612,,83.405,\n") == [(2, "amount", "not_an_amount")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,,energy,,612,,,\n") == [(2, "amount", "missing")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,,,,612,,1.00,\n") == [(2, "line", "missing")]
    assert _faults(tmp_path, "B,LE-R,31.12.26,2026-07-20,,energy,,612,,1.00,\n")[0] == (2, "start_on", "not_a_date")
    assert _faults(tmp_path, "B,LE-R,03/04/2026,2026-07-20,,energy,,6,,1.00,\n")[0] == (2, "start_on", "date_ambiguous")
    assert _faults(tmp_path, "B,LE-R,2026-07-20,2026-07-20,,energy,,612,,1.00,\n") == [
        (2, "end_on", "end_not_after_start")
    ]
    assert _faults(tmp_path, "B,,2026-06-20,2026-07-20,,energy,,612,,1.00,\n") == [(2, "rate", "no_rate")]
    assert _faults(tmp_path, "B,LE-R,,2026-07-20,,energy,,612,,1.00,\n") == [(2, "start_on", "no_days")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,,read,total,612,,,\n") == [(2, "amount", "nothing_billed")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,1,read,,-6,,,\n") == [(2, "quantity", "not_an_energy")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,1,read,,,,,\n") == [(2, "quantity", "missing")]
    twice = "B,LE-R,2026-06-20,2026-07-20,1,read,a,1,,,\nB,,,,,read,a,2,,,\n"
    assert _faults(tmp_path, twice) == [(3, "register", "duplicate")]
    other = "B,LE-R,2026-06-20,2026-07-20,,energy,,1,,1.00,\nB,LE-D,,,,fixed_monthly,,,,1.00,\n"
    assert _faults(tmp_path, other) == [(3, "rate", "bill_says_otherwise")]
    assert _faults(tmp_path, ",LE-R,2026-06-20,2026-07-20,,energy,,1,,1.00,\n") == [(2, "bill", "no_bill")]
    assert _faults(tmp_path, "B,LE-R,2026-06-20,2026-07-20,,energy,,1,,1.00,none.csv\n") == [
        (2, "load", "load_refused")
    ]
    both = _read(
        tmp_path, HEAD + "B,LE-R,2026-06-20,x,,energy,,1,,1.00,\nC,LE-R,2026-06-20,2026-07-20,,energy,,1,,.14,\n"
    )
    assert [type(each) for each in both.bills] == [UnreadBill, PastBill]


def test_a_file_that_is_none_of_bills_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"lacks line, rate, start_on \(nearest: started_on\)\."):
        _read(tmp_path, "bill,started_on,end_on,amount\nB,1,2,3\n")
    with pytest.raises(FileRefused, match="has 2 columns for amount"):
        _read(tmp_path, "bill,rate,start_on,end_on,line,amount,amount\n")
    with pytest.raises(FileRefused, match="There is no file"):
        read_past_bills(tmp_path / "none.csv", rates=RATES)


@pytest.mark.parametrize(("name", "text"), [("bills.csv", HEAD), ("bills.json", "[]")])
def test_a_file_without_a_bill_does_not_pass_for_one_whose_bills_match(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match="tells of no bill"):
        read_past_bills(tmp_path / name, rates=RATES)


@pytest.mark.parametrize("load", ["/etc/hostname", "../own.csv", "loads/../../own.csv"])
def test_a_bill_names_no_load_outside_of_its_folder(tmp_path: Path, load: str) -> None:
    """Bills may come from others, and what they name is read here."""
    folder = tmp_path / "bills"
    folder.mkdir()
    (tmp_path / "own.csv").write_text("start,kwh\n", encoding="utf-8")
    text = HEAD + f"B,LE-R,2026-06-20,2026-07-20,5.31,,,,,,{load}\n"
    [bill] = _read(folder, text).bills
    assert isinstance(bill, UnreadBill) and "outside the folder" in str(bill.faults[0])


def test_days_whose_order_is_said_are_read_so(tmp_path: Path) -> None:
    text = HEAD + "B,LE-R,03/04/2026,05/04/2026,,energy,,1,,.14,\n"
    assert _bill(tmp_path, text, dates=DateOrder.DMY).period.start_on == date(2026, 4, 3)


def test_the_intervals_that_a_bill_names_are_read_by_the_clock_of_its_territory(tmp_path: Path) -> None:
    rows = "".join(f"2026-07-01 {hour:02}:00,1.5\n" for hour in range(24))
    (tmp_path / "own.csv").write_text("start,kwh\n" + rows, encoding="utf-8")
    bill = _bill(tmp_path, HEAD + "B,LE-R,2026-07-01,2026-07-02,5.31,,,,,,own.csv\n")
    assert bill.load is not None
    assert (bill.load.zone, int(bill.load.wh.sum())) == ("America/Chicago", 36_000)
    assert bill.load.start_at.hour == 5


def test_records_of_the_rate_database_are_known_by_label_and_by_name(tmp_path: Path) -> None:
    file = tmp_path / "urdb.json"
    hours = [[0] * 24] * 12
    record = {"label": "abc", "name": "Plain", "startdate": 1577836800, "energyratestructure": [[{"rate": 0.1}]]}
    schedules = {"energyweekdayschedule": hours, "energyweekendschedule": hours}
    file.write_text(json.dumps({**record, **schedules}), encoding="utf-8")
    found, unsupported = rates_of_urdb(file, territory=calendar("US-CA"))
    assert (set(found), unsupported) == ({"abc", "Plain"}, {})
    assert found[next(iter(found))].versions[0].effective_on == date(2020, 1, 1)
    other = {**record, **schedules, "label": "def", "name": "Reactive", "demandreactivepowercharge": 1.5}
    file.write_text(json.dumps([{**record, **schedules}, other]), encoding="utf-8")
    found, unsupported = rates_of_urdb(file, territory=calendar("US-CA"))
    assert set(found) == {"abc", "Plain"}
    assert unsupported == dict.fromkeys(("def", "Reactive"), "reactive power (demandreactivepowercharge)")
    with pytest.raises(FileRefused, match="rate def cannot be priced: reactive power"):
        rate_of_urdb(file, territory=calendar("US-CA"))
    for text, words in (("{", "is no JSON"), ("[1]", "holds no record"), ('{"label": "x"}', "energyratestructure")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(FileRefused, match=words):
            rates_of_urdb(file, territory=calendar("US-CA"))
    with pytest.raises(FileRefused, match="cannot be read"):
        rates_of_urdb(tmp_path / "none.json", territory=calendar("US-CA"))


TREE = """
bills:
  - bill: B-1
    rate: LE-R
    from: 2026-06-20
    to: 2026-07-20
    total: 95.64
    reads: {total: 612.345}
    clerk: 7
    lines:
      - {line: energy, register: total, quantity: 612.345, price: 0.1362, amount: 83.40}
      - {line: fixed_monthly, amount: 12.24}
  - bill: B-2
    rate: LE-R
    start_on: 2026-06-20
    end_on: 2026-07-20
    total: null
    lines:
      - {line: energy, quantity: 10, amount: 1.362}
"""


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_list_of_bills_says_the_same_as_a_table(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"bills.{ending}"
    text = TREE if ending == "yaml" else json.dumps(yaml.safe_load(TREE), default=str, indent=1)
    file.write_text(text, encoding="utf-8")
    read = read_past_bills(file, rates=RATES)
    bill, wrong = read.bills
    assert isinstance(bill, PastBill)
    table = _bill(
        tmp_path,
        HEAD
        + "B-1,LE-R,2026-06-20,2026-07-20,95.64,read,total,612.345,,,\n"
        + "B-1,,,,,energy,total,612.345,0.1362,83.40,\n"
        + "B-1,,,,,fixed_monthly,,,,12.24,\n",
    )
    assert replace(bill, place=0, lines=()) == replace(table, place=0, lines=())
    assert [replace(line, place=0) for line in bill.lines] == [replace(line, place=0) for line in table.lines]
    assert read.not_read == ("clerk",)
    assert isinstance(wrong, UnreadBill)
    (fault,) = wrong.faults
    assert (fault.column, fault.code.value) == ("amount", "not_an_amount")
    assert "1.362" in text.splitlines()[fault.row - 1] or ending == "json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bills: {\n", "line 2: not readable as YAML"),
        ("bills: 3", "line 1: here stands no list of bills"),
        ("- 3", "line 1: here stand no names with values"),
        ("- {rate: X}", "line 1: this bill has no number"),
        ("- bill: B\n  lines: 3", "line 2: here stands no list of lines"),
        ("- bill: B\n  rate: [X]", "line 2: here stands no single value"),
        ("- bill: B\n  rate: X\n  tariff: Y", "line 3: rate stands twice"),
        ("- bill: B\n  rate: X\n  Rate: Y", "line 3: rate stands twice"),
        ("", "is empty"),
        ("bills: " + "[" * 500_000, "line 1: lists and mappings stand more than 20 deep"),
    ],
)
def test_a_list_that_is_none_of_bills_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "bills.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=words):
        read_past_bills(file, rates=RATES)
