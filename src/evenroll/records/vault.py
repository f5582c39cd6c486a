"""The vault: personal data under one key per customer, so that destroying the key erases the customer."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evenroll.quantities.codec import JsonValue, canonical
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.keys import KEY_BYTES, current_keys
from evenroll.records.organizations import OrganizationUnknown, current, cursor
from evenroll.records.personal_ref import KeyId, PersonalRef

NONCE_BYTES = 12
PUBLIC_KEY_BYTES = 32


class PersonalMissing(LookupError):
    """No personal record, or no key, stands under this number in the open organization."""


class PersonalErased(LookupError):
    """The key of this personal record was destroyed: the data are erased."""


class PersonalUnreadable(ValueError):
    """A ciphertext does not open: wrong key, wrong place, or changed. The message never repeats any of it."""


def new_key(subject_kind: str) -> KeyId:
    """A fresh data key for one subject (a customer, a case before it is proved whose it is), wrapped and kept."""
    key_id = secrets.randbits(63)
    wrapped = _encrypt(_wrapping(), os.urandom(KEY_BYTES), bound=_bound("key", key_id))
    with cursor() as pen:
        pen.execute(
            "INSERT INTO customer_key (id, organization_id, subject_kind, wrapped) VALUES (%s, %s, %s, %s)",
            (key_id, current().id, subject_kind, wrapped),
        )
    return KeyId(key_id)


def store(key_id: KeyId, fields: Mapping[str, JsonValue]) -> PersonalRef:
    """Keep personal fields under a key; the number given back tells nothing about them."""
    ref = PersonalRef(secrets.randbits(63))
    text = _encrypt(_data_key(key_id), _written(fields), bound=_bound("record", ref))
    with cursor() as pen:
        pen.execute(
            "INSERT INTO personal_record (id, organization_id, key_id, ciphertext) VALUES (%s, %s, %s, %s)",
            (ref, current().id, key_id, text),
        )
    return ref


def store_new(subject_kind: str, fields: Mapping[str, JsonValue]) -> tuple[KeyId, PersonalRef]:
    """Keep personal fields of a new subject under a fresh key of their own; one statement."""
    key_id, ref, key = KeyId(secrets.randbits(63)), PersonalRef(secrets.randbits(63)), os.urandom(KEY_BYTES)
    wrapped = _encrypt(_wrapping(), key, bound=_bound("key", key_id))
    text = _encrypt(key, _written(fields), bound=_bound("record", ref))
    with cursor() as pen:
        pen.execute(
            "WITH fresh AS (INSERT INTO customer_key (id, organization_id, subject_kind, wrapped) "
            "VALUES (%s, %s, %s, %s)) "
            "INSERT INTO personal_record (id, organization_id, key_id, ciphertext) VALUES (%s, %s, %s, %s)",
            (key_id, current().id, subject_kind, wrapped, ref, current().id, key_id, text),
        )
    return key_id, ref


def new_keys(subject_kind: str, *, count: int) -> tuple[KeyId, ...]:
    """As many fresh data keys for subjects of one kind, written by one statement."""
    ids = tuple(KeyId(secrets.randbits(63)) for _ in range(count))
    wrapped = [_encrypt(_wrapping(), os.urandom(KEY_BYTES), bound=_bound("key", key_id)) for key_id in ids]
    with cursor() as pen:
        pen.execute(
            "INSERT INTO customer_key (id, organization_id, subject_kind, wrapped) "
            "SELECT new.id, %s, %s, new.wrapped FROM unnest(%s::bigint[], %s::bytea[]) AS new (id, wrapped)",
            (current().id, subject_kind, list(ids), wrapped),
        )
    return ids


def store_many(records: Sequence[tuple[KeyId, Mapping[str, JsonValue]]]) -> tuple[PersonalRef, ...]:
    """Keep the fields of many records, each under its key, in the order given; two statements for all of them.

    Raises as `store`.
    """
    keys = _data_keys({key_id for key_id, _ in records})
    refs = tuple(PersonalRef(secrets.randbits(63)) for _ in records)
    texts = [
        _encrypt(keys[key_id], _written(fields), bound=_bound("record", ref))
        for ref, (key_id, fields) in zip(refs, records, strict=True)
    ]
    with cursor() as pen:
        pen.execute(
            "INSERT INTO personal_record (id, organization_id, key_id, ciphertext) "
            "SELECT new.id, %s, new.key_id, new.ciphertext "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS new (id, key_id, ciphertext)",
            (current().id, list(refs), [key_id for key_id, _ in records], texts),
        )
    return refs


def wrapped_key(key_id: KeyId, secret: bytes) -> bytes:
    """A fresh data key as its row keeps it: enclosed by the key of the open organization."""
    return _encrypt(_wrapping(), secret, bound=_bound("key", key_id))


def sealed_record(ref: PersonalRef, fields: Mapping[str, JsonValue], *, secret: bytes) -> bytes:
    """Personal fields as their row keeps them. secret: the data key that they are kept under."""
    return _encrypt(secret, _written(fields), bound=_bound("record", ref))


def data_keys(ids: Collection[KeyId]) -> dict[KeyId, bytes]:
    """The data keys of these numbers; one that is not here, or was destroyed, is left out.

    They are held: an erasure of their customers waits until this transaction ends.
    """
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id, wrapped FROM customer_key WHERE organization_id = %s AND id = ANY(%s) AND wrapped IS NOT NULL "
            "ORDER BY id FOR KEY SHARE",
            (current().id, list(ids)),
            prepare=False,  # as in _data_keys
        ).fetchall()
    return {KeyId(row[0]): _unwrapped(row[0], (row[1],)) for row in rows}


def read(ref: PersonalRef) -> dict[str, JsonValue]:
    """The fields kept under a number. Raises PersonalMissing, PersonalErased, PersonalUnreadable."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT record.key_id, record.ciphertext, key.id, key.wrapped FROM personal_record AS record "
            "LEFT JOIN customer_key AS key ON key.id = record.key_id AND key.organization_id = record.organization_id "
            "WHERE record.organization_id = %s AND record.id = %s",
            (current().id, ref),
        ).fetchone()
    if row is None:
        raise _missing(ref)
    return opened_row(ref, row)


