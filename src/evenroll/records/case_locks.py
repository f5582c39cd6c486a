"""Locking a case, what goes before it and with it, and the unit that it takes, by statements that read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Cursor

from evenroll.quantities.identifiers import CaseNumber, PodId
from evenroll.records.folds import Aggregate, read_state
from evenroll.records.locks import Head, passing_key
from evenroll.records.register import FROM_POINTS, LOCATION, POINT_COLUMNS, PointFound, point_of
from evenroll.records.streams import ANY_FAMILY, StreamId, StreamKind, case_stream, place_stream, point_stream

# What the row says before the locks are held may be old when they are: whoever decides looks whether it still holds.
_SEEN: LiteralString = (
    "WITH seen AS MATERIALIZED (SELECT pod, follows, followed_by FROM case_record "
    "WHERE organization_id = %(org)s AND number = %(number)s), "
)

# A point that is not ours has a head and no record. Each part waits for the one before it, which it counts: the order
# of locks is the order of the parts. Head and record are locked both, so that a waiter gets the new ones of both.
_POINT: LiteralString = (
    "point_head AS MATERIALIZED (SELECT stream_key, number, hash FROM stream_head WHERE organization_id = %(org)s "
    "AND stream_kind = 'usage_point' AND stream_key = (SELECT pod FROM seen) FOR UPDATE), "
    "point_begun AS (INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
    "SELECT %(org)s, 'usage_point', pod, 0, '' FROM seen WHERE pod IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM point_head) ON CONFLICT (organization_id, stream_kind, stream_key) DO NOTHING "
    "RETURNING stream_key, number, hash), "
    "point AS MATERIALIZED (SELECT stream_key, number, hash FROM point_head "
    "UNION ALL SELECT stream_key, number, hash FROM point_begun), "
    "point_state AS MATERIALIZED (SELECT pod, state FROM point_record WHERE organization_id = %(org)s "
    "AND pod = (SELECT max(stream_key) FROM point) FOR UPDATE), "
)

_CASES: LiteralString = (
    "held AS MATERIALIZED (SELECT stream_key, number, hash FROM stream_head WHERE organization_id = %(org)s "
    "AND stream_kind = 'case' AND {after} stream_key = ANY(ARRAY[%(number)s::text, (SELECT follows FROM seen), "
    '(SELECT followed_by FROM seen)]) ORDER BY stream_key COLLATE "C" FOR UPDATE), '
    "state AS MATERIALIZED (SELECT number, state FROM case_record WHERE organization_id = %(org)s "
    "AND number = ANY(ARRAY(SELECT stream_key FROM held)) FOR UPDATE) "
)

_FOUND_POINT: LiteralString = (
    "SELECT 'usage_point', point.stream_key, point.number, point.hash, point_state.state, seen.pod "
    "FROM point LEFT JOIN point_state ON true LEFT JOIN seen ON true UNION ALL "
)

_FOUND: LiteralString = (
    "SELECT 'case', held.stream_key, held.number, held.hash, state.state, seen.pod "
    "FROM held LEFT JOIN state ON state.number = held.stream_key LEFT JOIN seen ON true "
)

_AFTER_POINT: LiteralString = "(SELECT count(*) FROM point_state) >= 0 AND "

# Once all cases are counted; it stands in no table. Of a case that is not there nothing is held, and no VIN either.
_VIN: LiteralString = (
    ", vin AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(%(vin)s, 0)) "
    "FROM (SELECT count(*) AS cases FROM state) AS counted WHERE cases > 0) "
)
_FOUND_VIN: LiteralString = "UNION ALL SELECT 'place', '', 0, '', NULL, NULL FROM vin "


def _lock(*, with_point: bool, with_vin: bool) -> LiteralString:
    point, after, found_point = (_POINT, _AFTER_POINT, _FOUND_POINT) if with_point else ("", "", "")
    vin, found_vin = (_VIN, _FOUND_VIN) if with_vin else ("", "")
    return "".join((_SEEN, point, _CASES.replace("{after}", after), vin, found_point, _FOUND, found_vin))


_LOCK: Mapping[tuple[bool, bool], LiteralString] = MappingProxyType(
    {(point, vin): _lock(with_point=point, with_vin=vin) for point in (False, True) for vin in (False, True)}
)
"""By whether the usage point is locked, and whether a VIN is."""


# As all places, by the order of their keys; what is there is locked and stays as it is.
_LOCK_UNIT: LiteralString = "".join(
    (
        "WITH point AS MATERIALIZED (SELECT ",
        POINT_COLUMNS,
        FROM_POINTS,
        "WHERE p.organization_id = %(org)s AND p.pod = %(pod)s), "
        "held AS (INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
        "SELECT %(org)s, 'place', wanted.key, 0, '' FROM (SELECT %(unit)s::text AS key "
        'UNION SELECT %(location)s || point.id FROM point) AS wanted ORDER BY wanted.key COLLATE "C" '
        "ON CONFLICT (organization_id, stream_kind, stream_key) DO UPDATE SET number = 0 WHERE false) "
        "SELECT * FROM point",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A stream that was locked: where it stands, and its state; None where it has none that the statement saw."""

    stream: StreamId
    head: Head
    state: Aggregate | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedCase:
    """What one statement locked, in the order of locks. pod: the usage point by which it went."""

    pod: PodId | None
    held: tuple[Held, ...]


def lock_case(
    pen: Cursor[Any], organization_id: int, number: CaseNumber, *, with_point: bool, vin: StreamId | None = None
) -> LockedCase:
    """Lock a case and those that its row links it with, before them its usage point, and after all of them a VIN.

    Of what has no entry yet only the usage point gets a head; nothing is held of a case that is not there.
    """
    values = {"org": organization_id, "number": number}
    if vin is not None:
        values["vin"] = passing_key(organization_id, vin)
    rows = pen.execute(_LOCK[with_point, vin is not None], values).fetchall()
    streams = [row for row in rows if row[0] != StreamKind.PLACE]
    held = [_held(row) for row in streams]
    if vin is not None and len(streams) < len(rows):
        held.append(Held(stream=vin, head=Head(number=0, hash=""), state=None))
    held.sort(key=lambda each: each.stream.rank)
    return LockedCase(pod=PodId(streams[0][5]) if streams and streams[0][5] else None, held=tuple(held))


def lock_unit(
    pen: Cursor[Any], organization_id: int, unit: StreamId, *, pod: PodId
) -> tuple[tuple[StreamId, ...], PointFound | None]:
    """Lock the place of a unit, and that of the location of a usage point; what was locked, and the usage point.

    The usage point is None where the books have none of it: then there is no location either.
    """
    location = place_stream(ANY_FAMILY, unit=LOCATION, unit_key="").key
    values = {"org": organization_id, "pod": pod, "unit": unit.key, "location": location}
    row = pen.execute(_LOCK_UNIT, values).fetchone()
    if row is None:
        return (unit,), None
    point = point_of(row)
    held = {unit, place_stream(ANY_FAMILY, unit=LOCATION, unit_key=str(point.location))}
    return tuple(sorted(held, key=lambda each: each.rank)), point


def _held(row: tuple[Any, ...]) -> Held:
    kind, key, number, hash_, state, _ = row
    stream = case_stream(CaseNumber(key)) if kind == StreamKind.CASE else point_stream(PodId(key))
    known = None if state is None or number == 0 else read_state(stream.kind, state)
    return Held(stream=stream, head=Head(number=number, hash=hash_), state=known)
