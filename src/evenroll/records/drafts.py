"""Applications that are not sent yet: enclosed, found by hashes of their secrets, changed one at a time, kept 60 days.

Nobody knows yet whose they are, nor which organization they will reach, so they stand apart from all books.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, LiteralString

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.draft_counts import BEGUN, SENT, count_steps
from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction

KEPT = timedelta(days=60)
"""How long after its last change."""
KEPT_SENT = timedelta(days=30)
"""How long after its sending the ways back to it lead to what was said of it."""
CODE_LENGTH = 12
_NUMBER_BYTES = 16
_NONCE_BYTES = 12
_SWEPT_AT_ONCE = 50
# Letters and digits that nobody takes for one another when they are read from paper.
_READABLE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_READ_AS = str.maketrans("OIL", "011", " -")

_INSERT: LiteralString = (
    "INSERT INTO enrollment_draft (number, link, code, of_case, data, version, expires_at) "
    "VALUES (%s, %s, %s, %s, %s, 1, %s)"
)
_SELECT: LiteralString = "SELECT data, version, expires_at FROM enrollment_draft WHERE number = %s AND expires_at > %s"
_SELECT_LOCKED: LiteralString = (
    "SELECT data, version, expires_at FROM enrollment_draft WHERE number = %s AND expires_at > %s FOR UPDATE"
)
_UPDATE: LiteralString = (
    "UPDATE enrollment_draft SET data = %s, of_case = %s, version = %s, expires_at = %s WHERE number = %s"
)
_OF_LINK: LiteralString = "SELECT number FROM enrollment_draft WHERE link = %s AND expires_at > %s"
_OF_CODE: LiteralString = (
    "WITH asked (code, at) AS (VALUES (%s, %s::timestamptz)), letter AS (SELECT draft FROM draft_letter, asked "
    "WHERE draft_letter.code = asked.code AND draft_letter.expires_at > asked.at) SELECT number FROM "
    "enrollment_draft, asked WHERE expires_at > at AND (enrollment_draft.code = asked.code "
    "OR number = (SELECT draft FROM letter))"
)
# Asked for a letter at the desk, which is seldom: it has no index.
_OF_CASE: LiteralString = (
    "SELECT number FROM enrollment_draft WHERE of_case = %s AND expires_at > %s ORDER BY expires_at DESC LIMIT 1"
)
_SWEEP: LiteralString = (
    "DELETE FROM enrollment_draft WHERE number IN "
    "(SELECT number FROM enrollment_draft WHERE expires_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """What was answered so far.

    cells: answers by the columns of an application file; personal. done: names of the pages that are answered.
    case: the number of the case that came of it; empty while it is not sent. sent_on: ISO day, "" likewise.
    told: columns that were answered elsewhere before, each with the code of where; not those answered here since.
    counted: the steps at which this draft was counted already. said: what was said of it after its sending, each a code
    and its ISO day, such as "withdraw/2026-11-02".
    """

    cells: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    done: Sequence[str] = ()
    case: str = ""
    sent_on: str = ""
    told: Mapping[str, str] = field(default_factory=dict[str, str])
    counted: Sequence[str] = ()
    said: Sequence[str] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """How far it came."""
        return (BEGUN, *self.done, *((SENT,) if self.case else ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A draft as it stands. number: its secret name inside this site. version: counts its changes."""

    number: str = field(repr=False)
    version: int
    expires_at: datetime
    drafted: Drafted


def begin_draft(drafted: Drafted, *, at: datetime) -> Draft:
    """Keep a new one. at: the wall clock. Some of those that are over go away."""
    draft = _new(replace(drafted, counted=drafted.steps), until=at + KEPT)
    with shared_transaction() as pen:
        pen.execute(_SWEEP, (at, _SWEPT_AT_ONCE))
        pen.execute(_INSERT, _row_of(draft))
        count_steps(pen, drafted.steps, owner=_owner(drafted), on=at.date())
    return draft


def begin_sent(drafted: Drafted, *, at: datetime) -> Draft:
    """One for a case that came in otherwise than by the web: it leads to what may be done after sending.

    It was never an application on the web, and is not counted as one.
    """
    draft = _new(replace(drafted, counted=drafted.steps), until=at + KEPT_SENT)
    with shared_transaction() as pen:
        pen.execute(_INSERT, _row_of(draft))
    return draft


def _new(drafted: Drafted, *, until: datetime) -> Draft:
    return Draft(number=secrets.token_hex(_NUMBER_BYTES), version=1, expires_at=until, drafted=drafted)


def _row_of(draft: Draft) -> tuple[Any, ...]:
    number, drafted = draft.number, draft.drafted
    ways = (_hash(link_of(number)), _hash(code_of(number)), _of_case(drafted.case))
    return (number, *ways, _enclosed(number, drafted), draft.expires_at)


