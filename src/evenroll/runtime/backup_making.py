"""Making a backup: one moment of the database while writers go on, with the keys in a file apart from it."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from psycopg import Cursor, IsolationLevel
from psycopg.conninfo import conninfo_to_dict

from evenroll import __version__
from evenroll.records.erasure_list import ErasureList, read_list
from evenroll.records.keys import Keys
from evenroll.records.merkle import root_of
from evenroll.records.seal_tiles import node_reader
from evenroll.records.seal_verify import log_size
from evenroll.runtime.backup_keys import write_keys
from evenroll.runtime.backup_manifest import FORMAT, KeptFile, Manifest, described, write_manifest
from evenroll.runtime.backup_programs import BackupRefused, Programs
from evenroll.runtime.database import DatabaseUrls

SCHEMA: Final = "schema.dump"
SHARED: Final = "shared.dump"
KEY_NUMBERS: Final = "customer_keys.copy"
KEY_TABLE: Final = "customer_key"

_WALLED: LiteralString = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity "
    "ORDER BY relname"
)
_NUMBERS: LiteralString = (
    "COPY (SELECT id, organization_id, subject_kind, wrapped IS NULL FROM public.customer_key ORDER BY id) TO STDOUT"
)
_OPEN: LiteralString = "SELECT set_config('evenroll.organization', %s, true)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a backup is made of and where it goes. keys: the file of keys; erased: the list of erasures."""

    folder: Path
    keys: Path
    erased: Path
    urls: DatabaseUrls
    master: bytes
    programs: Programs


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What one snapshot of the database says. name: by which others see the same one."""

    name: str
    server: int
    walled: tuple[str, ...]
    organizations: Mapping[str, int]
    entries: Mapping[str, int]
    migrations: tuple[str, ...]
    checkpoint: str
    sealed: int
    root: bytes


def file_of(organization: str) -> str:
    """The name of the file with the rows of an organization."""
    return f"organization_{organization}.dump"


def make_backup(wanted: Wanted) -> Manifest:
    """Write the backup, whole or not at all, and the file of keys apart from it. Raises BackupRefused.

    All of it is of one moment, however long it takes; writers wait for nothing.
    """
    _refuse_places(wanted)
    erased = _list(wanted.erased)
    fresh = wanted.folder.with_name(f".{wanted.folder.name}.{secrets.token_hex(4)}")
    try:
        with _worked_on(fresh), psycopg.connect(wanted.urls.owner) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            with connection.cursor() as pen:
                moment = _moment(pen)
                keys = _write_numbers(fresh / KEY_NUMBERS, pen, moment)
                _write_keys(wanted, pen, moment, erased)
                _dump(wanted.programs, fresh, moment)
        files = {path.name: _settled(path) for path in sorted(fresh.iterdir())}
        logins = wanted.urls
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            made_at=datetime.now(UTC).replace(microsecond=0),
            log=Keys(wanted.master).log_name(),
            fingerprint=Keys(wanted.master).fingerprint(),
            owner=role_of(logins.owner),
            application=role_of(logins.app),
            auditor=role_of(logins.auditor) if logins.auditor else "",
            server=moment.server,
            migrations=moment.migrations,
            organizations=moment.organizations,
            entries=moment.entries,
            sealed=moment.sealed,
            root=moment.root.hex(),
            checkpoint=moment.checkpoint,
            erased=len(erased.heads),
            erased_head=erased.head,
            keys=keys,
            files=files,
        )
        write_manifest(fresh, manifest, key=Keys(wanted.master).log_signing())
        fresh.rename(wanted.folder)
    except OSError as error:
        raise BackupRefused(
            f"The backup could not be written to {wanted.folder}: {error.strerror}. Nothing half of it was left. Give "
            "another folder, or free some space where it is to be."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


@contextmanager
def _worked_on(fresh: Path) -> Iterator[None]:
    """The folder in which a backup grows, locked for as long; what killed runs left beside it goes."""
    fresh.mkdir(mode=0o700, parents=True)
    with _locked(fresh):
        for left in fresh.parent.glob(f".*.{'[0-9a-f]' * 8}"):
            if left != fresh and (left / KEY_NUMBERS).is_file() and not left.is_symlink():
                with suppress(OSError), _locked(left):
                    shutil.rmtree(left)
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def _write_keys(wanted: Wanted, pen: Cursor[Any], moment: Moment, erased: ErasureList) -> None:
    gone = {number for each in erased.erasures for number in each.keys}
    organizations = moment.organizations.values()
    try:
        write_keys(wanted.keys, master=wanted.master, pen=pen, organizations=organizations, erased=gone)
    except OSError as error:
        raise BackupRefused(
            f"The keys could not be written to {wanted.keys}: {error.strerror}. No backup was made, and an older file "
            "of keys there is as it was. Free some space, or give another place with --keys."
        ) from error


def _list(path: Path) -> ErasureList:
    """The list of erasures; from the first backup on there is one, so that none is told from one that was lost."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    return read_list(path)


