"""The personal answers of a case: kept in the vault, referred to by number, moved to the customer's key once proved."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

from evenroll.enrollment.case import Case
from evenroll.enrollment.form import Form, FormField, VinState
from evenroll.quantities.identifiers import CaseNumber, CustomerId, VinWrong, check_vin
from evenroll.records import vault
from evenroll.records.answers_in_hand import ANSWERS, DataKey, in_hand
from evenroll.records.folds import read_state
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.keys import KEY_BYTES
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import KeyId, PersonalRef
from evenroll.records.row_batch import Put
from evenroll.records.streams import StreamKind
from evenroll.records.tokens import TokenKind, index, normalized, token
from evenroll.records.unit_of_work import UnitOfWork

NO_ANSWERS = 0
_SALT = "salt"


def keep_answers(answers: Mapping[FormField, str], *, before: int = NO_ANSWERS) -> int:
    """Keep answers and give the reference. before: earlier answers of the same case, which these add to or replace."""
    values = {field.value: text for field, text in answers.items() if text.strip()}
    if before != NO_ANSWERS:
        vault.update(PersonalRef(before), values)
        find_by_vin(before, answers.get(FormField.VIN, ""))
        return before
    if not values:
        return NO_ANSWERS
    vin = answers.get(FormField.VIN, "")
    held = in_hand()
    if held is not None:
        is_found = bool(normalized(TokenKind.VIN, vin))
        found_by = [token(kind, vin) if is_found else "" for kind in (TokenKind.VIN, TokenKind.VIN_TAIL)]
        return held.keep(values, vin=found_by[0], vin_tail=found_by[1])
    key_id, kept = vault.store_new("case", values)
    if vin.strip():
        index(key_id, subject_kind=ANSWERS, subject_id=kept, values=by_vin(vin))
    return kept


def by_vin(vin: str) -> list[tuple[TokenKind, str]]:
    """By what answers with this VIN are found: all of it, and its last letters, which a caller reads out. Personal."""
    return [(TokenKind.VIN, vin), (TokenKind.VIN_TAIL, vin)]


def copy_answers(ref: int, *, but: frozenset[FormField], changed: Mapping[FormField, str]) -> int:
    """A copy of answers for a case that goes on from another: without some, and with others in their place."""
    kept = {field: text for field, text in read_answers(ref).items() if field not in but}
    return keep_answers({**kept, **changed})


def find_by_vin(ref: int, vin: str) -> None:
    """Make answers findable by the VIN in them, in place of the one that they had; nothing for an empty one."""
    if ref == NO_ANSWERS or not vin.strip():
        return
    with cursor() as pen:
        row = pen.execute(
            "SELECT key_id FROM personal_record WHERE organization_id = %s AND id = %s", (current().id, ref)
        ).fetchone()
        pen.execute(
            "DELETE FROM search_token WHERE organization_id = %s AND subject_kind = %s AND subject_id = %s",
            (current().id, ANSWERS, ref),
        )
    if row is not None:
        index(KeyId(row[0]), subject_kind=ANSWERS, subject_id=ref, values=by_vin(vin))


def keep_sealed(sealed: bytes | None, *, before: int = NO_ANSWERS) -> int:
    """Keep the answers that another organization sealed for us, under a key of our own.

    before: those that a case had here which comes back: one that is kept still is added to, so that none is left over.
    """
    if sealed is None:
        return NO_ANSWERS
    values = vault.open_sealed(sealed)
    if before != NO_ANSWERS:
        with suppress(vault.PersonalErased):
            vault.update(PersonalRef(before), values)
            return before
    return vault.store_new("case", values)[1]


def read_answers(ref: int) -> dict[FormField, str]:
    """The answers under a reference; none for NO_ANSWERS."""
    if ref == NO_ANSWERS:
        return {}
    held = in_hand()
    fields = vault.read(PersonalRef(ref)) if held is None else held.read(ref)
    return {FormField(name): str(text) for name, text in fields.items()}


# Whose the answers are the row says; what it says of them is looked at again by whoever reads the case.
_WITH_ANSWERS: LiteralString = (
    # The reference is made first: under row-level security an expression over another table finds no index.
    "WITH own AS MATERIALIZED (SELECT organization_id, state, coalesce((state::jsonb -> 'form' ->> 'answers')::bigint, "
    "(state::jsonb -> 'draft' ->> 'answers')::bigint) AS ref FROM case_record "
    "WHERE organization_id = %s AND number = %s) "
    "SELECT own.state, record.id, record.key_id, record.ciphertext, key.id, key.wrapped FROM own "
    "LEFT JOIN personal_record record ON record.organization_id = own.organization_id AND record.id = own.ref "
    "LEFT JOIN customer_key key ON key.organization_id = own.organization_id AND key.id = record.key_id"
)


def case_with_answers(number: CaseNumber) -> tuple[Case, dict[FormField, str]] | None:
    """A case as its row has it, not locked, with the answers given so far; None if there is none. One statement."""
    with cursor() as pen:
        row = pen.execute(_WITH_ANSWERS, (current().id, number)).fetchone()
    if row is None:
        return None
    case: Case = read_state(StreamKind.CASE, row[0])
    if row[1] is None or row[1] != case.answers:
        return case, read_answers(case.answers)
    fields = vault.opened_row(PersonalRef(case.answers), row[2:])
    return case, {FormField(name): str(text) for name, text in fields.items()}


def form_with_answers(form: Form, answers: Mapping[FormField, str], *, case: Case) -> Form:
    """The form with its answers kept: the reference, which fields are there, and what the VIN is worth.

    What the case has already, of a form or a draft, goes on where the customer gave no other answer.
    """
    known = answers if case.form else {**read_answers(case.answers), **answers}
    described = describe(form, known, before=case.form)
    return replace(described, answers=keep_answers(answers, before=case.answers))


def describe(form: Form, answers: Mapping[FormField, str], *, before: Form | None) -> Form:
    """The form with what is known of its answers without keeping them: which there are, and what the VIN is worth."""
    given = frozenset(field for field, text in answers.items() if text.strip())
    fields = given | (before.fields if before else frozenset[FormField]())
    return replace(form, fields=fields, vin_state=_vin_state(form, answers, before))


def keep_salt() -> int:
    """A fresh key for the fingerprints of one mailed form, kept like its answers; the reference to it."""
    return vault.store(vault.new_key("case"), {_SALT: secrets.token_hex(KEY_BYTES)})


def fingerprints(answers: Mapping[FormField, str], *, salt: int) -> dict[str, str]:
    """A keyed hash of each answer, by field: two people who keyed the same paper must agree in all of them.

    salt: reference to the key of this form's hashes; once that is erased, nobody can tell what they were of. 0 for a
    form whose first keying was before there were such keys.
    """
    key = str(vault.read(PersonalRef(salt))[_SALT]) if salt else ""
    return {
        field.value: vault.digest(f"{key}{_plain(field, text)}", purpose=f"keying/{field.value}")[:32]
        for field, text in sorted(answers.items())
        if text.strip()
    }


def give_to_customer(ref: int, *, customer: CustomerId) -> None:
    """Put the answers under the proved customer's key, so that erasing the customer erases them."""
    if ref == NO_ANSWERS:
        return
    held = in_hand()
    if held is not None:
        key = known_key(customer)
        if key is not None:
            held.give(ref, key=key)
        return
    with cursor() as pen:
        row = pen.execute(_LOCK_FOR_CUSTOMER, (ref, current().id, customer)).fetchone()
        if row is None:
            # Of a customer who is not here nothing is given; answers that are not here are told.
            vault.read(PersonalRef(ref))
            return
        text = vault.reencrypted(PersonalRef(ref), row)
        pen.execute(_GIVE, (row[0], current().id, ANSWERS, ref, row[0], text, current().id, ref))


