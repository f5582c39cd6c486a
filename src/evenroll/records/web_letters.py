"""What somebody asked the web for and a worker does later: letters, and words on an application that was sent.

Enclosed, done once, and gone afterwards. They belong to no organization: whoever asks need not be known. Nobody who
reads the table learns an address or an answer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, LiteralString

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction

ATTEMPTS_MAX: Final = 8
PAUSE_FIRST: Final = timedelta(minutes=1)
PAUSE_LAST: Final = timedelta(hours=1)
LEASE: Final = timedelta(minutes=5)
_NUMBER_BYTES, _NONCE_BYTES = 16, 12


class LaterKind(StrEnum):
    """A letter is carried to an address; a word is given as a command to the case of the application it is about."""

    LETTER = "letter"
    WORD = "word"


_INSERT: LiteralString = "INSERT INTO web_letter (number, kind, data, next_at, attempts) VALUES (%s, %s, %s, now(), 0)"
# By the wall clock of the database: it is nobody's business date.
_CLAIM: LiteralString = (
    "WITH picked AS MATERIALIZED (SELECT number FROM web_letter WHERE kind = %(kind)s AND next_at <= now() "
    "ORDER BY next_at, number LIMIT %(limit)s FOR UPDATE SKIP LOCKED) "
    "UPDATE web_letter AS letter SET attempts = letter.attempts + 1, "
    "next_at = now() + %(lease)s FROM picked WHERE letter.number = picked.number "
    "RETURNING letter.number, letter.data, letter.attempts"
)
_LATER: LiteralString = "UPDATE web_letter SET next_at = now() + %s WHERE number = %s"
_GONE: LiteralString = "DELETE FROM web_letter WHERE number = %s"


@dataclass(frozen=True, kw_only=True, slots=True)
class WebLetter:
    """A letter as it was asked for. parts: as `keep_letter` was given them; personal. attempts: with this one."""

    number: str
    parts: Mapping[str, str] = field(repr=False)
    attempts: int


def keep_letter(parts: Mapping[str, str], *, kind: LaterKind = LaterKind.LETTER) -> str:
    """Have it done by whoever works; its number."""
    number = secrets.token_hex(_NUMBER_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    data = nonce + AESGCM(_key()).encrypt(nonce, json.dumps(dict(parts)).encode(), number.encode())
    with shared_transaction() as pen:
        pen.execute(_INSERT, (number, kind.value, data))
    return number


def claim_letters(*, limit: int, kind: LaterKind = LaterKind.LETTER) -> Sequence[WebLetter]:
    """Those of a kind that are due, the longest due first; others leave them alone for LEASE.

    One that does not open goes.
    """
    found = list[WebLetter]()
    with shared_transaction() as pen:
        for number, data, attempts in pen.execute(
            _CLAIM, {"limit": limit, "lease": LEASE, "kind": kind.value}
        ).fetchall():
            try:
                found.append(WebLetter(number=number, parts=_opened(number, bytes(data)), attempts=attempts))
            except (InvalidTag, ValueError):
                pen.execute(_GONE, (number,))
    return tuple(found)


def forget_letter(letter: WebLetter) -> None:
    """It was sent, or given up: nothing of it stays."""
    with shared_transaction() as pen:
        pen.execute(_GONE, (letter.number,))


def put_off(letter: WebLetter) -> bool:
    """It was not taken: again later, or given up after ATTEMPTS_MAX; whether it comes again."""
    if letter.attempts >= ATTEMPTS_MAX:
        forget_letter(letter)
        return False
    try_later(letter)
    return True


def try_later(letter: WebLetter) -> None:
    """It comes again, after a pause that grows to an hour; also where a letter would be given up."""
    pause = min(PAUSE_FIRST * 2 ** min(letter.attempts - 1, ATTEMPTS_MAX), PAUSE_LAST)
    with shared_transaction() as pen:
        pen.execute(_LATER, (pause, letter.number))


def _key() -> bytes:
    return current_keys().web_letters()


def _opened(number: str, data: bytes) -> dict[str, str]:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    return json.loads(AESGCM(_key()).decrypt(nonce, enclosed, number.encode()))
