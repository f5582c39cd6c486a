"""A filled database, a backup of it and where it was restored; files of keys as nobody should write them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import Said, line


@dataclass(frozen=True, kw_only=True)
class Place:
    """A filled database, a backup of it, and where it was restored."""

    folder: Path
    urls: DatabaseUrls
    home: Path
    restored: DatabaseUrls
    answers: dict[object, str]

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    @property
    def keys(self) -> Path:
        return self.folder / "apart" / "keys"

    def said(self, *arguments: str) -> Said:
        return line(self.urls, self.home, *arguments, folder=self.folder)

    def restore(self, backup: Path, *more: str, keys: Path | None = None) -> Said:
        return self.said("restore", str(backup), "--keys", str(keys or self.keys), *more)


def other_keys(path: Path) -> None:
    told = {
        "file": "evenroll-keys",
        "made_at": "2026-11-23T10:00:00+00:00",
        "master": base64.b64encode(b"x" * 32).decode(),
    }
    write_whole(path, [json.dumps(told).encode() + b"\n"])


def write_whole(path: Path, lines: Sequence[bytes]) -> None:
    """A file of keys with its end."""
    body = b"".join(lines)
    path.write_bytes(body + b"end " + hashlib.sha256(body).hexdigest().encode() + b"\n")
    path.chmod(0o600)


def major(urls: DatabaseUrls) -> int:
    with psycopg.connect(urls.owner) as owner:
        return owner.info.server_version // 10_000


def databases(urls: DatabaseUrls, prefix: str) -> int:
    with psycopg.connect(urls.owner) as owner:
        row = owner.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", (prefix,)).fetchone()
    return 0 if row is None else row[0]
