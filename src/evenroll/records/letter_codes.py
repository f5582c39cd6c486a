"""Letters with a code that leads to an application: each with a code of its own, good for 30 days, few of them.

The code is made from the master key and kept nowhere; the table has its hash, and who of the staff made the letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, LiteralString

from evenroll.records.drafts import code_as_read, hash_of_code
from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction

LASTS: Final = timedelta(days=30)
LETTERS_MAX: Final = 4
"""Within LASTS: who has the post of a house can be sent no heap of them."""
PAUSE: Final = timedelta(hours=24)

_LOCK: LiteralString = "SELECT 1 FROM enrollment_draft WHERE number = %s AND expires_at > %s FOR UPDATE"
_BEFORE: LiteralString = "SELECT made_at FROM draft_letter WHERE draft = %s AND made_at > %s ORDER BY made_at"
_INSERT: LiteralString = (
    "INSERT INTO draft_letter (code, draft, made_at, expires_at, made_by) VALUES (%s, %s, %s, %s, %s)"
)
_KEEP: LiteralString = "UPDATE enrollment_draft SET expires_at = greatest(expires_at, %s) WHERE number = %s"
_SWEEP: LiteralString = "DELETE FROM draft_letter WHERE expires_at < %s"


class DraftGone(LookupError):
    """There is no application to write about any more."""


class TooManyLetters(ValueError):
    """Another letter may be made at `again_at`, and not before."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"The next letter about this application may be made at {again_at.isoformat()}.")
        self.again_at = again_at


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterCode:
    """The code of a letter, such as 7K3M-9QXT-2HWP, and until when it leads to the application."""

    code: str = field(repr=False)
    expires_at: datetime


def make_letter_code(draft: str, *, by: str, at: datetime) -> LetterCode:
    """A new code for the application of this number; the application is kept as long as the code is good.

    by: who of the staff; at: the wall clock. Raises DraftGone and TooManyLetters.
    """
    until = at + LASTS
    with shared_transaction() as pen:
        # Two at once come one by one, so that both count.
        if pen.execute(_LOCK, (draft, at)).fetchone() is None:
            raise DraftGone("The application is over; there is nothing to write about. Begin a new one.")
        before = [row[0] for row in pen.execute(_BEFORE, (draft, at - LASTS)).fetchall()]
        again_at = _again_at(before)
        if again_at is not None and again_at > at:
            raise TooManyLetters(again_at)
        code = code_as_read(current_keys().web_draft_way("letter", number=f"{draft}/{at.isoformat()}"))
        pen.execute(_SWEEP, (at - LASTS,))
        pen.execute(_INSERT, (hash_of_code(code), draft, at, until, by))
        pen.execute(_KEEP, (until, draft))
    return LetterCode(code=code, expires_at=until)


def _again_at(before: list[datetime]) -> datetime | None:
    """When the next may be made, after these of the last LASTS, ascending; None where there were none."""
    if not before:
        return None
    full = before[-LETTERS_MAX] + LASTS if len(before) >= LETTERS_MAX else before[-1]
    return max(before[-1] + PAUSE, full)
