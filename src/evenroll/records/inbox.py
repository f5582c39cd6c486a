"""The inbox: a message takes effect once, in the transaction of its effect, or is parked in sight."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, LiteralString

from evenroll.ports.delivery import DropReason
from evenroll.quantities.codec import canonical
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records import answers
from evenroll.records.envelope import Envelope
from evenroll.records.organizations import current, cursor

_LET_GO: LiteralString = (
    "UPDATE inbox_message SET parked_why = '', sealed = NULL "
    "WHERE organization_id = %s AND sender = %s AND message_id = %s AND parked_why <> ''"
)

DISMISSED: Final = "dismissed/"
"""What the keys begin with under which it is kept that a message was put away."""


class NotTheReceiver(ValueError):
    """A message was to be taken by an organization that it is not addressed to."""


def was_applied(envelope: Envelope, *, at: datetime) -> bool:
    """Whether the open organization has had this message before; if not, from now on it has (if this commits).

    Of two that bring it at once, the second waits for the first. Raises NotTheReceiver.
    """
    return not _insert(envelope, parked_why="", at=at)


def park(envelope: Envelope, *, why: str, at: datetime) -> None:
    """Keep a message that can have no effect now where a person sees it. why: a code.

    One that had its effect before is left as it is: taken once more it would have it twice.
    """
    if not _insert(envelope, parked_why=why, at=at):
        with cursor() as pen:
            pen.execute(
                "UPDATE inbox_message SET parked_why = %s "
                "WHERE organization_id = %s AND sender = %s AND message_id = %s AND parked_why <> ''",
                (why, current().id, envelope.sender, envelope.message_id),
            )


def take_parked(envelope: Envelope) -> bool:
    """Whether this message was parked in the open organization; if so, from now on it has its effect (if this commits).

    Of two that take it at once, the second waits for the first and then finds it taken.
    """
    with cursor() as pen:
        pen.execute(_LET_GO, (current().id, envelope.sender, envelope.message_id))
        return pen.rowcount == 1


def dismiss_parked(envelope: Envelope, *, by: ActorKey, reason: DropReason, at: datetime) -> bool:
    """Whether this message was parked; if so it is put away without an effect. Who did it is kept, with the reason."""
    why = why_parked(envelope)
    if not take_parked(envelope):
        return False
    note_dropped(envelope, by=by, why=why, reason=reason, at=at)
    return True


def note_dropped(envelope: Envelope, *, by: ActorKey, why: str, reason: DropReason, at: datetime) -> None:
    """Keep who put a parked message away, why it was parked and why it went; once for each message."""
    body = {
        "message": envelope.message_id,
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "kind": envelope.kind,
        "conversation": envelope.conversation,
        "parked": why,
        "reason": reason.value,
    }
    key = f"{DISMISSED}{envelope.sender}/{envelope.message_id}"
    answers.keep(by, key=key, payload=None, answer=answers.Answer(body=body), at=at)


def dropped() -> Sequence[tuple[str, datetime, Mapping[str, str]]]:
    """Who put which parked messages of the open organization away, when, and why; the oldest first."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT actor_key, answered_at, answer FROM command_answer WHERE organization_id = %s AND key LIKE %s "
            "ORDER BY answered_at, key",
            (current().id, f"{DISMISSED}%"),
        ).fetchall()
    return tuple((str(row[0]), row[1], json.loads(row[2])) for row in rows)


