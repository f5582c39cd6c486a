"""`evenroll backup` and `evenroll restore`: one moment of the database in a folder, and back; keys apart."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict

from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import refused, wrong_use
from evenroll.runtime.cli_session import DATABASE, asked, business_now, organizations_here, session
from evenroll.runtime.database import DatabaseUrls, embedded_major, outside_urls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_roles import NAME
from evenroll.runtime.embedded_server import (
    Server,
    drop_database,
    list_databases,
    make_passing_database,
    refuse_database_in_use,
    swap_database,
    swapping_alone,
    using_server,
)
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.output_console import Output
from evenroll.runtime.wiring import (
    configure,
    erasure_list_of,
    find_master_key,
    keep_master_key,
    migrate,
    refuse_other_master_key,
)

if TYPE_CHECKING:
    from evenroll.records.erasure_list import Erasure
    from evenroll.runtime.backup_restoring import Brought

KEY_FILE: Final = "backup.keys"
_STAGE: Final = "_restoring"


@dataclass(frozen=True, kw_only=True, slots=True)
class RestoreOptions:
    """What `evenroll restore` is told."""

    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `evenroll backup` wrote.")]
    keys: Annotated[Path | None, typer.Option("--keys", metavar="FILE", help="The file of keys.")] = None
    erased: Annotated[Path | None, typer.Option("--erased", metavar="FILE", help="The list of erasures.")] = None
    into: Annotated[str, typer.Option("--into", metavar="NAME", help="Another database of the embedded server.")] = ""
    replace: Annotated[bool, typer.Option("--replace", help="What stands in the database goes.")] = False
    nobody_erased: Annotated[
        bool, typer.Option("--nobody-erased", help="There is no list, for nobody was ever erased.")
    ] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """Where a restore writes, and under which name it then stands. server: the embedded one, None for an outside."""

    urls: DatabaseUrls
    name: str
    server: Server | None
    is_taken: bool


def backup(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder for the backup.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", metavar="FILE", help="Where the keys go, apart from the backup.")
    ] = None,
) -> None:
    """Write a backup of one moment, while everybody goes on working; the keys go into a file apart from it.

    Example: evenroll backup --out /srv/backup/2026-11-23 --keys /mnt/safe/evenroll.keys
    """
    output, home = Output(json=asked.json), evenroll_home(os.environ)
    with session() as urls:
        from evenroll.records.heads import give_out
        from evenroll.records.keys import current_keys
        from evenroll.records.sealing import seal_all
        from evenroll.runtime.backup_making import Wanted, make_backup
        from evenroll.runtime.backup_manifest import told
        from evenroll.runtime.backup_programs import programs_for

        master = find_master_key(home)
        assert master is not None
        # An empty database is another one than was meant: a backup of it would be believed for years.
        organizations_here()
        seal_all()
        give_out(current_keys())
        key_file = keys or home / "keys" / KEY_FILE
        wanted = Wanted(
            folder=out.absolute(),
            keys=key_file.absolute(),
            erased=erasure_list_of(home),
            urls=urls,
            master=master,
            programs=programs_for(urls.owner, home=home, major=_major(urls), environ=dict(os.environ)),
        )
        manifest = make_backup(wanted)
    output.data({"folder": str(out), "keys": str(key_file), **told(manifest)})
    size = sum(each.bytes for each in manifest.files.values())
    output.say(
        f"The backup is in {out}: {sum(manifest.entries.values())} entries, {manifest.sealed} of them sealed, "
        f"{size} bytes.",
        f"The keys are in {key_file}: {manifest.keys} of customers, and the master key.",
    )
    output.note(
        "Keep the two apart: the backup alone tells nothing of anybody, both together tell everything. Keep only the "
        "newest file of keys, and the list of erasures, elsewhere as well; the newest keys open older backups too."
    )


def restore(options: RestoreOptions) -> None:
    """Restore a backup, whole or not at all; who was erased since it was made is erased before it opens.

    Example: evenroll restore /srv/backup/2026-11-23 --keys /mnt/safe/evenroll.keys
    """
    from evenroll.runtime.backup_restoring import check_target, table_count

    output, home = Output(json=asked.json), evenroll_home(os.environ)
    brought = _brought(options, home)
    with _target(options, home) as target:
        tables, version = table_count(target.urls)
        _refuse_taken(options, target, has_tables=target.is_taken or tables > 0)
        if target.server is not None:
            refuse_database_in_use(target.server, target.name)
        check_target(brought, urls=target.urls, server=version)
        refuse_other_master_key(home, brought.keys.master)
        is_newer = _is_newer_list(options, home)
        _load(brought, home, target, version=version)
        # Until here it was refused with nothing changed, in the home as in the database.
        keep_master_key(home, brought.keys.master)
        if is_newer:
            _keep_list(options, home)
        again = _settle(target, brought)
        if target.server is not None:
            swap_database(target.server, target.name, by=f"{target.name}{_STAGE}")
    manifest = brought.manifest
    output.data(
        {"database": target.name, "entries": manifest.entries, "sealed": manifest.sealed, "erased_again": again}
    )
    output.say(
        f"The backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC is restored into {target.name}: "
        f"{sum(manifest.entries.values())} entries, {manifest.sealed} of them sealed.",
        f"Erased since then, and erased again here: {again}.",
    )
    if options.into:
        output.note(f"Look into it with `evenroll --database {options.into} status`.")
    output.note(
        "What happened after the backup is not in it. Hold the log against the newest checkpoint that somebody else "
        "keeps (`evenroll journal verify --against`): it says how many entries are missing. Messages that were not "
        "known to be delivered go out again, and have their effect once."
    )


def _major(urls: DatabaseUrls) -> int:
    with psycopg.connect(urls.owner) as connection:
        return connection.info.server_version // 10_000


def _brought(options: RestoreOptions, home: Path) -> Brought:
    from evenroll.records.erasure_list import read_list
    from evenroll.runtime.backup_keys import read_keys
    from evenroll.runtime.backup_restoring import bring

    erased = options.erased or erasure_list_of(home)
    if not erased.exists() and not options.nobody_erased:
        raise refused(
            f"There is no list of erasures at {erased}, so people who were erased since the backup could come back. "
            "Give its copy with --erased; if nobody was ever erased, say --nobody-erased.",
            reason="erasure_list_missing",
        )
    keys = read_keys(options.keys or home / "keys" / KEY_FILE)
    return bring(options.folder, keys=keys, erased=read_list(erased))


def _is_newer_list(options: RestoreOptions, home: Path) -> bool:
    """Whether a list was brought that goes on from the one here; another one is refused."""
    from evenroll.records.erasure_list import read_list

    here = erasure_list_of(home)
    if options.erased is None or options.erased.resolve() == here.resolve():
        return False
    brought, known = read_list(options.erased), read_list(here)
    if not brought.goes_on_from(len(known.heads), head=known.head):
        raise refused(
            f"The list {options.erased} does not go on from the one here, {here}: one of them is older or of another "
            "installation. Nothing was changed. Give the newest one.",
            reason="erasure_list_other",
        )
    return True


def _keep_list(options: RestoreOptions, home: Path) -> None:
    """The list that was brought goes on here."""
    here = erasure_list_of(home)
    assert options.erased is not None
    here.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(options.erased, here)
    here.chmod(0o600)


@contextmanager
def _target(options: RestoreOptions, home: Path) -> Iterator[_Target]:
    outside = outside_urls(os.environ)
    if outside is not None:
        if options.into:
            raise refused("--into names a database of the embedded server; here DATABASE_URL names the one.")
        name = str(conninfo_to_dict(outside.owner).get("dbname") or "")
        yield _Target(urls=outside, name=name, server=None, is_taken=False)
        return
    name = _name_of(options)
    with using_server(home, major=embedded_major(os.environ)) as server, swapping_alone(server, name):
        stage = f"{name}{_STAGE}"
        make_passing_database(server, stage)
        urls = DatabaseUrls(
            app=server.url(role=APPLICATION, database=stage),
            owner=server.url(role=OWNER, database=stage),
            auditor=server.url(role=AUDITOR, database=stage),
        )
        try:
            yield _Target(urls=urls, name=name, server=server, is_taken=_has_tables(server, name))
        finally:
            drop_database(server, stage)


def _name_of(options: RestoreOptions) -> str:
    name = options.into or asked.database or DATABASE
    if not NAME.fullmatch(f"{name}{_STAGE}") or name == "postgres" or name.startswith("template"):
        raise wrong_use(
            f"{name} cannot name the database of an installation. Use a small letter, then small letters, digits and _ "
            f"(at most {63 - len(_STAGE)})."
        )
    return name


def _has_tables(server: Server, name: str) -> bool:
    from evenroll.runtime.backup_restoring import table_count

    if name not in list_databases(server, prefix=name):
        return False
    url = server.url(role=OWNER, database=name)
    return table_count(DatabaseUrls(app=url, owner=url, auditor=None))[0] > 0


def _refuse_taken(options: RestoreOptions, target: _Target, *, has_tables: bool) -> None:
    if has_tables and not options.replace:
        raise refused(
            f"The database {target.name} holds an installation, and a restore would replace it. Nothing was changed. "
            "Give --into NAME for a database beside it, or --replace if it may go.",
            reason="database_taken",
        )


def _load(brought: Brought, home: Path, target: _Target, *, version: int) -> None:
    from evenroll.runtime.backup_programs import programs_for
    from evenroll.runtime.backup_restoring import load

    programs = programs_for(target.urls.owner, home=home, major=version // 10_000, environ=dict(os.environ))
    load(brought, programs=programs, server=version, clears=target.server is None)


def _settle(target: _Target, brought: Brought) -> int:
    """Bring the tables up to this release and journal again who was erased since; how many."""
    configure(target.urls, home=evenroll_home(os.environ))
    migrate(target.urls)
    from django.db import connections

    from evenroll.records.organizations import organization_keys

    here = set(organization_keys())
    again = sum(_is_told_again(each) for each in brought.erased.erasures if each.organization in here)
    connections.close_all()
    return again


def _is_told_again(erasure: Erasure) -> bool:
    from evenroll.actions.erase import erase_again
    from evenroll.records.attempts import SYSTEM
    from evenroll.records.erasing import subject_of
    from evenroll.records.retries import with_retries
    from evenroll.records.unit_of_work import unit_of_work

    organization = OrganizationKey(erasure.organization)
    actor = Actor(key=SYSTEM, role=Role.SYSTEM, organization=organization)

    def once() -> bool:
        with unit_of_work(organization, actor=actor, now=business_now(), command="") as work:
            subject = subject_of(erasure.subject)
            return subject is not None and erase_again(work, subject=subject)

    return with_retries(once)