def opened_row(ref: PersonalRef, row: tuple[Any, ...]) -> dict[str, JsonValue]:
    """The fields of a record that was read beside something else. Raises as `read`.

    row: the record's key_id and ciphertext, and the key's id and wrapped, both absent where there is no such key.
    """
    key = _unwrapped(row[0], None if row[2] is None else (row[3],))
    return _read(_decrypt(key, bytes(row[1]), bound=_bound("record", ref)))


def read_many(refs: Sequence[int]) -> dict[int, dict[str, JsonValue]]:
    """The fields kept under many numbers, by number; two statements for all of them. Raises as `read`."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id, key_id, ciphertext FROM personal_record WHERE organization_id = %s AND id = ANY(%s)",
            (current().id, list(refs)),
            prepare=False,
        ).fetchall()
    keys = _data_keys({row[1] for row in rows})
    return {row[0]: _read(_decrypt(keys[row[1]], bytes(row[2]), bound=_bound("record", row[0]))) for row in rows}


def update(ref: PersonalRef, fields: Mapping[str, JsonValue]) -> None:
    """Set the given fields of a record and keep its others. Raises as `read`."""
    key_id, ciphertext = _locked_row(ref)
    key = _data_key(key_id)
    kept = _read(_decrypt(key, ciphertext, bound=_bound("record", ref)))
    _write(ref, key_id, _encrypt(key, _written({**kept, **fields}), bound=_bound("record", ref)))


def reencrypted(ref: PersonalRef, row: tuple[Any, ...]) -> bytes:
    """The ciphertext of a record that was locked and read beside something else, under another key. Raises as `read`.

    Once a case is proved to be a customer's, its answers go under theirs.
    row: id and wrapped of the new key, then the record's key_id and ciphertext, and id and wrapped of that key; absent
    where there is no such key.
    """
    key = _unwrapped(row[0], (row[1],))
    old = _unwrapped(row[2], None if row[4] is None else (row[5],))
    bound = _bound("record", ref)
    return _encrypt(key, _decrypt(old, bytes(row[3]), bound=bound), bound=bound)


def destroy_keys(keys: Collection[int]) -> None:
    """Erase everything under these keys for good, with the tokens that found it. The caller has checked that it may."""
    own = (current().id, list(keys))
    with cursor() as pen:
        pen.execute("DELETE FROM search_token WHERE organization_id = %s AND key_id = ANY(%s)", own)
        pen.execute("UPDATE personal_record SET ciphertext = '' WHERE organization_id = %s AND key_id = ANY(%s)", own)
        pen.execute("UPDATE customer_key SET wrapped = NULL WHERE organization_id = %s AND id = ANY(%s)", own)


def destroy_records(refs: Collection[int], *, subject_kind: str) -> None:
    """Erase single records whose key goes on, with the tokens that found them as subjects of this kind."""
    own = (current().id, list(refs))
    with cursor() as pen:
        pen.execute(
            "DELETE FROM search_token WHERE organization_id = %s AND subject_id = ANY(%s) AND subject_kind = %s",
            (*own, subject_kind),
        )
        pen.execute("UPDATE personal_record SET ciphertext = '' WHERE organization_id = %s AND id = ANY(%s)", own)


def keys_of(refs: Collection[int]) -> dict[int, tuple[int, str]]:
    """The key of each record that is not erased, by record: its number and for what kind of subject it was made."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT record.id, key.id, key.subject_kind FROM personal_record AS record "
            "JOIN customer_key AS key ON key.id = record.key_id AND key.organization_id = record.organization_id "
            "WHERE record.organization_id = %s AND record.id = ANY(%s) AND key.wrapped IS NOT NULL "
            "AND record.ciphertext <> ''",
            (current().id, list(refs)),
        ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def seal_for(organization: OrganizationKey, fields: Mapping[str, JsonValue]) -> bytes:
    """Encrypt fields so that only that organization opens them. Raises OrganizationUnknown."""
    with cursor() as pen:
        row = pen.execute("SELECT sealing_key FROM organization WHERE key = %s", (organization,)).fetchone()
    if row is None:
        raise OrganizationUnknown(f"No organization is called {organization!r} here; nothing can be sealed for it.")
    known = bytes(row[0])
    receiver = known or current_keys().sealing(organization).public_key().public_bytes_raw()
    single = X25519PrivateKey.generate()
    public = single.public_key().public_bytes_raw()
    shared = single.exchange(X25519PublicKey.from_public_bytes(receiver))
    return public + _encrypt(_shared_key(shared, public, receiver), _written(fields), bound=_sealed_for(organization))


