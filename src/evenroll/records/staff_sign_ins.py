"""How staff prove who they are: by invitation a password and a second factor; hashes and enclosed secrets."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.errors import UniqueViolation

from evenroll.quantities.identifiers import ActorKey
from evenroll.records.keys import current_keys
from evenroll.records.memberships import UserUnknown
from evenroll.records.organizations import shared_transaction

INVITATION_LASTS: Final = timedelta(days=7)
_SECRET_BYTES = 32
_NONCE_BYTES = 12

_NAME: LiteralString = "UPDATE evenroll_user SET login_token = %s WHERE key = %s AND is_active RETURNING id"
_INVITE: LiteralString = (
    "INSERT INTO staff_sign_in (user_id, invitation, invited_until, totp, totp_step, recovery) "
    "VALUES (%s, %s, %s, '', 0, '[]') "
    "ON CONFLICT (user_id) DO UPDATE SET invitation = excluded.invitation, invited_until = excluded.invited_until"
)
_INVITED: LiteralString = (
    "SELECT u.key FROM staff_sign_in s JOIN evenroll_user u ON u.id = s.user_id "
    "WHERE s.invitation = %s AND s.invited_until > %s AND u.is_active"
)
_ACCEPT: LiteralString = (
    "UPDATE staff_sign_in s SET invitation = NULL, totp = %s, totp_step = %s, recovery = %s FROM evenroll_user u "
    "WHERE u.id = s.user_id AND u.is_active AND s.invitation = %s AND s.invited_until > %s RETURNING u.id, u.key"
)
_CHOSEN: LiteralString = "UPDATE evenroll_user SET password = %s WHERE id = %s"
_OF_ADDRESS: LiteralString = (
    "SELECT u.key, u.password, s.totp FROM evenroll_user u JOIN staff_sign_in s ON s.user_id = u.id "
    "WHERE u.login_token = %s AND u.is_active AND s.totp <> ''"
)
_USER: LiteralString = "SELECT key FROM evenroll_user WHERE login_token = %s AND is_active"
_STEP: LiteralString = (
    "UPDATE staff_sign_in s SET totp_step = %s FROM evenroll_user u "
    "WHERE u.id = s.user_id AND u.key = %s AND s.totp_step < %s"
)
_RECOVERY: LiteralString = (
    "UPDATE staff_sign_in s SET recovery = recovery - %s FROM evenroll_user u "
    "WHERE u.id = s.user_id AND u.key = %s AND jsonb_exists(recovery, %s)"
)


class AddressTaken(ValueError):
    """An address of e-mail was to be given to one user that another signs in with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffSignIn:
    """What a user is asked by. password: as Django hashes it; totp: the secret of the authenticator app."""

    user: ActorKey
    password: str = field(repr=False)
    totp: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProofs:
    """What a user has chosen. password: hashed; step: of the code that was shown; recovery: codes, each good once."""

    password: str = field(repr=False)
    totp: bytes = field(repr=False)
    step: int
    recovery: Sequence[str] = field(repr=False)


def invite(user: ActorKey, *, email: str, at: datetime) -> str:
    """Let a user choose how to sign in, by a link of seven days; gives its secret, which is kept as a hash alone.

    email: normalized. A further invitation ends the one before. Raises UserUnknown, AddressTaken.
    """
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    try:
        with shared_transaction() as pen:
            row = pen.execute(_NAME, (_login_token(email), user)).fetchone()
            if row is None:
                raise UserUnknown(f"Nobody signs in as {user} here. Add the user, or correct the key.")
            pen.execute(_INVITE, (row[0], _hash(secret), at + INVITATION_LASTS))
    except UniqueViolation:
        raise AddressTaken(
            "Another user signs in with this address, and nobody was invited. Give an address of their own."
        ) from None
    return secret


def invited(secret: str, *, at: datetime) -> ActorKey | None:
    """The user whom an invitation is for; None for one that is over, used, or none of ours."""
    with shared_transaction() as pen:
        row = pen.execute(_INVITED, (_hash(secret), at)).fetchone()
    return None if row is None else ActorKey(row[0])


def accept(secret: str, proofs: NewProofs, *, at: datetime) -> ActorKey | None:
    """Keep what a user has chosen, once for each invitation; None as `invited`."""
    recovery = json.dumps([_recovery_hash(each) for each in proofs.recovery])
    with shared_transaction() as pen:
        key = pen.execute(_INVITED, (_hash(secret), at)).fetchone()
        enclosed = b"" if key is None else _enclosed(proofs.totp, key[0])
        row = pen.execute(_ACCEPT, (enclosed, proofs.step, recovery, _hash(secret), at)).fetchone()
        if row is None:
            return None
        pen.execute(_CHOSEN, (proofs.password, row[0]))
    return ActorKey(row[1])


def staff_sign_in(email: str) -> StaffSignIn | None:
    """The user of a normalized address who has chosen a password and a second factor; None for anybody else."""
    with shared_transaction() as pen:
        row = pen.execute(_OF_ADDRESS, (_login_token(email),)).fetchone()
    if row is None:
        return None
    return StaffSignIn(user=ActorKey(row[0]), password=row[1], totp=_opened(bytes(row[2]), row[0]))


def user_of_address(email: str) -> ActorKey | None:
    """The active user who was invited under a normalized address, whatever else they have chosen; None for nobody."""
    with shared_transaction() as pen:
        row = pen.execute(_USER, (_login_token(email),)).fetchone()
    return None if row is None else ActorKey(row[0])


def take_step(user: ActorKey, *, step: int) -> bool:
    """Use the code of a time step; False for one that was used already, or an earlier one."""
    return _done(_STEP, (step, user, step))


def take_recovery(user: ActorKey, *, code: str) -> bool:
    """Use a recovery code; False for one that is not theirs, or used already."""
    hashed = _recovery_hash(code)
    return _done(_RECOVERY, (hashed, user, hashed))


def totp_of_invitation(secret: str) -> bytes:
    """The secret that an invitation offers to the authenticator app, 20 bytes; kept nowhere before it is accepted."""
    return bytes.fromhex(current_keys().web_hash("totp", text=secret))[:20]


def _login_token(email: str) -> str:
    return current_keys().web_hash("login", text=email)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _recovery_hash(code: str) -> str:
    return current_keys().web_hash("recovery", text=code)


def _enclosed(secret: bytes, user: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(current_keys().web_staff()).encrypt(nonce, secret, user.encode())


def _opened(data: bytes, user: str) -> bytes:
    return AESGCM(current_keys().web_staff()).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], user.encode())


def _done(sql: LiteralString, values: tuple[Any, ...]) -> bool:
    with shared_transaction() as pen:
        return pen.execute(sql, values).rowcount > 0
