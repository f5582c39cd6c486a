"""Small invented Green Button feeds, typed by us, for tests of a customer's own load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PACIFIC = "America/Los_Angeles"
HOUR = 3600


def seconds(text: str, zone: str = PACIFIC) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def point(number: int = 1, *, kind: str = "0", title: str = "House") -> str:
    return (
        f'<entry><link rel="self" href="/UsagePoint/{number}"/>'
        f'<link rel="related" href="/UsagePoint/{number}/MeterReading"/><title>{title}</title>'
        f'<content><UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>{kind}</kind></ServiceCategory>'
        "</UsagePoint></content></entry>"
    )


def reading(number: int = 1, *, point: int = 1, type_: int = 1, title: str = "Hourly") -> str:
    own = f"/UsagePoint/{point}/MeterReading/{number}"
    return (
        f'<entry><link rel="self" href="{own}"/><link rel="related" href="{own}/IntervalBlock"/>'
        f'<link rel="related" href="/ReadingType/{type_}"/><title>{title}</title>'
        '<content><MeterReading xmlns="http://naesb.org/espi"/></content></entry>'
    )


def type_(number: int = 1, **told: object) -> str:
    fields = {"commodity": 1, "currency": 840, "flowDirection": 1, "powerOfTenMultiplier": 0, "uom": 72} | told
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value is not None)
    return (
        f'<entry><link rel="self" href="/ReadingType/{number}"/><content>'
        f'<ReadingType xmlns="http://naesb.org/espi">{inside}</ReadingType></content></entry>'
    )


def interval(start: int, value: object, *, length: int = HOUR, quality: int | None = None) -> str:
    quality_ = "" if quality is None else f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>"
    return (
        f"<IntervalReading><cost>77</cost>{quality_}<timePeriod><duration>{length}</duration><start>{start}</start>"
        f"</timePeriod><value>{value}</value></IntervalReading>\n"
    )


def block(intervals: Iterable[str], *, number: int = 1, reading: int = 1, point: int = 1) -> str:
    own = f"/UsagePoint/{point}/MeterReading/{reading}/IntervalBlock"
    return (
        f'<entry><link rel="self" href="{own}/{number}"/><link rel="up" href="{own}"/><content>'
        f'<IntervalBlock xmlns="http://naesb.org/espi">{"".join(intervals)}</IntervalBlock></content></entry>'
    )


def hours(start: int, values: Sequence[object], *, length: int = HOUR) -> list[str]:
    return [interval(start + place * length, value, length=length) for place, value in enumerate(values)]


def feed(*entries: str, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>\n{head}<feed xmlns="http://www.w3.org/2005/Atom">\n' + "\n".join(entries) + "\n</feed>"
    )


def simple(values: Sequence[object], *, start: str = "2026-01-01T00:00:00", length: int = HOUR, **told: object) -> str:
    return feed(point(), reading(), type_(**told), block(hours(seconds(start), values, length=length)))


def written(folder: Path, text: str, name: str = "use.xml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
