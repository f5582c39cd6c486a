"""Interval reads loaded from files: hours and their quarters, days of 23 and 25 hours, gaps, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import MeterSerial
from evenroll.records.interval_reads import hours_of
from evenroll.records.load_terms import LoadKind, Standing
from evenroll.records.organizations import open_organization
from tests.intake.loaded import METERS, Loader, books, counts, lines

HOUR = timedelta(hours=1)
HEAD = "serial,start_at,energy_wh"
WHERE = calendar("US-LAKELAND")


@pytest.fixture
def loader(tmp_path: Path, django_ready: object) -> Loader:
    loader = Loader(folder=tmp_path)
    for _ in books(loader):
        pass
    loader.load(LoadKind.METERS, METERS)
    return loader


def starts(day: date) -> list[datetime]:
    first = WHERE.start_of_day(day)
    return [first + hour * HOUR for hour in range(WHERE.hours_in_day(day))]


def file_of(day: date, *, wh: int = 700, but: frozenset[int] = frozenset()) -> str:
    rows = (f"M-9,{at.isoformat()},{wh + n}" for n, at in enumerate(starts(day)) if n not in but)
    return lines(HEAD, *rows)


def known(loader: Loader, day: date, *, serial: str = "M-9") -> dict[datetime, int]:
    first = starts(day)[0]
    with open_organization(loader.organization):
        return hours_of(MeterSerial(serial), from_at=first, until_at=first + WHERE.hours_in_day(day) * HOUR)


def told(loader: Loader, text: str, **more: object) -> dict[str, int]:
    return counts(loader.load(LoadKind.INTERVAL_READS, text, **more))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 6, 1), 24), (date(2026, 11, 1), 25)])
def test_every_hour_of_a_day_is_kept_once_also_when_clocks_change(loader: Loader, day: date, hours: int) -> None:
    assert told(loader, file_of(day)) == {"new": hours, "changed": 0, "unchanged": 0, "missing": 0}
    assert known(loader, day) == {at: 700 + n for n, at in enumerate(starts(day))}
    assert loader.rows("SELECT cardinality(wh) FROM interval_read") == [(hours,)]
    # The same file again is nothing, and a run that writes nothing changes nothing.
    assert told(loader, file_of(day)) == {"new": 0, "changed": 0, "unchanged": hours, "missing": 0}
    assert told(loader, file_of(day, wh=800), dry_run=True)["changed"] == hours
    assert sum(known(loader, day).values()) == sum(700 + n for n in range(hours))


def test_local_times_are_of_the_territory_and_the_hour_that_comes_twice_needs_its_offset(loader: Loader) -> None:
    text = lines(HEAD, "M-9,2026-11-01T00:00,1", "M-9,2026-11-01T01:00,2", "M-9,2026-03-08T02:30,3")
    loader.load(LoadKind.INTERVAL_READS, text)
    assert loader.said() == [(3, "start_at", "local_time_twice"), (4, "start_at", "local_time_never")]
    text = lines(HEAD, *(f"M-9,2026-11-01T{at},{n}" for n, at in enumerate(("00:00", "01:00-05:00", "01:00-06:00"))))
    assert told(loader, text)["new"] == 3
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert known(loader, date(2026, 11, 1)) == {first + n * HOUR: n for n in range(3)}


def test_quarters_make_hours_and_an_hour_that_is_not_whole_is_missing(loader: Loader) -> None:
    quarters = [
        f"M-9,2026-06-01T{hour:02d}:{minute:02d},0.1{minute:02d}" for hour in range(3) for minute in (0, 15, 30, 45)
    ]
    del quarters[5]
    loaded = loader.load(
        LoadKind.INTERVAL_READS,
        lines("meter,interval_start,kwh,minutes", *(f"{each},15" for each in quarters)),
    )
    assert loader.faults == [] and counts(loaded) == {"new": 2, "changed": 0, "unchanged": 0, "missing": 1}
    assert loaded.difference.examples[Standing.MISSING] == ("M-9 2026-06-01T06:00Z",)
    first = starts(date(2026, 6, 1))[0]
    assert known(loader, date(2026, 6, 1)) == {first: 490, first + 2 * HOUR: 490}


def test_gaps_are_told_and_filled_by_a_later_file_that_takes_nothing_away(loader: Loader) -> None:
    day = date(2026, 6, 1)
    loaded = loader.load(LoadKind.INTERVAL_READS, file_of(day, but=frozenset({3, 4})))
    assert counts(loaded)["missing"] == 2 and loaded.is_kept
    assert loaded.difference.examples[Standing.MISSING] == ("M-9 2026-06-01T08:00Z", "M-9 2026-06-01T09:00Z")
    at = starts(day)
    assert at[3] not in known(loader, day) and len(known(loader, day)) == 22
    assert told(loader, lines(HEAD, f"M-9,{at[3].isoformat()},5", f"M-9,{at[0].isoformat()},700")) == {
        "new": 1,
        "changed": 0,
        "unchanged": 1,
        "missing": 0,
    }
    assert known(loader, day) == {each: 5 if n == 3 else 700 + n for n, each in enumerate(at) if n != 4}


def test_a_usage_point_stands_for_the_meter_that_hung_there(loader: Loader) -> None:
    text = lines(
        "usage_point,start_at,end_at,energy_wh",
        "LKL-1,2021-05-31T12:00,2021-05-31T13:00,10",
        "LKL-1,2021-06-01T12:00,2021-06-01T12:30,20",
        "LKL-1,2021-06-01T12:30,2021-06-01T13:00,21",
    )
    assert told(loader, text)["new"] == 2, loader.faults
    assert list(known(loader, date(2021, 5, 31), serial="M-1").values()) == [10]
    assert list(known(loader, date(2021, 6, 1)).values()) == [41]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("M-9,,2026-06-01T00:00,1,,", "M-9,,2026-06-01T00:00,1,,"), [(3, "start_at", "duplicate")]),
        (("M-9,,2026-06-01T00:00,1,,60", "M-9,,2026-06-01T00:15,1,,15"), [(3, "start_at", "intervals_overlap")]),
        (("M-0,,2026-06-01T00:00,1,,",), [(2, "serial", "meter_unknown")]),
        ((",LKL-3,2026-06-01T00:00,1,,",), [(2, "usage_point", "meter_unknown")]),
        ((",,2026-06-01T00:00,1,,",), [(2, "serial", "one_of_missing")]),
        (("M-9,LKL-1,2026-06-01T00:00,1,,",), [(2, "usage_point", "one_of_twice")]),
        (("M-9,,2026-06-01T00:00,,,",), [(2, "energy_wh", "one_of_missing")]),
        (("M-9,,2026-06-01T00:00,1,1,",), [(2, "energy_kwh", "one_of_twice")]),
        (("M-9,,2026-06-01T00:10,1,,15",), [(2, "start_at", "not_an_interval")]),
        (("M-9,,2026-06-01T00:00,1,,20",), [(2, "minutes", "not_a_choice")]),
        (("M-9,,2026-06-01T00:00,1.5,,",), [(2, "energy_wh", "not_watt_hours")]),
        (("M-9,,2026-06-01T00:00,-1,,",), [(2, "energy_wh", "not_watt_hours")]),
        (("M-9,,2026-06-01T00:00,,0.0001,",), [(2, "energy_kwh", "not_an_energy")]),
        (("M-9,,2026-11-24T00:00,1,,",), [(2, "start_at", "after_as_of")]),
    ],
)
def test_intervals_that_cannot_be_are_named_and_nothing_is_kept(
    loader: Loader, rows: tuple[str, ...], said: list[tuple[int, str, str]]
) -> None:
    good = "M-9,,2026-05-01T00:00,1,,"
    loaded = loader.load(
        LoadKind.INTERVAL_READS, lines("serial,usage_point,start_at,energy_wh,energy_kwh,minutes", *rows, good)
    )
    assert loader.said() == said and not loaded.is_kept
    assert loader.rows("SELECT count(*) FROM interval_read") == [(0,)]


def test_parquet_brings_the_same_hours(loader: Loader, tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    at = starts(day)
    table = pa.table({"serial": ["M-9"] * 25, "start_at": pa.array(at), "energy_wh": list(range(25))})
    path = tmp_path / "hours.parquet"
    parquet.write_table(table, path)
    assert counts(loader.load_path(LoadKind.INTERVAL_READS, path))["new"] == 25, loader.faults
    assert known(loader, day) == {each: n for n, each in enumerate(at)}
    [(noted,)] = loader.rows("SELECT counts FROM load_run WHERE kind = 'interval_reads'")
    assert json.loads(noted)["new"] == 25