def read_draft(number: str, *, at: datetime) -> Draft | None:
    """A draft; None where there is none of this number, where it is over, or where it does not open."""
    with shared_transaction() as pen:
        row = pen.execute(_SELECT, (number, at)).fetchone()
    return None if row is None else _draft(number, row)


def change_draft(number: str, *, at: datetime, change: Callable[[Drafted], Drafted]) -> Draft | None:
    """Change a draft and keep it anew for its time; None as `read_draft`. Two changes at once come one by one.

    One that was sent is over KEPT_SENT after that, whatever is changed in it later.
    """
    with shared_transaction() as pen:
        row = pen.execute(_SELECT_LOCKED, (number, at)).fetchone()
        before = None if row is None else _draft(number, row)
        if before is None:
            return None
        drafted = change(before.drafted)
        new = [each for each in drafted.steps if each not in before.drafted.counted]
        drafted = replace(drafted, counted=(*before.drafted.counted, *new))
        until = before.expires_at if before.drafted.case else at + (KEPT_SENT if drafted.case else KEPT)
        changed = Draft(number=number, version=before.version + 1, expires_at=until, drafted=drafted)
        of_case = _of_case(changed.drafted.case)
        values = (_enclosed(number, changed.drafted), of_case, changed.version, changed.expires_at, number)
        pen.execute(_UPDATE, values)
        count_steps(pen, new, owner=_owner(drafted), on=at.date())
    return changed


def link_of(number: str) -> str:
    """The secret part of the address that leads back to a draft; kept nowhere."""
    return base64.urlsafe_b64encode(current_keys().web_draft_way("link", number=number)).decode().rstrip("=")


def code_of(number: str) -> str:
    """The code that leads back to a draft, for paper: such as 7K3M-9QXT-2HWP; kept nowhere."""
    return code_as_read(current_keys().web_draft_way("code", number=number))


def code_as_read(secret: bytes) -> str:
    """The first 60 bits of a secret as people copy them from paper."""
    signs = base64.b32encode(secret).decode().translate(_READABLE)
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def number_of_link(link: str, *, at: datetime) -> str | None:
    """The draft to which a link leads; None for any other."""
    return _found(_OF_LINK, link, at)


def number_of_code(code: str, *, at: datetime) -> str | None:
    """The draft of its code, or of that of a letter, as somebody types it; None for any other."""
    signs = code.upper().translate(_READ_AS)
    return _found(_OF_CODE, "-".join(signs[start : start + 4] for start in range(0, len(signs), 4)), at)


def number_of_case(case: CaseNumber, *, at: datetime) -> str | None:
    """The draft of which a case came, while it is kept; None for any other."""
    with shared_transaction() as pen:
        row = pen.execute(_OF_CASE, (_of_case(case), at)).fetchone()
    return None if row is None else str(row[0])


def hash_of_code(code: str) -> str:
    """As which a code is kept."""
    return _hash(code)


def _of_case(case: str) -> str:
    # Keyed: the numbers of cases are no secret, and the table must not say whose draft this is.
    return current_keys().web_draft_way("case", number=case).hex() if case else ""


def _found(sql: LiteralString, secret: str, at: datetime) -> str | None:
    with shared_transaction() as pen:
        row = pen.execute(sql, (_hash(secret), at)).fetchone()
    return None if row is None else str(row[0])


def _owner(drafted: Drafted) -> str:
    return drafted.cells.get("organization", "")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _draft(number: str, row: tuple[Any, ...]) -> Draft | None:
    try:
        drafted = _opened(number, bytes(row[0]))
    except (InvalidTag, ValueError):
        return None
    return Draft(number=number, version=row[1], expires_at=row[2], drafted=drafted)


def _enclosed(number: str, drafted: Drafted) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    kept = {
        "cells": dict(drafted.cells),
        "done": list(drafted.done),
        "case": drafted.case,
        "sent_on": drafted.sent_on,
        "told": dict(drafted.told),
        "counted": list(drafted.counted),
        "said": list(drafted.said),
    }
    return nonce + AESGCM(current_keys().web_drafts()).encrypt(nonce, json.dumps(kept).encode(), number.encode())


def _opened(number: str, data: bytes) -> Drafted:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    kept = json.loads(AESGCM(current_keys().web_drafts()).decrypt(nonce, enclosed, number.encode()))
    return Drafted(
        cells=kept["cells"],
        done=tuple(kept["done"]),
        case=kept["case"],
        sent_on=kept["sent_on"],
        # Drafts of an older release have none.
        told=kept.get("told", {}),
        counted=tuple(kept.get("counted", ())),
        said=tuple(kept.get("said", ())),
    )
