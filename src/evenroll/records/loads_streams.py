"""Writing many streams of usage points at once: entries with their hashes, states and heads, by COPY and one merge.

The same entries, hashes and rows as `stream_writer` makes one by one, so replay finds the tables equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from psycopg.sql import SQL, Identifier

from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.point_events import evolve_point
from evenroll.enrollment.roles import Actor
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import PodId
from evenroll.records.entries import Entry, entry_hash
from evenroll.records.folds import written_event, written_state
from evenroll.records.loads import analyze, copy_into, make_table, run
from evenroll.records.locks import Head
from evenroll.records.organizations import current
from evenroll.records.projection_service import agreement_columns, meter_columns, tile_number
from evenroll.records.streams import StreamKind, point_stream

_ENTRY: Final = {
    "stream_key": "text",
    "number": "int",
    "row": "text",
    "event": "text",
    "version": "int",
    "data": "text",
    "previous_hash": "text",
    "hash": "text",
    "state": "text",
}
_METER: Final = {
    "pod": "text",
    "position": "int",
    "serial": "text",
    "capability": "text",
    "registers": "text",
    "remote_changeable": "boolean",
    "installed_on": "date",
    "removed_on": "date",
    "opening": "text",
    "closing": "text",
}
_AGREEMENT: Final = {
    "pod": "text",
    "tile_number": "bigint",
    "rate": "text",
    "supplier": "text",
    "supply_rate": "text",
    "riders": "text",
    "start_on": "date",
    "end_on": "date",
}
_JOURNAL: Final = SQL(
    "INSERT INTO journal_entry (organization_id, stream_kind, stream_key, number, row, actor_key, actor_role, "
    "actor_organization, event, version, data, business_at, business_on, recorded_at, idempotency_key, previous_hash, "
    "hash) SELECT %s, %s, stream_key, number, row, %s, %s, %s, event, version, data, %s, %s, %s, '', previous_hash, "
    "hash FROM load_entry ORDER BY stream_key"
)
_NEW_HEADS: Final = SQL(
    "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
    "SELECT %s, %s, stream_key, number, hash FROM load_entry WHERE number = 1 ORDER BY stream_key"
)
_OLD_HEADS: Final = SQL(
    "UPDATE stream_head SET number = load_entry.number, hash = load_entry.hash FROM load_entry "
    "WHERE organization_id = %s AND stream_kind = %s AND stream_head.stream_key = load_entry.stream_key "
    "AND load_entry.number > 1"
)
_NEW_STATES: Final = SQL(
    "INSERT INTO point_record (organization_id, pod, state) "
    "SELECT %s, stream_key, state FROM load_entry WHERE number = 1 ORDER BY stream_key"
)
_OLD_STATES: Final = SQL(
    "UPDATE point_record SET state = load_entry.state FROM load_entry "
    "WHERE organization_id = %s AND pod = stream_key AND number > 1"
)
_METERS_GONE: Final = SQL(
    "DELETE FROM meter WHERE organization_id = %s AND pod IN (SELECT stream_key FROM load_entry WHERE number > 1)"
)
_METERS: Final = SQL(
    "INSERT INTO meter (organization_id, pod, position, serial, capability, registers, remote_changeable, "
    "installed_on, removed_on, opening, closing) SELECT %s, load_meter.* FROM load_meter ORDER BY pod, position"
)
_AGREEMENTS_GONE: Final = SQL(
    "DELETE FROM service_agreement WHERE organization_id = %s "
    "AND pod IN (SELECT stream_key FROM load_entry WHERE number > 1)"
)
_AGREEMENTS: Final = SQL(
    "INSERT INTO service_agreement (organization_id, pod, tile_number, rate, supplier, supply_rate, riders, start_on, "
    "end_on) SELECT %s, load_agreement.* FROM load_agreement ORDER BY pod, start_on"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PointChange:
    """What is added to one stream. head: where the stream stands; before: its state, None for a new one."""

    pod: PodId
    head: Head
    before: UsagePoint | None
    event: Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PointWriting:
    """What all entries of a load share. now: the business clock."""

    actor: Actor
    now: datetime


def make_tables() -> None:
    """The tables that entries and rows are staged in."""
    make_table("load_entry", _ENTRY)
    make_table("load_meter", _METER)
    make_table("load_agreement", _AGREEMENT)


def stage_changes(writing: PointWriting, changes: Sequence[PointChange]) -> None:
    """Stage the entries of a batch of streams, each of which comes once in a load."""
    folded = [(change, evolve_point(change.before, change.event)) for change in changes]
    copy_into("load_entry", tuple(_ENTRY), (_entry(writing, change, after) for change, after in folded))
    copy_into("load_meter", tuple(_METER), _meters(after for _, after in folded))
    copy_into("load_agreement", tuple(_AGREEMENT), _agreements(after for _, after in folded))


def merge_changes(writing: PointWriting) -> None:
    """Write everything staged into journal, heads, states and rows. The heads of streams that exist are locked."""
    opened, kind = current(), StreamKind.USAGE_POINT.value
    for name in ("load_entry", "load_meter", "load_agreement"):
        analyze(name)
    actor = writing.actor
    who = (actor.key, actor.role.value, actor.organization)
    business_on = opened.calendar.business_date(writing.now)
    run(_JOURNAL, opened.id, kind, *who, writing.now, business_on, opened.wall_at)
    run(_NEW_HEADS, opened.id, kind)
    run(_OLD_HEADS, opened.id, kind)
    run(_NEW_STATES, opened.id)
    run(_OLD_STATES, opened.id)
    # Gone ones first: a serial stands in one place at a time, and two periods never share a day.
    run(_METERS_GONE, opened.id)
    run(_METERS, opened.id)
    run(_AGREEMENTS_GONE, opened.id)
    run(_AGREEMENTS, opened.id)


def lock_heads(source: str) -> None:
    """Lock the heads of the streams of all usage points that are staged, in the one order of locks."""
    run(
        SQL(
            "SELECT 1 FROM stream_head WHERE organization_id = %s AND stream_kind = %s "
            "AND stream_key IN (SELECT pod FROM {}) ORDER BY stream_key FOR UPDATE"
        ).format(Identifier(source)),
        current().id,
        StreamKind.USAGE_POINT.value,
    )


def _entry(writing: PointWriting, change: PointChange, after: UsagePoint) -> tuple[object, ...]:
    opened, event = current(), change.event
    bare = Entry(
        organization=opened.key,
        stream=point_stream(change.pod),
        number=change.head.number + 1,
        row=event.row.value,
        actor_key=writing.actor.key,
        actor_role=writing.actor.role,
        actor_organization=writing.actor.organization,
        event=event_kind(event),
        version=type(event).version,
        data=written_event(StreamKind.USAGE_POINT, event),
        business_at=writing.now,
        business_on=opened.calendar.business_date(writing.now),
        recorded_at=opened.wall_at,
        idempotency_key="",
        previous_hash=change.head.hash,
    )
    whole = replace(bare, hash=entry_hash(bare))
    return (
        change.pod,
        whole.number,
        whole.row,
        whole.event,
        whole.version,
        whole.data,
        whole.previous_hash,
        whole.hash,
        written_state(after),
    )


def _meters(points: Iterable[UsagePoint]) -> Iterator[tuple[object, ...]]:
    for point in points:
        for position, meter in enumerate(point.meters):
            yield (point.pod, position, *meter_columns(meter))


def _agreements(points: Iterable[UsagePoint]) -> Iterator[tuple[object, ...]]:
    organization_id = current().id
    for point in points:
        if point.agreements:
            number = tile_number(str(organization_id), point.pod)
            yield from ((point.pod, number, *agreement_columns(each)) for each in point.agreements)
