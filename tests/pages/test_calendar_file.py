"""The calendar file of cheap hours: read as RFC 5545 says, it tells the cheapest hours and nothing of anybody."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evenroll.costs.cheap_hours import cheap_hours
from evenroll.pages.calendar_file import CalendarTold, calendar_file
from evenroll.programs.rate import Rate
from tests.costs.test_cheap_hours import CALENDARS, CLOCKED, FROM_ON, HOUR, hours_told, rate_of

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)


def file_of(rate: Rate, *, title: str = "Cheap hours") -> str:
    at = CALENDARS[rate.organization]
    told = CalendarTold(
        about=f"{rate.key}/1",
        title=title,
        text="As of now",
        zone=ZoneInfo(at.zone),
        at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    return calendar_file(told, hours=cheap_hours(rate, calendar=at, from_on=FROM_ON))


def unfolded(file: str) -> list[str]:
    return file.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def events_of(file: str) -> list[dict[str, str]]:
    """Each event, by the name of its property with parameters."""
    found = re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT", "\n".join(unfolded(file)), re.DOTALL)
    return [dict(line.partition(":")[::2] for line in each.split("\n")) for each in found]


def hours_of(event: dict[str, str]) -> list[datetime]:
    """Every hour that an event takes, as a calendar unfolds it."""
    if "DTSTART" in event:
        start, end = (datetime.strptime(event[each], "%Y%m%dT%H%M%S%z") for each in ("DTSTART", "DTEND"))
        return [start + number * HOUR for number in range((end - start) // HOUR)]
    (begins,) = (each for each in event if each.startswith("DTSTART;TZID="))
    zone = ZoneInfo(begins.partition("=")[2])
    first = datetime.strptime(event[begins], "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    length = int(event["DURATION"].removeprefix("PT").removesuffix("H"))
    rule = dict(part.split("=") for part in event["RRULE"].split(";"))
    until = datetime.strptime(rule["UNTIL"], "%Y%m%dT%H%M%S%z")
    months = {int(each) for each in rule.get("BYMONTH", "1,2,3,4,5,6,7,8,9,10,11,12").split(",")}
    out = {each for name, days in event.items() if name.startswith("EXDATE;") for each in days.split(",")}
    assert rule["FREQ"] == "WEEKLY"
    found, at = list[datetime](), first
    while at.astimezone(UTC) <= until:
        if NAMES[at.weekday()] in rule["BYDAY"].split(",") and at.month in months and f"{at:%Y%m%dT%H%M%S}" not in out:
            found += [at.astimezone(UTC) + number * HOUR for number in range(length)]
        at += DAY
    assert first.astimezone(UTC) in found, "the first is one of those that it repeats"
    return found


@pytest.mark.parametrize("rate", CLOCKED, ids=lambda rate: rate.key)
def test_a_calendar_unfolds_the_cheapest_hours(rate: Rate) -> None:
    at = CALENDARS[rate.organization]
    told = hours_told(cheap_hours(rate, calendar=at, from_on=FROM_ON), at)
    unfolded_hours = [hour for each in events_of(file_of(rate)) for hour in hours_of(each)]
    begins, ends = min(told), max(told)
    assert {each for each in unfolded_hours if begins <= each <= ends} == told
    assert len(unfolded_hours) == len(set(unfolded_hours))


def test_lines_end_and_fold_as_the_standard_says() -> None:
    file = file_of(rate_of("LE-EV-TOU"), title="Horas baratas; año \\ noche, é" * 6)
    assert file.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert file.endswith("END:VCALENDAR\r\n")
    assert "\n" not in file.replace("\r\n", "")
    assert max(len(line.encode()) for line in file.split("\r\n")) <= 75
    assert events_of(file)[0]["SUMMARY"] == "Horas baratas\\; año \\\\ noche\\, é" * 6


def test_every_event_has_a_name_of_its_own_that_stays() -> None:
    first, again = (events_of(file_of(rate_of("DOM-1T"))) for _ in range(2))
    names = [each["UID"] for each in first]
    assert len(set(names)) == len(names) > 3
    assert [each["UID"] for each in again] == names
    assert {each["DTSTAMP"] for each in first} == {"20261124T000000Z"}


def test_the_zone_changes_its_clocks_when_it_does() -> None:
    lines = unfolded(file_of(rate_of("LE-EV-TOU")))
    assert "TZID:America/Chicago" in lines
    starts = [line.partition(":")[2] for line in lines if re.match(r"DTSTART:\d+T\d+$", line)]
    to = [line.partition(":")[2] for line in lines if line.startswith("TZOFFSETTO:")]
    by = dict(zip(starts, to, strict=True))
    assert by["20270314T020000"] == "-0500"
    assert by["20271107T020000"] == "-0600"
    zone = ZoneInfo("America/Chicago")
    for start, offset in by.items():
        later = datetime.strptime(start, "%Y%m%dT%H%M%S").replace(tzinfo=zone) + 3 * HOUR
        assert f"{later:%z}" == offset, start
    assert min(starts) < f"{date(2026, 1, 1):%Y%m%d}"
