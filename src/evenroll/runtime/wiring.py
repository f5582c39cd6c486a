"""Wiring: sets Django up as the application role, gives the vault its keys, and brings the tables up to date."""

from __future__ import annotations

import base64
import binascii
import contextlib
import dataclasses
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

from evenroll.runtime.embedded_places import ServerRefused
from evenroll.runtime.migrating import migrate_tables
from evenroll.runtime.settings import Urls, settings_for

if TYPE_CHECKING:
    from evenroll.records.keys import Keys

PREPARED_VARIABLE = "DATABASE_PREPARED"
MASTER_KEY_VARIABLE = "EVENROLL_MASTER_KEY"
MASTER_KEY_BYTES = 32
ERASURE_LIST_VARIABLE = "EVENROLL_ERASURE_LIST"


class MasterKeyRefused(ValueError):
    """The master key cannot be used. The message never repeats it."""


class AlreadyConfigured(RuntimeError):
    """Another database was asked for in a process that already has one."""


@dataclasses.dataclass(slots=True)
class _Configured:
    urls: tuple[str, str, str | None] | None = None


_configured = _Configured()


def configure(urls: Urls, *, home: Path | None = None) -> None:
    """Set Django up for this database as the application role, and the vault from its keys.

    home: EVENROLL_HOME, whose folder `keys` holds the demo's master key, made if absent; the environment variable
    EVENROLL_MASTER_KEY goes before it. Without both the vault has no keys and refuses by name. A second call with the
    same addresses does nothing. Raises AlreadyConfigured for other ones, and MasterKeyRefused, also
    for a key that is not the one this database was first used with.
    """
    asked = (urls.app, urls.owner, urls.auditor)
    if _configured.urls not in (None, asked):
        raise AlreadyConfigured(
            "This process already works on another database; a process has one. Start a new process for the other."
        )
    if _configured.urls is None:
        settings.configure(**settings_for(urls, prepares=_prepares()))
        django.setup()
        _configured.urls = asked
    _give_keys(home)


def _prepares() -> bool:
    given = os.environ.get(PREPARED_VARIABLE, "") or "on"
    if given not in ("on", "off"):
        raise ServerRefused(f"{PREPARED_VARIABLE}={given} says neither on nor off. Set it to off, or leave it unset.")
    return given == "on"


def migrate(urls: Urls) -> None:
    """Bring the tables up to date as the owner role. Several processes at once wait for each other.

    Raises MasterKeyRefused and MigrationRefused.
    """
    configure(urls)
    migrate_tables(urls)
    _leave_mark()


def erasure_list_of(home: Path) -> Path:
    """Where the list of erasures is: the environment variable EVENROLL_ERASURE_LIST, else in the home's folder `keys`.

    Several nodes on one database name one place that all of them reach.
    """
    given = os.environ.get(ERASURE_LIST_VARIABLE, "")
    return Path(given) if given else home / "keys" / "erased.jsonl"


def find_master_key(home: Path | None) -> bytes | None:
    """The master key: from the environment, else from the home's folder `keys`, where it is made if absent.

    None if neither is given. Raises MasterKeyRefused for a text that is no base64 of 32 bytes, and for a file that
    others may read.
    """
    given = os.environ.get(MASTER_KEY_VARIABLE, "")
    if given:
        return _decoded(given, whence=f"the environment variable {MASTER_KEY_VARIABLE}")
    if home is None:
        return None
    path = home / "keys" / "master.key"
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise MasterKeyRefused(
            f"The master key {path} can be read by other accounts, so it may be known. Set its mode to 0600, and "
            "change the key if others use this machine."
        )
    return _decoded(path.read_text("ascii").strip(), whence=str(path))


def keep_master_key(home: Path, master: bytes) -> None:
    """Make this the master key of an installation that is restored, if it has none. Raises MasterKeyRefused."""
    if not _has_master_key(home):
        _make_key(home / "keys" / "master.key", master)
    refuse_other_master_key(home, master)


def refuse_other_master_key(home: Path, master: bytes) -> None:
    """Raises MasterKeyRefused where an installation has another master key than this one; it may have none yet."""
    if _has_master_key(home) and find_master_key(home) != master:
        raise MasterKeyRefused(
            f"{home} belongs to another installation: its master key is not the one of the backup. Nothing was "
            "changed. Set EVENROLL_HOME to a folder of its own."
        )


def _has_master_key(home: Path) -> bool:
    return bool(os.environ.get(MASTER_KEY_VARIABLE, "")) or (home / "keys" / "master.key").exists()


def _make_key(path: Path, master: bytes | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(base64.b64encode(master or secrets.token_bytes(MASTER_KEY_BYTES)).decode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: of two processes that make the key at once, both end with the first one's.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _decoded(text: str, *, whence: str) -> bytes:
    try:
        master = base64.b64decode(text, validate=True)
    except binascii.Error:
        master = b""
    if len(master) != MASTER_KEY_BYTES:
        raise MasterKeyRefused(
            f"The master key in {whence} is no base64 text of {MASTER_KEY_BYTES} bytes, so personal data cannot be "
            "opened. Give the key that this database was made with."
        )
    return master


def _give_keys(home: Path | None) -> None:
    # Imported late: records needs Django set up.
    from evenroll.records.erasure_list import use_erasure_list
    from evenroll.records.keys import Keys, use_keys

    if home is not None:
        use_erasure_list(erasure_list_of(home))
        _refuse_second_key(home)
    master = find_master_key(home)
    if master is not None:
        keys = Keys(master)
        _check_mark(keys)
        use_keys(keys)


def _refuse_second_key(home: Path) -> None:
    """A node that has no key yet makes none for a database that was made with one."""
    from evenroll.records.key_mark import is_marked

    path = home / "keys" / "master.key"
    if not os.environ.get(MASTER_KEY_VARIABLE, "") and not path.exists() and is_marked():
        raise MasterKeyRefused(
            "This node has no master key, and the database was made with one, on another node. Copy that node's "
            f"{path.parent.name}/{path.name} to {path}, or set {MASTER_KEY_VARIABLE} to it."
        )


def _leave_mark() -> None:
    from evenroll.records.keys import KeysMissing, current_keys

    with contextlib.suppress(KeysMissing):
        _check_mark(current_keys())


def _check_mark(keys: Keys) -> None:
    """Refuse a key with which nothing that stands here could be opened."""
    from evenroll.records.key_mark import marked_fingerprint

    fingerprint = keys.fingerprint()
    if marked_fingerprint(fingerprint) not in (None, fingerprint):
        raise MasterKeyRefused(
            "The master key is not the one that this database was made with, so personal data in it could not be "
            f"opened. Give the key that this database was made with, in {MASTER_KEY_VARIABLE} or in the folder "
            "`keys` of EVENROLL_HOME."
        )
