"""Passkeys: found by the hash of their id, enclosed, each of one subject; their counters only grow."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction

PASSKEYS_MAX: Final = 10
"""Of one subject."""
_NONCE_BYTES = 12

_INSERT: LiteralString = (
    "INSERT INTO web_passkey (token, subject, data, counter, added_at, made_in) SELECT %s, %s, %s, %s, %s, %s "
    "WHERE (SELECT count(*) FROM web_passkey WHERE subject = %s) < %s ON CONFLICT DO NOTHING"
)
_SELECT: LiteralString = "SELECT subject, data FROM web_passkey WHERE token = %s"
_USED: LiteralString = (
    "UPDATE web_passkey SET counter = %s, used_at = %s WHERE token = %s AND (counter < %s OR (counter = 0 AND %s = 0))"
)
_DATA_OF: LiteralString = "SELECT token, data FROM web_passkey WHERE subject = %s ORDER BY added_at, token"
_OF: LiteralString = (
    "SELECT token, added_at, used_at, made_in FROM web_passkey WHERE subject = %s ORDER BY added_at, token"
)
_DELETE: LiteralString = "DELETE FROM web_passkey WHERE token = %s AND subject = %s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey:
    """A passkey of a subject. credential: as the authenticator gave it. contacts, user: as of who signed in by it.

    made_in: the kind of browser.
    """

    subject: str
    credential: bytes = field(repr=False)
    contacts: Mapping[OrganizationKey, str]
    user: ActorKey
    made_in: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PasskeyShown:
    """A passkey in the list of its owner. name: by which it is removed."""

    name: str
    added_at: datetime
    used_at: datetime | None
    made_in: str


def keep_passkey(passkey: Passkey, *, number: bytes, counter: int, at: datetime) -> bool:
    """Keep one; False where it is kept already, or there are as many as may be. number: the id of the credential."""
    token = _token(number)
    row = (token, passkey.subject, _enclosed(token, passkey), counter, at, passkey.made_in)
    row = (*row, passkey.subject, PASSKEYS_MAX)
    return _done(_INSERT, row)


def passkey_of(number: bytes) -> Passkey | None:
    """The passkey of a credential's id; None where there is none, or it cannot be opened."""
    token = _token(number)
    with shared_transaction() as pen:
        row = pen.execute(_SELECT, (token,)).fetchone()
    return None if row is None else _opened(token, row[0], bytes(row[1]))


def credentials_of(subject: str) -> Sequence[bytes]:
    """The credentials of a subject's passkeys, the oldest first; without those that cannot be opened."""
    with shared_transaction() as pen:
        rows = pen.execute(_DATA_OF, (subject,)).fetchall()
    opened = (_opened(token, subject, bytes(data)) for token, data in rows)
    return tuple(each.credential for each in opened if each is not None)


def use_passkey(number: bytes, *, counter: int, at: datetime) -> bool:
    """Note a use; False if the counter did not grow, as that of a copy does not. One that does not count stays at 0."""
    return _done(_USED, (counter, at, _token(number), counter, counter))


def passkeys_of(subject: str) -> Sequence[PasskeyShown]:
    """The passkeys of a subject, the oldest first."""
    with shared_transaction() as pen:
        rows = pen.execute(_OF, (subject,)).fetchall()
    return tuple(PasskeyShown(name=row[0], added_at=row[1], used_at=row[2], made_in=row[3]) for row in rows)


def remove_passkey(name: str, *, subject: str) -> bool:
    """Forget a passkey of this subject; whether there was one."""
    return _done(_DELETE, (name, subject))


def _token(number: bytes) -> str:
    return hashlib.sha256(number).hexdigest()


def _enclosed(token: str, passkey: Passkey) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    kept = {
        "credential": base64.b64encode(passkey.credential).decode(),
        "contacts": dict(passkey.contacts),
        "user": passkey.user,
    }
    bound = f"{token}/{passkey.subject}".encode()
    return nonce + AESGCM(current_keys().web_passkeys()).encrypt(nonce, json.dumps(kept).encode(), bound)


def _opened(token: str, subject: str, data: bytes) -> Passkey | None:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    bound = f"{token}/{subject}".encode()
    try:
        kept = json.loads(AESGCM(current_keys().web_passkeys()).decrypt(nonce, enclosed, bound))
    except (InvalidTag, ValueError):
        return None
    return Passkey(
        subject=subject,
        credential=base64.b64decode(kept["credential"]),
        contacts=kept["contacts"],
        user=ActorKey(kept["user"]),
    )


def _done(sql: LiteralString, values: tuple[Any, ...]) -> bool:
    with shared_transaction() as pen:
        return pen.execute(sql, values).rowcount > 0
