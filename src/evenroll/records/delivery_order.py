"""Messages of one conversation arrive in the order in which they were written, whichever worker brings them."""

from __future__ import annotations

from datetime import datetime

from evenroll.records.envelope import Claimed
from evenroll.records.organizations import current, cursor


def waits_its_turn(claimed: Claimed, *, now: datetime) -> bool:
    """Whether an earlier message of the conversation is still on its way to the same receiver.

    Then the claim is given back, due at once and not counted as an attempt. One that was parked holds nobody up: it
    stands in sight, and what is said later is answered by the receiver as it finds it.
    """
    envelope, opened = claimed.envelope, current()
    with cursor() as pen:
        pen.execute(
            "UPDATE outbox_message SET due_at = %(now)s, attempts = attempts - 1 "
            "WHERE organization_id = %(org)s AND id = %(id)s AND EXISTS (SELECT 1 FROM outbox_message AS earlier "
            "WHERE earlier.organization_id = %(org)s AND earlier.conversation = %(conversation)s "
            "AND earlier.receiver = %(receiver)s AND earlier.number < %(number)s AND earlier.due_at IS NOT NULL)",
            {
                "now": now,
                "org": opened.id,
                "id": claimed.id,
                "conversation": envelope.conversation,
                "receiver": envelope.receiver,
                "number": envelope.number,
            },
        )
        return pen.rowcount == 1
