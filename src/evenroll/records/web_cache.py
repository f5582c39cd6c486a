"""A cache in the database, shared by all processes: found by keyed hashes, and enclosed: its table tells nothing.

Django's own keeps keys and values readable, and unpickles whatever stands in its table. What stands here is opened only
when the key of the vault has closed it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils import timezone
from django.utils.module_loading import import_string

from evenroll.records.keys import current_keys
from evenroll.records.web_rows import changes_rows, one_row

_NONCE_BYTES = 12
_SWEPT_AT_ONCE = 50
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_GET = "SELECT data FROM web_cache WHERE token = %s AND ends_at > %s"
_SET = (
    "INSERT INTO web_cache (token, data, ends_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (token) DO UPDATE SET data = excluded.data, ends_at = excluded.ends_at"
)
_ADD = _SET + " WHERE web_cache.ends_at <= %s"
_TOUCH = "UPDATE web_cache SET ends_at = %s WHERE token = %s AND ends_at > %s"
_DELETE = "DELETE FROM web_cache WHERE token = %s"
_CLEAR = "DELETE FROM web_cache"
_SWEEP = (
    "DELETE FROM web_cache WHERE token IN "
    "(SELECT token FROM web_cache WHERE ends_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)
# Turns values into bytes and back; the name is of the cache that Django made it for.
_values: Any = import_string("django.core.cache.backends.redis.RedisSerializer")()


class EnclosedCache(BaseCache):
    """Django's cache, for `django.core.cache.cache`. For counting see `web_counts`."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept under a key; `default` where nothing is, where it is over, and where another put it there."""
        token = self._token(key, version)
        row = one_row(_GET, (token, timezone.now()))
        if row is None:
            return default
        data = bytes(row[0])
        try:
            plain = _cipher().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], token.encode())
        except (InvalidTag, ValueError):
            return default
        return _values.loads(plain)

    def set(
        self, key: Any, value: Any, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value for so many seconds; some of those that are over go away."""
        token = self._token(key, version)
        changes_rows(_SWEEP, (timezone.now(), _SWEPT_AT_ONCE))
        changes_rows(_SET, (token, _enclosed(token, value), self._ends_at(timeout)))

    def add(
        self, key: Any, value: Any, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value where none is; whether it was kept."""
        token = self._token(key, version)
        row = (token, _enclosed(token, value), self._ends_at(timeout), timezone.now())
        return changes_rows(_ADD, row)

    def touch(self, key: Any, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what is there for longer; whether something is."""
        return changes_rows(_TOUCH, (self._ends_at(timeout), self._token(key, version), timezone.now()))

    def delete(self, key: Any, version: int | None = None) -> Any:
        """Forget a key; whether something was there."""
        return changes_rows(_DELETE, (self._token(key, version),))

    def clear(self) -> None:
        """Forget everything."""
        changes_rows(_CLEAR, ())

    def _token(self, key: Any, version: int | None) -> str:
        return current_keys().web_hash("cache", text=self.make_key(key, version=version))

    def _ends_at(self, timeout: float | object | None) -> datetime:
        seconds: Any = self.get_backend_timeout(timeout)  # pyright: ignore[reportArgumentType]
        return _NEVER if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)


def _enclosed(token: str, value: Any) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = _values.dumps(value)
    return nonce + _cipher().encrypt(nonce, plain if isinstance(plain, bytes) else str(plain).encode(), token.encode())


def _cipher() -> AESGCM:
    return AESGCM(current_keys().web_cache())
