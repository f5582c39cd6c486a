"""`evenroll compare-all --events`: programs that price events, with the hours that were called, for a whole base."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyarrow import parquet

from evenroll.intake.customer_loads import loads_file
from evenroll.intake.event_rows import read_events, zones_of_programs
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.comparing_all import RatesAsked, plan_of
from tests.costs.customers.year_of_cars import paid_plainly
from tests.intake.invented_base import FIRST_ON, LAKELAND, invented_wh, metadata_of, write_loads
from tests.runtime.test_cli_compare_all import rows_of, said, vehicles

DAYS = 59
PEAKS = "LE-EV-PEAK-DAYS"
ADDER = Decimal("0.62")
CALLED = [
    (PEAKS, "2025-01-15 15:00", "2025-01-15 19:00"),
    # With an offset: 15:00 to 19:00 by the clock of the territory; names hold in any capitals.
    (PEAKS.lower(), "2025-02-03T21:00:00+00:00", "2025-02-04T01:00:00+00:00"),
    ("BW-PEAK-SAVER", "2025-02-10 14:00", "2025-02-10 18:00"),
    # Of another year: it is on no bill here.
    (PEAKS, "2024-07-01 15:00", "2024-07-01 19:00"),
]
BOTH = f"LE-R,LE-EV-TOU,LE-R+{PEAKS},LE-EV-TOU+{PEAKS}".split(",")


def events(path: Path, *rows: tuple[str, str, str]) -> Path:
    path.write_text("\n".join(["program,start_at,end_at", *(",".join(row) for row in rows)]), encoding="utf-8")
    return path


def break_off(folder: Path, *arguments: object) -> None:
    """Begin a comparison into `out.parquet` of a folder, and let its disk be full for the first part."""
    full = folder / "out.parquet.parts" / "000000.new"
    full.parent.mkdir()
    full.symlink_to("/dev/full")
    program = "from evenroll.runtime.command_line import main; main()"
    command = [sys.executable, "-c", program, "compare-all", *map(str, arguments)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == ExitCode.UNAVAILABLE
    full.unlink()


def hours_of(day: date, first: int, end: int) -> list[int]:
    start = LAKELAND.start_of_day(FIRST_ON)
    clocks = (
        datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(LAKELAND.zone)) for hour in range(first, end)
    )
    return [(at.astimezone(UTC) - start) // timedelta(hours=1) for at in clocks]


@pytest.mark.parametrize("minutes", [60, 15])
def test_hours_that_were_called_cost_more_on_each_rate_that_a_program_rides_on(tmp_path, capsys, minutes):
    wh = invented_wh(5, days=DAYS, minutes=minutes)
    loads = write_loads(tmp_path / "loads.parquet", wh, metadata=metadata_of(minutes=minutes))
    out = tmp_path / "out.parquet"
    told_events = events(tmp_path / "events.csv", *CALLED)
    arguments = (loads, "--rates", "LE-R,LE-EV-TOU", "--programs", PEAKS, "--events", told_events, "--out", out)
    code, told, err = said(capsys, *arguments, "--components")
    assert (code, told["rates"]) == (0, BOTH), err
    assert told["event_hours"] == {key: 8 for key in BOTH[2:]}
    assert json.loads(parquet.read_schema(out).metadata[b"evenroll.event_hours"]) == told["event_hours"]
    plan = plan_of(
        RatesAsked(
            rates=("LE-R", "LE-EV-TOU"),
            programs=(PEAKS,),
            events=read_events(told_events, zones=zones_of_programs(load_catalog())),
        ),
        catalog=load_catalog(),
        shape=loads_file(loads).shape,
    )
    rows, many = rows_of(out), 60 // minutes
    january, february = (hours_of(day, 15, 19) for day in (date(2025, 1, 15), date(2025, 2, 3)))
    for number, key in enumerate(BOTH):
        paid = [row[f"without_pev_cents.{key}"] for row in rows]
        assert paid == paid_plainly(wh, plan=plan, rate=number).tolist()
    for customer, row in enumerate(rows):
        # By hand: what each month draws in its four hours, at the adder, rounded once a month.
        drawn = [
            sum(int(wh[customer, at * many + n]) for at in month for n in range(many)) for month in (january, february)
        ]
        cents = sum(int((each * ADDER / 10).quantize(Decimal(1), ROUND_HALF_UP)) for each in drawn)
        for base in ("LE-R", "LE-EV-TOU"):
            assert row[f"without_pev_event_cents.{base}+{PEAKS}"] == cents
            assert row[f"without_pev_cents.{base}+{PEAKS}"] == row[f"without_pev_cents.{base}"] + cents


def test_a_car_that_is_managed_charges_beside_the_events(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", np.zeros((2, 24 * DAYS), dtype=np.uint16))
    cars = vehicles(tmp_path / "cars.csv", ("C000001", 12_000, 30, 75, 7.2, "15:00", "07:00"))
    out = tmp_path / "out.parquet"
    called = events(tmp_path / "events.csv", *CALLED)
    more = ("--vehicles", cars, "--rates", "LE-R", "--programs", PEAKS, "--events", called, "--components")
    assert said(capsys, loads, *more, "--out", out)[0] == 0
    row = rows_of(out)[1]
    key = f"LE-R+{PEAKS}"
    assert row[f"unmanaged_event_cents.{key}"] > 0 == row[f"managed_event_cents.{key}"]
    assert row[f"managed_cents.{key}"] == row["unmanaged_cents.LE-R"] == row["managed_cents.LE-R"]


def test_a_program_without_an_event_in_these_days_costs_what_its_rate_costs_and_that_is_said(tmp_path, capsys):
    loads, out = write_loads(tmp_path / "loads.parquet", invented_wh(2, days=DAYS)), tmp_path / "out.parquet"
    called = events(tmp_path / "events.csv", CALLED[2])
    code, told, err = said(capsys, loads, "--rates", "LE-R", "--programs", PEAKS, "--events", called, "--out", out)
    key = f"LE-R+{PEAKS}"
    assert (code, told["event_hours"]) == (0, {key: 0})
    assert f"No event of {key} was called" in err
    assert all(row[f"without_pev_cents.{key}"] == row["without_pev_cents.LE-R"] for row in rows_of(out))


def test_a_program_with_a_rate_of_its_own_has_its_events_too(tmp_path, capsys):
    wh = invented_wh(2, days=DAYS)
    loads, out = write_loads(tmp_path / "loads.parquet", wh), tmp_path / "out.parquet"
    called = events(tmp_path / "events.csv", *CALLED)
    code, told, _ = said(capsys, loads, "--programs", "BW-PEAK-SAVER", "--events", called, "--components", "--out", out)
    assert (code, told["event_hours"]) == (0, {"BW-PEAK-SAVER": 4})
    drawn = [int(each[hours_of(date(2025, 2, 10), 14, 18)].sum()) for each in wh]
    expected = [int((wh * Decimal("0.55") / 10).quantize(Decimal(1), ROUND_HALF_UP)) for wh in drawn]
    assert [row["without_pev_event_cents.BW-PEAK-SAVER"] for row in rows_of(out)] == expected


@pytest.mark.parametrize(
    ("rates", "program", "rows", "words"),
    [
        ("LE-R", PEAKS, [CALLED[3]], "lies within the days of the loads"),
        ("LE-R", PEAKS, [("NOBODY", *CALLED[0][1:])], "Row 2"),
        ("LE-R", PEAKS, [(PEAKS, "2025-01-15 15:30", "2025-01-15 19:00")], "Row 2"),
        ("LE-R", PEAKS, [(PEAKS, "2025-01-15 19:00", "2025-01-15 15:00")], "Row 2"),
        ("BW-STD", PEAKS, CALLED, "--rates with one of LE-R"),
        ("PGE-E-1", "PGE-SMARTRATE", CALLED, "credit_rule"),
    ],
)
def test_what_events_cannot_tell_is_one_sentence(tmp_path, capsys, rates, program, rows, words):
    loads, out = write_loads(tmp_path / "loads.parquet", invented_wh(1, days=DAYS)), tmp_path / "out.parquet"
    called = events(tmp_path / "events.csv", *rows)
    code, told, _ = said(capsys, loads, "--rates", rates, "--programs", program, "--events", called, "--out", out)
    assert code == ExitCode.WRONG_USE and words in told["sentence"]
    assert not out.exists() and not out.with_name("out.parquet.parts").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="takes a device that is always full")
def test_work_that_was_begun_does_not_go_on_with_other_events(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", invented_wh(3, days=DAYS))
    called = tmp_path / "events.csv"
    arguments = (loads, "--rates", "LE-R", "--programs", PEAKS, "--events", called, "--out", tmp_path / "out.parquet")
    events(called, *CALLED)
    break_off(tmp_path, *arguments)
    events(called, CALLED[0])
    code, told, _ = said(capsys, *arguments)
    assert code == ExitCode.WRONG_USE and "another command" in told["sentence"]
    # The same events in another order are the same question.
    events(called, *reversed(CALLED))
    assert said(capsys, *arguments)[0] == 0
