"""`evenroll db upgrade`: data of an older PostgreSQL carried over to the one of this release."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from evenroll.runtime.cli_exit import refused
from evenroll.runtime.cli_session import asked
from evenroll.runtime.database import APP_VARIABLE, embedded_major, outside_urls
from evenroll.runtime.embedded_upgrade import carried_from, carry_over, remove_kept
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.output_console import Output


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
    )


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
