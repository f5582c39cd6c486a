"""Signing in by a code that is mailed: eight digits, ten minutes, five tries, once, for the browser that asked.

Who asks is answered before anybody looks whether the address is known: nothing of the answer depends on it. The code is
made from a number in the session and the master key, and kept nowhere.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from evenroll.accounts import wired
from evenroll.accounts.customers import contact_tokens, customer_people, normal_address
from evenroll.accounts.limits import Door, may_try
from evenroll.accounts.posting import later
from evenroll.accounts.sign_in import Proved, sign_in_proved
from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.records.keys import current_keys
from evenroll.records.web_counts import Counted, count
from evenroll.records.web_sign_ins import Way
from evenroll.records.web_subjects import subject_of_address

CODE_LASTS: Final = timedelta(minutes=10)
TRIES_MAX: Final = 5
_KEPT = "sign_in_code"
_NUMBER_BYTES = 16


def ask_code(request: HttpRequest, email: str, *, language: Language, at: datetime) -> None:
    """Have a code sent if the address is a customer's; what is done here is the same for every address."""
    address = normal_address(email)
    number = secrets.token_hex(_NUMBER_BYTES)
    request.session[_KEPT] = {"number": number, "address": address, "until": (at + CODE_LASTS).isoformat()}
    if may_try(request, door=Door.CODE_ASKED, about=address, at=at):
        later(lambda: _send(number, address, language))


def try_code(request: HttpRequest, code: str, *, at: datetime) -> bool:
    """Sign in by a code; False for any that is not right, over, used, or tried too often, without a word which."""
    kept: Any = request.session.get(_KEPT)
    is_within = may_try(request, door=Door.CODE_TRIED, at=at)
    if not isinstance(kept, dict) or not is_within:
        return False
    number = kept["number"]
    tried = _count(f"code-tried/{number}", at)
    is_right = hmac.compare_digest(current_keys().web_code(number), code)
    in_time = at < datetime.fromisoformat(kept["until"])
    if not (is_right and in_time and tried <= TRIES_MAX):
        return False
    proved = _proved(kept["address"])
    if not proved.people or _count(f"code-used/{number}", at) > 1:
        return False
    sign_in_proved(request, proved)
    return True


def _count(key: str, at: datetime) -> int:
    counted = Counted(key=key, within=CODE_LASTS * 2)
    return count((counted,), at=at)[counted]


def _proved(address: str) -> Proved:
    contacts = contact_tokens(address)
    return Proved(
        subject=subject_of_address(address),
        people=customer_people(contacts),
        contacts=contacts,
        way=Way.CODE,
        address=address,
    )


def _send(number: str, address: str, language: Language) -> None:
    if not customer_people(contact_tokens(address)):
        return
    given = {"code": current_keys().web_code(number), "minutes": int(CODE_LASTS.total_seconds() // 60)}
    wired.post(
        wired.Mail(
            to=address,
            subject=render("sign_in.code_mail_subject", language=language, parameters={}),
            text=render("sign_in.code_mail_text", language=language, parameters=given),
            language=language.value,
        )
    )
