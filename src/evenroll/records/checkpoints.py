"""Checkpoints: the signed head of the sealed log as a text for others to keep (C2SP signed note, tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evenroll.records.merkle import HASH_BYTES

ED25519: Final = b"\x01"
KEY_ID_BYTES: Final = 4
_SIGNED_BY: Final = "\N{EM DASH} "
_MADE: Final = "made "


class NoteRefused(ValueError):
    """A text is no checkpoint, or is not signed by the key it was to be signed by; the sentence says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The head of a log at one moment. origin: name of the log. root: 32 bytes over the first `size` entries.

    made_at: by the wall clock of who signed it.
    """

    origin: str
    size: int
    root: bytes
    made_at: datetime

    @property
    def body(self) -> str:
        """What is signed."""
        made = self.made_at.astimezone(UTC).isoformat(timespec="seconds")
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n{_MADE}{made}\n"


def sign(checkpoint: Checkpoint, *, key: Ed25519PrivateKey) -> str:
    """The signed note: the body, an empty line, and the signature under the log's name."""
    public = key.public_key().public_bytes_raw()
    signature = _b64(_key_id(checkpoint.origin, public) + key.sign(checkpoint.body.encode()))
    return f"{checkpoint.body}\n{_SIGNED_BY}{checkpoint.origin} {signature}\n"


def verifier(origin: str, *, key: Ed25519PublicKey) -> str:
    """The public key as a text to hand out, NAME+ID+KEY; with it anybody can check a note."""
    public = key.public_bytes_raw()
    return f"{origin}+{_key_id(origin, public).hex()}+{_b64(ED25519 + public)}"


def opened(note: str, *, verifier: str) -> Checkpoint:
    """The checkpoint of a note that this key signed. Raises NoteRefused."""
    name, public = _read_verifier(verifier)
    body, divided, signatures = note.partition("\n\n")
    if not divided:
        raise NoteRefused("The text is no checkpoint: no empty line stands before its signatures. Give it unchanged.")
    checkpoint = _read_body(body + "\n")
    if checkpoint.origin != name:
        raise NoteRefused(
            f"The checkpoint is of the log {checkpoint.origin}, and the key is that of {name}. Give its own key."
        )
    for line in signatures.splitlines():
        if _is_signed(line, name=name, public=public, body=body + "\n"):
            return checkpoint
    raise NoteRefused(
        f"No signature of {name} under the checkpoint holds: it was changed, or another key signed it. "
        "Compare it with the copy that other organizations keep."
    )


def _is_signed(line: str, *, name: str, public: bytes, body: str) -> bool:
    signer, _, text = line.removeprefix(_SIGNED_BY).partition(" ")
    if not line.startswith(_SIGNED_BY) or signer != name:
        return False
    try:
        signature = base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    if signature[:KEY_ID_BYTES] != _key_id(name, public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature[KEY_ID_BYTES:], body.encode())
    except InvalidSignature:
        return False
    return True


def _read_body(body: str) -> Checkpoint:
    try:
        origin, size, root, made, *_ = body.split("\n")
        read = Checkpoint(
            origin=origin,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            made_at=datetime.fromisoformat(made.removeprefix(_MADE)),
        )
    except ValueError:
        raise NoteRefused(
            "The text is no checkpoint: name, size, root and time are to stand on its first four lines. "
            "Give the file as `evenroll journal checkpoint` wrote it."
        ) from None
    if len(read.root) != HASH_BYTES or read.size < 0 or read.body != body:
        raise NoteRefused("The checkpoint is not written as it is signed. Give the file unchanged.")
    return read


def _read_verifier(text: str) -> tuple[str, bytes]:
    try:
        # The base64 of the key may hold a plus itself.
        name, key_id, key = text.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        name, key_id, raw = "", "", b""
    if raw[:1] != ED25519 or len(raw) != 1 + HASH_BYTES or _key_id(name, raw[1:]).hex() != key_id:
        raise NoteRefused(
            "The key is no public key of a log, NAME+ID+KEY. Give it as `evenroll journal key` prints it."
        )
    return name, raw[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
