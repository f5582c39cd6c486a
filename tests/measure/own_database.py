"""A database of its own for a measurement, on the embedded server of test runs; gone afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenroll.runtime import wiring
from evenroll.runtime.database import DatabaseUrls, embedded_major
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_server import drop_database, ensure_database, using_server


@contextmanager
def own_database() -> Iterator[DatabaseUrls]:
    """Its addresses, with all tables made and Django set up on it."""
    home = Path(os.environ.get("EVENROLL_TEST_HOME", "/var/cache/evenroll/tests"))
    name = f"evenroll_bench_{os.getpid()}_{secrets.token_hex(2)}"
    with using_server(home, major=embedded_major(os.environ)) as server:
        ensure_database(server, name)
        try:
            urls = DatabaseUrls(
                app=server.url(role=APPLICATION, database=name),
                owner=server.url(role=OWNER, database=name),
                auditor=server.url(role=AUDITOR, database=name),
            )
            wiring.configure(urls, home=home)
            wiring.migrate(urls)
            yield urls
        finally:
            from django.db import connections

            connections.close_all()
            drop_database(server, name)