_LOCK_FOR_CUSTOMER: LiteralString = (
    "SELECT theirs.id, theirs.wrapped, record.key_id, record.ciphertext, old.id, old.wrapped FROM customer "
    "JOIN customer_key theirs ON theirs.organization_id = customer.organization_id AND theirs.id = customer.key_id "
    "JOIN personal_record record ON record.organization_id = customer.organization_id AND record.id = %s "
    "LEFT JOIN customer_key old ON old.organization_id = record.organization_id AND old.id = record.key_id "
    "WHERE customer.organization_id = %s AND customer.id = %s FOR UPDATE OF record "
    # An erasure of the customer waits until what comes under this key can be seen.
    "FOR KEY SHARE OF theirs"
)

# What can be found goes with the key under which it is kept.
_GIVE: LiteralString = (
    "WITH found AS (UPDATE search_token SET key_id = %s WHERE organization_id = %s AND subject_kind = %s "
    "AND subject_id = %s) UPDATE personal_record SET key_id = %s, ciphertext = %s "
    "WHERE organization_id = %s AND id = %s"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedAnswers:
    """Answers, locked with their case, that a customer is to be given.

    vin: the token that leads to them, "" where they have no VIN. row: as of `vault.reencrypted`.
    """

    ref: int
    customer: CustomerId
    vin: str
    row: tuple[Any, ...] = field(repr=False)


def give_locked(work: UnitOfWork, answers: LockedAnswers) -> None:
    """As `give_to_customer`, of answers that were locked and read beside something else; written with what is recorded.

    Raises as `vault.read`.
    """
    key_id, text = answers.row[0], vault.reencrypted(PersonalRef(answers.ref), answers.row)
    work.put(_GIVEN, (answers.ref, key_id, text))
    if answers.vin:
        work.put(_GIVEN_TOKEN, (TokenKind.VIN.value, answers.vin, ANSWERS, answers.ref, key_id))
        # Made of the VIN itself: answers that an older release kept may have no token of its tail yet.
        vin = str(vault.opened_row(PersonalRef(answers.ref), answers.row[2:]).get(FormField.VIN.value, ""))
        tail = token(TokenKind.VIN_TAIL, vin)
        work.put(_GIVEN_TOKEN, (TokenKind.VIN_TAIL.value, tail, ANSWERS, answers.ref, key_id))


_GIVEN = Put(
    table="personal_record",
    columns=(("id", "bigint"), ("key_id", "bigint"), ("ciphertext", "text")),
    keys=1,
    insert=(
        "INSERT INTO personal_record (organization_id, id, key_id, ciphertext) "
        "SELECT %s, put.id, put.key_id, decode(put.ciphertext, 'hex') FROM {source} "
        "ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, ciphertext = excluded.ciphertext"
    ),
)

# It is there, as the lock of its case showed: found by its own index, where a join would go through all tokens.
_GIVEN_TOKEN = Put(
    table="search_token",
    columns=(
        ("kind", "text"),
        ("token", "text"),
        ("subject_kind", "text"),
        ("subject_id", "bigint"),
        ("key_id", "bigint"),
    ),
    keys=4,
)


def known_key(customer: CustomerId) -> DataKey | None:
    """A customer's data key, where it was read for many; None for one who is not here. Raises Unforeseen."""
    return looked_up(Fact.CUSTOMER_KEY, customer, lambda: keys_of_customers([customer]).get(customer))


def keys_of_customers(customers: Collection[CustomerId]) -> dict[CustomerId, DataKey]:
    """The data keys of customers of the open organization; of one who is not here, or was erased, there is none.

    They are not destroyed before this transaction ends.
    """
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id, key_id FROM customer WHERE organization_id = %s AND id = ANY(%s)",
            (current().id, list(customers)),
        ).fetchall()
    keys = vault.data_keys([KeyId(row[1]) for row in rows])
    return {
        CustomerId(customer): DataKey(id=KeyId(key_id), secret=keys[KeyId(key_id)])
        for customer, key_id in rows
        if key_id in keys
    }


