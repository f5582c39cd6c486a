"""Every file of rows that the staff took from the desk: who, what of, how many, when. Rows are only added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer

READERS: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who may read what was taken."""
SHOWN_MAX: Final = 200
_INSERT: LiteralString = (
    "INSERT INTO desk_export (organization_id, actor_key, role, what, row_count, taken_at) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
_LIST: LiteralString = (
    "SELECT actor_key, role, what, row_count, taken_at FROM desk_export WHERE organization_id = %s "
    "ORDER BY id DESC LIMIT %s"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """A file that was taken. what: codes of what was looked at, such as queue scope=all; never what stands in it."""

    actor: ActorKey
    role: Role
    what: str
    rows: int
    taken_at: datetime


def note_export(actor: Actor, *, what: str, rows: int) -> None:
    """Note a file before it is handed out."""
    with open_organization(actor.organization) as opened, cursor() as pen:
        pen.execute(_INSERT, (opened.id, actor.key, actor.role.value, what, rows, opened.wall_at))


def exports(viewer: Viewer) -> Sequence[Export]:
    """What was taken last, the latest first, at most SHOWN_MAX. Raises NotForViewer."""
    if viewer.role not in READERS:
        raise NotForViewer(f"Your role {viewer.role.value} may not see what was taken. Ask a supervisor.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(_LIST, (opened.id, SHOWN_MAX)).fetchall()
    return tuple(
        Export(actor=ActorKey(actor), role=Role(role), what=what, rows=count, taken_at=at)
        for actor, role, what, count, at in rows
    )
