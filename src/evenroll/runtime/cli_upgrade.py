"""`evenroll db upgrade|migrate`: data of an older PostgreSQL, and tables of an older release, brought up to date."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from evenroll.runtime.cli_exit import refused
from evenroll.runtime.cli_session import asked, session, typed
from evenroll.runtime.database import APP_VARIABLE, embedded_major, outside_urls
from evenroll.runtime.embedded_upgrade import carried_from, carry_over, remove_kept
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.migrating import pending_migrations
from evenroll.runtime.output_console import Output
from evenroll.runtime.wiring import migrate as migrate_tables


def upgrade(
    remove_old: Annotated[
        bool, typer.Option("--remove-old", help="Remove the old data that were kept when they were carried over.")
    ] = False,
) -> None:
    """Carry the data of an older PostgreSQL over to this one. The old data stay until --remove-old.

    Example: evenroll db upgrade
    """
    output = Output(json=asked.json)
    if outside_urls(os.environ) is not None:
        raise refused(
            f"The database is the one that {APP_VARIABLE} names, and its own server carries it over (pg_upgrade). "
            "`evenroll db migrate` brings its tables up to date.",
            reason="outside",
        )
    if remove_old:
        _remove(output)
        return
    home, major = evenroll_home(os.environ), embedded_major(os.environ)
    begun = datetime.now(UTC)
    carried = carry_over(home, major=major, now=begun)
    if carried is None:
        output.data({"carried": False, "major": major, "from": None, "kept": None})
        output.say(f"Nothing is to be carried over: no data of an older version wait for PostgreSQL {major}.")
        return
    seconds = (datetime.now(UTC) - begun).total_seconds()
    output.data(
        {
            "carried": True,
            "major": major,
            "from": carried.came_from,
            "kept": str(carried.kept),
            "bytes": carried.size,
            "seconds": round(seconds, 1),
        }
    )
    output.say(
        f"The data were carried over from PostgreSQL {carried.came_from} to {major}, {carried.size / 1e6:.0f} MB in "
        f"{seconds:.0f} s.",
        f"The old ones stay as they were in {carried.kept}; `evenroll db upgrade --remove-old` removes them.",
        "`evenroll db migrate` says what else is to be brought up to date.",
    )


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is pending; change nothing.")] = False,
) -> None:
    """Bring the tables up to date while others work, and say which rows another release wrote.

    Example: evenroll db migrate --dry-run
    """
    output = Output(json=asked.json)
    with session(migrates=False) as urls:
        pending = pending_migrations()
        if pending and not dry_run:
            migrate_tables(urls)
        left = None if pending and dry_run else _rows_left()
    output.data({"pending": pending if dry_run else (), "run": () if dry_run else pending, "older_rows": left})
    if not pending:
        output.say("The tables are up to date.")
    elif dry_run:
        output.say(f"{len(pending)} migrations are pending:", *pending)
    else:
        output.say(f"{len(pending)} migrations were run:", *pending)
    if left:
        output.say(
            f"{left} rows were written by another release. They are read from the journal until "
            f"`{typed('journal rebuild')}` has written them anew; work goes on meanwhile."
        )


def _rows_left() -> int:
    from evenroll.records.rebuild import rows_left

    return rows_left()


def _remove(output: Output) -> None:
    home, major = evenroll_home(os.environ), embedded_major(os.environ)
    removed = remove_kept(home, major=major)
    output.data({"removed": None if removed is None else str(removed)})
    if removed is not None:
        output.say(f"The old data in {removed} are removed.")
    elif carried_from(home, major=major) is None:
        output.say(f"The data of PostgreSQL {major} were not carried over from an older one; nothing was removed.")
    else:
        output.say("The old data were removed before; nothing to do.")
