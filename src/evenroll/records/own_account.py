"""What the books of an organization know of one of its customers, for that customer alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, LiteralString

from evenroll.quantities.identifiers import CustomerId
from evenroll.records import vault
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import PersonalRef
from evenroll.records.tokens import TokenKind

_CUSTOMER: Final[LiteralString] = "SELECT personal FROM customer WHERE organization_id = %s AND id = %s"
# Two of either, and nobody can say for the customer which of them is meant.
_ACCOUNTS: Final[LiteralString] = (
    "SELECT personal, id FROM customer_account WHERE organization_id = %s AND customer_id = %s AND status = 'active' "
    "ORDER BY id LIMIT 2"
)
_PREMISES: Final[LiteralString] = (
    "SELECT DISTINCT location.personal, location.postal_code FROM usage_point AS point "
    "JOIN service_location AS location ON location.organization_id = point.organization_id "
    "AND location.id = point.location_id WHERE point.organization_id = %s AND point.account_id = %s LIMIT 2"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnAccount:
    """Empty where it is not known, or where there are several of it."""

    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    account_number: str = field(default="", repr=False)
    service_address: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    last_bill_amount: str = field(default="", repr=False)


def own_account(customer: CustomerId) -> OwnAccount:
    """What is known of this customer of the open organization; all empty for one that is not there or is erased."""
    found = _rows(_CUSTOMER, customer)
    accounts = _rows(_ACCOUNTS, customer) if found else []
    premises = _rows(_PREMISES, accounts[0][1]) if len(accounts) == 1 else []
    person = _fields(found)
    account = _fields(accounts) if len(accounts) == 1 else {}
    premise = _fields(premises) if len(premises) == 1 else {}
    return OwnAccount(
        name=person.get(TokenKind.NAME, ""),
        email=person.get(TokenKind.EMAIL, ""),
        phone=person.get(TokenKind.PHONE, ""),
        account_number=account.get(TokenKind.ACCOUNT_NUMBER, ""),
        last_bill_amount=account.get(TokenKind.LAST_BILL_AMOUNT, ""),
        service_address=premise.get(TokenKind.SERVICE_ADDRESS, ""),
        postal_code=str(premises[0][1]) if premise else "",
    )


def _fields(rows: list[tuple[Any, ...]]) -> dict[TokenKind, str]:
    """The personal fields of the first row."""
    if not rows:
        return {}
    try:
        kept = vault.read(PersonalRef(rows[0][0]))
    except (vault.PersonalMissing, vault.PersonalErased):
        return {}
    return {kind: str(kept[kind.value]) for kind in TokenKind if kept.get(kind.value)}


def _rows(sql: LiteralString, of: int) -> list[tuple[Any, ...]]:
    with cursor() as pen:
        return pen.execute(sql, (current().id, of)).fetchall()
