"""Many records of the desk at once: where their tracks wait and the number of their last entry, in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import IdentifierWrong, parse_order_number
from evenroll.records import queries
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import Viewer
from evenroll.records.streams import StreamId, StreamKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where the tracks of a record wait on somebody. version: the number of its last entry, as of `Asked.seen`."""

    version: int
    live: tuple[tuple[Track, State], ...]


_STANDING: LiteralString = (
    "SELECT head.stream_kind, head.stream_key, head.number, track.track, track.state "
    "FROM unnest(%s::text[], %s::text[]) AS asked (kind, key) "
    "JOIN stream_head AS head ON head.organization_id = %s AND head.stream_kind = asked.kind "
    "AND head.stream_key = asked.key LEFT JOIN track ON track.organization_id = head.organization_id "
    "AND track.stream_kind = head.stream_kind AND track.stream_key = head.stream_key "
    "AND track.owner IS NOT NULL AND track.due_at IS NOT NULL ORDER BY track.id"
)


def at_hand(viewer: Viewer, *, records: Sequence[StreamId]) -> Sequence[StreamId]:
    """Those of these records that the viewer may act on: for a crew the orders of its day, else all."""
    if viewer.role is not Role.METER_CREW:
        return records
    return [each for each in records if each.kind is StreamKind.SERVICE_ORDER and _is_seen(viewer, each)]


def _is_seen(viewer: Viewer, record: StreamId) -> bool:
    try:
        queries.order(viewer, number=parse_order_number(record.key))
    except (queries.NotForViewer, IdentifierWrong):
        return False
    return True


def standing_of(viewer: Viewer, *, records: Collection[StreamId]) -> Mapping[StreamId, Standing]:
    """Where records of the viewer's organization stand; one that is not there is left out."""
    kinds, keys = [each.kind.value for each in records], [each.key for each in records]
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(_STANDING, (kinds, keys, opened.id)).fetchall()
    live: dict[StreamId, list[tuple[Track, State]]] = defaultdict(list)
    versions: dict[StreamId, int] = {}
    for kind, key, version, track, state in rows:
        record = StreamId(kind=StreamKind(kind), key=key)
        versions[record] = version
        if track is not None:
            live[record].append((Track(track), State(state)))
    return {each: Standing(version=version, live=tuple(live[each])) for each, version in versions.items()}
