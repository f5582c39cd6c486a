"""The keys of the vault, all derived from one master key that stands outside the database."""

from __future__ import annotations

import dataclasses
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evenroll.quantities.identifiers import OrganizationKey

KEY_BYTES = 32


class KeysMissing(RuntimeError):
    """The vault was used before it was given keys."""


class Keys:
    """Derives every key of the vault from the master key; shows none of them.

    Of each organization: `wrapping` encloses its customers' data keys, `indexing` makes its search tokens and
    digests, `sealing` opens what other organizations seal for it.
    """

    __slots__ = ("_derived",)

    def __init__(self, master: bytes) -> None:
        @lru_cache(maxsize=4096)
        def derived(purpose: str, organization: str) -> bytes:
            info = f"evenroll/1/{purpose}/{organization}".encode()
            return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)

        self._derived = derived

    def __repr__(self) -> str:
        return "Keys(...)"

    def wrapping(self, organization: OrganizationKey) -> bytes:
        """The key that encloses the data keys of an organization's customers, 32 bytes."""
        return self._derived("wrap", organization)

    def sealing(self, organization: OrganizationKey) -> X25519PrivateKey:
        """The private key with which an organization opens what was sealed for it."""
        return X25519PrivateKey.from_private_bytes(self._derived("seal", organization))

    def log_name(self) -> str:
        """The name of this installation's sealed log, under which its checkpoints are signed."""
        return f"evenroll-journal-{self.fingerprint()[:12]}"

    def log_signing(self) -> Ed25519PrivateKey:
        """The private key that signs the checkpoints of the sealed log."""
        return Ed25519PrivateKey.from_private_bytes(self._derived("log", ""))

    def web_signing(self) -> str:
        """The key that signs what the web gives a browser and gets back, hexadecimal."""
        return self._derived("web-signing", "").hex()

    def web_sessions(self) -> bytes:
        """The key that encloses what is kept of each browser's session, 32 bytes."""
        return self._derived("web-sessions", "")

    def web_drafts(self) -> bytes:
        """The key that encloses the applications that are not sent yet, 32 bytes."""
        return self._derived("web-drafts", "")

    def web_cache(self) -> bytes:
        """The key that encloses what the web keeps for a while so as not to make it again, 32 bytes."""
        return self._derived("web-cache", "")

    def web_hash(self, purpose: str, *, text: str) -> str:
        """A keyed hash of a text that the web looks up, 64 hexadecimal digits; equal in all processes."""
        return hmac.digest(self._derived("web-hashes", ""), f"{purpose}\x00{text}".encode(), "sha256").hex()

    def web_staff(self) -> bytes:
        """The key that encloses the secrets of the staff's authenticator apps, 32 bytes."""
        return self._derived("web-staff", "")

    def web_passkeys(self) -> bytes:
        """The key that encloses what is kept of passkeys, 32 bytes."""
        return self._derived("web-passkeys", "")

    def web_code(self, asked: str) -> str:
        """The eight digits that are mailed to whoever asked under this number; they are kept nowhere."""
        drawn = hmac.digest(self._derived("web-codes", ""), asked.encode(), "sha256")
        return f"{int.from_bytes(drawn) % 10**8:08d}"

    def web_letters(self) -> bytes:
        """The key that encloses the letters that somebody asked the web for, 32 bytes."""
        return self._derived("web-letters", "")

    def web_draft_way(self, way: str, *, number: str) -> bytes:
        """The secret by which a draft is come back to, 32 bytes: it is kept nowhere. way: such as link, or code."""
        return hmac.digest(self._derived("web-draft-ways", ""), f"{way}\x00{number}".encode(), "sha256")

    def fingerprint(self) -> str:
        """By which the master key is known again, hexadecimal; it tells nothing of the key."""
        return self._derived("fingerprint", "").hex()

    def digest(self, organization: OrganizationKey, *, purpose: str, text: str) -> str:
        """A keyed hash of a text, hexadecimal: equal texts agree within one organization and purpose."""
        key = self._derived("index", organization)
        return hmac.digest(key, f"{purpose}\x00{text}".encode(), "sha256").hex()


@dataclasses.dataclass(slots=True)
class _Held:
    keys: Keys | None = None


_held = _Held()


def use_keys(keys: Keys) -> None:
    """Give this process the keys of the vault; called once by the wiring."""
    _held.keys = keys


def current_keys() -> Keys:
    """The keys of this process. Raises KeysMissing."""
    if _held.keys is None:
        raise KeysMissing(
            "The vault has no keys, so personal data can neither be stored nor opened. "
            "Set EVENROLL_MASTER_KEY, or give the home of the installation when it is configured."
        )
    return _held.keys
