"""What every test may ask for: a database of its own, and Django on it. Nothing starts unless asked for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from evenroll.runtime.database import DatabaseUrls, embedded_major
from evenroll.runtime.demo_database import commit_late
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_server import (
    Server,
    drop_database,
    ensure_database,
    list_databases,
    using_server,
)

DATABASE_PREFIX = "evenroll_test_"

LONG_FIRST = ("runtime/test_demo.py", "runtime", "browser", "intake", "records", "web", "worker")
"""Of `tests`: whole files go to one worker, so that a long one that is begun last keeps the other waiting for it."""
SHORT_LAST = ("pages", "programs", "quantities")

# A loaded machine is not a defect: time limits belong to measurements, not to properties.
settings.register_profile("evenroll", deadline=None)
settings.load_profile("evenroll")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, short ones last, each folder in its own order."""
    items.sort(key=lambda item: turn_of(item.path.relative_to(Path(__file__).parent).as_posix()))


def turn_of(path: str) -> int:
    """When a file's turn is. path: below `tests`."""
    for turn, begin in enumerate(LONG_FIRST):
        if path.startswith(begin):
            return turn
    return len(LONG_FIRST) + (path.partition("/")[0] in SHORT_LAST)


@pytest.fixture(scope="session")
def embedded_home() -> Path:
    """Where the embedded server of this account's test runs keeps its data; never the installation's."""
    given = os.environ.get("EVENROLL_TEST_HOME", "")
    if given:
        return Path(given).absolute()
    if os.geteuid() == 0:
        # Root's own home is closed to the account the database runs as.
        return Path("/var/cache/evenroll/tests")
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache").absolute() / "evenroll" / "tests"


@pytest.fixture(scope="session")
def embedded_server(embedded_home: Path) -> Iterator[Server]:
    """The embedded server, shared by all workers and runs; EVENROLL_POSTGRES chooses 18 or 16."""
    with using_server(embedded_home, major=embedded_major(os.environ)) as server:
        yield server


@pytest.fixture(scope="session")
def database_urls(embedded_server: Server) -> Iterator[DatabaseUrls]:
    """A new, empty database of this process and no other, without tables; gone afterwards."""
    drop_databases_of_the_dead(embedded_server)
    name = f"{DATABASE_PREFIX}{os.getpid()}"
    drop_database(embedded_server, name)
    ensure_database(embedded_server, name)
    urls = DatabaseUrls(
        app=embedded_server.url(role=APPLICATION, database=name),
        owner=embedded_server.url(role=OWNER, database=name),
        auditor=embedded_server.url(role=AUDITOR, database=name),
    )
    # Gone with the run: no commit of it waits for the disk.
    commit_late(urls.owner, name)
    yield urls
    drop_database(embedded_server, name)


@pytest.fixture(scope="session")
def django_ready(
    database_urls: DatabaseUrls, embedded_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUrls]:
    """Django set up as the application role on a database whose tables the owner made."""
    from evenroll.runtime import wiring

    # Who is erased by tests is on a list of this process, for the home is shared by all.
    os.environ.setdefault(wiring.ERASURE_LIST_VARIABLE, str(tmp_path_factory.mktemp("erased") / "erased.jsonl"))
    wiring.configure(database_urls, home=embedded_home)
    wiring.migrate(database_urls)
    yield database_urls

    from django.db import connections

    connections.close_all()


def drop_databases_of_the_dead(server: Server) -> None:
    """A killed run leaves its database; its name tells the process."""
    for name in list_databases(server, prefix=DATABASE_PREFIX):
        number = name.removeprefix(DATABASE_PREFIX).partition("_")[0]
        if number.isdigit() and not lives(int(number)):
            drop_database(server, name)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
