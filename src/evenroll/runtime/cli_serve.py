"""`evenroll serve`: portal and desk on one address, until it is told to stop."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from evenroll.runtime.cli_exit import unavailable
from evenroll.runtime.cli_session import DATABASE_VARIABLE, asked, session
from evenroll.runtime.output_console import Output

_WORKERS_MAX = 2
_THREADS = 4
_KILL_SECONDS = 10


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where; 0 for a free one.")] = 8000,
) -> None:
    """Open the portal of customers and the desk of the staff to browsers, until it is told to stop.

    Example: evenroll --demo serve
    """
    output = Output(json=asked.json)
    with session():
        from evenroll.runtime.web_app import make_ready
        from evenroll.runtime.web_warming import warm_now

        given = _free_port(host, port)
        make_ready(os.environ, hosts=(host,))
        address = f"http://{host}:{given}/"
        output.data({"address": address})
        output.note(f"Evenroll is at {address}. Stop with Ctrl-C or SIGTERM.")
        _tell_people(address, output)
        os.environ[DATABASE_VARIABLE] = asked.database
        # Once for all processes that are split off; one that is started anew does it by itself.
        warm_now()
        _serve(host, given)
    output.note("Stopped.")


def _tell_people(address: str, output: Output) -> None:
    from django.conf import settings

    if settings.EVENROLL_WEB.is_demo:
        from evenroll.accounts.demo_people import demo_groups

        groups = demo_groups()
        count = sum(len(each.staff) + len(each.customers) for each in groups)
        names = ", ".join(each.organization for each in groups)
        output.note(f"Be one of {count} people of {names}: {address}demo/people")
        return
    from evenroll.accounts.wired import has_post

    output.note(f"Customers with a case sign in by a mailed code: {address}sign-in")
    output.note(f"Staff whom `evenroll member invite` has let in: {address}sign-in/staff")
    if not has_post():
        output.note("No mail is set up, so no code goes out and nobody can sign in by one (docs/web.md).")


def _serve(host: str, port: int) -> None:
    from django.db import connections
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # Each process of the server opens connections of its own; none is shared by a split.
    connections.close_all()
    server: Any = Server(
        "evenroll.runtime.web_app:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=min(_WORKERS_MAX, os.cpu_count() or 1),
        blocking_threads=_THREADS,
        log_level=LogLevels.error,
        websockets=False,
        workers_kill_timeout=_KILL_SECONDS,
        # One that dies takes its own answers with it and not the site; one that dies again at once ends all.
        respawn_failed_workers=True,
        working_dir=Path.cwd(),
    )
    server.serve()


def _free_port(host: str, port: int) -> int:
    """The port, or for 0 a free one. Raises CommandEnded where it cannot be listened at."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with closing(socket.socket(family, socket.SOCK_STREAM)) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            return int(tried.getsockname()[1])
    except OSError as error:
        raise unavailable(
            f"The web cannot be served at {host}, port {port}: {error.strerror}. Give another --host or --port, or end "
            "what uses this one.",
            reason="port_taken",
        ) from None
