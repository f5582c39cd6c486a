"""Personal answers of cases that are taken together: in hand until all is decided, then each is encrypted once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from evenroll.quantities.codec import JsonValue
from evenroll.records import vault
from evenroll.records.foreseen import Unforeseen
from evenroll.records.keys import KEY_BYTES
from evenroll.records.personal_ref import KeyId, PersonalRef
from evenroll.records.row_batch import Put, Rows

ANSWERS = "answers"
"""The kind of subject that a VIN leads to: the answers that it stands in."""

_OF_CASE = "case"
_VIN = "vin"
_VIN_TAIL = "vin_tail"

_KEY = Put(table="customer_key", columns=(("id", "bigint"), ("subject_kind", "text"), ("wrapped", "bytea")), keys=0)
_RECORD = Put(
    table="personal_record", columns=(("id", "bigint"), ("key_id", "bigint"), ("ciphertext", "bytea")), keys=0
)
_TOKEN = Put(
    table="search_token",
    columns=(
        ("key_id", "bigint"),
        ("kind", "text"),
        ("token", "text"),
        ("subject_kind", "text"),
        ("subject_id", "bigint"),
    ),
    keys=0,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DataKey:
    """A data key, open: its number and the 32 bytes."""

    id: KeyId
    secret: bytes = field(repr=False)


@dataclass(slots=True)
class _Held:
    fields: Mapping[str, JsonValue] = field(repr=False)
    vin: str
    vin_tail: str
    born: DataKey
    under: DataKey


class AnswersInHand:
    """What a vault would keep. `since` and `forget_since` undo what a command kept that was not taken."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}

    def keep(self, fields: Mapping[str, JsonValue], *, vin: str, vin_tail: str) -> PersonalRef:
        """Keep personal fields under a fresh key of their own. vin, vin_tail: the tokens that lead to them, or ""."""
        ref = PersonalRef(secrets.randbits(63))
        key = DataKey(id=KeyId(secrets.randbits(63)), secret=os.urandom(KEY_BYTES))
        self._held[ref] = _Held(fields=fields, vin=vin, vin_tail=vin_tail, born=key, under=key)
        return ref

    def read(self, ref: int) -> Mapping[str, JsonValue]:
        """The fields kept under a number. Raises Unforeseen for one that is not in hand."""
        return self._of(ref).fields

    def vin(self, ref: int) -> str:
        """The token of the VIN among them; "" where there is none."""
        return self._of(ref).vin

    def give(self, ref: int, *, key: DataKey) -> None:
        """Put them, and the token that leads to them, under another key."""
        self._of(ref).under = key

    def since(self) -> int:
        """How many are in hand."""
        return len(self._held)

    def forget_since(self, count: int) -> None:
        """Forget those that were kept after there were so many."""
        for ref in list(self._held)[count:]:
            del self._held[ref]

    def write(self, rows: Rows) -> None:
        """Put the rows of all of them. The organization must be open."""
        for ref, held in self._held.items():
            born = held.born
            rows.put(_KEY, (born.id, _OF_CASE, vault.wrapped_key(born.id, born.secret)))
            text = vault.sealed_record(PersonalRef(ref), held.fields, secret=held.under.secret)
            rows.put(_RECORD, (ref, held.under.id, text))
            if held.vin:
                rows.put(_TOKEN, (held.under.id, _VIN, held.vin, ANSWERS, ref))
                rows.put(_TOKEN, (held.under.id, _VIN_TAIL, held.vin_tail, ANSWERS, ref))

    def _of(self, ref: int) -> _Held:
        try:
            return self._held[ref]
        except KeyError:
            raise Unforeseen("These answers are not among those that are taken together.") from None


_in_hand: ContextVar[AnswersInHand | None] = ContextVar("evenroll_answers_in_hand", default=None)


@contextmanager
def keeping_in_hand(answers: AnswersInHand) -> Iterator[None]:
    """In this block answers are kept in hand."""
    token = _in_hand.set(answers)
    try:
        yield
    finally:
        _in_hand.reset(token)


def in_hand() -> AnswersInHand | None:
    """The answers in hand; None where each goes to the vault by itself."""
    return _in_hand.get()
