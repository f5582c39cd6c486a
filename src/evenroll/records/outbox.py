"""The outbox: messages written with their cause, claimed by any number of workers, delivered at least once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from evenroll.enrollment.messages import Message, message_kind
from evenroll.ports.delivery import DropReason
from evenroll.quantities.codec import text_of
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records import inbox, vault
from evenroll.records.envelope import SCHEMA_VERSION, Claimed, Envelope
from evenroll.records.log_lines import current_request
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.personal_ref import PersonalRef
from evenroll.records.row_batch import Put, Rows

ATTEMPTS_MAX = 10
PAUSE_FIRST = timedelta(seconds=30)
PAUSE_LAST = timedelta(hours=4)
LEASE = timedelta(minutes=2)

# Numbered within their conversation, after what is there, in the order in which they were written.
_INSERT: LiteralString = (
    "INSERT INTO outbox_message (organization_id, receiver, message_id, conversation, number, in_reply_to, kind, "
    "version, body, sealed, parked_why, written_at, due_at, attempts, request) "
    "SELECT next.organization_id, next.receiver, next.sender || '/' || next.conversation || '/' || next.n, "
    "next.conversation, next.n, next.in_reply_to, next.kind, next.version, next.body, decode(next.sealed, 'hex'), '', "
    "next.written_at, next.written_at, 0, next.request FROM (SELECT told.organization_id, put.*, "
    "row_number() OVER (PARTITION BY put.conversation ORDER BY put.place) + coalesce((SELECT max(number) "
    "FROM outbox_message AS before WHERE before.organization_id = told.organization_id "
    "AND before.conversation = put.conversation), 0) AS n "
    "FROM (SELECT %s::bigint AS organization_id) AS told, {source}) AS next ORDER BY next.place"
)

_MESSAGE = Put(
    table="outbox_message",
    columns=(
        ("place", "int"),
        ("sender", "text"),
        ("receiver", "text"),
        ("conversation", "text"),
        ("in_reply_to", "text"),
        ("kind", "text"),
        ("version", "int"),
        ("body", "text"),
        ("sealed", "text"),
        ("written_at", "timestamptz"),
        ("request", "text"),
    ),
    keys=1,
    insert=_INSERT,
)

# MATERIALIZED: as a subquery of WHERE the planner may ask it anew for every row, and then its LIMIT limits nothing.
# What waits for an earlier message is not claimed at all, so that it is in nobody's way.
# By ctid: nobody moves a row that is locked. Planned anew each time, as are the others that go by id: a plan from when
# the table was small would go through all rows of the organization after a load, until the database counts them.
_CLAIM: LiteralString = (
    "WITH picked AS MATERIALIZED (SELECT waiting.ctid FROM outbox_message AS waiting "
    "WHERE waiting.organization_id = %(org)s AND waiting.due_at <= %(now)s "
    "AND waiting.message_id <> ALL(%(without)s::text[]) AND NOT EXISTS ("
    "SELECT 1 FROM outbox_message AS earlier WHERE earlier.organization_id = waiting.organization_id "
    "AND earlier.conversation = waiting.conversation AND earlier.receiver = waiting.receiver "
    "AND earlier.number < waiting.number AND earlier.due_at IS NOT NULL) "
    "ORDER BY waiting.due_at, waiting.id LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED) "
    "UPDATE outbox_message AS message SET attempts = message.attempts + 1, due_at = %(until)s FROM picked "
    "WHERE message.ctid = picked.ctid RETURNING "
    "message.id, message.receiver, message.message_id, message.conversation, message.number, message.in_reply_to, "
    "message.kind, message.version, message.body, message.sealed, message.attempts, message.request"
)

_CLAIM_PARKED: LiteralString = (
    "UPDATE outbox_message AS message SET attempts = 1, due_at = %(until)s, parked_why = '' "
    "WHERE message.organization_id = %(org)s AND message.parked_why <> '' AND message.delivered_at IS NULL "
    "AND (%(only)s = '' OR message.message_id = %(only)s) RETURNING "
    "message.id, message.receiver, message.message_id, message.conversation, message.number, message.in_reply_to, "
    "message.kind, message.version, message.body, message.sealed, message.attempts, message.request"
)


def write(batch: Rows, message: Message, *, now: datetime, in_reply_to: str = "") -> None:
    """Put a message into the outbox, in the transaction of its cause. Its conversation's stream is locked.

    Personal answers that go along are sealed for the receiver here, so that no other ever holds them open.
    """
    sealed = None if message.sealed is None else vault.seal_for(message.to, vault.read(PersonalRef(message.sealed)))
    row = (
        batch.count(_MESSAGE),
        current().key,
        message.to,
        message.conversation,
        in_reply_to,
        message_kind(message.body).value,
        SCHEMA_VERSION,
        text_of(message.body),
        sealed,
        now,
        current_request(),
    )
    batch.put(_MESSAGE, row)


def claim(
    organization: OrganizationKey, *, now: datetime, limit: int, without: Sequence[str] = ()
) -> Sequence[Claimed]:
    """Messages that are due, the longest due first; other workers leave them alone until the lease is over.

    Of a conversation with one receiver only the first that is still on its way: they arrive in the order in which they
    were written, whichever worker brings them. One that was parked holds nobody up: it stands in sight, and what is
    said later is answered by the receiver as it finds it. without: ids of messages that are not looked at. A worker
    that dies loses nothing: after LEASE they are due again.
    """
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        values = {"org": opened.id, "now": now, "until": now + LEASE, "limit": limit, "without": list(without)}
        rows = pen.execute(_CLAIM, values, prepare=False).fetchall()
    return tuple(_claimed(row, sender=organization) for row in sorted(rows, key=lambda row: row[0]))


def claim_parked(organization: OrganizationKey, *, now: datetime, only: str = "") -> Sequence[Claimed]:
    """The messages that were given up, oldest first, as if they had never been tried; see `claim` for the lease.

    only: the one with this id.
    """
    with open_organization(organization) as opened, cursor() as pen:
        rows = pen.execute(_CLAIM_PARKED, {"org": opened.id, "until": now + LEASE, "only": only}).fetchall()
    return tuple(_claimed(row, sender=organization) for row in sorted(rows, key=lambda row: row[0]))


def drop_parked(message_id: str, *, by: ActorKey, reason: DropReason, at: datetime) -> bool:
    """Whether the open organization had given this message up; if so it is put away and goes to nobody."""
    opened = current()
    with cursor() as pen:
        row = pen.execute(
            "SELECT id, receiver, message_id, conversation, number, in_reply_to, kind, version, body, sealed, "
            "attempts, request, parked_why FROM outbox_message WHERE organization_id = %s AND message_id = %s "
            "AND parked_why <> '' AND delivered_at IS NULL FOR UPDATE",
            (opened.id, message_id),
        ).fetchone()
        if row is None:
            return False
        pen.execute("UPDATE outbox_message SET parked_why = '', sealed = NULL WHERE id = %s", (row[0],))
    envelope = _claimed(row[:-1], sender=opened.key).envelope
    inbox.note_dropped(envelope, by=by, why=str(row[-1]), reason=reason, at=at)
    return True


def mark_delivered(organization: OrganizationKey, *, ids: Sequence[int], now: datetime) -> None:
    """The receivers have these messages. Answers that were sealed for them go: no erasure would reach them here."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        pen.execute(
            "UPDATE outbox_message SET delivered_at = %s, due_at = NULL, sealed = NULL "
            "WHERE organization_id = %s AND id = ANY(%s)",
            (now, opened.id, list(ids)),
            prepare=False,
        )


