"""Drafts of programs in the books of their organization: kept, looked at, decided once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer

SHOWN_MAX: Final = 50
_COLUMNS: Final = SQL("SELECT id, body, programs, drafted_by, drafted_at, state, decided_by, decided_at FROM ")
_ONE: Final = _COLUMNS + SQL("program_draft WHERE organization_id = %s AND id = %s")
_LATEST: Final = _COLUMNS + SQL(
    "(SELECT * FROM program_draft WHERE organization_id = %s ORDER BY id DESC LIMIT %s) AS latest "
    "ORDER BY state <> 'open', id DESC"
)


class DraftState(StrEnum):
    """How a draft stands."""

    OPEN = "open"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A drafted catalog file. programs: what it would publish, or did, such as "NIGHT v2"."""

    id: int
    body: str
    programs: str
    drafted_by: ActorKey
    drafted_at: datetime
    state: DraftState
    decided_by: ActorKey | None
    decided_at: datetime | None


def keep_draft(body: str, *, programs: str, by: ActorKey, at: datetime) -> int:
    """Keep a draft in the open organization's books; its number."""
    with cursor() as pen:
        row = pen.execute(
            "INSERT INTO program_draft (organization_id, body, programs, drafted_by, drafted_at, state) "
            "VALUES (%s, %s, %s, %s, %s, 'open') RETURNING id",
            (current().id, body, programs, by, at),
        ).fetchone()
    assert row is not None
    return int(row[0])


def draft_in_hand(number: int) -> Draft | None:
    """A draft of the open organization, locked until the end of the transaction; None if there is none."""
    with cursor() as pen:
        row = pen.execute(_ONE + SQL(" FOR UPDATE"), (current().id, number)).fetchone()
    return None if row is None else _draft(row)


def decide_draft(number: int, *, state: DraftState, by: ActorKey, at: datetime) -> None:
    """What became of a draft that is in hand."""
    with cursor() as pen:
        pen.execute(
            "UPDATE program_draft SET state = %s, decided_by = %s, decided_at = %s "
            "WHERE organization_id = %s AND id = %s AND state = 'open'",
            (state.value, by, at, current().id, number),
        )


def drafts(viewer: Viewer) -> tuple[Draft, ...]:
    """The latest drafts of the viewer's organization, those that are open first. Raises NotForViewer."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        return tuple(_draft(row) for row in pen.execute(_LATEST, (opened.id, SHOWN_MAX)).fetchall())


def draft(viewer: Viewer, *, number: int) -> Draft:
    """A draft of the viewer's organization. Raises NotForViewer, also where there is none."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        row = pen.execute(_ONE, (opened.id, number)).fetchone()
    if row is None:
        raise NotForViewer(f"There is no draft {number} here. Check its number.")
    return _draft(row)


def _refuse_others(viewer: Viewer) -> None:
    if viewer.role is not Role.PROGRAM_MANAGER:
        raise NotForViewer("Drafts are for program managers. Sign in as one.")


def _draft(row: tuple[Any, ...]) -> Draft:
    number, body, programs, drafted_by, drafted_at, state, decided_by, decided_at = row
    return Draft(
        id=number,
        body=body,
        programs=programs,
        drafted_by=ActorKey(drafted_by),
        drafted_at=drafted_at,
        state=DraftState(state),
        decided_by=None if decided_by is None else ActorKey(decided_by),
        decided_at=decided_at,
    )
