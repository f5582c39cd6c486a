"""A database of its own with the books of a territory, and a file with an application of each of its customers."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, OWNER
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database
from tests.conftest import DATABASE_PREFIX
from tests.runtime.line import Said, line, started

ROOT = Path(__file__).parents[2]
SUPERUSER = "evenroll_superuser"


@dataclass(frozen=True, kw_only=True)
class LongFile:
    """looking: before who looks on stands no wall, and nothing that it sees is changed by it."""

    name: str
    urls: DatabaseUrls
    home: Path
    folder: Path
    looking: psycopg.Connection

    @property
    def file(self) -> Path:
        return self.folder / "applications.csv"

    def begun(self, *more: str) -> subprocess.Popen[str]:
        return started(self.urls, self.home, "enroll", str(self.file), "--json", *more, folder=self.folder)

    def said(self, *arguments: str) -> Said:
        return line(self.urls, self.home, *arguments, folder=self.folder)

    def taken(self) -> int:
        row = self.looking.execute("SELECT count(*) FROM case_record").fetchone()
        assert row is not None
        return row[0]


@contextmanager
def long_file(server: Server, home: Path, *, folder: Path, applications: int) -> Iterator[LongFile]:
    """As many customers as that, who all apply; nobody is taken yet."""
    name = f"{DATABASE_PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    ensure_database(server, name)
    app, owner, above = (server.url(role=role, database=name) for role in (APPLICATION, OWNER, SUPERUSER))
    try:
        books = [sys.executable, str(ROOT / "tests/intake/long_file_books.py"), app, owner, str(home)]
        subprocess.run(
            [*books, str(applications), str(folder / "applications.csv")],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            timeout=300,
        )
        urls = DatabaseUrls(app=app, owner=owner, auditor=None)
        with psycopg.connect(above, autocommit=True) as looking:
            yield LongFile(name=name, urls=urls, home=home, folder=folder, looking=looking)
    finally:
        drop_database(server, name)
