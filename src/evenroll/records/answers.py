"""Idempotency: the same key gives the same answer, the same key with another payload is refused by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from evenroll.quantities.codec import JsonValue, canonical
from evenroll.quantities.identifiers import ActorKey
from evenroll.records import vault
from evenroll.records.organizations import current, cursor, lock_command
from evenroll.records.row_batch import Put, RowBatch


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
    lock_command(current(), command_of(actor, key=key))
    return found_answer(actor, key=key, payload=payload)


def found_answer(actor: ActorKey, *, key: str, payload: JsonValue) -> Answer | None:
    """As `kept_answer`, where the command is locked already."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT payload_digest, answer FROM command_answer "
            "WHERE organization_id = %s AND actor_key = %s AND key = %s",
            (current().id, actor, key),
        ).fetchone()
    if row is None:
        return None
    if row[0] != _payload_digest(payload):
        raise KeyReused(
            f"Command key {key!r} was used before with other content, so it is unclear which of the two is meant. "
            "Send the first content again, or give this one a key of its own."
        )
    return Answer(body=json.loads(row[1]))


def command_of(actor: ActorKey, *, key: str) -> str:
    """The name under which a command is locked; see `organizations.open_organization`."""
    return f"{actor}/{key}"


def keep(actor: ActorKey, *, key: str, payload: JsonValue, answer: Answer, at: datetime) -> None:
    """Keep the answer of a command for when its key comes again."""
    with cursor() as pen:
        batch = RowBatch(pen, current().id)
        put(batch, actor, key=key, payload=payload, answer=answer, at=at)
        batch.flush()


def put(batch: RowBatch, actor: ActorKey, *, key: str, payload: JsonValue, answer: Answer, at: datetime) -> None:
    """As `keep`, with what else is written together."""
    batch.put(_ANSWER, (actor, key, _payload_digest(payload), canonical(answer.body), at))


_ANSWER = Put(
    table="command_answer",
    columns=(
        ("actor_key", "text"),
        ("key", "text"),
        ("payload_digest", "text"),
        ("answer", "text"),
        ("answered_at", "timestamptz"),
    ),
    keys=0,
)


def _payload_digest(payload: JsonValue) -> str:
    # Keyed: a payload may hold a person's answers, and a plain hash of few possibilities can be guessed.
    return vault.digest(canonical(payload), purpose="payload")
