"""Deadlines: the track rows whose time has come, claimed by any number of workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import StreamId, StreamKind

LEASE = timedelta(minutes=1)

# A lease, not a held lock: a step locks the usage point before the case, and a claim that kept the track locked would
# turn that order around.
# MATERIALIZED: as a subquery of WHERE the planner may ask it anew for every row, and then its LIMIT limits nothing.
# Planned anew each time, as are the others here, and in the order of an index: a plan from when the table was small
# would go through all rows of the organization after a load, until the database counts them. By ctid, for the same
# reason: nobody moves a row that is locked.
_CLAIM: LiteralString = (
    "WITH picked AS MATERIALIZED (SELECT ctid FROM track WHERE organization_id = %(org)s AND due_at <= %(now)s "
    "AND (claimed_until IS NULL OR claimed_until < now()) "
    "AND stream_kind || '/' || stream_key <> ALL(%(without)s::text[]) "
    "ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) "
    "UPDATE track SET claimed_until = now() + %(lease)s FROM picked WHERE track.ctid = picked.ctid "
    "RETURNING due_at, track.id, stream_kind, stream_key, track_key, owner, on_lapse"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A wait that lapsed. The step that takes it looks again under the lock: it may have been answered meanwhile."""

    stream: StreamId
    track_key: str
    due_at: datetime
    owner: Role | None
    on_lapse: CommandName | None


def due(organization: OrganizationKey, *, now: datetime, limit: int, without: Sequence[str] = ()) -> Sequence[Due]:
    """Waits that lapsed, the longest overdue first; other workers leave them alone for LEASE of wall-clock time.

    now: the business clock. without: streams that are not looked at, each as `kind/key`. A track that moves, or is
    entered again, is free at once.
    """
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        values = {"org": opened.id, "now": now, "limit": limit, "lease": LEASE, "without": list(without)}
        rows = pen.execute(_CLAIM, values, prepare=False).fetchall()
    return tuple(
        Due(
            stream=StreamId(kind=StreamKind(kind), key=key),
            track_key=track_key,
            due_at=due_at,
            owner=None if owner is None else Role(owner),
            on_lapse=None if on_lapse is None else CommandName(on_lapse),
        )
        # Of waits that lapse at one instant the one begun first goes first: who came first has the place.
        for due_at, _, kind, key, track_key, owner, on_lapse in sorted(rows, key=lambda row: row[:2])
    )


def release(organization: OrganizationKey, waits: Sequence[Due]) -> None:
    """Leave waits that were claimed to whoever comes next; one that moved meanwhile is left alone."""
    keys = [(due.stream.kind.value, due.stream.key, due.track_key, due.due_at) for due in waits]
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        pen.execute(
            "UPDATE track SET claimed_until = NULL FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) "
            "AS left_be (kind, key, track_key, due_at) WHERE organization_id = %s AND stream_kind = left_be.kind "
            "AND stream_key = left_be.key AND track.track_key = left_be.track_key AND track.due_at = left_be.due_at",
            (*(list(column) for column in zip(*keys, strict=True)), opened.id),
            prepare=False,
        )


def next_due_at(organization: OrganizationKey, *, after: datetime | None = None) -> datetime | None:
    """When a wait lapses next, of those due later than `after` if given; None if there is none."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT due_at FROM track WHERE organization_id = %s AND due_at > %s ORDER BY due_at LIMIT 1",
            (opened.id, after or datetime.min.replace(tzinfo=UTC)),
            prepare=False,
        ).fetchone()
    return row[0] if row else None
