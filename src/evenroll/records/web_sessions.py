"""Sessions of browsers in the database: the cookie is known by its hash alone, and what is kept is enclosed."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone

from evenroll.records.keys import current_keys
from evenroll.records.web_rows import changes_rows, one_row

SHARED_SECONDS = 1800
"""How long a session lasts from its last change on in a browser that others use too."""
_NONCE_BYTES = 12
_SWEPT_AT_ONCE = 50

_LOAD = "SELECT data, expires_at FROM web_session WHERE token = %s AND expires_at > %s"
_THERE = "SELECT 1 FROM web_session WHERE token = %s AND expires_at > %s"
_INSERT = "INSERT INTO web_session (token, data, expires_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_UPDATE = "UPDATE web_session SET data = %s, expires_at = %s WHERE token = %s"
_DELETE = "DELETE FROM web_session WHERE token = %s"
_SWEEP = (
    "DELETE FROM web_session WHERE token IN "
    "(SELECT token FROM web_session WHERE expires_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


class SessionStore(SessionBase):
    """Django's sessions, kept so that who reads the table can neither use nor read one.

    ends_at: when the one that was loaded or kept ends; None for none. is_shared: in a browser that others use too.
    """

    ends_at: datetime | None = None
    is_shared: bool = False

    def load(self) -> dict[str, Any]:
        """What is kept under this cookie; nothing, and a new one later, where it is unknown, old or not ours."""
        if self.session_key:
            token = _token(self.session_key)
            row = one_row(_LOAD, (token, timezone.now()))
            if row is not None:
                try:
                    kept = _opened(token, bytes(row[0]))
                    self.ends_at = row[1]
                    return kept
                except (InvalidTag, ValueError):
                    pass
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        """Whether a session of this cookie is there."""
        return one_row(_THERE, (_token(session_key), timezone.now())) is not None

    def create(self) -> None:
        """A new session under a cookie of its own; some of those that are over go away."""
        self.clear_expired()
        while True:
            self._session_key = self._get_new_session_key()  # pyright: ignore[reportAttributeAccessIssue]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep it. Raises CreateError where a new one is taken already, UpdateError where it has gone meanwhile."""
        if self.session_key is None:
            self.create()
            return
        token = _token(self.session_key)
        kept: dict[str, Any] = self._get_session(no_load=must_create)  # pyright: ignore[reportAttributeAccessIssue]
        data = _enclosed(token, kept)
        ends_at = timezone.now() + timedelta(seconds=self.get_expiry_age())
        if must_create:
            if not changes_rows(_INSERT, (token, data, ends_at)):
                raise CreateError
        elif not changes_rows(_UPDATE, (data, ends_at, token)):
            raise UpdateError
        self.ends_at = ends_at

    def get_session_cookie_age(self) -> int:
        """Seconds from a change on; few where others use the browser too."""
        usual: int = settings.SESSION_COOKIE_AGE
        return min(SHARED_SECONDS, usual) if self.is_shared else usual

    def get_expire_at_browser_close(self) -> bool:
        """Whether the cookie goes with its window."""
        return self.is_shared or super().get_expire_at_browser_close()

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        key = session_key or self.session_key
        if key:
            changes_rows(_DELETE, (_token(key),))

    @classmethod
    def clear_expired(cls) -> None:
        """Remove some of those that are over."""
        changes_rows(_SWEEP, (timezone.now(), _SWEPT_AT_ONCE))


def _token(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _enclosed(token: str, kept: dict[str, Any]) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(current_keys().web_sessions()).encrypt(nonce, json.dumps(kept).encode(), token.encode())


def _opened(token: str, data: bytes) -> dict[str, Any]:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    return json.loads(AESGCM(current_keys().web_sessions()).decrypt(nonce, enclosed, token.encode()))
