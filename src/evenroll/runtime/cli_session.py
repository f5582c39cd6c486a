"""What every command begins with: which database, its tables up to date, Django and the vault configured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import not_found, unavailable
from evenroll.runtime.cli_near import nearest_words
from evenroll.runtime.database import DatabaseUrls, database, installed_server, outside_urls
from evenroll.runtime.embedded_server import list_databases
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.migrating import is_current
from evenroll.runtime.wiring import configure, migrate

DATABASE: Final = "evenroll"
DEMO_DATABASE: Final = "evenroll_demo"
DATABASE_VARIABLE: Final = "EVENROLL_DATABASE"


@dataclass(slots=True)
class Asked:
    """What was said before the name of the command, and that name. database: of the embedded server.

    json: machines read the answer.
    """

    database: str = DATABASE
    debug: bool = False
    json: bool = False
    command: str = ""


asked = Asked()


@contextmanager
def session(*, name: str | None = None, migrates: bool = True) -> Iterator[DatabaseUrls]:
    """The database of a command, ready for use, for as long as the block lasts. Raises ServerRefused.

    migrates: whether tables of an older Evenroll are brought up to date first; who only looks leaves them.
    """
    home = evenroll_home(os.environ)
    if name is None:
        _refuse_unmade(home)
    with database(home, name=name or asked.database, environ=os.environ) as urls:
        configure(urls, home=home)
        if migrates and not is_current():
            migrate(urls)
        try:
            yield urls
        finally:
            _close()


def _refuse_unmade(home: Path) -> None:
    """A database that was named must be there, so that a slip of the pen makes no new one; and it must be ours."""
    named = asked.database
    if named == DATABASE or outside_urls(os.environ) is not None:
        return
    if named == "postgres" or named.startswith("template"):
        raise unavailable(
            f"The database {named} is not an Evenroll database. Name another one, or none for {DATABASE}.",
            reason="not_evenroll",
        )
    with installed_server(home, environ=os.environ) as server:
        there = list_databases(server, prefix=named)
    if named not in there:
        cure = "Make it with `evenroll demo`" if named == DEMO_DATABASE else "Check its name"
        raise not_found(f"There is no database {named} on the embedded server. {cure}.", reason="database_unknown")


def business_now() -> datetime:
    """The business clock: that of a demo database, else the clock of this machine."""
    from django.utils import timezone

    from evenroll.records.business_clock import demo_now

    clock = demo_now()
    return timezone.now() if clock is None else clock


def organizations_here(asked_for: str = "") -> tuple[OrganizationKey, ...]:
    """The organizations of this installation, or the one asked for. Raises CommandEnded where there is none."""
    from evenroll.records.organizations import organization_keys

    keys = organization_keys()
    if not keys:
        raise not_found(
            f"No organization is in the database {asked.database}. Bring one of the catalog in with `evenroll programs "
            "publish KEY`; or look into the demo's database with `evenroll --demo ...`, which `evenroll demo` makes.",
            reason="no_organizations",
        )
    if not asked_for:
        return keys
    if asked_for not in keys:
        raise not_found(
            f"No organization is called {asked_for!r} here. {nearest_words(asked_for, keys)} Others of the "
            "catalog come in with `evenroll programs publish KEY`.",
            reason="organization_unknown",
        )
    return (OrganizationKey(asked_for),)


def typed(command: str) -> str:
    """A command as it is typed for this database, so that who copies it looks into the same one."""
    if asked.database == DATABASE:
        return f"evenroll {command}"
    if asked.database == DEMO_DATABASE:
        return f"evenroll --demo {command}"
    return f"evenroll --database {asked.database} {command}"


def _close() -> None:
    from django.db import connections

    connections.close_all()
