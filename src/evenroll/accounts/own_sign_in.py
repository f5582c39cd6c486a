"""Staff sign in by their organization's own sign-in: it vouches for people of that organization, and of no other."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from evenroll.accounts.customers import normal_address
from evenroll.accounts.limits import Door, may_try
from evenroll.accounts.sign_in import Proved, sign_in_proved
from evenroll.accounts.staff_people import staff_people
from evenroll.partners.openid_sign_in import Asked, Provider, begin, claims
from evenroll.records.staff_sign_ins import user_of_address
from evenroll.records.web_sign_ins import Way
from evenroll.records.web_subjects import subject_of_user

LASTS: Final = timedelta(minutes=10)
_KEPT = "own_sign_in"
_SECRET_BYTES = 32


class NotSignedIn(Exception):
    """The provider led back, and nobody is signed in by it. Nothing is said of why: the log of the provider knows."""


def go_there(request: HttpRequest, provider: Provider, *, at: datetime) -> str:
    """The address of the provider to go to; what it was asked with stays in the session. Raises ProviderAway."""
    state, nonce, verifier = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(3))
    asked = Asked(state=state, nonce=nonce, verifier=verifier, back=_back(request, provider))
    address = begin(provider, asked)
    request.session[_KEPT] = {
        "provider": provider.key,
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "until": (at + LASTS).isoformat(),
    }
    return address


def come_back(request: HttpRequest, provider: Provider, *, state: str, code: str, at: datetime) -> None:
    """Sign in whom the provider sends back. Raises NotSignedIn, ProviderAway, TokenRefused."""
    kept: Any = request.session.pop(_KEPT, None)
    is_within = may_try(request, door=Door.OWN_SIGN_IN, at=at)
    if not isinstance(kept, dict) or not is_within or kept["provider"] != provider.key:
        raise NotSignedIn
    is_ours = hmac.compare_digest(kept["state"].encode(), state.encode())
    if not is_ours or not code or at >= datetime.fromisoformat(kept["until"]):
        raise NotSignedIn
    asked = Asked(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"], back=_back(request, provider))
    said = claims(provider, asked, code=code)
    # An address that the provider has not seen to be theirs could be anybody's.
    address = normal_address(str(said.get("email", ""))) if said.get("email_verified") is True else ""
    user = user_of_address(address) if address else None
    people = [each for each in staff_people(user) if each.organization == provider.organization] if user else []
    if user is None or not people:
        raise NotSignedIn
    proved = Proved(
        subject=subject_of_user(user),
        people=people,
        contacts={},
        user=user,
        only=provider.organization,
        way=Way.ORGANIZATION,
        address=address,
    )
    sign_in_proved(request, proved)


def _back(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("sign-in-from", args=[provider.key]))