def why_parked(envelope: Envelope) -> str:
    """The code why the open organization parked this message; "" if it did not."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT parked_why FROM inbox_message WHERE organization_id = %s AND sender = %s AND message_id = %s",
            (current().id, envelope.sender, envelope.message_id),
        ).fetchone()
    return str(row[0]) if row else ""


def parked() -> Sequence[tuple[Envelope, str]]:
    """The parked messages of the open organization with the code why, oldest first."""
    opened = current()
    with cursor() as pen:
        rows = pen.execute(
            "SELECT sender, message_id, conversation, number, in_reply_to, kind, version, body, sealed, parked_why "
            "FROM inbox_message WHERE organization_id = %s AND parked_why <> '' ORDER BY id",
            (opened.id,),
        ).fetchall()
    return tuple((_envelope(row[:-1], receiver=opened.key), row[-1]) for row in rows)


def heard_before(envelopes: Sequence[Envelope]) -> frozenset[str]:
    """The ids of those of one sender's messages that the open organization has. Raises NotTheReceiver."""
    if not envelopes:
        return frozenset()
    _refuse_strangers(envelopes)
    with cursor() as pen:
        rows = pen.execute(
            "SELECT message_id FROM inbox_message WHERE organization_id = %s AND sender = %s AND message_id = ANY(%s)",
            (current().id, envelopes[0].sender, [each.message_id for each in envelopes]),
        ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def apply_new(envelopes: Sequence[Envelope], *, at: datetime) -> frozenset[str]:
    """The ids of those of one sender's messages that the open organization never had; from now on it has them.

    Of two that bring one at once, the second waits for the first. Raises NotTheReceiver.
    """
    if not envelopes:
        return frozenset()
    _refuse_strangers(envelopes)
    with cursor() as pen:
        rows = pen.execute(
            "INSERT INTO inbox_message (organization_id, sender, message_id, conversation, number, in_reply_to, kind, "
            "version, body, sealed, parked_why, received_at) SELECT told.id, told.sender, new.*, NULL, '', told.at "
            "FROM (SELECT %s::bigint AS id, %s AS sender, %s::timestamptz AS at) AS told, unnest(%s::text[], "
            "%s::text[], %s::int[], %s::text[], %s::text[], %s::int[], %s::text[]) AS new (message_id, conversation, "
            "number, in_reply_to, kind, version, body) ORDER BY new.message_id "
            "ON CONFLICT (organization_id, sender, message_id) DO NOTHING RETURNING message_id",
            (
                current().id,
                envelopes[0].sender,
                at,
                [each.message_id for each in envelopes],
                [each.conversation for each in envelopes],
                [each.number for each in envelopes],
                [each.in_reply_to for each in envelopes],
                [each.kind for each in envelopes],
                [each.version for each in envelopes],
                [canonical(dict(each.body)) for each in envelopes],
            ),
        ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _refuse_strangers(envelopes: Sequence[Envelope]) -> None:
    here = current().key
    for each in envelopes:
        if each.receiver != here:
            raise NotTheReceiver(
                f"Message {each.message_id} is for {each.receiver} and was brought to {here}. "
                "Deliver it to its receiver."
            )


def _insert(envelope: Envelope, *, parked_why: str, at: datetime) -> bool:
    _refuse_strangers((envelope,))
    with cursor() as pen:
        pen.execute(
            "INSERT INTO inbox_message (organization_id, sender, message_id, conversation, number, in_reply_to, kind, "
            "version, body, sealed, parked_why, received_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (organization_id, sender, message_id) DO NOTHING",
            (
                current().id,
                envelope.sender,
                envelope.message_id,
                envelope.conversation,
                envelope.number,
                envelope.in_reply_to,
                envelope.kind,
                envelope.version,
                canonical(dict(envelope.body)),
                # Answers that were taken stand in the vault, under a key that can be destroyed; here it could not be.
                envelope.sealed if parked_why else None,
                parked_why,
                at,
            ),
        )
        return pen.rowcount == 1


def _envelope(row: tuple[object, ...], *, receiver: OrganizationKey) -> Envelope:
    sender, message_id, conversation, number, in_reply_to, kind, version, body, sealed = row
    return Envelope(
        sender=OrganizationKey(str(sender)),
        receiver=receiver,
        message_id=str(message_id),
        conversation=str(conversation),
        number=int(str(number)),
        in_reply_to=str(in_reply_to),
        kind=str(kind),
        version=int(str(version)),
        body=json.loads(str(body)),
        sealed=bytes(sealed) if isinstance(sealed, bytes | memoryview) else None,
    )
