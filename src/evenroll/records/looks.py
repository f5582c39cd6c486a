"""Every look of the staff at something personal: who, at what, and why. Rows are only added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from evenroll.enrollment.papers import LookReason
from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.organizations import current, cursor


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look. what: a code of what was looked at, such as paper/<id>; never what it shows."""

    what: str
    reason: LookReason
    actor: str
    role: Role
    looked_at: datetime


_INSERT: LiteralString = (
    "INSERT INTO personal_look (organization_id, case_number, what, reason, actor_key, role, looked_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
_LIST: LiteralString = (
    "SELECT what, reason, actor_key, role, looked_at FROM personal_look "
    "WHERE organization_id = %s AND case_number = %s ORDER BY looked_at, id"
)


def note_look(number: CaseNumber, *, what: str, reason: LookReason, by: Actor, at: datetime) -> None:
    """Note a look before what is looked at is shown; in the transaction that reads it. at: the wall clock."""
    row = (current().id, number, what, reason.value, by.key, by.role.value, at)
    with cursor() as pen:
        pen.execute(_INSERT, row)


def looks_at(number: CaseNumber) -> Sequence[Look]:
    """Every look at what is personal of a case of the open organization, in order."""
    with cursor() as pen:
        rows = pen.execute(_LIST, (current().id, number)).fetchall()
    return tuple(
        Look(what=row[0], reason=LookReason(row[1]), actor=row[2], role=Role(row[3]), looked_at=row[4]) for row in rows
    )
