"""Staff sign in by address, password and a second factor at once, so that no answer tells which was wrong."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from evenroll.accounts import totp
from evenroll.accounts.customers import normal_address
from evenroll.accounts.guessable import is_guessable
from evenroll.accounts.limits import Door, may_try
from evenroll.accounts.sign_in import Proved, sign_in_proved
from evenroll.accounts.staff_people import staff_people
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.staff_sign_ins import (
    NewProofs,
    StaffSignIn,
    accept,
    staff_sign_in,
    take_recovery,
    take_step,
    totp_of_invitation,
)
from evenroll.records.web_sign_ins import Way
from evenroll.records.web_subjects import end_sessions, subject_of_user

PASSWORD_MIN: Final = 15
PASSWORD_MAX: Final = 128
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES = 10
_OF_NOBODY = "!"
_READ_AS = str.maketrans("", "", " -")


def sign_in_staff(request: HttpRequest, *, email: str, password: str, code: str, at: datetime) -> bool:
    """Sign in; False where anything is wrong, or tried too often, without a word what.

    code: of the authenticator app, or a recovery code.
    """
    address = normal_address(email)
    if not may_try(request, door=Door.STAFF, about=address, at=at):
        # Nothing is hashed for who tries all the time: that is what they would wear the site down with.
        return False
    found = staff_sign_in(address)
    # Hashed for nobody too: who is not known takes as long.
    is_right = check_password(password, found.password if found else _OF_NOBODY)
    if not (is_right and found is not None and _is_second(found, code, at)):
        return False
    return sign_in_user(request, found.user, address=address)


def sign_in_user(request: HttpRequest, user: ActorKey, *, address: str = "") -> bool:
    """Go on as a user who has proved who it is; False for one who has no role any more. address: where it was said."""
    people = staff_people(user)
    if people:
        subject = subject_of_user(user)
        proved = Proved(subject=subject, people=people, contacts={}, user=user, way=Way.PASSWORD, address=address)
        sign_in_proved(request, proved)
    return bool(people)


def accept_invitation(secret: str, *, password: str, code: str, at: datetime) -> tuple[ActorKey, Sequence[str]] | None:
    """Keep password and second factor of who was invited; gives the user and the recovery codes, shown once.

    None where the code is not that of the secret that was shown, or the invitation is over or used.
    """
    shown = totp_of_invitation(secret)
    step = totp.step_of(shown, code=code.translate(_READ_AS), at=at)
    if step is None:
        return None
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    kept = [each.translate(_READ_AS) for each in codes]
    proofs = NewProofs(password=make_password(password), totp=shown, step=step, recovery=kept)
    user = accept(secret, proofs, at=at)
    if user is None:
        return None
    # Who signed in by what was chosen before is out.
    end_sessions(subject_of_user(user))
    return user, codes


def password_fault(password: str) -> str:
    """The code of what is wrong with a new password; "" for a good one. It need have no signs of any kind."""
    if len(password) < PASSWORD_MIN:
        return "sign_in.password_short"
    return "sign_in.password_common" if is_guessable(password) else ""


def _is_second(found: StaffSignIn, code: str, at: datetime) -> bool:
    plain = code.translate(_READ_AS)
    step = totp.step_of(found.totp, code=plain, at=at)
    if step is not None:
        return take_step(found.user, step=step)
    return take_recovery(found.user, code=plain.upper())


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
