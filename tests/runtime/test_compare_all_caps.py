"""`evenroll compare-all --events` with cap_kw: programs that lower charging while an event lasts, for a whole base."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evenroll.intake.event_rows import read_events, zones_of_programs
from evenroll.intake.file_shape import FileRefused
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import ExitCode
from tests.intake.invented_base import write_loads
from tests.runtime.test_cli_compare_all import rows_of, said, vehicles
from tests.runtime.test_compare_all_events import break_off, hours_of

DAYS = 31
PAUSE = "LE-EV-PAUSE"
# Every evening of the month from 17:00 to 21:00, charging at 1.4 kW at most, and none at all from 19:00 to 20:00.
EVENINGS = [(PAUSE, f"2025-01-{day:02d} 17:00", f"2025-01-{day:02d} 21:00", "1.4") for day in range(1, DAYS + 1)]
NONE = [(PAUSE, f"2025-01-{day:02d} 19:00", f"2025-01-{day:02d} 20:00", "0") for day in range(1, DAYS + 1)]
# Both need 10,218 Wh a day. The second one leaves when the event ends.
CARS = [
    ("C000000", 12_433, 30, 75, 7.2, "17:00", "07:00"),
    ("C000001", 12_433, 30, 75, 7.2, "17:00", "21:00"),
]
NEED = 1_000 * 12_433 * 30 * DAYS // 365 // 100


def events(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join(["program,start_at,end_at,cap_kw", *(",".join(row) for row in rows)]), encoding="utf-8")
    return path


def test_events_lower_charging_and_a_rate_that_serves_less_is_not_called_best(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", np.zeros((3, 24 * DAYS), dtype=np.uint16))
    cars, out = vehicles(tmp_path / "cars.csv", *CARS), tmp_path / "out.parquet"
    code, told, err = said(
        capsys,
        *(loads, "--vehicles", cars, "--rates", "LE-R,LE-EV-TOU", "--programs", PAUSE, "--today", "LE-R"),
        *("--events", events(tmp_path / "events.csv", *EVENINGS, *NONE), "--out", out),
    )
    keys = ["LE-R", "LE-EV-TOU", f"LE-R+{PAUSE}", f"LE-EV-TOU+{PAUSE}"]
    assert (code, told["rates"]) == (0, keys), err
    assert told["event_hours"] == {key: 4 * DAYS for key in keys[2:]}
    stays, leaves, nobody = rows_of(out)
    # A price of one kWh for all hours: the bill stays as it is where all is served, later in the night.
    assert stays[f"unmanaged_cents.LE-R+{PAUSE}"] == stays["unmanaged_cents.LE-R"]
    # What a rate by the hour charges in the evening is moved into the night, also where nobody manages it.
    assert stays[f"unmanaged_cents.LE-EV-TOU+{PAUSE}"] < stays["unmanaged_cents.LE-EV-TOU"]
    assert stays[f"managed_cents.LE-EV-TOU+{PAUSE}"] == stays["managed_cents.LE-EV-TOU"]
    assert stays["pev_unserved_wh"] == stays[f"pev_unserved_wh.LE-R+{PAUSE}"] == 0
    for way in ("unmanaged", "managed"):
        assert stays[f"{way}_cents.{stays[f'best_{way}']}"] == min(stays[f"{way}_cents.{key}"] for key in keys)
    # Three hours of 1.4 kW and one of none are what the other is served; for less it pays less, and that is no saving.
    assert leaves["pev_unserved_wh"] == 0
    assert abs(leaves[f"pev_unserved_wh.LE-R+{PAUSE}"] - (NEED - 3 * 1_400 * DAYS)) <= 1
    assert leaves[f"managed_cents.LE-EV-TOU+{PAUSE}"] < min(leaves[f"managed_cents.{key}"] for key in keys[:2])
    assert leaves["best_managed"] in keys[:2] and leaves["best_unmanaged"] in keys[:2]
    assert nobody[f"pev_unserved_wh.LE-R+{PAUSE}"] is None and nobody["best_managed"] is None


def test_a_higher_cap_serves_more_until_it_is_what_the_car_draws(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", np.zeros((2, 24 * DAYS), dtype=np.uint16))
    cars, called = vehicles(tmp_path / "cars.csv", CARS[1]), tmp_path / "events.csv"
    unserved: list[int] = []
    for cap in ("1.4", "2", "2.8", "7.2", "11"):
        events(called, *((*row[:3], cap) for row in EVENINGS))
        out = tmp_path / f"{cap}.parquet"
        more = ("--vehicles", cars, "--rates", "LE-R", "--programs", PAUSE, "--events", called, "--out", out)
        assert said(capsys, loads, *more)[0] == 0
        unserved.append(rows_of(out)[1][f"pev_unserved_wh.LE-R+{PAUSE}"])
    assert unserved[0] - unserved[1] == 4 * 600 * DAYS
    assert unserved[1] > 0 == unserved[2] == unserved[3] == unserved[4]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="takes a device that is always full")
def test_work_that_was_begun_does_not_go_on_with_another_cap(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", np.zeros((2, 24 * DAYS), dtype=np.uint16))
    called = tmp_path / "events.csv"
    arguments = (loads, "--rates", "LE-R", "--programs", PAUSE, "--events", called, "--out", tmp_path / "out.parquet")
    events(called, *EVENINGS)
    break_off(tmp_path, *arguments)
    events(called, *EVENINGS[:-1], (*EVENINGS[-1][:3], "1.5"))
    code, told, _ = said(capsys, *arguments)
    assert code == ExitCode.WRONG_USE and "another command" in told["sentence"]
    events(called, *EVENINGS)
    assert said(capsys, *arguments)[0] == 0


def test_without_a_cap_such_a_program_changes_no_bill_and_is_refused(tmp_path, capsys):
    loads = write_loads(tmp_path / "loads.parquet", np.zeros((1, 24 * DAYS), dtype=np.uint16))
    out, called = tmp_path / "out.parquet", events(tmp_path / "events.csv", (*EVENINGS[0][:3], ""))
    for more, words in (
        (("--rates", "LE-R", "--events", called), "changes no bill by itself"),
        (("--rates", "LE-R"), "changes no bill by itself"),
        (("--events", events(tmp_path / "capped.csv", *EVENINGS)), "Name those to compare it on"),
        (("--rates", "PGE-E-1", "--events", tmp_path / "capped.csv"), "territory at a time"),
    ):
        code, told, _ = said(capsys, loads, "--programs", PAUSE, *more, "--out", out)
        assert code == ExitCode.WRONG_USE and words in told["sentence"]


def test_of_two_events_the_lower_cap_holds_and_one_may_have_none(tmp_path):
    called = events(tmp_path / "events.csv", *NONE[:1], *EVENINGS[:1], (*EVENINGS[1][:3], ""))
    found = read_events(called, zones=zones_of_programs(load_catalog()))[PAUSE]
    hours = [(at - min(found.hours)).total_seconds() // 3600 for at in sorted(found.hours)]
    assert hours == [0, 1, 2, 3, 24, 25, 26, 27]
    assert [*found.cap_w.values()] == [1_400, 1_400, 0, 1_400]
    assert [*found.cap_w] == sorted(found.hours)[:4]
    assert hours_of(date(2025, 1, 1), 17, 21) == [17, 18, 19, 20]


@pytest.mark.parametrize("cap", ["-1", "1001", "1.23456", "much", "nan", "inf"])
def test_a_cap_that_no_car_can_have_is_named_with_its_row(tmp_path, cap):
    with pytest.raises(FileRefused, match=r"Row 3, column cap_kw: no power that a car may draw"):
        read_events(
            events(tmp_path / "events.csv", EVENINGS[0], (*EVENINGS[1][:3], cap)),
            zones=zones_of_programs(load_catalog()),
        )