def vin_state(vin: str) -> VinState:
    """What a VIN is worth by itself: there, wrong by its check digit or signs, or missing."""
    if not vin.strip():
        return VinState.MISSING
    try:
        check_vin(vin)
    except VinWrong:
        return VinState.WRONG
    return VinState.GIVEN


def _vin_state(form: Form, answers: Mapping[FormField, str], before: Form | None) -> VinState:
    worth = vin_state(answers.get(FormField.VIN, "").strip())
    if worth is not VinState.MISSING:
        return worth
    if form.vin_state is VinState.ON_ORDER or before is None:
        # That a VIN was given is never taken from anywhere but the VIN itself.
        return VinState.ON_ORDER if form.vin_state is VinState.ON_ORDER else VinState.MISSING
    return before.vin_state


_NORMAL_FORM = {
    FormField.NAME: TokenKind.NAME,
    FormField.SERVICE_ADDRESS: TokenKind.SERVICE_ADDRESS,
    FormField.POSTAL_CODE: TokenKind.POSTAL_CODE,
    FormField.ACCOUNT_NUMBER: TokenKind.ACCOUNT_NUMBER,
    FormField.METER_SERIAL: TokenKind.METER_SERIAL,
    FormField.LAST_BILL_AMOUNT: TokenKind.LAST_BILL_AMOUNT,
    FormField.EMAIL: TokenKind.EMAIL,
    FormField.PHONE: TokenKind.PHONE,
    FormField.VIN: TokenKind.VIN,
}


def _plain(field: FormField, text: str) -> str:
    kind = _NORMAL_FORM.get(field)
    return normalized(kind, text) if kind else " ".join(text.split())
