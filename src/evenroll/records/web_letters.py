"""Letters that somebody asked the web for, to an address of their own: enclosed, sent once, and gone afterwards.

They belong to no organization: whoever asks need not be known. Nobody who reads the table learns an address.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
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

_INSERT: LiteralString = "INSERT INTO web_letter (number, data, next_at, attempts) VALUES (%s, %s, now(), 0)"
# By the wall clock of the database: it is nobody's business date.
_CLAIM: LiteralString = (
    "WITH picked AS MATERIALIZED (SELECT number FROM web_letter WHERE next_at <= now() ORDER BY next_at, number "
    "LIMIT %(limit)s FOR UPDATE SKIP LOCKED) UPDATE web_letter AS letter SET attempts = letter.attempts + 1, "
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


def keep_letter(parts: Mapping[str, str]) -> str:
    """Have a letter sent by whoever works; its number."""
    number = secrets.token_hex(_NUMBER_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    data = nonce + AESGCM(_key()).encrypt(nonce, json.dumps(dict(parts)).encode(), number.encode())
    with shared_transaction() as pen:
        pen.execute(_INSERT, (number, data))
    return number


def claim_letters(*, limit: int) -> Sequence[WebLetter]:
    """Letters that are due, the longest due first; others leave them alone for LEASE. One that does not open goes."""
    found = list[WebLetter]()
    with shared_transaction() as pen:
        for number, data, attempts in pen.execute(_CLAIM, {"limit": limit, "lease": LEASE}).fetchall():
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
    pause = min(PAUSE_FIRST * 2 ** (letter.attempts - 1), PAUSE_LAST)
    with shared_transaction() as pen:
        pen.execute(_LATER, (pause, letter.number))
    return True


def _key() -> bytes:
    return current_keys().web_letters()


def _opened(number: str, data: bytes) -> dict[str, str]:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    return json.loads(AESGCM(_key()).decrypt(nonce, enclosed, number.encode()))
