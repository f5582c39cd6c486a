"""What was done for many records at once on the desk, for a day: which, by whom, and where each stood afterwards.

By the clock of the database. It says what can be undone, and is no part of the journal, which tells each record's own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import StreamId, StreamKind

KEPT: Final = timedelta(days=1)
"""How long what was done together can be undone together."""
OVERSEERS: Final = frozenset({Role.SUPERVISOR})
"""Who may see and undo what colleagues did."""
SHOWN_MAX: Final = 20
_SWEPT_AT_ONCE: Final = 50

# Sent again, a row keeps where it stood when it was done.
_NOTE: LiteralString = (
    "INSERT INTO desk_batch AS kept (organization_id, actor, role, batch_key, command, given_at, records) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb) ON CONFLICT (organization_id, actor, batch_key) "
    "DO UPDATE SET records = excluded.records || kept.records RETURNING id"
)
_SWEEP: LiteralString = (
    "DELETE FROM desk_batch WHERE organization_id = %s AND id IN (SELECT id FROM desk_batch "
    "WHERE organization_id = %s AND given_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)
_RECENT: LiteralString = (
    "SELECT id, actor, role, command, given_at, records::text FROM desk_batch "
    "WHERE organization_id = %s AND given_at > %s "
    "AND (%s::bigint IS NULL OR id = %s) AND (%s OR lower(btrim(actor)) = lower(btrim(%s))) "
    "ORDER BY given_at DESC, id DESC LIMIT %s"
)
_ACTED: LiteralString = (
    "SELECT DISTINCT asked.kind, asked.key "
    "FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS asked (kind, key, seen) "
    "JOIN journal_entry AS entry ON entry.organization_id = %s AND entry.stream_kind = asked.kind "
    "AND entry.stream_key = asked.key AND entry.number > asked.seen AND NOT entry.actor_role = ANY(%s)"
)
_NO_PERSONS: Final = [Role.SYSTEM.value, Role.PEER.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """One command that was done for many. records: the number of the last entry of each when it was done."""

    id: int
    actor: ActorKey
    role: Role
    command: CommandName
    given_at: datetime
    records: Mapping[StreamId, int]


def note_batch(actor: Actor, *, key: str, command: CommandName, records: Mapping[StreamId, int]) -> int:
    """Keep for which records a command was done; under the same key it is one. The number under which it is kept."""
    told = json.dumps({f"{each.kind.value}:{each.key}": number for each, number in records.items()})
    with open_organization(actor.organization) as opened, cursor() as pen:
        pen.execute(_SWEEP, (opened.id, opened.id, opened.wall_at - KEPT, _SWEPT_AT_ONCE))
        given = (opened.id, actor.key, actor.role.value, key, command.value, opened.wall_at, told)
        row = pen.execute(_NOTE, given).fetchone()
    assert row is not None
    return int(row[0])


def batches(viewer: Actor) -> Sequence[Batch]:
    """What this person did for many in the last day, a supervisor what anybody did; the last first."""
    return _found(viewer, None)


def batch_of(viewer: Actor, *, number: int) -> Batch | None:
    """One of `batches`; None where there is none for this person, or no more."""
    return next(iter(_found(viewer, number)), None)


def acted_since(viewer: Actor, *, records: Mapping[StreamId, int]) -> Collection[StreamId]:
    """Those of these records to which a person did something after that number of entry; one statement."""
    given = ([each.kind.value for each in records], [each.key for each in records], list(records.values()))
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(_ACTED, (*given, opened.id, _NO_PERSONS)).fetchall()
    return {StreamId(kind=StreamKind(kind), key=key) for kind, key in rows}


def _found(viewer: Actor, number: int | None) -> Sequence[Batch]:
    sees_all = viewer.role in OVERSEERS
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given = (opened.id, opened.wall_at - KEPT, number, number, sees_all, viewer.key, SHOWN_MAX)
        return [_batch(row) for row in pen.execute(_RECENT, given).fetchall()]


def _batch(row: tuple[Any, ...]) -> Batch:
    number, actor, role, command, given_at, records = row
    there = ((*name.split(":", 1), seen) for name, seen in json.loads(records).items())
    return Batch(
        id=number,
        actor=ActorKey(actor),
        role=Role(role),
        command=CommandName(command),
        given_at=given_at,
        records={StreamId(kind=StreamKind(kind), key=key): int(seen) for kind, key, seen in there},
    )
