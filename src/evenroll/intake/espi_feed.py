"""The entries of an ESPI feed (Green Button XML), streamed: a file that means harm is refused before it can do any."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from evenroll.intake.own_load_words import OwnFileRefused, Said, at, refuse, say
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord

CHUNK_BYTES: Final = 1 << 16
FILE_BYTES_MAX: Final = 256 << 20
TOKEN_BYTES_MAX: Final = 1 << 20
"""One tag or comment. The parser reads an unfinished one anew with every chunk, so that its cost is its square."""
DEPTH_MAX: Final = 32
TEXT_MAX: Final = 1_000
ENTRIES_MAX: Final = 50_000
LINKS_MAX: Final = 500
FIELDS_MAX: Final = 100
NAMES_MAX: Final = 10_000
"""Different names of elements and attributes; the parser keeps each of them."""
INTERVALS_MAX: Final = 600_000
"""Seventeen years of quarter-hours."""
SAID_NOTHING: Final = -1
MILLION: Final = 10**6

_ESPI: Final = "http://naesb.org/espi"
_RESOURCES: Final = frozenset({"UsagePoint", "MeterReading", "ReadingType", "IntervalBlock", "LocalTimeParameters"})
_WHOLE: Final = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?", re.ASCII)


@dataclass(kw_only=True, slots=True)
class Readings:
    """Interval readings in the order of the file, one place each.

    start_s: since 1970 in UTC. length_s: SAID_NOTHING where not told. value_e6: as told, millionths. quality: the
    standard's code, SAID_NOTHING where not told. line: where in the file.
    """

    start_s: array[int] = field(default_factory=lambda: array("q"))
    length_s: array[int] = field(default_factory=lambda: array("q"))
    value_e6: array[int] = field(default_factory=lambda: array("q"))
    quality: array[int] = field(default_factory=lambda: array("q"))
    line: array[int] = field(default_factory=lambda: array("q"))


@dataclass(kw_only=True, slots=True)
class Entry:
    """One Atom entry. resource: the name of what it carries, "" for what is not read here. links: (rel, href)."""

    line: int
    resource: str = ""
    title: str = ""
    links: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    fields: dict[str, str] = field(default_factory=dict[str, str])
    readings: Readings = field(default_factory=Readings)

    def hrefs(self, rel: str) -> list[str]:
        """What its links of a relation name, without a slash at the end."""
        return [href.rstrip("/") for each, href in self.links if each == rel]


@dataclass(kw_only=True, slots=True)
class Feed:
    """What stands in a feed. warnings: what is not as the standard has it and was read all the same."""

    entries: list[Entry] = field(default_factory=list[Entry])
    warnings: list[Said] = field(default_factory=list[Said])


def read_feed(path: Path) -> Feed:
    """The entries of a feed. Raises OwnFileRefused, naming the line: no XML, cut off, a DTD, too deep or large."""
    try:
        with path.open("rb") as file:
            return _Reader(path).read(file)
    except OSError as error:
        raise refuse(OwnRefusal.UNREADABLE, file=path, system=str(error.strerror)) from None


class _Reader:
    """Takes what the parser tells, and keeps no more than is asked for."""

    def __init__(self, path: Path) -> None:
        self.feed = Feed()
        self._path = path
        self._stack: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._entry: Entry | None = None
        self._reading: dict[str, str] = {}
        self._next_s: int | None = None
        self._intervals = 0
        self._warned: set[OwnNote] = set()
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ", intern=self._names)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.EntityDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, file: IO[bytes]) -> Feed:
        fed = 0
        try:
            while chunk := file.read(CHUNK_BYTES):
                fed += len(chunk)
                self._parser.Parse(chunk, False)
                self._check_sizes(fed)
            self._parser.Parse(b"", True)
        except OwnFileRefused:
            raise
        except expat.ExpatError as error:
            found = expat.ErrorString(error.code)
            raise self._refused_at(error.lineno, OwnRefusal.NO_XML, system=found) from None
        except (ValueError, LookupError):
            # What the parser says of an encoding that it cannot read.
            raise self._refused(OwnRefusal.ENCODING_UNKNOWN) from None
        if not self.feed.entries:
            raise self._refused(OwnRefusal.NO_ENTRY)
        return self.feed

    def _check_sizes(self, fed: int) -> None:
        if fed > FILE_BYTES_MAX:
            raise self._refused(OwnRefusal.TOO_LARGE, most=FILE_BYTES_MAX >> 20)
        if fed - self._parser.CurrentByteIndex > TOKEN_BYTES_MAX:
            raise self._refused(OwnRefusal.TAG_TOO_LONG)
        if len(self._names) > NAMES_MAX:
            raise self._refused(OwnRefusal.TOO_MANY_NAMES, most=NAMES_MAX)

    def _refused(self, code: OwnRefusal, **parameters: str | int) -> OwnFileRefused:
        return self._refused_at(self._parser.CurrentLineNumber, code, **parameters)

    def _refused_at(self, line: int, code: OwnRefusal, **parameters: str | int) -> OwnFileRefused:
        return refuse(code, at=at(OwnWord.AT_LINE, file=self._path, line=line), **parameters)

    def _warn(self, code: OwnNote, **parameters: str) -> None:
        if code not in self._warned:
            self._warned.add(code)
            self.feed.warnings.append(say(code, line=str(self._parser.CurrentLineNumber), **parameters))

    def _refuse_doctype(self, *_: object) -> None:
        raise self._refused(OwnRefusal.DOCUMENT_TYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if len(self._stack) >= DEPTH_MAX:
            raise self._refused(OwnRefusal.TOO_DEEP, most=DEPTH_MAX)
        self._stack.append(local)
        self._text.clear()
        self._length = 0
        if local == "entry":
            self._begin_entry()
        elif self._entry is not None:
            self._start_inside(self._entry, local, space=space, attributes=attributes)

    def _begin_entry(self) -> None:
        if len(self.feed.entries) >= ENTRIES_MAX:
            raise self._refused(OwnRefusal.TOO_MANY_ENTRIES, most=ENTRIES_MAX)
        self._entry = Entry(line=self._parser.CurrentLineNumber)

    def _start_inside(self, entry: Entry, local: str, *, space: str, attributes: dict[str, str]) -> None:
        if local == "link":
            if len(entry.links) >= LINKS_MAX:
                raise self._refused(OwnRefusal.TOO_MANY_LINKS, most=LINKS_MAX)
            entry.links.append((attributes.get("rel", "")[:TEXT_MAX], attributes.get("href", "")[:TEXT_MAX]))
        elif local in _RESOURCES:
            if entry.resource not in ("", local):
                raise self._refused(OwnRefusal.TWO_RESOURCES, one=entry.resource, other=local)
            entry.resource = local
            self._next_s = None
            if space != _ESPI:
                self._warn(OwnNote.OTHER_NAMESPACE, one=local, other=_ESPI)
        elif local == "IntervalReading":
            self._reading = {}

    def _characters(self, text: str) -> None:
        if self._entry is None:
            return
        self._length += len(text)
        if self._length > TEXT_MAX:
            if self._entry.resource in _RESOURCES and text.strip():
                raise self._refused(OwnRefusal.VALUE_TOO_LONG, most=TEXT_MAX)
            return
        self._text.append(text)

    def _end(self, name: str) -> None:
        local = self._stack.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        self._length = 0
        entry = self._entry
        if entry is None:
            return
        if local == "entry":
            self.feed.entries.append(entry)
            self._entry = None
        elif entry.resource == "IntervalBlock":
            self._end_in_block(entry, local, text)
        elif local == "title" and not entry.title:
            entry.title = text
        elif entry.resource and text and len(entry.fields) < FIELDS_MAX:
            entry.fields.setdefault(local, text)

    def _end_in_block(self, entry: Entry, local: str, text: str) -> None:
        if local == "IntervalReading":
            self._end_reading(entry)
        elif "IntervalReading" in self._stack:
            if text and len(self._reading) < 32:
                self._reading.setdefault(local, text)
        elif local == "start":
            self._next_s = self._whole("start", text)

    def _end_reading(self, entry: Entry) -> None:
        if self._intervals >= INTERVALS_MAX:
            raise self._refused(OwnRefusal.TOO_MANY_INTERVALS, most=INTERVALS_MAX)
        self._intervals += 1
        told = self._reading
        length = self._whole("duration", told["duration"]) if "duration" in told else SAID_NOTHING
        start = self._start_of(told)
        self._next_s = start + length if length > 0 else None
        if "value" not in told:
            self._warn(OwnNote.VALUE_MISSING)
            return
        readings = entry.readings
        readings.start_s.append(start)
        readings.length_s.append(length)
        readings.value_e6.append(self._value(told["value"]))
        readings.quality.append(self._whole("quality", told["quality"]) if "quality" in told else SAID_NOTHING)
        readings.line.append(self._parser.CurrentLineNumber)

    def _start_of(self, told: dict[str, str]) -> int:
        if "start" in told:
            return self._whole("start", told["start"])
        if self._next_s is None:
            raise self._refused(OwnRefusal.NO_START)
        self._warn(OwnNote.START_MISSING)
        return self._next_s

    def _whole(self, name: str, text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise self._refused(OwnRefusal.NOT_WHOLE, element=name)
        return int(text)

    def _value(self, text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise self._refused(OwnRefusal.NOT_A_VALUE)
        if "." in text:
            self._warn(OwnNote.VALUE_FRACTION)
        return int(Decimal(text) * MILLION)
