"""Green Button files: electricity only, units and directions right, hostile XML refused, any damage answered aloud."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenroll.enrollment.form import Language
from evenroll.intake import espi_feed
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.green_button import read_green_button
from evenroll.intake.own_load import Direction, OwnLoad, OwnLoads, drawn_load
from evenroll.intake.own_load_file import read_own_load
from evenroll.intake.own_load_words import OwnFileRefused
from evenroll.pages.own_load_codes import OwnNote
from tests.intake.own_feeds import (
    HOUR,
    PACIFIC,
    block,
    feed,
    hours,
    interval,
    point,
    reading,
    seconds,
    simple,
    type_,
    written,
)

FOLDER = os.environ.get("EVENROLL_RATE_RECORDS", "")
with_published = pytest.mark.skipif(
    not (FOLDER and (Path(FOLDER) / "greenbutton").is_dir()),
    reason="EVENROLL_RATE_RECORDS names no folder with published Green Button files in greenbutton/",
)


def read(folder: Path, text: str, zone: str = PACIFIC) -> OwnLoads:
    return read_green_button(written(folder, text), zone=zone)


def english(found: OwnLoads | OwnLoad) -> str:
    return "\n".join(each.sentence(Language.EN) for each in found.warnings)


def values(loads: OwnLoads, place: int = 0) -> list[int]:
    return [int(each) for each in loads.loads[place].load.wh[0]]


def test_hours_become_a_load_in_utc_and_cost_is_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, simple([450, 430, 418]))
    load = drawn_load(found)
    assert values(found) == [450, 430, 418]
    assert load.load.start_at.isoformat() == "2026-01-01T08:00:00+00:00"
    assert (load.load.minutes, load.load.zone, load.load.estimated) == (60, PACIFIC, None)
    assert (load.meter, load.direction, load.warnings, found.warnings) == (
        "House / Hourly",
        Direction.DELIVERED,
        (),
        (),
    )


@pytest.mark.parametrize(
    ("power", "value", "wh"), [(0, 450, 450), (3, 2, 2_000), (-3, 450_000, 450), ("", 450, None), (-7, 1, None)]
)
def test_the_power_of_ten_is_applied_or_refused(tmp_path: Path, power: object, value: int, wh: int | None) -> None:
    text = simple([value, value], powerOfTenMultiplier=power)
    if wh is None and power != "":
        with pytest.raises(FileRefused, match=r"line \d+: powerOfTenMultiplier is no whole number from -6 to 9"):
            read(tmp_path, text)
    else:
        assert values(read(tmp_path, text)) == [wh or value] * 2


def test_parts_of_a_watt_hour_are_carried_on_and_none_is_lost(tmp_path: Path) -> None:
    found = read(tmp_path, simple([1_500] * 4, powerOfTenMultiplier=-3))
    assert values(found) == [1, 2, 1, 2]


@pytest.mark.parametrize(("length", "count", "minutes"), [(900, 8, 15), (300, 24, 15), (1800, 4, 60), (3600, 2, 60)])
def test_shorter_intervals_are_added_up(tmp_path: Path, length: int, count: int, minutes: int) -> None:
    found = read(tmp_path, simple([10] * count, length=length)).loads[0]
    assert found.load.minutes == minutes
    assert found.total_wh == found.told_wh == 10 * count


@pytest.mark.parametrize(("day", "count"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)])
def test_days_on_which_clocks_change_have_their_hours(tmp_path: Path, day: str, count: int) -> None:
    start = seconds(f"{day}T00:00:00")
    found = read(tmp_path, simple(range(count), start=f"{day}T00:00:00")).loads[0]
    end = start + found.load.wh.shape[1] * HOUR
    assert end == seconds(f"{day[:8]}{int(day[8:]) + 1:02d}T00:00:00")
    assert not found.gaps


def test_what_is_missing_is_told_and_filled_in_as_estimated(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    told = hours(start, list(range(400)))
    text = feed(point(), reading(), type_(), block(told[:200] + told[202:300] + told[301:]))
    found = read(tmp_path, text).loads[0]
    assert [(gap.intervals, int(gap.start_at.timestamp())) for gap in found.gaps] == [
        (2, start + 200 * HOUR),
        (1, start + 300 * HOUR),
    ]
    assert "are missing: 3: 2 from 2026-01-09 08:00 -0800, 1 from 2026-01-13 12:00 -0800" in english(found)
    assert list(found.load.wh[0][[200, 201, 300]]) == [200 - 168, 201 - 168, 300 - 168]
    assert found.load.estimated is not None
    assert list(np.flatnonzero(np.unpackbits(found.load.estimated[0]))) == [200, 201, 300]
    assert found.told_wh == sum(range(400)) - 200 - 201 - 300


def test_more_holes_than_use_is_refused(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    text = feed(point(), reading(), type_(), block([interval(start, 1), interval(start + 9 * HOUR, 1)]))
    with pytest.raises(FileRefused, match=r"of 10 intervals of House / Hourly, 8 are missing: 8 from 2026-01-01 01:00"):
        read(tmp_path, text)


def test_what_repeats_counts_once_and_the_last_one_counts(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    text = feed(point(), reading(), type_(), block([*hours(start, [5, 6, 7]), *hours(start, [5, 60])]))
    found = read(tmp_path, text)
    assert values(found) == [5, 60, 7]
    assert (found.loads[0].repeated, found.loads[0].differing) == (2, 1)
    assert "more than once and count once: 2; with another value: 1, of which" in english(found.loads[0])


def test_intervals_that_overlap_are_refused_by_their_line(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    told = [interval(start, 5), interval(start + 900, 1, length=900), interval(start + HOUR, 5)]
    with pytest.raises(FileRefused, match=r"line \d+: an interval begins before the one before it has ended"):
        read(tmp_path, feed(point(), reading(), type_(), block(told)))


def test_an_hour_that_is_told_in_part_is_missing(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    told = [interval(start, 6), interval(start + HOUR, 90, length=1800), *hours(start + 2 * HOUR, [8, 7])]
    found = read(tmp_path, feed(point(), reading(), type_(), block(told)))
    assert values(found) == [6, 7, 8, 7]
    assert (found.loads[0].missing, found.loads[0].told_wh) == (1, 21)


def test_a_year_that_cannot_be_meant_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    told = [interval(seconds("2026-01-01T00:00:00"), 5), interval(seconds("2126-01-01T00:00:00"), 5)]
    with pytest.raises(FileRefused, match=r"reach from January 1, 2026 to January 1, 2126, more than 20 years"):
        read(tmp_path, feed(point(), reading(), type_(), block(told)))


def test_an_estimated_value_is_marked(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    told = [interval(start, 5, quality=8), interval(start + HOUR, 6, quality=19)]
    found = read(tmp_path, feed(point(), reading(), type_(), block(told))).loads[0]
    assert found.load.estimated is not None
    assert list(np.unpackbits(found.load.estimated[0])[:2]) == [1, 0]


def test_meters_and_directions_are_told_apart_and_never_added(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    text = feed(
        point(1), point(2, title="Garage"),
        type_(1), type_(2, flowDirection=19),
        reading(1), reading(2, type_=2, title="To the grid"), reading(1, point=2),
        block(hours(start, [1, 2])), block(hours(start, [3, 4]), reading=2), block(hours(start, [5, 6]), point=2),
    )  # fmt: skip
    found = read(tmp_path, text)
    assert [(each.meter, each.direction.value, each.total_wh) for each in found.loads] == [
        ("House / Hourly", "delivered", 3),
        ("House / To the grid", "received", 7),
        ("Garage / Hourly", "delivered", 11),
    ]
    assert [each.code for each in found.warnings] == [OwnNote.FED_IN_LEFT_OUT]
    assert "House / To the grid tells of energy that was fed into the grid" in english(found)
    with pytest.raises(FileRefused, match="2 loads that were delivered, and they are not added up: House / Hourly"):
        drawn_load(found)
    assert drawn_load(found, meter="Garage / Hourly").total_wh == 11
    with pytest.raises(FileRefused, match="no energy delivered to meter House / To the grid"):
        drawn_load(found, meter="House / To the grid")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (feed(point(kind="1"), reading(), type_(), block(hours(0, [1]))), "it is gas, not electricity"),
        (simple([1], commodity=7), "it is natural gas, not electricity"),
        (simple([1], uom=169), "it counts therms, not Wh"),
        (simple([1], uom=None), "it counts a unit that it does not say, not Wh"),
        (simple([1], accumulationBehaviour=3), "where a register stood"),
        (simple([1], flowDirection=2), "neither delivered nor received nor net"),
        (
            simple([1, -1]),
            r"line \d+: the interval from 2026-01-01 01:00 -0800 draws less than nothing \(House / Hourly\)",
        ),
        (simple([1], length=86_400), "an interval is no hour nor an even part of one"),
        (simple([1], start="2026-01-01T00:07:00"), "does not start at a whole multiple of its length"),
        (simple(["x"]), r"line \d+: value is no number"),
        (simple([10**13]), r"line \d+: value is no number"),
        (simple([10**12 - 1], powerOfTenMultiplier=9), "more than 2,147 MWh"),
        (simple([2 * 10**9] * 12, length=300), "draws more than 2,147 MWh in an hour or quarter-hour"),
        (simple([]), "has no interval"),
        (feed(point(kind="1")), r"has no intervals \(it is about gas\)"),
        (feed(point(), reading(), block(hours(0, [1]))), "no ReadingType says in which unit"),
        (feed(point(), reading(1), reading(2), type_(), block(hours(0, [1]), reading=3)), "which meter of 2"),
        ("<html><body>Sign in</body></html>", "no entry of a Green Button feed"),
        (simple([1, 2])[:-200], "this is no whole XML"),
    ],
)
def test_what_cannot_be_a_load_is_refused_by_name(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why) as refused:
        read(tmp_path, text)
    assert "use.xml" in str(refused.value)
    assert str(refused.value).endswith(".")
    assert isinstance(refused.value, OwnFileRefused)
    spanish = refused.value.said.sentence(Language.ES)
    assert "use.xml" in spanish and spanish.endswith(".") and spanish != str(refused.value)


def test_gas_beside_electricity_is_named_and_left_out(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    gas = block(hours(start, [9]), point=2)
    text = feed(
        point(),
        point(2, kind="1", title="Stove"),
        reading(),
        reading(1, point=2),
        type_(),
        gas,
        block(hours(start, [1])),
    )
    found = read(tmp_path, text)
    assert [each.total_wh for each in found.loads] == [1]
    assert english(found) == "Not read: Stove / Hourly: it is gas, not electricity."


def test_feeds_that_are_not_as_the_standard_has_them_are_read_with_a_warning(tmp_path: Path) -> None:
    start = seconds("2026-01-01T00:00:00")
    no_links = feed(type_(), block(hours(start, [1, 2])))
    assert "No entry says which meter was read; all intervals were taken for one meter's." in english(
        read(tmp_path, no_links)
    )
    other_space = simple([1, 2]).replace("http://naesb.org/espi", "http://example.org/mine")
    assert "is not in the namespace http://naesb.org/espi" in english(read(tmp_path, other_space))
    decimals = read(tmp_path, simple(["1.5", "1.5"]))
    assert values(decimals) == [1, 2]
    assert "a value is no whole number" in english(decimals)
    untimed = simple([1, 2, 3]).replace(f"<start>{start + HOUR}</start>", "")
    assert "does not say when it starts" in english(read(tmp_path, untimed))
    valueless = simple([1, 2, 3]).replace("<value>2</value>", "")
    assert read(tmp_path, valueless).loads[0].missing == 1


def test_another_clock_than_the_one_of_the_bill_is_told(tmp_path: Path) -> None:
    clock = '<entry><content><LocalTimeParameters xmlns="http://naesb.org/espi"><tzOffset>-18000</tzOffset></LocalTimeParameters></content></entry>'
    start = seconds("2026-01-01T00:00:00")
    text = feed(clock, point(), reading(), type_(), block(hours(start, [1])))
    assert "the feed's own clock is -5 h from UTC in winter" in english(read(tmp_path, text))
    assert not read(tmp_path, text, zone="America/New_York").warnings


BOMB = '<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "head", [BOMB, OUTSIDE, '<!DOCTYPE feed SYSTEM "http://example.org/x.dtd">', "<!DOCTYPE feed>"]
)
def test_a_document_type_is_refused_before_anything_of_it_is_read(tmp_path: Path, head: str) -> None:
    with pytest.raises(FileRefused, match=r"line 2: it declares a document type or an entity"):
        read(tmp_path, feed(point(title="&b;"), head=head))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a>" * 100_000, "deep in one another"),
        (feed("<entry>" + '<link rel="self" href="x"/>' * 600 + "</entry>"), "more than 500 links"),
        (feed("<!--" + "x>" * 3_000_000 + "-->"), "one tag or comment is longer"),
        (feed(f'<entry><link href="{"x" * 3_000_000}"/></entry>'), "one tag or comment is longer"),
        (feed("".join(f"<n{each}/>" for each in range(20_000))), "more than 10,000 names"),
        (simple(["9" * 5_000]), "a value is longer than 1,000"),
        (feed("<entry/>" * 50_001), "more than 50,000 entries"),
        ('<?xml version="1.0" encoding="idna"?><feed/>', "use.xml"),
        ('<?xml version="1.0" encoding="nobody-knows"?><feed/>', "its encoding is not known|no whole XML"),
        ('<?xml version="1.0" encoding="utf-7"?><feed/>', "use.xml"),
    ],
)
def test_xml_that_would_do_harm_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        read(tmp_path, text)


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espi_feed, "FILE_BYTES_MAX", 1 << 20)
    with pytest.raises(FileRefused, match="it is larger than 1 MiB"):
        read(tmp_path, feed("<entry>" + "<x>y</x>" * 300_000 + "</entry>"))


def test_a_long_title_takes_no_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = tmp_path / "use.xml"
    with path.open("w") as file:
        file.write('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>')
        for _ in range(600):
            file.write("long " * 20_000)
        file.write("</title></entry></feed>")
    with pytest.raises(FileRefused, match="has no intervals"):
        read_green_button(path, zone=PACIFIC)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


GOOD = simple([450, 430, 418, 410, 400, 390]).encode()


def _answered(folder: Path, content: bytes) -> None:
    path = folder / "damaged.xml"
    path.write_bytes(content)
    try:
        found = read_own_load(path, zone=PACIFIC)
    except FileRefused as refused:
        assert "damaged.xml" in str(refused)
        assert str(refused).endswith(".")
        assert isinstance(refused, OwnFileRefused)
        assert "damaged.xml" in refused.said.sentence(Language.ES)
    else:
        assert found.loads
        for each in (found, *found.loads):
            assert all(warning.sentence(language) for warning in each.warnings for language in Language)
        assert all(each.load.wh.shape[1] <= 20 for each in found.loads)


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    for end in range(0, len(GOOD) - 1, 7):
        path.write_bytes(GOOD[:end])
        with pytest.raises(FileRefused, match=r"cut\.xml"):
            read_own_load(path, zone=PACIFIC)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4
    )
)
def test_any_damage_is_read_or_refused_by_a_sentence(tmp_path: Path, changes: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(GOOD)
    for place, length, new in changes:
        content[place : place + length] = new
    _answered(tmp_path, bytes(content))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["start", "duration", "value", "uom", "powerOfTenMultiplier", "flowDirection", "kind"]),
    new=st.one_of(
        st.integers(-(10**20), 10**20).map(str), st.text(max_size=8), st.sampled_from(["1e9", "NaN", "٣", ""])
    ),
    often=st.integers(1, 6),
)
def test_any_other_value_is_read_or_refused_by_a_sentence(tmp_path: Path, name: str, new: str, often: int) -> None:
    parts = GOOD.decode().split(f"<{name}>")
    clean = new.replace("&", "").replace("<", "")
    changed = [
        parts[0],
        *(clean + part[part.index("</") :] if at < often else part for at, part in enumerate(parts[1:])),
    ]
    _answered(tmp_path, f"<{name}>".join(changed).encode("utf-8", errors="ignore"))


@with_published
@pytest.mark.parametrize(
    ("name", "hours_", "told_wh", "missing"),
    [
        ("gb-electric-abridged.xml", 16, 4_086, 8),
        ("gb-hourly-nine-days.xml", 216, 199_563, 0),
        ("gb-inland-singlefamily-hourly-year.xml", 8_760, 8_343_306, 0),
    ],
)
def test_published_files_come_to_what_is_known_of_them(name: str, hours_: int, told_wh: int, missing: int) -> None:
    found = drawn_load(read_own_load(Path(FOLDER) / "greenbutton" / name, zone=PACIFIC))
    assert (found.load.wh.shape[1], found.told_wh, found.missing) == (hours_, told_wh, missing)


@with_published
def test_a_published_file_of_gas_is_refused_by_name() -> None:
    with pytest.raises(FileRefused, match="it is gas, not electricity"):
        read_own_load(Path(FOLDER) / "greenbutton" / "gb-gas-billing-NOT-ELECTRIC.xml", zone=PACIFIC)
