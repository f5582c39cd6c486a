"""Restoring a backup in one transaction: schema, rows, keys, walls; who was erased since is erased before it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from evenroll.records.erasure_list import ErasureList
from evenroll.runtime.backup_keys import KeyFile
from evenroll.runtime.backup_making import KEY_NUMBERS, SCHEMA, SHARED, file_of, role_of
from evenroll.runtime.backup_manifest import Manifest, check_manifest, read_manifest
from evenroll.runtime.backup_programs import KNOWS_TIMEOUT, BackupRefused, Programs, Script
from evenroll.runtime.database import DatabaseUrls

_MAJOR: Final = 10_000

_STAGE = """
CREATE TEMP TABLE kept_key (id bigint, organization_id bigint, subject_kind text, was_erased boolean);
CREATE TEMP TABLE given_key (id bigint PRIMARY KEY, wrapped bytea);
CREATE TEMP TABLE gone_key (id bigint);
CREATE TEMP TABLE gone_record (id bigint);
"""

# Triggers and walls come afterwards, so that one statement sees the rows of all organizations.
_SETTLE = """
DO $$
DECLARE
    missing bigint;
BEGIN
    SELECT count(*) INTO missing FROM kept_key LEFT JOIN given_key USING (id)
    WHERE NOT kept_key.was_erased AND given_key.id IS NULL AND kept_key.id NOT IN (SELECT id FROM gone_key);
    IF missing > 0 THEN
        RAISE EXCEPTION 'the file of keys is older than the backup and lacks % customer keys; bring a newer one',
            missing;
    END IF;
END $$;
INSERT INTO public.customer_key (id, organization_id, subject_kind, wrapped)
SELECT kept_key.id, kept_key.organization_id, kept_key.subject_kind,
    CASE WHEN kept_key.was_erased OR gone.id IS NOT NULL THEN NULL ELSE given_key.wrapped END
FROM kept_key LEFT JOIN given_key USING (id) LEFT JOIN (SELECT DISTINCT id FROM gone_key) AS gone USING (id);
DELETE FROM public.search_token USING public.customer_key AS key WHERE key.id = key_id AND key.wrapped IS NULL;
DELETE FROM public.search_token WHERE subject_kind = 'answers' AND subject_id IN (SELECT id FROM gone_record);
UPDATE public.personal_record SET ciphertext = '' FROM public.customer_key AS key
WHERE key.id = key_id AND key.wrapped IS NULL;
UPDATE public.personal_record SET ciphertext = '' WHERE id IN (SELECT id FROM gone_record);
UPDATE public.seal_progress SET writers = '{}';
UPDATE public.track SET claimed_until = NULL WHERE claimed_until IS NOT NULL;
DROP TABLE kept_key, given_key, gone_key, gone_record;
"""

_CLEAR = """
DO $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', each.relname);
    END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', each.name);
    END LOOP;
END $$;
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """A backup that was read and proved, with all that is needed to open it."""

    folder: Path
    manifest: Manifest
    keys: KeyFile
    erased: ErasureList


def bring(folder: Path, *, keys: KeyFile, erased: ErasureList) -> Brought:
    """The backup in a folder, each file of it checked.

    Raises BackupRefused: damaged, cut, foreign, or a list of erasures that is too short.
    """
    manifest = read_manifest(folder)
    known = keys.keys
    if known.fingerprint() != manifest.fingerprint:
        raise BackupRefused(
            f"The backup {folder} is of {manifest.log}, and the file of keys {keys.path} is of {known.log_name()}: "
            "one is of another installation. Nothing was changed. Bring what belongs together."
        )
    check_manifest(folder, manifest, key=known.log_signing().public_key())
    if not erased.goes_on_from(manifest.erased, head=manifest.erased_head):
        raise BackupRefused(
            f"The backup {folder} knows of {manifest.erased} erasures, and the list given has {len(erased.heads)}, too "
            "few or not the same: restored with it, people who were erased could come back. Nothing was changed. Give "
            "the newest list with --erased."
        )
    return Brought(folder=folder, manifest=manifest, keys=keys, erased=erased)


def check_target(brought: Brought, *, urls: DatabaseUrls, server: int) -> None:
    """Refuse a server on which the walls of the backup could not stand. Raises BackupRefused."""
    manifest = brought.manifest
    if server // _MAJOR < manifest.server // _MAJOR:
        raise BackupRefused(
            f"The backup was made from PostgreSQL {manifest.server // _MAJOR} and this server is "
            f"{server // _MAJOR}. Restore it to {manifest.server // _MAJOR} or newer."
        )
    auditor = role_of(urls.auditor) if urls.auditor else ""
    here = {"owner": role_of(urls.owner), "application": role_of(urls.app), "auditor": auditor}
    there = {"owner": manifest.owner, "application": manifest.application, "auditor": manifest.auditor}
    for what, role in there.items():
        if role and here[what] != role:
            raise BackupRefused(
                f"The walls of the backup are for the {what} role {role}, and here it is "
                f"{here[what] or 'none'}. Make a login of that name, and name it in the address."
            )


def table_count(urls: DatabaseUrls) -> tuple[int, int]:
    """How many tables the target has, and the version of its server."""
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchone()
        return (0 if row is None else row[0]), connection.info.server_version


def load(brought: Brought, *, programs: Programs, server: int, clears: bool) -> None:
    """Put the backup into the database, in one transaction. clears: what stands there goes first.

    Raises BackupRefused; then the database is as it was.
    """
    folder, knows = brought.folder, server >= KNOWS_TIMEOUT
    with programs.script() as script:
        if clears:
            script.say(_CLEAR)
        script.archive(folder / SCHEMA, section="pre-data", knows_timeout=knows)
        for name in (SHARED, *(file_of(key) for key in brought.manifest.organizations)):
            script.archive(folder / name, section="data", knows_timeout=knows)
        _keys(script, brought)
        script.archive(folder / SCHEMA, section="post-data", knows_timeout=knows)


def _keys(script: Script, brought: Brought) -> None:
    gone = brought.erased.erasures
    script.say(_STAGE)
    script.rows("kept_key", _lines_of(brought.folder / KEY_NUMBERS))
    script.rows("given_key", brought.keys.rows())
    script.rows("gone_key", _numbers(number for each in gone for number in each.keys))
    script.rows("gone_record", _numbers(number for each in gone for number in each.records))
    script.say(_SETTLE)


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _numbers(numbers: Iterable[int]) -> Iterator[bytes]:
    return (f"{number}\n".encode() for number in numbers)
