"""`evenroll queue`: what waits on a role."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

LIMIT = 200


def queue(
    role: Annotated[StaffRole | None, typer.Option("--role", help="Only what waits on this role.")] = None,
    organization: OrganizationOption = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many rows an organization.")] = LIMIT,
    parked: Annotated[bool, typer.Option("--parked", help="The messages that were parked, and why.")] = False,
) -> None:
    """List what waits on people, the most urgent first.

    Example: evenroll --demo queue --role meter_office
    """
    output = Output(json=asked.json)
    if parked:
        _tell_parked(output, organization, limit=limit)
        return
    with session():
        now = business_now()
        found: list[dict[str, Any]] = []
        for key in organizations_here(organization):
            found += _waiting(key, role=role, limit=limit, now=now)
    found.sort(key=lambda each: (each["due_at"], each["number"]))
    output.data({"now": now, "waiting": found})
    if not found:
        output.say("Nothing waits." if role is None else f"Nothing waits on {role.value.replace('_', ' ')}.")
        return
    output.table(
        ("organization", "record", "number", "track", "state", "waits on", "since", "due", "overdue"),
        [
            (
                each["organization"],
                each["record"],
                each["number"],
                each["track"],
                each["state"],
                each["role"],
                each["since"],
                each["due_at"],
                each["overdue"],
            )
            for each in found
        ],
    )


def _tell_parked(output: Output, organization: str, *, limit: int) -> None:
    with session():
        found: list[dict[str, Any]] = []
        for key in organizations_here(organization):
            found += _parked(key, limit=limit)
    output.data({"parked": found})
    if not found:
        output.say("No message is parked.")
        return
    columns = ("organization", "box", "other", "conversation", "kind", "why", "since", "message")
    output.table(columns, [tuple(each[column] for column in columns) for each in found])
    output.say("When what was in the way is mended, take them once more: evenroll worker --retry-parked")


def _parked(key: OrganizationKey, *, limit: int) -> list[dict[str, Any]]:
    """The parked messages of one organization, received and not delivered, the oldest first."""
    from evenroll.records.models import InboxMessage, OutboxMessage
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        received = InboxMessage.objects.exclude(parked_why="").order_by("id")[:limit]
        kept = OutboxMessage.objects.exclude(parked_why="").order_by("id")[:limit]
        told = [("inbox", row.sender, row.received_at, row) for row in received]
        told += [("outbox", row.receiver, row.written_at, row) for row in kept]
        return [
            {
                "organization": key,
                "box": box,
                "other": other,
                "conversation": row.conversation,
                "kind": row.kind,
                "why": row.parked_why,
                "since": since,
                "message": row.message_id,
            }
            for box, other, since, row in told
        ]


def _waiting(key: OrganizationKey, *, role: StaffRole | None, limit: int, now: datetime) -> list[dict[str, Any]]:
    from evenroll.records.models import TrackRecord
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        rows = TrackRecord.objects.filter(owner__isnull=False, due_at__isnull=False).exclude(owner="system")
        if role is not None:
            rows = rows.filter(owner=role.value)
        return [
            {
                "organization": key,
                "record": row.stream_kind,
                "number": row.stream_key,
                "track": row.track_key,
                "state": row.state,
                "role": row.owner,
                "since": row.since,
                "due_at": row.due_at,
                "on_lapse": row.on_lapse,
                "overdue": row.due_at is not None and row.due_at < now,
            }
            for row in rows.order_by("due_at", "stream_key")[:limit]
        ]
