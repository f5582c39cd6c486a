"""The interval usage of meters in the books of a utility: what each hour counted, kept by meter and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from evenroll.quantities.identifiers import MeterSerial
from evenroll.records.organizations import current, cursor

_HOUR: Final = timedelta(hours=1)
_LONGEST_DAY: Final = timedelta(hours=25)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewIntervals:
    """What a meter counted in each hour of a local day. start_at: its first instant, UTC. wh: (hour,), Wh."""

    serial: MeterSerial
    start_at: datetime
    wh: tuple[int, ...]


def add_intervals(days: Iterable[NewIntervals]) -> None:
    """Keep days of intervals; those that are there already stay as they are. The organization must be open."""
    found = [(current().id, each.serial, each.start_at, list(each.wh)) for each in days]
    if found:
        with cursor() as pen:
            pen.executemany(_ADD, found)


def hours_of(serial: MeterSerial, *, from_at: datetime, until_at: datetime) -> dict[datetime, int]:
    """Wh by the start of each hour in [from_at, until_at) that is known. The organization must be open."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT start_at, wh FROM interval_read WHERE organization_id = %s AND serial = %s "
            "AND start_at > %s AND start_at < %s ORDER BY start_at",
            (current().id, serial, from_at - _LONGEST_DAY, until_at),
        ).fetchall()
    told = ((start_at + hour * _HOUR, wh) for start_at, day in rows for hour, wh in enumerate(day))
    return {at: int(wh) for at, wh in told if wh is not None and from_at <= at < until_at}


_ADD: Final[LiteralString] = (
    "INSERT INTO interval_read (organization_id, serial, start_at, wh) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (organization_id, serial, start_at) DO NOTHING"
)
