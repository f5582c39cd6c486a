"""Loading accounts and premises: personal values are compared with what the vault holds, and never staged in the open.

Batches are written as they come, inside the one transaction of the load: a fault anywhere takes all of it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.sql import SQL, Identifier

from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import CustomerId
from evenroll.records import loads, vault
from evenroll.records.books import NewAccount
from evenroll.records.books_many import NewCustomer, NewLocation, add_accounts, add_customers, add_locations
from evenroll.records.load_terms import LoadFault, LoadFaultCode, Standing
from evenroll.records.loads_points import Tally
from evenroll.records.organizations import current
from evenroll.records.personal_ref import KeyId, PersonalRef
from evenroll.records.register import ACCOUNT, CUSTOMER, LOCATION
from evenroll.records.tokens import TokenKind, index, token

_ROW: Final = "row {}"
_CUSTOMER_PERSONAL: Final = (TokenKind.NAME, TokenKind.PHONE, TokenKind.EMAIL)
_CUSTOMER_PLAIN: Final = ("language", "life_support")
_ACCOUNT_PLAIN: Final = ("customer_class", "status", "opened_on", "closed_on", "good_standing", "assistance")
_LOCATION_PLAIN: Final = ("postal_code", "dwelling")

_ACCOUNTS: Final = SQL(
    "SELECT t.token, a.id, a.customer_id, c.key_id, c.personal, c.language, c.life_support, a.customer_class, "
    "a.status, a.opened_on, a.closed_on, a.good_standing, a.assistance, ARRAY(SELECT bill.token FROM search_token "
    "AS bill WHERE bill.organization_id = a.organization_id AND bill.subject_kind = t.subject_kind "
    "AND bill.subject_id = a.id AND bill.kind = 'last_bill_amount') FROM search_token AS t "
    "JOIN customer_account AS a ON a.organization_id = t.organization_id AND a.id = t.subject_id "
    "JOIN customer AS c ON c.organization_id = t.organization_id AND c.id = a.customer_id "
    "WHERE t.organization_id = %s AND t.kind = %s AND t.subject_kind = %s AND t.token = ANY(%s)"
)
_PREMISES: Final = SQL(
    "SELECT t.token, l.id, t.key_id, l.personal, l.postal_code, l.dwelling FROM search_token AS t "
    "JOIN service_location AS l ON l.organization_id = t.organization_id AND l.id = t.subject_id "
    "WHERE t.organization_id = %s AND t.kind = %s AND t.subject_kind = %s AND t.token = ANY(%s)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """A row of accounts or premises: its number in the file and its values by column; what is absent is not said."""

    number: int
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """A subject that the books have: its number, key, where its personal record stands, its plain columns."""

    id: int
    customer: int
    key_id: KeyId
    ref: PersonalRef
    plain: Mapping[str, Any]
    bill_token: str = ""


def load_accounts(batch: Sequence[PersonRow], *, tally: Tally, writes: bool) -> Iterator[LoadFault]:
    """Compare a batch of accounts with the books and, where `writes`, bring these to it."""
    tokens = [token(TokenKind.ACCOUNT_NUMBER, row.values["account"]) for row in batch]
    known, ambiguous = _found(_ACCOUNTS, tokens, TokenKind.ACCOUNT_NUMBER, subject=ACCOUNT, read=_known_account)
    personal = vault.read_many([each.ref for each in known.values()])
    yield from _stage(batch, tokens, ambiguous, column="account")
    new: list[PersonRow] = []
    for row, key in zip(batch, tokens, strict=True):
        before = known.get(key)
        if before is None:
            new.append(row)
            tally.note(Standing.NEW, _ROW.format(row.number))
        elif _account_changes(row, before, personal[before.ref], writes=writes):
            tally.note(Standing.CHANGED, _ROW.format(row.number))
        else:
            tally.note(Standing.UNCHANGED, "")
    if writes and new:
        _add_accounts(new)


def load_premises(batch: Sequence[PersonRow], *, tally: Tally, writes: bool) -> Iterator[LoadFault]:
    """Compare a batch of premises with the books and, where `writes`, bring these to it."""
    tokens = [token(TokenKind.PREMISE_NUMBER, row.values["premise"]) for row in batch]
    known, ambiguous = _found(_PREMISES, tokens, TokenKind.PREMISE_NUMBER, subject=LOCATION, read=_known_premise)
    personal = vault.read_many([each.ref for each in known.values()])
    yield from _stage(batch, tokens, ambiguous, column="premise")
    new: list[PersonRow] = []
    for row, key in zip(batch, tokens, strict=True):
        before = known.get(key)
        if before is None:
            new.append(row)
            tally.note(Standing.NEW, _ROW.format(row.number))
        elif _premise_changes(row, before, personal[before.ref], writes=writes):
            tally.note(Standing.CHANGED, _ROW.format(row.number))
        else:
            tally.note(Standing.UNCHANGED, "")
    if writes and new:
        add_locations([_new_location(row.values) for row in new])


def prepare(tally: Tally) -> None:
    """The table that keys are staged in, as tokens, to see which come twice and which are absent."""
    loads.make_table(loads.STAGE, {"row_number": "bigint", "key": "text"})
    for standing in (Standing.NEW, Standing.CHANGED, Standing.UNCHANGED):
        tally.counts.setdefault(standing, 0)


def count_absent(tally: Tally, *, kind: TokenKind, subject: str) -> None:
    """How many subjects of the books the file does not have."""
    loads.analyze(loads.STAGE)
    found = loads.rows_of(
        SQL(
            "SELECT count(DISTINCT known.subject_id) FROM search_token AS known WHERE known.organization_id = %s "
            "AND known.kind = %s AND known.subject_kind = %s "
            "AND NOT EXISTS (SELECT 1 FROM load_stage AS staged WHERE staged.key = known.token)"
        ),
        current().id,
        kind.value,
        subject,
    )
    tally.counts[Standing.ABSENT] = found[0][0]


def _stage(
    batch: Sequence[PersonRow], tokens: Sequence[str], ambiguous: frozenset[str], *, column: str
) -> Iterator[LoadFault]:
    loads.copy_into(
        loads.STAGE, ("row_number", "key"), ((row.number, key) for row, key in zip(batch, tokens, strict=True))
    )
    for row, key in zip(batch, tokens, strict=True):
        if key in ambiguous:
            yield LoadFault(row=row.number, column=column, code=LoadFaultCode.AMBIGUOUS)


def _found(
    statement: SQL,
    tokens: Sequence[str],
    kind: TokenKind,
    *,
    subject: str,
    read: Callable[[tuple[Any, ...]], _Known],
) -> tuple[dict[str, _Known], frozenset[str]]:
    known: dict[str, _Known] = {}
    ambiguous: set[str] = set()
    for row in loads.rows_of(statement, current().id, kind.value, subject, list(tokens)):
        if row[0] in known:
            ambiguous.add(row[0])
        known[row[0]] = read(row)
    return known, frozenset(ambiguous)


def _known_account(row: tuple[Any, ...]) -> _Known:
    _, account, customer, key_id, personal, *plain, bills = row
    names = (*_CUSTOMER_PLAIN, *_ACCOUNT_PLAIN)
    return _Known(
        id=account,
        customer=customer,
        key_id=KeyId(key_id),
        ref=PersonalRef(personal),
        plain=dict(zip(names, plain, strict=True)),
        bill_token=bills[0] if bills else "",
    )


def _known_premise(row: tuple[Any, ...]) -> _Known:
    _, location, key_id, personal, *plain = row
    return _Known(
        id=location,
        customer=0,
        key_id=KeyId(key_id),
        ref=PersonalRef(personal),
        plain=dict(zip(_LOCATION_PLAIN, plain, strict=True)),
    )


def _account_changes(row: PersonRow, known: _Known, personal: Mapping[str, JsonValue], *, writes: bool) -> bool:
    said = row.values
    fields = _differing(said, personal, [kind.value for kind in _CUSTOMER_PERSONAL])
    customer = _differing(said, known.plain, _CUSTOMER_PLAIN)
    account = _differing(said, known.plain, _ACCOUNT_PLAIN)
    bill = said.get("last_bill_amount")
    bill_changed = bool(bill) and token(TokenKind.LAST_BILL_AMOUNT, str(bill)) != known.bill_token
    if writes:
        _update("customer", known.customer, customer)
        _update("customer_account", known.id, account)
        if fields:
            _update_customer(known, {**personal, **fields})
        if bill_changed:
            _find_again(known.key_id, ACCOUNT, known.id, {TokenKind.LAST_BILL_AMOUNT: str(bill)})
    return bool(fields or customer or account or bill_changed)


def _update_customer(known: _Known, personal: Mapping[str, JsonValue]) -> None:
    told = {kind: str(personal.get(kind.value) or "") for kind in _CUSTOMER_PERSONAL}
    vault.update(known.ref, {kind.value: value for kind, value in told.items()})
    _find_again(known.key_id, CUSTOMER, known.customer, {**told, TokenKind.NAME_PREFIX: told[TokenKind.NAME]})


def _premise_changes(row: PersonRow, known: _Known, personal: Mapping[str, JsonValue], *, writes: bool) -> bool:
    address = TokenKind.SERVICE_ADDRESS
    said = {**row.values, address.value: row.values["address"]}
    fields = _differing(said, personal, [address.value])
    plain = _differing(said, known.plain, _LOCATION_PLAIN)
    if writes and (fields or plain):
        _update("service_location", known.id, plain)
        vault.update(known.ref, fields)
        told = {address: str(said[address.value]), TokenKind.POSTAL_CODE: str(said["postal_code"])}
        _find_again(known.key_id, LOCATION, known.id, told)
    return bool(fields or plain)


def _differing(said: Mapping[str, Any], known: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What the row says otherwise than the books; a column that the file does not have says nothing."""
    return {name: said[name] for name in names if name in said and (said[name] or None) != (known.get(name) or None)}