def release(organization: OrganizationKey, *, ids: Sequence[int], now: datetime) -> None:
    """Leave messages that were claimed to whoever comes next, as if they had not been tried."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        pen.execute(
            # Not `IS NULL`: there is an index of all that are open, which without statistics looks like the best.
            "UPDATE outbox_message SET due_at = %s, attempts = attempts - 1 "
            "WHERE organization_id = %s AND id = ANY(%s) AND coalesce(delivered_at, 'infinity') = 'infinity'",
            (now, opened.id, list(ids)),
            prepare=False,
        )


def mark_failed(organization: OrganizationKey, *, claimed: Claimed, why: str, now: datetime) -> None:
    """The receiver could not be reached: again later, or parked in sight after ATTEMPTS_MAX. why: a code."""
    parked = claimed.attempts >= ATTEMPTS_MAX
    pause = min(PAUSE_FIRST * 2 ** (claimed.attempts - 1), PAUSE_LAST)
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        pen.execute(
            "UPDATE outbox_message SET due_at = %s, parked_why = %s WHERE organization_id = %s AND id = %s",
            (None if parked else now + pause, why if parked else "", opened.id, claimed.id),
            prepare=False,
        )


def next_due_at(organization: OrganizationKey, *, after: datetime | None = None) -> datetime | None:
    """When a message is to be delivered next, of those due later than `after` if given; None if there is none."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT due_at FROM outbox_message WHERE organization_id = %s AND due_at > %s ORDER BY due_at LIMIT 1",
            (opened.id, after or datetime.min.replace(tzinfo=UTC)),
            prepare=False,
        ).fetchone()
    return row[0] if row else None


def undelivered(organization: OrganizationKey) -> tuple[int, int]:
    """How many messages wait for delivery, and how many are parked."""
    with open_organization(organization) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FILTER (WHERE due_at IS NOT NULL), count(*) FILTER (WHERE parked_why <> '') "
            "FROM outbox_message WHERE organization_id = %s AND delivered_at IS NULL",
            (opened.id,),
        ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def _claimed(row: tuple[Any, ...], *, sender: OrganizationKey) -> Claimed:
    id_, receiver, message_id, conversation, number, in_reply_to, kind, version, body, sealed, attempts, request = row
    envelope = Envelope(
        sender=sender,
        receiver=OrganizationKey(receiver),
        message_id=message_id,
        conversation=conversation,
        number=number,
        in_reply_to=in_reply_to,
        kind=kind,
        version=version,
        body=json.loads(body),
        sealed=None if sealed is None else bytes(sealed),
        request=request,
    )
    return Claimed(id=id_, attempts=attempts, envelope=envelope)
