"""Filling the books of an organization with many rows at once: a few statements for all, in the order given.

All of it happens inside open_organization or unit_of_work, as in `books`, which does the same one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg.sql import SQL, Identifier

from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import AccountId, CustomerId, LocationId
from evenroll.records import vault
from evenroll.records.books import REGISTRY, NewAccount, NewPoint, NewSupply
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import KeyId
from evenroll.records.register import ACCOUNT, CUSTOMER, LOCATION
from evenroll.records.tokens import Findable, TokenKind, index_many

_ARRAYS = {
    "bigint": SQL("%s::bigint[]"),
    "boolean": SQL("%s::boolean[]"),
    "date": SQL("%s::date[]"),
    "text": SQL("%s::text[]"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCustomer:
    """A customer to be kept. personal: NAME, PHONE, EMAIL; by them they are found."""

    personal: Mapping[TokenKind, str] = field(repr=False)
    language: str = "en"
    life_support: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLocation:
    """A premise to be kept. address: personal. number: the organization's own number of it, "" where it has none."""

    address: str = field(repr=False)
    postal_code: str
    dwelling: str = "unsaid"
    number: str = field(default="", repr=False)


def add_customers(new: Sequence[NewCustomer]) -> tuple[CustomerId, ...]:
    """Keep customers, each under a key of their own."""
    keys = vault.new_keys(CUSTOMER, count=len(new))
    refs = vault.store_many([(key_id, _named(each.personal)) for key_id, each in zip(keys, new, strict=True)])
    ids = _inserted(
        "customer",
        {"key_id": "bigint", "personal": "bigint", "language": "text", "life_support": "boolean"},
        [(key_id, ref, each.language, each.life_support) for key_id, ref, each in zip(keys, refs, new, strict=True)],
    )
    index_many(
        (
            Findable(key_id=key_id, subject_id=subject, values=_with_prefix(each.personal))
            for key_id, subject, each in zip(keys, ids, new, strict=True)
        ),
        subject_kind=CUSTOMER,
    )
    return tuple(CustomerId(each) for each in ids)


def add_accounts(new: Sequence[NewAccount]) -> tuple[AccountId, ...]:
    """Keep accounts, each under its customer's key. Raises vault.PersonalMissing for a customer who is not here."""
    keys = _customer_keys([each.customer for each in new])
    personal = [
        {TokenKind.ACCOUNT_NUMBER: each.number, TokenKind.LAST_BILL_AMOUNT: each.last_bill_amount} for each in new
    ]
    refs = vault.store_many([(key_id, _named(own)) for key_id, own in zip(keys, personal, strict=True)])
    ids = _inserted(
        "customer_account",
        {
            "customer_id": "bigint",
            "personal": "bigint",
            "customer_class": "text",
            "status": "text",
            "opened_on": "date",
            "good_standing": "boolean",
            "assistance": "boolean",
        },
        [
            (each.customer, ref, each.customer_class, each.status, each.opened_on, each.good_standing, each.assistance)
            for ref, each in zip(refs, new, strict=True)
        ],
    )
    index_many(
        (
            Findable(key_id=key_id, subject_id=subject, values=tuple(own.items()))
            for key_id, subject, own in zip(keys, ids, personal, strict=True)
        ),
        subject_kind=ACCOUNT,
    )
    return tuple(AccountId(each) for each in ids)


def add_locations(new: Sequence[NewLocation]) -> tuple[LocationId, ...]:
    """Keep premises, each address under a key of its own."""
    keys = vault.new_keys(LOCATION, count=len(new))
    refs = vault.store_many([(key_id, _of_location(each)) for key_id, each in zip(keys, new, strict=True)])
    ids = _inserted(
        "service_location",
        {"personal": "bigint", "postal_code": "text", "dwelling": "text"},
        [(ref, each.postal_code, each.dwelling) for ref, each in zip(refs, new, strict=True)],
    )
    index_many(
        (
            Findable(
                key_id=key_id,
                subject_id=subject,
                values=(
                    (TokenKind.SERVICE_ADDRESS, each.address),
                    (TokenKind.POSTAL_CODE, each.postal_code),
                    (TokenKind.PREMISE_NUMBER, each.number),
                ),
            )
            for key_id, subject, each in zip(keys, ids, new, strict=True)
        ),
        subject_kind=LOCATION,
    )
    return tuple(LocationId(each) for each in ids)


