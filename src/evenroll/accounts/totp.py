"""Codes of an authenticator app: six digits, thirty seconds. Source: RFC 6238, RFC 4226."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_STEPS_AROUND = (0, -1, 1)
"""A clock may be a step off. Source: RFC 6238, 5.2."""


def step_of(secret: bytes, *, code: str, at: datetime) -> int | None:
    """The time step whose code this is, of now or a neighbor; None for any other code."""
    now = int(at.timestamp()) // STEP_SECONDS
    found = [now + each for each in _STEPS_AROUND if hmac.compare_digest(code_of(secret, step=now + each), code)]
    return found[0] if found else None


def code_of(secret: bytes, *, step: int) -> str:
    """The code of a time step."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def written(secret: bytes) -> str:
    """A secret as somebody types it into an app: groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, *, site: str, user: str) -> str:
    """A secret as an app reads it from a drawing."""
    label = quote(f"{site}:{user}")
    return f"otpauth://totp/{label}?" + urlencode({"secret": written(secret).replace(" ", ""), "issuer": site})
