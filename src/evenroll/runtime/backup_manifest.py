"""The manifest of a backup: what it holds, of which installation, with a hash of each file, signed by the log's key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evenroll.quantities.codec import decode, text_of
from evenroll.quantities.json_text import CodecRefused
from evenroll.runtime.backup_programs import BackupRefused

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_CHUNK: Final = 1 << 20
_PURPOSE: Final = b"evenroll/1/backup\n"
"""Before what is signed, so that a signature under a backup is never one under a checkpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFile:
    """One file of a backup. sha256: hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup says of itself.

    log: name of the installation's sealed log. fingerprint: of its master key. roles: owner, application, auditor, as
    the walls name them. server: PostgreSQL's version as a number, 180004. entries: of the journal, by organization.
    sealed, root: size and root of the sealed log. checkpoint: its signed head. erased, erased_head: how many lines the
    list of erasures had, and its hash. keys: how many customer keys have to be brought for it.
    """

    format: int
    version: str
    made_at: datetime
    log: str
    fingerprint: str
    owner: str
    application: str
    auditor: str
    server: int
    migrations: tuple[str, ...]
    organizations: Mapping[str, int]
    entries: Mapping[str, int]
    sealed: int
    root: str
    checkpoint: str
    erased: int
    erased_head: str
    keys: int
    files: Mapping[str, KeptFile]


def described(path: Path) -> KeptFile:
    """Size and hash of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return KeptFile(bytes=size, sha256=digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest, *, key: Ed25519PrivateKey) -> None:
    """Write the manifest of a backup beside its files."""
    body = text_of(manifest)
    signature = base64.b64encode(key.sign(_PURPOSE + body.encode())).decode("ascii")
    told = {"manifest": json.loads(body), "signature": signature}
    (folder / MANIFEST).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """What a folder says that it holds; nothing of it is proved yet. Raises BackupRefused."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        found = told["manifest"]["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupRefused(
            f"{folder} is no backup: its {MANIFEST} is missing or cannot be read. Give the folder that "
            "`evenroll backup --out` wrote, whole."
        ) from None
    if found != FORMAT:
        raise BackupRefused(
            f"The backup {folder} has format {found} and this release reads {FORMAT}. Restore it with the release that "
            "made it."
        )
    try:
        return decode(Manifest, told["manifest"])
    except CodecRefused:
        raise _changed(folder) from None


def check_manifest(folder: Path, manifest: Manifest, *, key: Ed25519PublicKey) -> None:
    """Refuse a backup that this key did not sign, or a file of it that is missing, cut or changed."""
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    try:
        signature = base64.b64decode(str(told.get("signature", "")), validate=True)
        key.verify(signature, _PURPOSE + text_of(manifest).encode())
    except (InvalidSignature, binascii.Error):
        raise _changed(folder) from None
    for name, kept in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BackupRefused(
                f"The backup {folder} is not whole: {name} is missing. Nothing was changed here. Take another "
                "copy of this backup, or an older backup."
            )
        found = described(path)
        if found != kept:
            how = (
                "was changed: its bytes are not those that were written"
                if found.bytes == kept.bytes
                else f"was {'cut' if found.bytes < kept.bytes else 'changed'}: it has {found.bytes} bytes where "
                f"{kept.bytes} were written"
            )
            raise BackupRefused(
                f"The file {name} of the backup {folder} {how}. Nothing was changed here. Take another copy of this "
                "backup, or an older backup."
            )


def told(manifest: Manifest) -> dict[str, Any]:
    """The manifest for machines."""
    return {**asdict(manifest), "made_at": manifest.made_at}


def _changed(folder: Path) -> BackupRefused:
    return BackupRefused(
        f"The manifest of {folder} was changed after this installation signed it, or another one made it. Nothing was "
        "changed here. Take another copy of this backup, or an older backup."
    )
