"""Filling the books of an organization: customers, accounts, locations, usage points, reads, registry rows.

All of it happens inside open_organization or unit_of_work. Personal values go into the vault and become tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import LiteralString

from psycopg.sql import SQL, Identifier, Placeholder

from evenroll.quantities.identifiers import AccountId, CustomerId, LocationId, MeterSerial, OrganizationKey, PodId
from evenroll.records import vault
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import KeyId
from evenroll.records.register import ACCOUNT, CUSTOMER, LOCATION
from evenroll.records.tokens import TokenKind, index

REGISTRY = "supply_registry"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """An account to be kept. number, last_bill_amount: personal."""

    customer: CustomerId
    number: str = field(repr=False)
    customer_class: str
    opened_on: date
    status: str = "active"
    good_standing: bool = True
    assistance: bool = False
    last_bill_amount: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPoint:
    """A usage point to be kept; what its meters and agreements are comes in by its stream."""

    pod: PodId
    location: LocationId
    account: AccountId | None
    read_cycle: str
    net_metering: bool = False
    interval_opt_out: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSupply:
    """A row of a clearinghouse: who delivers to and supplies a usage point from a day on. address: personal."""

    pod: PodId
    postal_code: str
    address: str = field(default="", repr=False)
    utility: OrganizationKey
    supplier: OrganizationKey | None
    supplier_kind: str
    from_on: date
    status: str = "active"
    pending_to: OrganizationKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRead:
    """What a register stood at on the morning of a day, Wh after the multiplier."""

    serial: MeterSerial
    register: str
    read_on: date
    value_wh: int
    quality: str = "actual"


def add_customer(*, personal: Mapping[TokenKind, str], language: str = "en", life_support: bool = False) -> CustomerId:
    """Keep a customer under a key of their own. personal: NAME, PHONE, EMAIL; by them they are found."""
    key_id = vault.new_key(CUSTOMER)
    ref = vault.store(key_id, {kind.value: value for kind, value in personal.items()})
    customer = CustomerId(
        _inserted(
            "customer",
            ("key_id", "personal", "language", "life_support"),
            (key_id, ref, language, life_support),
        )
    )
    prefix = [(TokenKind.NAME_PREFIX, value) for kind, value in personal.items() if kind is TokenKind.NAME]
    index(key_id, subject_kind=CUSTOMER, subject_id=customer, values=(*personal.items(), *prefix))
    return customer


def add_account(new: NewAccount) -> AccountId:
    """Keep an account under its customer's key."""
    key_id = customer_key(new.customer)
    personal = {TokenKind.ACCOUNT_NUMBER: new.number, TokenKind.LAST_BILL_AMOUNT: new.last_bill_amount}
    ref = vault.store(key_id, {kind.value: value for kind, value in personal.items()})
    account = AccountId(
        _inserted(
            "customer_account",
            ("customer_id", "personal", "customer_class", "status", "opened_on", "good_standing", "assistance"),
            (new.customer, ref, new.customer_class, new.status, new.opened_on, new.good_standing, new.assistance),
        )
    )
    index(key_id, subject_kind=ACCOUNT, subject_id=account, values=personal.items())
    return account


def add_location(*, address: str, postal_code: str, dwelling: str = "unsaid") -> LocationId:
    """Keep a premise; its address is under a key of its own, because it outlives its customers."""
    key_id = vault.new_key(LOCATION)
    ref = vault.store(key_id, {TokenKind.SERVICE_ADDRESS.value: address})
    location = LocationId(
        _inserted("service_location", ("personal", "postal_code", "dwelling"), (ref, postal_code, dwelling))
    )
    values = ((TokenKind.SERVICE_ADDRESS, address), (TokenKind.POSTAL_CODE, postal_code))
    index(key_id, subject_kind=LOCATION, subject_id=location, values=values)
    return location


def add_point(new: NewPoint) -> None:
    """Keep a usage point."""
    _inserted(
        "usage_point",
        ("pod", "location_id", "account_id", "read_cycle", "net_metering", "interval_opt_out"),
        (new.pod, new.location, new.account, new.read_cycle, new.net_metering, new.interval_opt_out),
    )


def add_supply(new: NewSupply) -> None:
    """Keep a row of a clearinghouse; the address becomes a token only."""
    row = _inserted(
        "supply_registry",
        ("pod", "postal_code", "utility", "supplier", "supplier_kind", "from_on", "status", "pending_to"),
        (
            new.pod,
            new.postal_code,
            new.utility,
            new.supplier,
            new.supplier_kind,
            new.from_on,
            new.status,
            new.pending_to,
        ),
    )
    if new.address:
        key_id = vault.new_key(REGISTRY)
        values = ((TokenKind.SERVICE_ADDRESS, new.address),)
        index(key_id, subject_kind=REGISTRY, subject_id=row, values=values)


def add_reads(reads: Iterable[NewRead]) -> None:
    """Keep reads, many at once; those that are there already stay as they are."""
    flat = [(each.serial, each.register, each.read_on, each.value_wh, each.quality) for each in reads]
    if flat:
        with cursor() as pen:
            pen.execute(_ADD_READS, (current().id, *(list(column) for column in zip(*flat, strict=True))))


# Row-level security takes no COPY FROM; one statement with arrays is nearly as fast.
_ADD_READS: LiteralString = (
    "INSERT INTO meter_read (organization_id, serial, register, read_on, value_wh, quality) "
    "SELECT %s, read.* FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[], %s::text[]) AS read "
    "ON CONFLICT (organization_id, serial, register, read_on) DO NOTHING"
)


def customer_key(customer: CustomerId) -> KeyId:
    """The vault key of a customer. Raises PersonalMissing if this organization has no such customer."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT key_id FROM customer WHERE organization_id = %s AND id = %s", (current().id, customer)
        ).fetchone()
    if row is None:
        raise vault.PersonalMissing(f"Customer {customer} is not in the books of {current().key}. Load it first.")
    return KeyId(row[0])


def set_last_bill_amount(account: AccountId, *, amount: str) -> None:
    """The amount of the account's last bill, by which its customer may prove it; the one before proves nothing more."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT customer_id FROM customer_account WHERE organization_id = %s AND id = %s", (current().id, account)
        ).fetchone()
        if row is None:
            raise vault.PersonalMissing(f"Account {account} is not in the books of {current().key}. Load it first.")
        pen.execute(
            "DELETE FROM search_token "
            "WHERE organization_id = %s AND kind = %s AND subject_kind = %s AND subject_id = %s",
            (current().id, TokenKind.LAST_BILL_AMOUNT.value, ACCOUNT, account),
        )
    key_id = customer_key(CustomerId(row[0]))
    index(key_id, subject_kind=ACCOUNT, subject_id=account, values=((TokenKind.LAST_BILL_AMOUNT, amount),))


def _inserted(table: str, columns: tuple[str, ...], values: tuple[object, ...]) -> int:
    insert = SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, ("organization_id", *columns))),
        SQL(", ").join([Placeholder()] * (len(columns) + 1)),
    )
    with cursor() as pen:
        row = pen.execute(insert, (current().id, *values)).fetchone()
    assert row is not None
    return row[0]
