"""Search tokens: keyed hashes of normalized personal values, the only way to find a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import LiteralString

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.keys import current_keys
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import KeyId

TOKEN_DIGITS = 32
NAME_PREFIX_LETTERS = 3
VIN_TAIL_LETTERS = 6
PHONE_DIGITS = 10


class TokenKind(StrEnum):
    """What a token stands for; each kind is normalized in its own way."""

    NAME = "name"
    NAME_PREFIX = "name_prefix"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT_NUMBER = "account_number"
    PREMISE_NUMBER = "premise_number"
    SERVICE_ADDRESS = "service_address"
    POSTAL_CODE = "postal_code"
    METER_SERIAL = "meter_serial"
    LAST_BILL_AMOUNT = "last_bill_amount"
    VIN = "vin"
    VIN_TAIL = "vin_tail"


def token(kind: TokenKind, value: str) -> str:
    """The token of a value in the open organization, 32 hexadecimal digits; other organizations have other ones."""
    return token_of(current().key, kind=kind, value=value)


def token_of(organization: OrganizationKey, *, kind: TokenKind, value: str) -> str:
    """The token of a value in an organization that need not be open."""
    text = normalized(kind, value)
    return current_keys().digest(organization, purpose=f"token/{kind}", text=text)[:TOKEN_DIGITS]


def normalized(kind: TokenKind, value: str) -> str:
    """The form in which two writings of the same value agree. Personal: never kept."""
    return _NORMAL[kind](value)


def index(key_id: KeyId, *, subject_kind: str, subject_id: int, values: Iterable[tuple[TokenKind, str]]) -> None:
    """Make a subject findable by these values; empty ones are left out. Goes with its key when that is destroyed."""
    rows = [
        (current().id, key_id, kind.value, token(kind, value), subject_kind, subject_id)
        for kind, value in values
        if normalized(kind, value)
    ]
    with cursor() as pen:
        pen.executemany(
            "INSERT INTO search_token (organization_id, key_id, kind, token, subject_kind, subject_id) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            rows,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Findable:
    """A subject that is to be found by these values; personal."""

    key_id: KeyId
    subject_id: int
    values: tuple[tuple[TokenKind, str], ...] = field(repr=False)


def index_many(subjects: Iterable[Findable], *, subject_kind: str) -> None:
    """Make many subjects of one kind findable, by one statement; as `index` does each."""
    rows = [
        (each.key_id, kind.value, token(kind, value), each.subject_id)
        for each in subjects
        for kind, value in each.values
        if normalized(kind, value)
    ]
    if rows:
        with cursor() as pen:
            pen.execute(_INDEX_MANY, (current().id, subject_kind, *(list(each) for each in zip(*rows, strict=True))))


_INDEX_MANY: LiteralString = (
    "INSERT INTO search_token (organization_id, subject_kind, key_id, kind, token, subject_id) "
    "SELECT %s, %s, new.* FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS new ON CONFLICT DO NOTHING"
)


def find_by_token(kind: TokenKind, value: str, *, subject_kind: str) -> tuple[int, ...]:
    """The subjects of a kind that have this value, in the open organization; ascending."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT subject_id FROM search_token WHERE organization_id = %s AND kind = %s AND token = %s "
            "AND subject_kind = %s ORDER BY subject_id",
            (current().id, kind.value, token(kind, value), subject_kind),
        ).fetchall()
    return tuple(row[0] for row in rows)


def _words(value: str) -> list[str]:
    # "José  Núñez-Rey" and "jose nunez rey" are one name.
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", value) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in plain.casefold()).split()


def _digits(value: str) -> str:
    return "".join(sign for sign in value if sign.isdecimal())


def _signs(value: str) -> str:
    return "".join(sign for sign in value.upper() if sign.isalnum())


def _amount(value: str) -> str:
    # "84.1", "84.10" and "$ 84.10" are one amount.
    text = value.strip().removeprefix("$").replace(",", "").strip()
    try:
        amount = Decimal(text)
        return str(amount.normalize()) if amount.is_finite() else text
    except ArithmeticError:
        return text


def _written_words(value: str) -> str:
    return " ".join(_words(value))


_NORMAL: Mapping[TokenKind, Callable[[str], str]] = MappingProxyType(
    {
        TokenKind.NAME: _written_words,
        TokenKind.NAME_PREFIX: lambda value: "".join(_words(value))[:NAME_PREFIX_LETTERS],
        TokenKind.PHONE: lambda value: _digits(value)[-PHONE_DIGITS:],
        TokenKind.EMAIL: lambda value: value.strip().casefold(),
        TokenKind.ACCOUNT_NUMBER: _signs,
        TokenKind.PREMISE_NUMBER: _signs,
        TokenKind.SERVICE_ADDRESS: _written_words,
        TokenKind.POSTAL_CODE: _signs,
        TokenKind.METER_SERIAL: _signs,
        TokenKind.LAST_BILL_AMOUNT: _amount,
        TokenKind.VIN: _signs,
        TokenKind.VIN_TAIL: lambda value: _signs(value)[-VIN_TAIL_LETTERS:],
    }
)
