"""What a pooler that gives each transaction another connection would break: it stands in a few known places only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest

from evenroll.runtime.cli_endings import ending_of
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.settings import database_for

SOURCE = Path(__file__).parent.parent.parent / "src" / "evenroll"

DIRECT = {
    "records/migrations": "migrations, by the owner's login",
    "runtime/migrating.py": "the lock and the patience with which tables are changed, by the owner's login",
    "runtime/embedded_roles.py": "the embedded server's own roles and databases",
    "records/fold_tables.py": "replay and rebuild, by the owner's login",
    "runtime/backup_": "backing up and restoring, by the owner's login",
    "runtime/demo_database.py": "making the demo's database, on the embedded server",
}
"""Where a session's state is used, and by which login; docs/operation.md says that these need a direct connection."""

SESSION_STATE = {
    "a lock of a session": r"pg_(try_)?advisory_lock\(",
    "listening": r"\b(LISTEN|UNLISTEN|NOTIFY|pg_notify)\b",
    "a temporary table that outlives its transaction": r"CREATE TEMP(ORARY)? TABLE "
    r"(?![^\"]*ON COMMIT DROP|IF NOT EXISTS [^\"]*ON COMMIT DELETE ROWS)",
    "a cursor that outlives its transaction": r"WITH HOLD|withhold=True",
    "a setting of a session": r"\"SET (?!LOCAL )[a-z]|set_config\([^)]*, false\)|ALTER DATABASE",
    "what was prepared by name": r"\bDEALLOCATE\b|\"PREPARE |\"EXECUTE (?!FUNCTION)",
}

_COUNT = """
from evenroll.runtime.cli_session import session
with session():
    from evenroll.records.organizations import organization_keys, shared_transaction
    for _ in range(6):
        organization_keys()
    with shared_transaction() as pen:
        print(pen.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0])
"""


@pytest.mark.parametrize("state", SESSION_STATE)
def test_the_state_of_a_session_is_used_in_known_places_only(state: str) -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(SESSION_STATE[state], path.read_text(encoding="utf-8"))
    }
    assert {each for each in found if not each.startswith(tuple(DIRECT))} == set()


def test_the_search_finds_what_it_looks_for() -> None:
    told = 'SELECT pg_advisory_lock(1) "CREATE TEMPORARY TABLE x (a int)" NOTIFY WITH HOLD "SET role x" "PREPARE a"'
    assert all(re.search(pattern, told) for pattern in SESSION_STATE.values())
    # What ends with its transaction is no matter.
    assert not re.search(SESSION_STATE["a lock of a session"], "pg_advisory_xact_lock(1)")
    dropped = '"CREATE TEMPORARY TABLE x ON COMMIT DROP AS SELECT"'
    kept = SESSION_STATE["a temporary table that outlives its transaction"]
    assert not re.search(kept, dropped)
    # Emptied by the end of its transaction, and made by each that finds none, whichever connection it is given.
    emptied = '"CREATE TEMPORARY TABLE {} {} (a int) ON COMMIT DELETE ROWS"'
    assert not re.search(kept, emptied.format("IF NOT EXISTS", "x"))
    assert re.search(kept, emptied.format("", "x"))


def test_what_another_release_left_on_a_pooled_connection_is_not_used(django_ready: DatabaseUrls) -> None:
    from evenroll.records.row_batch import Put
    from evenroll.records.row_copy import RowCopy

    before = Put(table="told", columns=(("a", "int"),), keys=1)
    after = Put(table="told", columns=(("a", "int"), ("b", "int")), keys=1)
    with psycopg.connect(django_ready.app, autocommit=True) as pooled:
        pooled.execute("CREATE TEMPORARY TABLE told (organization_id bigint, a int, b int)")
        for how, row in ((before, (1,)), (after, (2, 3)), (before, (4,))):
            with pooled.transaction():
                rows = RowCopy(pooled.cursor(), 7)
                rows.put(how, row)
                rows.flush()
        assert pooled.execute("SELECT * FROM told ORDER BY a").fetchall() == [(7, 1, None), (7, 2, 3), (7, 4, None)]


def test_preparing_can_be_turned_off_for_a_pooler_that_cannot(django_ready: DatabaseUrls, embedded_home: Path) -> None:
    def prepared(said: str) -> subprocess.CompletedProcess[str]:
        known = {"EVENROLL_HOME": str(embedded_home), "DATABASE_PREPARED": said}
        program = f"from evenroll.runtime.cli_session import asked; asked.database = {database!r}\n{_COUNT}"
        return subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **known}, capture_output=True, text=True, check=False
        )

    database = urlsplit(django_ready.app).path.strip("/")
    assert int(prepared("on").stdout) > 0
    assert int(prepared("off").stdout) == 0
    assert "says neither on nor off" in prepared("maybe").stderr
    # The owner's login stays as it is: it never goes through a pooler.
    assert database_for(django_ready.owner, keep=False)["OPTIONS"]["prepare_threshold"] == 2


@pytest.mark.parametrize("said", ["PREPARE known AS SELECT 1", "EXECUTE never_known"])
def test_a_pooler_that_knows_no_prepared_statements_is_named_with_its_cure(
    django_ready: DatabaseUrls, said: LiteralString
) -> None:
    """As behind PgBouncer 1.18: another one left its statement on the connection, or ours is on another one."""
    with psycopg.connect(django_ready.app, autocommit=True) as pooled:
        pooled.execute("PREPARE known AS SELECT 1")
        with pytest.raises(psycopg.ProgrammingError) as met:
            pooled.execute(said)
    ending = ending_of(met.value)
    assert ending.code is ExitCode.UNAVAILABLE and "Set DATABASE_PREPARED=off" in ending.sentence
