"""`evenroll db status` and `evenroll db stop`: the embedded database."""

from __future__ import annotations

import os
from typing import Annotated, Final

import typer

from evenroll.runtime.cli_session import asked
from evenroll.runtime.database import APP_VARIABLE, embedded_major, outside_urls
from evenroll.runtime.embedded_server import (
    ServerState,
    ServerStatus,
    StopOutcome,
    server_status,
    stop_server,
)
from evenroll.runtime.embedded_upgrade import carried_from, older_data
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.output_console import Output

_SENTENCES: Final = {
    ServerState.NEVER_STARTED: "There is no database yet; the first command that needs one makes it.",
    ServerState.STOPPED: "The database is stopped; the next command that needs it starts it.",
    ServerState.RUNNING: "The database runs.",
}


def status() -> None:
    """Show where the database is and whether it runs.

    Example: evenroll db status
    """
    output = Output(json=asked.json)
    if outside_urls(os.environ) is not None:
        output.data({"state": "outside"})
        output.say(f"The database is the one that {APP_VARIABLE} names, and it answers.")
        return
    home, major = evenroll_home(os.environ), embedded_major(os.environ)
    found = server_status(home, major=major)
    older, came_from = older_data(home, major=major), carried_from(home, major=major)
    told = {
        **_told(found),
        "older_data": None if older is None else str(older.cluster),
        "carried_over": None if came_from is None else f"from PostgreSQL {came_from[0]} on {came_from[1]:%Y-%m-%d}",
    }
    output.data(told)
    if older is None:
        output.say(_SENTENCES[found.state])
    else:
        output.say(
            f"The data were written by PostgreSQL {older.major} and wait for PostgreSQL {major}: "
            "`evenroll db upgrade` carries them over."
        )
    output.table(("", ""), [(key.replace("_", " "), value) for key, value in told.items() if value is not None])


def stop(
    force: Annotated[
        bool, typer.Option("--force", help="Also while other commands use it; they fail and can run again.")
    ] = False,
) -> None:
    """Stop the embedded database, where a killed command left it running.

    Example: evenroll db stop
    """
    output = Output(json=asked.json)
    outcome = stop_server(evenroll_home(os.environ), major=embedded_major(os.environ), force=force)
    output.data({"outcome": outcome.value})
    stopped = outcome is StopOutcome.STOPPED
    output.say("The database is stopped." if stopped else "The database was not running; nothing to do.")


def _told(found: ServerStatus) -> dict[str, object]:
    return {
        "state": found.state.value,
        "version": found.version,
        "major": found.major,
        "in_use": found.in_use,
        "pid": found.pid,
        "host": found.host,
        "port": found.port,
        "data_directory": str(found.data_directory),
        "log": str(found.log),
    }
