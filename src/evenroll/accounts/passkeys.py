"""Signing in by a passkey, and adding one: a challenge of this browser, good once, for this site's address alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from evenroll.accounts.browser_kind import browser_kind
from evenroll.accounts.customers import customer_people
from evenroll.accounts.limits import Door, may_try
from evenroll.accounts.sign_in import Proved, contacts_of, sign_in_proved, subject_of, user_of
from evenroll.accounts.staff_people import staff_people
from evenroll.records.passkeys import Passkey, credentials_of, keep_passkey, passkey_of, use_passkey
from evenroll.records.web_sign_ins import Way

_KEPT = "passkey"
_ANSWER_MAX = 20_000


def options_to_add(request: HttpRequest, *, name: str) -> str:
    """What the browser is asked to make a passkey by, as JSON. name: shown by the device beside it."""
    subject = subject_of(request)
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=bytes.fromhex(subject), name=name, display_name=name),
        # A device that has one would put the new one in the place of the old, which then stood in the list for nothing.
        [AttestedCredentialData(each) for each in credentials_of(subject)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[_KEPT] = {**state, "user_verification": "required", "for": "add"}
    return json.dumps(dict(options))


def add_passkey(request: HttpRequest, answer: str, *, at: datetime) -> bool:
    """Keep the passkey that the browser made; False where it does not answer this site's challenge."""
    state, given = _state(request, "add"), _read(answer)
    subject = subject_of(request)
    if state is None or given is None or not subject:
        return False
    try:
        made = _server(request).register_complete(state, given)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    credential = made.credential_data
    if credential is None:
        return False
    kept = Passkey(
        subject=subject,
        credential=bytes(credential),
        contacts=contacts_of(request),
        user=user_of(request),
        made_in=browser_kind(request),
    )
    return keep_passkey(kept, number=credential.credential_id, counter=made.counter, at=at)


def options_to_use(request: HttpRequest) -> str:
    """What the browser is asked to prove a passkey by, as JSON; the same for everybody."""
    options, state = _server(request).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    request.session[_KEPT] = {**state, "user_verification": "required", "for": "use"}
    return json.dumps(dict(options))


def use(request: HttpRequest, answer: str, *, at: datetime) -> bool:
    """Sign in by a passkey; False for any answer that does not prove one, without a word why."""
    state, given = _state(request, "use"), _read(answer)
    is_within = may_try(request, door=Door.PASSKEY, at=at)
    if state is None or given is None or not is_within:
        return False
    kept = _proved(request, state, given, at)
    if kept is None:
        return False
    people = staff_people(kept.user) if kept.user else customer_people(kept.contacts)
    if people:
        proved = Proved(subject=kept.subject, people=people, contacts=kept.contacts, user=kept.user, way=Way.PASSKEY)
        sign_in_proved(request, proved)
    return bool(people)


def _proved(request: HttpRequest, state: dict[str, Any], given: dict[str, Any], at: datetime) -> Passkey | None:
    try:
        answered = AuthenticationResponse.from_dict(given)
        kept = passkey_of(answered.raw_id)
        if kept is None:
            return None
        _server(request).authenticate_complete(state, [AttestedCredentialData(kept.credential)], answered)
        counter = answered.response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept if use_passkey(answered.raw_id, counter=counter, at=at) else None


def _state(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """The challenge that this browser was given, which is gone with the first answer."""
    kept: Any = request.session.pop(_KEPT, None)
    return kept if isinstance(kept, dict) and kept.get("for") == purpose else None


def _read(answer: str) -> dict[str, Any] | None:
    if len(answer) > _ANSWER_MAX:
        return None
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _server(request: HttpRequest) -> Fido2Server:
    # The host was looked at by the gate: it is one of this site's names.
    origin = request.build_absolute_uri("/").rstrip("/")
    host = request.get_host().rsplit(":", 1)[0]
    party = PublicKeyCredentialRpEntity(name=settings.EVENROLL_WEB.name, id=host)
    return Fido2Server(party, verify_origin=lambda said: said == origin)
