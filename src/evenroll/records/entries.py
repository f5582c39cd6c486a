"""Journal entries: how an event becomes one, and the hash that ties it to the entry before it in its stream."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from json.encoder import encode_basestring as _quoted
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.roles import Role
from evenroll.quantities.codec import encode
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.quantities.json_text import CodecRefused, JsonValue
from evenroll.quantities.writing import instant_text
from evenroll.records.row_batch import Put
from evenroll.records.streams import StreamId, StreamKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry as it stands in the journal. data: canonical text of the event; hash covers all other fields."""

    organization: OrganizationKey
    stream: StreamId
    number: int
    row: str
    actor_key: ActorKey
    actor_role: Role
    actor_organization: OrganizationKey
    event: str
    version: int
    data: str
    business_at: datetime
    business_on: date
    recorded_at: datetime
    idempotency_key: str
    previous_hash: str
    hash: str = ""


COLUMNS: Final = SQL(
    "stream_kind, stream_key, number, row, actor_key, actor_role, actor_organization, event, version, data, "
    "business_at, business_on, recorded_at, idempotency_key, previous_hash, hash"
)
ENTRY: Final = Put(
    table="journal_entry",
    columns=(
        ("stream_kind", "text"),
        ("stream_key", "text"),
        ("number", "int"),
        ("row", "text"),
        ("actor_key", "text"),
        ("actor_role", "text"),
        ("actor_organization", "text"),
        ("event", "text"),
        ("version", "int"),
        ("data", "text"),
        ("business_at", "timestamptz"),
        ("business_on", "date"),
        ("recorded_at", "timestamptz"),
        ("idempotency_key", "text"),
        ("previous_hash", "text"),
        ("hash", "text"),
    ),
    keys=0,
)


def entry_hash(entry: Entry) -> str:
    """SHA-256 in hexadecimal over the canonical text of everything in the entry but the hash itself."""
    return columns_hash(to_columns(entry), organization=entry.organization)


def hashed_parts(entry: Entry) -> dict[str, JsonValue]:
    """What the hash of an entry is taken over, by name, as JSON; its canonical text is what `columns_hash` writes."""
    return {
        "organization": entry.organization,
        "stream_kind": entry.stream.kind.value,
        "stream_key": entry.stream.key,
        "number": entry.number,
        "row": entry.row,
        "actor": [entry.actor_key, entry.actor_role.value, entry.actor_organization],
        "event": entry.event,
        "version": entry.version,
        "data": entry.data,
        "business_at": encode(entry.business_at),
        "business_on": encode(entry.business_on),
        "recorded_at": encode(entry.recorded_at),
        "idempotency_key": entry.idempotency_key,
        "previous": entry.previous_hash,
    }


def columns_hash(row: tuple[Any, ...], *, organization: OrganizationKey) -> str:
    """entry_hash of a row of COLUMNS. Raises CodecRefused for a text that has no UTF-8.

    The canonical text is written by hand: a million entries are hashed in one audit. A test holds it to `canonical`.
    """
    kind, key, number, use_case_row, actor, role, of, event, version, data, at, on, recorded, given, previous, _ = row
    text = (
        f'{{"actor":[{_quoted(actor)},{_quoted(role)},{_quoted(of)}],"business_at":"{instant_text(at)}",'
        f'"business_on":"{on.isoformat()}","data":{_quoted(data)},"event":{_quoted(event)},'
        f'"idempotency_key":{_quoted(given)},"number":{number},"organization":{_quoted(organization)},'
        f'"previous":{_quoted(previous)},"recorded_at":"{instant_text(recorded)}","row":{_quoted(use_case_row)},'
        f'"stream_key":{_quoted(key)},"stream_kind":{_quoted(kind)},"version":{version}}}'
    )
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError:
        raise CodecRefused(
            "A text of an entry holds half a surrogate pair, which has no UTF-8. Mend it where it comes in."
        ) from None


def to_columns(entry: Entry) -> tuple[object, ...]:
    """A row of ENTRY."""
    return (
        entry.stream.kind.value,
        entry.stream.key,
        entry.number,
        entry.row,
        entry.actor_key,
        entry.actor_role.value,
        entry.actor_organization,
        entry.event,
        entry.version,
        entry.data,
        entry.business_at,
        entry.business_on,
        entry.recorded_at,
        entry.idempotency_key,
        entry.previous_hash,
        entry.hash,
    )


def from_columns(row: tuple[object, ...], *, organization: OrganizationKey) -> Entry:
    """An entry from a row of COLUMNS."""
    kind, key, number, use_case_row, actor, role, actor_organization, event, version, data, *rest = row
    business_at, business_on, recorded_at, idempotency_key, previous_hash, own_hash = rest
    return Entry(
        organization=organization,
        stream=StreamId(kind=StreamKind(str(kind)), key=str(key)),
        number=_int(number),
        row=str(use_case_row),
        actor_key=ActorKey(str(actor)),
        actor_role=Role(str(role)),
        actor_organization=OrganizationKey(str(actor_organization)),
        event=str(event),
        version=_int(version),
        data=str(data),
        business_at=_instant(business_at),
        business_on=_day(business_on),
        recorded_at=_instant(recorded_at),
        idempotency_key=str(idempotency_key),
        previous_hash=str(previous_hash),
        hash=str(own_hash),
    )


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _instant(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value
