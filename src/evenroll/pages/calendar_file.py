"""Cheap hours as a calendar file (RFC 5545) that phones and computers repeat. Nothing of a person is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.cheap_hours import CheapHours, CheapRule, CheapRun

KIND: Final = "text/calendar; charset=utf-8"
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LINE_BYTES: Final = 75
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarTold:
    """What a file says. about: what its events are of, which with them makes their names; title, text: for readers."""

    about: str
    title: str
    text: str
    zone: ZoneInfo
    at: datetime


def calendar_file(told: CalendarTold, *, hours: CheapHours) -> str:
    """The file: the zone with its changes of clocks over the year, then an event for each rule and each single run."""
    starts = [*(each.first_on for each in hours.rules), *(each.start.date() for each in hours.singles)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Evenroll//Cheap hours//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(told.title)}", *_zone(told.zone, from_on=min(starts))]
    for rule in hours.rules:
        lines += _event(told, start=_clock(rule), hours=rule.hours, more=_repeated(rule, told.zone))
    for run in hours.singles:
        lines += _event(told, start=run.start.replace(tzinfo=None), hours=run.hours, more=(), exact=run)
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in _folded(line))


def _event(
    told: CalendarTold, *, start: datetime, hours: int, more: Sequence[str], exact: CheapRun | None = None
) -> Iterator[str]:
    name = hashlib.sha256(f"{told.about}/{start:%Y%m%dT%H}/{hours}/{more}".encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{name}@evenroll"
    yield f"DTSTAMP:{told.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if exact is None:
        yield f"DTSTART;TZID={told.zone.key}:{start:%Y%m%dT%H%M%S}"
        yield f"DURATION:PT{hours}H"
    else:
        # An hour that the clock shows twice, or leaves out, is told without doubt in universal time.
        began = exact.start.astimezone(UTC)
        yield f"DTSTART:{began:%Y%m%dT%H%M%SZ}"
        yield f"DTEND:{began + hours * _HOUR:%Y%m%dT%H%M%SZ}"
    yield f"SUMMARY:{_text(told.title)}"
    yield f"DESCRIPTION:{_text(told.text)}"
    yield from more
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _clock(rule: CheapRule) -> datetime:
    return datetime.combine(rule.first_on, time(rule.from_hour))


def _repeated(rule: CheapRule, zone: ZoneInfo) -> tuple[str, ...]:
    last = datetime.combine(rule.last_on, time(rule.from_hour), tzinfo=zone).astimezone(UTC)
    parts = [f"FREQ=WEEKLY;BYDAY={','.join(_WEEKDAYS[each] for each in rule.weekdays)}"]
    if len(rule.months) < 12:
        parts.append(f"BYMONTH={','.join(map(str, rule.months))}")
    said = f"RRULE:{';'.join(parts)};UNTIL={last:%Y%m%dT%H%M%SZ}"
    out = [
        f"{datetime.combine(day, time(rule.from_hour)):%Y%m%dT%H%M%S}" for day in rule.left_out if day > rule.first_on
    ]
    return (said, *([f"EXDATE;TZID={zone.key}:{','.join(out)}"] if out else []))


def _zone(zone: ZoneInfo, *, from_on: date) -> Iterator[str]:
    """The zone as it is from the year before the first day on: each change of clocks by itself."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone.key}"
    at = datetime(from_on.year - 1, 1, 1, tzinfo=UTC)
    yield from _observance(at, zone, before=at.astimezone(zone).utcoffset())
    until = datetime(from_on.year + 3, 1, 1, tzinfo=UTC)
    while at < until:
        before, at = at, at + _DAY
        if before.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            yield from _observance(_change(before, zone), zone, before=before.astimezone(zone).utcoffset())
    yield "END:VTIMEZONE"


def _change(before: datetime, zone: ZoneInfo) -> datetime:
    """The hour within a day from which the clock goes otherwise."""
    own = before.astimezone(zone).utcoffset()
    return next(at for at in (before + n * _HOUR for n in range(25)) if at.astimezone(zone).utcoffset() != own)


def _observance(at: datetime, zone: ZoneInfo, *, before: timedelta | None) -> Iterator[str]:
    local, was = at.astimezone(zone), before or timedelta()
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    # It begins by the clock that went before.
    yield f"DTSTART:{at.replace(tzinfo=None) + was:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_offset(was)}"
    yield f"TZOFFSETTO:{_offset(local.utcoffset() or timedelta())}"
    yield f"TZNAME:{local.tzname()}"
    yield f"END:{kind}"


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _text(said: str) -> str:
    for sign in ("\\", ";", ","):
        said = said.replace(sign, f"\\{sign}")
    return " ".join(said.split())


def _folded(line: str) -> Iterator[str]:
    """Lines of 75 bytes at most; what goes on begins with a blank. No letter is taken apart."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LINE_BYTES:
            yield part
            part = " "
        part += letter
    yield part
