"""A command that uses the embedded server, as a process of its own: reports, then waits for its end.

Usage: embedded_user.py HOME MAJOR. Prints one line of JSON when it is in, and leaves when its input closes.
"""

import json
import sys
from pathlib import Path

import psycopg

from evenroll.runtime.embedded_server import ensure_database, using_server

with using_server(Path(sys.argv[1]), major=int(sys.argv[2])) as server:
    ensure_database(server, "evenroll")
    with psycopg.connect(server.url(role="evenroll_app", database="evenroll")) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    print(json.dumps({"pid": server.pid, "role": row[0] if row else "", "version": server.version}), flush=True)
    sys.stdin.read()