def open_sealed(sealed: bytes) -> dict[str, JsonValue]:
    """The fields that were sealed for the open organization. Raises PersonalUnreadable."""
    own = current().key
    private = current_keys().sealing(own)
    public, rest = sealed[:PUBLIC_KEY_BYTES], sealed[PUBLIC_KEY_BYTES:]
    if len(public) != PUBLIC_KEY_BYTES:
        raise _unreadable()
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    key = _shared_key(shared, public, private.public_key().public_bytes_raw())
    return _read(_decrypt(key, rest, bound=_sealed_for(own)))


def own_sealing_key() -> bytes:
    """The open organization's public key, for other installations to seal with; 32 bytes."""
    return current_keys().sealing(current().key).public_key().public_bytes_raw()


def digest(text: str, *, purpose: str) -> str:
    """A keyed hash of a text for the open organization, 64 hexadecimal digits."""
    return current_keys().digest(current().key, purpose=purpose, text=text)


def _wrapping() -> bytes:
    return current_keys().wrapping(current().key)


def _bound(kind: str, number: int) -> bytes:
    # A ciphertext moved to another row or organization does not open there.
    return f"evenroll/1/{current().key}/{kind}/{number}".encode()


def _sealed_for(organization: OrganizationKey) -> bytes:
    return f"evenroll/1/{organization}/sealed".encode()


def _shared_key(shared: bytes, public: bytes, receiver: bytes) -> bytes:
    info = b"evenroll/1/sealed/" + public + receiver
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared)


def _data_key(key_id: int) -> bytes:
    with cursor() as pen:
        row = pen.execute(
            "SELECT wrapped FROM customer_key WHERE organization_id = %s AND id = %s", (current().id, key_id)
        ).fetchone()
    return _unwrapped(key_id, row)


def _data_keys(ids: Collection[int]) -> dict[int, bytes]:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id, wrapped FROM customer_key WHERE organization_id = %s AND id = ANY(%s)",
            (current().id, list(ids)),
            prepare=False,  # a plan from when the table was empty would read all of it each time
        ).fetchall()
    found = {row[0]: (row[1],) for row in rows}
    return {key_id: _unwrapped(key_id, found.get(key_id)) for key_id in ids}


def _unwrapped(key_id: int, row: tuple[Any, ...] | None) -> bytes:
    if row is None:
        raise PersonalMissing(
            f"No key {key_id} is in the vault of {current().key}; personal data under it cannot be opened here."
        )
    if row[0] is None:
        raise PersonalErased(f"Key {key_id} was destroyed: the personal data under it are erased and cannot be read.")
    return _decrypt(_wrapping(), bytes(row[0]), bound=_bound("key", key_id))


def _locked_row(ref: int) -> tuple[int, bytes]:
    with cursor() as pen:
        row = pen.execute(
            "SELECT key_id, ciphertext FROM personal_record WHERE organization_id = %s AND id = %s FOR UPDATE",
            (current().id, ref),
        ).fetchone()
    if row is None:
        raise _missing(ref)
    return row[0], bytes(row[1])


def _missing(ref: int) -> PersonalMissing:
    return PersonalMissing(f"No personal record {ref} is in the vault of {current().key}. Check where it came from.")


def _write(ref: int, key_id: int, ciphertext: bytes) -> None:
    with cursor() as pen:
        pen.execute(
            "UPDATE personal_record SET key_id = %s, ciphertext = %s WHERE organization_id = %s AND id = %s",
            (key_id, ciphertext, current().id, ref),
        )


def _written(fields: Mapping[str, JsonValue]) -> bytes:
    return canonical(dict(fields)).encode()


def _read(plain: bytes) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", json.loads(plain))


def _encrypt(key: bytes, plain: bytes, *, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, ciphertext: bytes, *, bound: bytes) -> bytes:
    if not ciphertext:
        raise PersonalErased("A personal record was destroyed: what stood in it is erased and cannot be read.")
    try:
        return AESGCM(key).decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise _unreadable() from None


def _unreadable() -> PersonalUnreadable:
    return PersonalUnreadable(
        "A personal record does not open: it was changed, moved, or sealed with another key. "
        "Check that the installation runs with the master key it was made with."
    )
