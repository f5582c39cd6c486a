"""Idempotency: the same key gives the same answer, the same key with another payload is refused by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from evenroll.quantities.codec import JsonValue, canonical
from evenroll.quantities.identifiers import ActorKey
from evenroll.records import vault
from evenroll.records.organizations import current, cursor


class KeyReused(ValueError):
    """A command key came again with another payload."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a command was answered, refusals too. body: JSON of codes, nothing personal."""

    body: JsonValue


def kept_answer(actor: ActorKey, *, key: str, payload: JsonValue) -> Answer | None:
    """The answer once given to this actor's key; None if it is new. Raises KeyReused.

    Until the end of the transaction a second command with the same key waits, and then finds the answer.
    """
    opened = current()
    with cursor() as pen:
        pen.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"answer/{opened.id}/{actor}/{key}",))
        row = pen.execute(
            "SELECT payload_digest, answer FROM command_answer "
            "WHERE organization_id = %s AND actor_key = %s AND key = %s",
            (opened.id, actor, key),
        ).fetchone()
    if row is None:
        return None
    if row[0] != _payload_digest(payload):
        raise KeyReused(
            f"Command key {key!r} was used before with other content, so it is unclear which of the two is meant. "
            "Send the first content again, or give this one a key of its own."
        )
    return Answer(body=json.loads(row[1]))


def keep(actor: ActorKey, *, key: str, payload: JsonValue, answer: Answer, at: datetime) -> None:
    """Keep the answer of a command for when its key comes again."""
    with cursor() as pen:
        pen.execute(
            "INSERT INTO command_answer (organization_id, actor_key, key, payload_digest, answer, answered_at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (current().id, actor, key, _payload_digest(payload), canonical(answer.body), at),
        )


def _payload_digest(payload: JsonValue) -> str:
    # Keyed: a payload may hold a person's answers, and a plain hash of few possibilities can be guessed.
    return vault.digest(canonical(payload), purpose="payload")