def add_points(new: Sequence[NewPoint]) -> None:
    """Keep usage points."""
    _inserted(
        "usage_point",
        {
            "pod": "text",
            "location_id": "bigint",
            "account_id": "bigint",
            "read_cycle": "text",
            "net_metering": "boolean",
            "interval_opt_out": "boolean",
        },
        [
            (each.pod, each.location, each.account, each.read_cycle, each.net_metering, each.interval_opt_out)
            for each in new
        ],
    )


def add_supplies(new: Sequence[NewSupply]) -> None:
    """Keep rows of a clearinghouse; the addresses become tokens only."""
    names = ("pod", "postal_code", "utility", "supplier", "supplier_kind", "from_on", "status", "pending_to")
    ids = _inserted(
        "supply_registry",
        {name: "date" if name == "from_on" else "text" for name in names},
        [tuple(getattr(each, name) for name in names) for each in new],
    )
    named = [(subject, each.address) for subject, each in zip(ids, new, strict=True) if each.address]
    keys = vault.new_keys(REGISTRY, count=len(named))
    index_many(
        (
            Findable(key_id=key_id, subject_id=subject, values=((TokenKind.SERVICE_ADDRESS, address),))
            for key_id, (subject, address) in zip(keys, named, strict=True)
        ),
        subject_kind=REGISTRY,
    )


def _inserted(table: str, columns: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> list[int]:
    """The ids of the new rows, in the order of the rows. columns: name to type of PostgreSQL."""
    if not rows:
        return []
    insert = SQL(
        "INSERT INTO {} (organization_id, {}) SELECT %s, {} FROM unnest({}) WITH ORDINALITY AS new ({}, place) "
        "ORDER BY place RETURNING id"
    ).format(
        Identifier(table),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(Identifier("new", name) for name in columns),
        SQL(", ").join(_ARRAYS[type_] for type_ in columns.values()),
        SQL(", ").join(map(Identifier, columns)),
    )
    with cursor() as pen:
        found = pen.execute(insert, (current().id, *(list(each) for each in zip(*rows, strict=True)))).fetchall()
    # The ids were drawn from a sequence in the order of the rows; the order in which they come back is not promised.
    return sorted(row[0] for row in found)


def _of_location(new: NewLocation) -> dict[str, JsonValue]:
    address: dict[str, JsonValue] = {TokenKind.SERVICE_ADDRESS.value: new.address}
    return {**address, TokenKind.PREMISE_NUMBER.value: new.number} if new.number else address


def _named(personal: Mapping[TokenKind, str]) -> dict[str, JsonValue]:
    return {kind.value: value for kind, value in personal.items()}


def _with_prefix(personal: Mapping[TokenKind, str]) -> tuple[tuple[TokenKind, str], ...]:
    prefix = ((TokenKind.NAME_PREFIX, value) for kind, value in personal.items() if kind is TokenKind.NAME)
    return (*personal.items(), *prefix)


def _customer_keys(customers: Sequence[CustomerId]) -> list[KeyId]:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id, key_id FROM customer WHERE organization_id = %s AND id = ANY(%s)",
            (current().id, list(customers)),
        ).fetchall()
    found = dict(rows)
    missing = [each for each in customers if each not in found]
    if missing:
        raise vault.PersonalMissing(f"Customer {missing[0]} is not in the books of {current().key}. Load it first.")
    return [KeyId(found[each]) for each in customers]