def _update(table: str, number: int, columns: Mapping[str, Any]) -> None:
    if columns:
        loads.run(
            SQL("UPDATE {} SET {} WHERE organization_id = %s AND id = %s").format(
                Identifier(table), SQL(", ").join(SQL("{} = %s").format(Identifier(name)) for name in columns)
            ),
            *columns.values(),
            current().id,
            number,
        )


def _find_again(key_id: KeyId, subject: str, number: int, values: Mapping[TokenKind, str]) -> None:
    """A subject is found by these values from now on, and by the ones before no longer."""
    loads.run(
        SQL(
            "DELETE FROM search_token WHERE organization_id = %s AND subject_kind = %s AND subject_id = %s "
            "AND kind = ANY(%s)"
        ),
        current().id,
        subject,
        number,
        [kind.value for kind in values],
    )
    index(key_id, subject_kind=subject, subject_id=number, values=values.items())


def _add_accounts(rows: Sequence[PersonRow]) -> None:
    customers = add_customers([_new_customer(row.values) for row in rows])
    accounts = add_accounts([_new_account(customer, row.values) for customer, row in zip(customers, rows, strict=True)])
    for account, row in zip(accounts, rows, strict=True):
        if row.values.get("closed_on"):
            _update("customer_account", account, {"closed_on": row.values["closed_on"]})


def _new_customer(said: Mapping[str, Any]) -> NewCustomer:
    return NewCustomer(
        personal={kind: said.get(kind.value) or "" for kind in _CUSTOMER_PERSONAL},
        language=said.get("language") or "en",
        life_support=bool(said.get("life_support")),
    )


def _new_account(customer: CustomerId, said: Mapping[str, Any]) -> NewAccount:
    return NewAccount(
        customer=customer,
        number=said["account"],
        customer_class=said["customer_class"],
        opened_on=said["opened_on"],
        status=said.get("status") or "active",
        good_standing=said.get("good_standing", True),
        assistance=bool(said.get("assistance")),
        last_bill_amount=said.get("last_bill_amount") or "",
    )


def _new_location(said: Mapping[str, Any]) -> NewLocation:
    return NewLocation(
        address=said["address"],
        postal_code=said["postal_code"],
        dwelling=said.get("dwelling") or "unsaid",
        number=said["premise"],
    )
