"""PostgreSQL's own tools run beside the embedded server."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenroll.runtime.embedded_places import places_of
from evenroll.runtime.embedded_server import drop_database, ensure_database, using_server
from evenroll.runtime.embedded_tools import run_tool
from tests.conftest import DATABASE_PREFIX


@pytest.fixture
def own(embedded_home: Path) -> Iterator[str]:
    """A database of this process, gone afterwards; that of a killed run is known by its name, and dropped."""
    name = f"{DATABASE_PREFIX}{os.getpid()}_tools"
    with using_server(embedded_home) as server:
        ensure_database(server, name)
    yield name
    with using_server(embedded_home) as server:
        drop_database(server, name)


def test_a_tool_signs_in_without_its_password_on_the_command_line(embedded_home: Path, own: str) -> None:
    with using_server(embedded_home) as server:
        where = ("-h", server.host, "-p", str(server.port), "-U", "evenroll_superuser", own)
        dumped = run_tool(places_of(embedded_home, major=18), "pg_dump", where, password=server.superuser_password)
        assert dumped.returncode == 0, dumped.stderr
        assert "PostgreSQL database dump complete" in dumped.stdout
        refused = run_tool(places_of(embedded_home, major=18), "pg_dump", where, password="wrong")
        assert refused.returncode == 1 and "authentication failed" in refused.stderr


def test_a_tool_works_in_the_folder_it_is_given(embedded_home: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        answer = run_tool(places_of(embedded_home, major=18), "pg_config", ("--version",), folder=Path(folder))
    assert answer.stdout.startswith("PostgreSQL 18.")
