"""Who works on which case or service order: claimed, given to a colleague, freed. It tells, and never stops a command.

By the clock of the database, for it is about people before screens: one that nobody renews is over after eight hours,
and all of a person are over when that person signs out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.organizations import Opened, cursor, open_organization
from evenroll.records.streams import StreamId, StreamKind

HELD: Final = timedelta(hours=8)
"""How long without being claimed again: no longer than a session of the web."""
GIVERS: Final = frozenset({Role.SUPERVISOR})
"""Who may give and free what a colleague works on."""
_SWEPT_AT_ONCE: Final = 50
_TRIES_MAX: Final = 5

_TAKE: LiteralString = (
    "INSERT INTO desk_claim AS held (organization_id, stream_kind, stream_key, holder, given_by, since, until) "
    "VALUES (%(org)s, %(kind)s, %(key)s, %(holder)s, %(by)s, %(now)s, %(until)s) "
    "ON CONFLICT (organization_id, stream_kind, stream_key) DO UPDATE SET holder = excluded.holder, "
    "given_by = excluded.given_by, until = excluded.until, since = CASE WHEN held.holder = excluded.holder "
    "AND held.until > excluded.since THEN held.since ELSE excluded.since END "
    "WHERE held.until <= excluded.since OR held.holder = %(by)s OR %(may_give)s "
    "RETURNING stream_kind, stream_key, holder, since, until"
)
_OF: LiteralString = (
    "SELECT claim.stream_kind, claim.stream_key, claim.holder, claim.since, claim.until "
    "FROM unnest(%s::text[], %s::text[]) AS asked (kind, key) JOIN desk_claim AS claim "
    "ON claim.organization_id = %s AND claim.stream_kind = asked.kind AND claim.stream_key = asked.key "
    "WHERE claim.until > %s"
)
_FREE: LiteralString = (
    "DELETE FROM desk_claim WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s "
    "AND (holder = %s OR %s OR until <= %s)"
)
_SWEEP: LiteralString = (
    "DELETE FROM desk_claim WHERE organization_id = %s AND id IN (SELECT id FROM desk_claim "
    "WHERE organization_id = %s AND until <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


class ClaimUnsettled(RuntimeError):
    """A record was claimed and freed by others each time that it was to be claimed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Who works on a record, since when, and until when that is believed. By the clock of the database."""

    record: StreamId
    holder: ActorKey
    since: datetime
    until: datetime


def claim(record: StreamId, *, actor: Actor, holder: ActorKey | None = None) -> Claim:
    """Say that somebody works on a record: the actor, or a colleague whom the actor gives it to. Whose it is now.

    Where another one works on it, nothing changes and that claim is the answer; a supervisor may take it over, by
    naming a holder. Of two who claim at once the first one has it. For records that the actor may see: see `queries`.
    Raises ClaimUnsettled.
    """
    with open_organization(actor.organization) as opened, cursor() as pen:
        given = {
            "org": opened.id,
            "kind": record.kind.value,
            "key": record.key,
            "holder": holder or actor.key,
            "by": actor.key,
            "may_give": actor.role in GIVERS and holder is not None,
            "now": opened.wall_at,
            "until": opened.wall_at + HELD,
        }
        pen.execute(_SWEEP, (opened.id, opened.id, opened.wall_at, _SWEPT_AT_ONCE))
        for _ in range(_TRIES_MAX):
            row = pen.execute(_TAKE, given).fetchone()
            if row is not None:
                return _claim(row)
            # Who was first has committed, or the statement above would still wait; freed meanwhile, it is tried again.
            found = _held(opened, [record], at=opened.wall_at).get(record)
            if found is not None:
                return found
    raise ClaimUnsettled(f"{record.key} is claimed and freed again and again at this moment. Claim it again.")


def free(record: StreamId, *, actor: Actor) -> Claim | None:
    """Say that nobody works on a record any more; the claim that stands still, where it is another's."""
    with open_organization(actor.organization) as opened, cursor() as pen:
        may = actor.role in GIVERS
        pen.execute(_FREE, (opened.id, record.kind.value, record.key, actor.key, may, opened.wall_at))
        return _held(opened, [record], at=opened.wall_at).get(record)


def free_all(actor: Actor) -> None:
    """Say that somebody works on nothing any more: who signed out."""
    with open_organization(actor.organization) as opened, cursor() as pen:
        pen.execute("DELETE FROM desk_claim WHERE organization_id = %s AND holder = %s", (opened.id, actor.key))


def claims_of(actor: Actor, *, records: Collection[StreamId]) -> Mapping[StreamId, Claim]:
    """Who works on these records of the actor's organization; one on which nobody does is left out. One statement."""
    if not records:
        return {}
    with open_organization(actor.organization) as opened:
        return _held(opened, records, at=opened.wall_at)


def _held(opened: Opened, records: Collection[StreamId], *, at: datetime) -> dict[StreamId, Claim]:
    kinds, keys = [each.kind.value for each in records], [each.key for each in records]
    with cursor() as pen:
        found = [_claim(row) for row in pen.execute(_OF, (kinds, keys, opened.id, at)).fetchall()]
    return {each.record: each for each in found}


def _claim(row: tuple[Any, ...]) -> Claim:
    kind, key, holder, since, until = row
    record = StreamId(kind=StreamKind(kind), key=key)
    return Claim(record=record, holder=ActorKey(holder), since=since, until=until)