def role_of(url: str) -> str:
    """The role that an address signs in as."""
    return str(conninfo_to_dict(url).get("user") or "")


def _refuse_places(wanted: Wanted) -> None:
    folder = wanted.folder.resolve()
    if folder.exists():
        raise BackupRefused(f"{wanted.folder} is there already, and a backup is never overwritten. Give a new folder.")
    if folder in wanted.keys.resolve().parents:
        raise BackupRefused(
            f"The file of keys {wanted.keys} would lie within the backup, and whoever has both reads everything. Give "
            "another place with --keys."
        )


def _moment(pen: Cursor[Any]) -> Moment:
    row = pen.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int").fetchone()
    assert row is not None
    organizations = {
        str(key): int(number) for key, number in pen.execute("SELECT key, id FROM organization").fetchall()
    }
    entries: dict[str, int] = {}
    for key, number in organizations.items():
        pen.execute(_OPEN, (str(number),))
        counted = pen.execute("SELECT count(*) FROM journal_entry WHERE organization_id = %s", (number,)).fetchone()
        assert counted is not None
        entries[key] = counted[0]
    size = log_size(pen)
    note = pen.execute("SELECT note FROM seal_checkpoint ORDER BY size DESC, id DESC LIMIT 1").fetchone()
    applied = pen.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
    return Moment(
        name=str(row[0]),
        server=row[1],
        walled=tuple(str(each[0]) for each in pen.execute(_WALLED).fetchall()),
        organizations=organizations,
        entries=entries,
        migrations=tuple(str(each[0]) for each in applied),
        checkpoint="" if note is None else str(note[0]),
        sealed=size,
        root=root_of(0, size, node=node_reader(pen)),
    )


def _dump(programs: Programs, folder: Path, moment: Moment) -> None:
    """Schema, what belongs to nobody, and the rows of each organization: the walls bind who makes backups as well."""
    at = f"--snapshot={moment.name}"
    programs.dump("--schema-only", at, to=folder / SCHEMA)
    programs.dump("--data-only", at, *(f"--exclude-table=public.{each}" for each in moment.walled), to=folder / SHARED)
    tables = [f"--table=public.{each}" for each in moment.walled if each != KEY_TABLE]
    for key, number in moment.organizations.items():
        to = folder / file_of(key)
        programs.dump("--data-only", "--enable-row-security", at, *tables, to=to, organization_id=number)


def _write_numbers(path: Path, pen: Cursor[Any], moment: Moment) -> int:
    """Which customer keys there are, and which of them are destroyed; the keys themselves stay out of the backup."""
    count = 0
    with path.open("wb") as file:
        for number in moment.organizations.values():
            pen.execute(_OPEN, (str(number),))
            with pen.copy(_NUMBERS) as rows:
                for block in rows:
                    file.write(block)
                    count += bytes(block).count(b"\n")
    return count


def _settled(path: Path) -> KeptFile:
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return described(path)
