"""An organization's own sign-in by OpenID Connect: the code flow with state, nonce and PKCE, and a signed ID token.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt

from evenroll.quantities.identifiers import OrganizationKey

_SECONDS: Final = 10
_BYTES_MAX: Final = 1_000_000
_LEEWAY_SECONDS: Final = 60
_OK: Final = 200
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair alone: a public key can never serve as a shared secret, and nothing goes unsigned."""
_AT_HOME: Final = ("127.0.0.1", "localhost", "::1")


class ProviderAway(Exception):
    """The organization's own sign-in does not answer, or not as the standard says."""


class TokenRefused(Exception):
    """What the organization's own sign-in said of somebody is not believed. why: a code."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The ID token is refused ({why}). Compare the settings here with those of the provider.")
        self.why = why


class ProviderWrong(ValueError):
    """The settings of an own sign-in cannot be used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """The own sign-in of one organization; it vouches for people of this organization alone.

    key: in the address of its pages. name: on the button. issuer: as its tokens say, an https address.
    """

    key: str
    name: str
    organization: OrganizationKey
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _is_safe(self.issuer):
            raise ProviderWrong(
                f"The issuer of the sign-in {self.key} is no https address. Correct it in the settings."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What one sign-in was begun with. back: the address to which the provider leads back."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back: str


def begin(provider: Provider, asked: Asked) -> str:
    """The address at which somebody signs in there. Raises ProviderAway."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).decode().rstrip("=")
    given = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": asked.back,
        "scope": "openid email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = _place(_discovered(provider), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(given)}"


def claims(provider: Provider, asked: Asked, *, code: str) -> Mapping[str, Any]:
    """What the provider says of who signed in there. Raises ProviderAway, TokenRefused."""
    found = _discovered(provider)
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.back,
        "code_verifier": asked.verifier,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
    }
    told = _asked(_place(found, "token_endpoint"), form=given)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise TokenRefused("token_missing")
    said = _verified(provider, token, _asked(_place(found, "jwks_uri")))
    if not hmac.compare_digest(str(said.get("nonce", "")).encode(), asked.nonce.encode()):
        raise TokenRefused("nonce_other")
    return said


def _verified(provider: Provider, token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") not in _ALGORITHMS:
            raise TokenRefused("algorithm_refused")
        said = jwt.decode(
            token,
            _key(keys, head.get("kid")),
            algorithms=[head["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(type(error).__name__) from None
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or "azp" in said) and said.get("azp") != provider.client_id:
        raise TokenRefused("party_other")
    return said


def _key(keys: Mapping[str, Any], name: object) -> Any:
    """The public key of a token; a key that the token itself brings or points to is never looked at."""
    found = [each for each in jwt.PyJWKSet.from_dict(dict(keys)).keys if name is None or each.key_id == name]
    if len(found) != 1:
        raise TokenRefused("key_unknown")
    return found[0].key


def _discovered(provider: Provider) -> Mapping[str, Any]:
    found = _asked(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise ProviderAway("The provider names another issuer than the settings. Correct one of them.")
    return found


def _place(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not _is_safe(address):
        raise ProviderAway(f"The provider names no https address as its {name}.")
    return address


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _AT_HOME))


def _asked(address: str, *, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The JSON that an address answers; it is never led on to another one. Raises ProviderAway."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
    head = {"Accept": "application/json"}
    if form is not None:
        head["Content-Type"] = "application/x-www-form-urlencoded"
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        line.request("GET" if form is None else "POST", path, urlencode(form) if form is not None else None, head)
        answer = line.getresponse()
        found = json.loads(answer.read(_BYTES_MAX)) if answer.status == _OK else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise ProviderAway(f"The provider does not answer ({type(error).__name__}). Try again later.") from None
    finally:
        line.close()
    if not isinstance(found, dict):
        raise ProviderAway("The provider answers with something else than the standard says. Try again later.")
    return found
