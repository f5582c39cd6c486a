"""A customer's use as a table or by the month: every hour in its place, every damage answered by a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenroll.costs.usage import HourlyLoad
from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.own_load import OwnLoads, drawn_load
from evenroll.intake.own_load_file import read_own_load
from evenroll.intake.own_load_months import load_of_months
from evenroll.intake.own_load_words import OwnFileRefused, say
from evenroll.pages.own_load_codes import OwnNote
from evenroll.quantities.calendars import ServiceCalendar
from tests.intake.own_feeds import PACIFIC, seconds, simple, written


def read(folder: Path, text: str, dates: DateOrder = DateOrder.UNSAID) -> OwnLoads:
    return read_own_load(written(folder, text, name="use.csv"), zone=PACIFIC, dates=dates)


def values(loads: OwnLoads) -> list[int]:
    return [int(each) for each in drawn_load(loads).load.wh[0]]


@pytest.mark.parametrize(
    "text",
    [
        "start,kwh\n2026-01-01 00:00,0.45\n2026-01-01 01:00,0.43\n",
        "start,wh\n2026-01-01T00:00:00-08:00,450\n2026-01-01T01:00:00-08:00,430\n",
        "Start;End;kWh\n2026-01-01T08:00:00Z;2026-01-01T09:00:00Z;0.45\n2026-01-01T09:00Z;2026-01-01T10:00Z;.43\n",
        "date,hour,kWh\n2026-01-01,0,0.45\n2026-01-01,1,0.43\n",
        "date,hour,kWh\n2026-01-01,1,0.45\n2026-01-01,2,0.43\n2026-01-01,24,\n",
        "date,hour,kWh\n2026-01-01,1,0.45\n2026-01-01,2,0.43\n2026-01-01,24,\n2026-01-01,,\n",
        "start,kwh\n01/13/2026 12:00 AM,1\n01/13/2026 1:00 AM,2\n",
    ],
)
def test_tables_of_every_usual_shape_come_to_the_same_load(tmp_path: Path, text: str) -> None:
    load = drawn_load(read(tmp_path, text)).load
    assert (load.minutes, load.zone) == (60, PACIFIC)
    if "13/2026" in text:
        assert (load.start_at, list(load.wh[0])) == (datetime(2026, 1, 13, 8, tzinfo=UTC), [1_000, 2_000])
    else:
        assert (load.start_at, list(load.wh[0])) == (datetime(2026, 1, 1, 8, tzinfo=UTC), [450, 430])


def test_quarters_stay_quarters(tmp_path: Path) -> None:
    rows = "".join(f"2026-01-01 00:{minute:02d},{minute + 1}\n" for minute in (0, 15, 30, 45))
    load = drawn_load(read(tmp_path, f"start,wh\n{rows}")).load
    assert (load.minutes, list(load.wh[0])) == (15, [1, 16, 31, 46])


@pytest.mark.parametrize("minutes", [60, 15])
def test_the_hour_that_comes_twice_counts_twice(tmp_path: Path, minutes: int) -> None:
    at, rows = seconds("2026-11-01T00:00:00"), []
    for place in range(25 * 60 // minutes):
        local = datetime.fromtimestamp(at + place * minutes * 60, tz=UTC).astimezone(_zone()).replace(tzinfo=None)
        rows.append(f"{local:%Y-%m-%d %H:%M},{place}")
    found = read(tmp_path, "start,wh\n" + "\n".join(rows))
    assert values(found) == list(range(25 * 60 // minutes))
    assert drawn_load(found).missing == drawn_load(found).repeated == 0


@pytest.mark.parametrize("minutes", [60, 15])
def test_a_file_that_begins_with_the_latest_comes_by_the_second_passing_first(tmp_path: Path, minutes: int) -> None:
    """Three days, so that rows stand before and after the hour; each interval has a number of its own."""
    at, rows = seconds("2026-10-31T00:00:00"), []
    count = 73 * 60 // minutes
    for place in range(count):
        local = datetime.fromtimestamp(at + place * minutes * 60, tz=UTC).astimezone(_zone()).replace(tzinfo=None)
        rows.append(f"{local:%Y-%m-%d %H:%M},{place}")
    found = read(tmp_path, "start,wh\n" + "\n".join(reversed(rows)))
    assert values(found) == list(range(count))
    assert drawn_load(found).missing == drawn_load(found).repeated == 0
    assert values(read(tmp_path, "start,wh\n" + "\n".join(rows))) == list(range(count))


def test_the_hour_that_comes_twice_and_stands_once_is_told_as_missing(tmp_path: Path) -> None:
    rows = "\n".join(f"2026-11-01 {hour:02d}:00,{hour}" for hour in range(24))
    found = drawn_load(read(tmp_path, "start,wh\n" + rows))
    assert [(gap.start_at, gap.intervals) for gap in found.gaps] == [(datetime(2026, 11, 1, 9, tzinfo=UTC), 1)]
    assert "1 from 2026-11-01 01:00 -0800" in found.warnings[0].sentence(Language.EN)


def test_the_hour_that_never_comes_may_stand_there_empty_handed_only(tmp_path: Path) -> None:
    rows = [f"2026-03-08 {hour:02d}:00,{0 if hour == 2 else 7}" for hour in range(24)]
    found = read(tmp_path, "start,wh\n" + "\n".join(rows))
    assert values(found) == [7] * 23
    assert found.warnings == (say(OwnNote.ROWS_NEVER, count=1),)
    with pytest.raises(FileRefused, match=r"row 4: this hour never comes"):
        read(tmp_path, "start,wh\n" + "\n".join(rows).replace("02:00,0", "02:00,5"))


def test_ends_are_read_on_days_on_which_clocks_change(tmp_path: Path) -> None:
    spring = "start,end,wh\n2026-03-08 01:00,2026-03-08 02:00,1\n2026-03-08 03:00,2026-03-08 04:00,2\n"
    assert values(read(tmp_path, spring)) == [1, 2]
    autumn = (
        "start,end,wh\n2026-11-01 00:00,2026-11-01 01:00,1\n2026-11-01 01:00,2026-11-01 01:00,2\n"
        "2026-11-01 01:00,2026-11-01 02:00,3\n2026-11-01 02:00,2026-11-01 03:00,4\n"
    )
    assert values(read(tmp_path, autumn)) == [1, 2, 3, 4]


def test_the_order_of_day_and_month_is_asked_for_where_it_matters(tmp_path: Path) -> None:
    text = "start,wh\n02/03/2026 00:00,1\n"
    with pytest.raises(FileRefused, match="row 2: which number of the day is the month cannot be told"):
        read(tmp_path, text)
    assert drawn_load(read(tmp_path, text, DateOrder.MDY)).load.start_at.month == 2
    assert drawn_load(read(tmp_path, text, DateOrder.DMY)).load.start_at.month == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,city\nA,B\n", "its first row needs a column start"),
        ("start,kwh,wh\n2026-01-01 00:00,1,1\n", "a column kwh or wh"),
        ("start,datetime,wh\n1,1,1\n", "2 columns for start"),
        ("start,wh\n2026-01-01 00:00,abc\n", "row 2: the energy is no number"),
        ("start,wh\n2026-01-01 00:00,-5\n", "row 2: the interval from 2026-01-01 00:00 -0800 draws less than nothing"),
        ("start,wh\n2026-01-01 25:00,5\n", "row 2: the time is none that can be read"),
        ("start,wh\n2026-13-41 00:00,5\n", "row 2: the time is none that can be read"),
        ("start,wh\n0001-01-01 00:00,5\n", "row 2: the time is"),
        ("start,end,wh\n2026-01-02 00:00,2026-01-01 00:00,5\n", "row 2: the end is not after the start"),
        ("start,wh\n2026-01-01 00:00,5\n2026-01-02 00:00,5\n", "an interval is no hour"),
        ("date,hour,wh\n2026-01-01,0,5\n2026-01-01,24,5\n", "the hours reach from 0 to 24"),
        ("date,hour,wh\n2026-01-01,0,5\n2026-01-01,77,5\n", "row 3: hour is none of 0 to 23"),
        ("start,wh\n2026-01-01 00:00,\n", "no row with energy"),
        ("start,wh\n", "no row with energy"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_row(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why) as refused:
        read(tmp_path, text)
    assert str(refused.value).endswith(".")


def test_what_a_file_is_does_not_hang_on_its_name(tmp_path: Path) -> None:
    text = simple([1, 2])
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / "use.csv"
        path.write_bytes(text.encode(encoding))
        assert values(read_own_load(path, zone=PACIFIC)) == [1, 2]
    with pytest.raises(FileRefused, match="no regular file"):
        read_own_load(tmp_path, zone=PACIFIC)
    with pytest.raises(FileRefused, match="cannot be read"):
        read_own_load(tmp_path / "absent", zone=PACIFIC)


GOOD = b"start,end,kwh\n" + b"".join(
    b"2026-11-01 %02d:00,2026-11-01 %02d:00,0.4\n" % (hour, hour + 1) for hour in range(9)
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    end=st.integers(0, len(GOOD)),
    changes=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 20), st.binary(max_size=8)), max_size=4),
)
def test_any_damage_is_read_or_refused_by_a_sentence(
    tmp_path: Path, end: int, changes: list[tuple[int, int, bytes]]
) -> None:
    content = bytearray(GOOD[:end])
    for place, length, new in changes:
        content[place : place + length] = new
    path = tmp_path / "damaged.csv"
    path.write_bytes(bytes(content))
    try:
        assert read_own_load(path, zone=PACIFIC).loads
    except FileRefused as refused:
        assert "damaged.csv" in str(refused)
        assert isinstance(refused, OwnFileRefused)
        assert "damaged.csv" in refused.said.sentence(Language.ES)
        assert str(refused).endswith(".")


CALENDAR = ServiceCalendar(key="invented", zone=PACIFIC)


def test_months_come_to_what_was_told_on_every_clock() -> None:
    months = {date(2027, 10, 1): 500_001, date(2027, 11, 1): 0, date(2027, 12, 1): 700_003, date(2028, 1, 1): 9}
    found = load_of_months(months, calendar=CALENDAR)
    wh = found.load.wh[0].astype(int)
    edges = np.cumsum([0, 31 * 24, 30 * 24 + 1, 31 * 24, 31 * 24])
    assert wh.size == edges[-1]
    sums = [int(wh[begin:end].sum()) for begin, end in pairwise(edges)]
    assert sums == list(months.values())
    assert found.load.estimated is not None
    assert np.unpackbits(found.load.estimated[0])[: wh.size].all()
    assert "the typical day of a household" in found.warnings[0].sentence(Language.EN)


def test_a_profile_of_ones_own_gives_the_hours() -> None:
    start_at = datetime(2026, 2, 1, 8, tzinfo=UTC)
    profile = HourlyLoad(start_at=start_at, wh=tuple(hour % 24 for hour in range(28 * 24)))
    found = load_of_months({date(2026, 2, 1): 28 * 276 * 3}, calendar=CALENDAR, profile=profile)
    assert [int(each) for each in found.load.wh[0]] == [3 * wh for wh in profile.wh]
    short = HourlyLoad(start_at=start_at + timedelta(hours=1), wh=profile.wh)
    with pytest.raises(FileRefused, match=r"The profile says nothing of the hours from 2026-02-01 08:00"):
        load_of_months({date(2026, 2, 1): 5}, calendar=CALENDAR, profile=short)


@pytest.mark.parametrize(
    ("months", "why"),
    [
        ({}, "told for 0 months"),
        ({date(2026, 2, 2): 5}, "February 2, 2026 is not the first day of a month"),
        ({date(2026, 2, 1): -5}, "The use of 2026-02 is less than nothing"),
        ({date(2026, 2, 1): 2**31}, "beyond any meter"),
        ({date(2025, 12, 1): 5, date(2026, 2, 1): 5}, "2026-01 is missing between 2025-12 and 2026-02"),
    ],
)
def test_months_that_cannot_be_used_are_refused(months: dict[date, int], why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        load_of_months(months, calendar=CALENDAR)


def _zone() -> ZoneInfo:
    return ZoneInfo(PACIFIC)
