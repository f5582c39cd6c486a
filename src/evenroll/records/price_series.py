"""The prices of a series that was loaded, hour by hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString

from django.db import connection

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import current, cursor


@dataclass(frozen=True, kw_only=True, slots=True)
class HourPrice:
    """The price over [start_at, end_at), 1e-8 USD per kWh; negative where one is paid for using."""

    start_at: datetime
    end_at: datetime
    price_e8_per_kwh: int


def prices_of(series: str, *, from_at: datetime, until_at: datetime) -> tuple[HourPrice, ...]:
    """The prices that hold at some time in [from_at, until_at), in order. The organization must be open.

    Hours for which none was loaded are not there: the caller sees the gap and never takes it for a price of zero.
    """
    with cursor() as pen:
        rows = pen.execute(
            "SELECT start_at, end_at, price_e8_per_kwh FROM price_series "
            "WHERE organization_id = %s AND series = %s AND end_at > %s AND start_at < %s ORDER BY start_at",
            (current().id, series, from_at, until_at),
        ).fetchall()
    return tuple(HourPrice(start_at=row[0], end_at=row[1], price_e8_per_kwh=row[2]) for row in rows)


def add_prices(series: str, prices: Iterable[HourPrice], *, source: str, as_of_on: date) -> None:
    """Keep prices of a series, many at once; hours that are there already stay. The organization must be open."""
    rows = [(each.start_at, each.end_at, each.price_e8_per_kwh) for each in prices]
    if rows:
        columns = (list(column) for column in zip(*rows, strict=True))
        with cursor() as pen:
            pen.execute(_ADD, (current().id, series, source, as_of_on, *columns))


_ADD: Final[LiteralString] = (
    "INSERT INTO price_series (organization_id, series, start_at, end_at, price_e8_per_kwh, source, as_of_on) "
    "SELECT mine.id, mine.series, price.start_at, price.end_at, price.e8, mine.source, mine.as_of_on "
    "FROM (SELECT %s::bigint AS id, %s::text AS series, %s::text AS source, %s::date AS as_of_on) AS mine, "
    "unnest(%s::timestamptz[], %s::timestamptz[], %s::bigint[]) AS price (start_at, end_at, e8) "
    "ON CONFLICT (organization_id, series, start_at) DO NOTHING"
)


def price_stamps() -> tuple[tuple[OrganizationKey, int], ...]:
    """How often the prices of each organization were changed, by its key; those that never had any are left out.

    Counted by the database itself in the transaction of the change: whoever sees new prices sees the new count.
    """
    with connection.cursor() as pen:
        pen.execute("SELECT owner, changes FROM price_stamp ORDER BY owner")
        return tuple((OrganizationKey(key), int(count)) for key, count in pen.fetchall())


def series_known() -> tuple[str, ...]:
    """The keys of the series that were loaded, sorted. The organization must be open."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT series FROM price_series WHERE organization_id = %s ORDER BY series", (current().id,)
        ).fetchall()
    return tuple(row[0] for row in rows)
