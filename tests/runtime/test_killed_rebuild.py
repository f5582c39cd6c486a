"""`evenroll journal rebuild` is killed in the middle of a batch: what was committed stays, and given again it ends."""

from __future__ import annotations

import signal
from pathlib import Path

from evenroll.records.fold_tables import STATE_TABLES
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.rebuild import rebuild, rows_left
from evenroll.records.replay import replay
from evenroll.records.streams import StreamKind
from evenroll.runtime.database import DatabaseUrls
from tests.records.older_rows import old_territory
from tests.runtime.line import line, started
from tests.waiting import until_somebody_waits

_REBUILD = ("journal", "rebuild", "--json", "--organization")
LAST = StreamKind.USAGE_POINT
"""The last kind of a territory's streams that are written anew."""


def test_a_rebuild_that_is_killed_goes_on_where_it_was(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    old = old_territory()
    mine = (old.territory.utility,)
    rows = rows_left(mine)
    assert 1 < rows <= old.rows
    table, key = STATE_TABLES[LAST]
    with open_organization(old.territory.utility) as opened, cursor() as pen:
        # The last row of the last batch: all others of that batch are written when it comes to this one.
        held = pen.execute(
            f"SELECT {key} FROM {table} WHERE organization_id = %s ORDER BY {key} DESC LIMIT 1 FOR UPDATE",  # pyright: ignore[reportArgumentType]
            (opened.id,),
        ).fetchall()
        assert held
        process = started(
            django_ready, embedded_home, "journal", "rebuild", "--organization", mine[0], "--json", folder=tmp_path
        )
        until_somebody_waits(django_ready.owner, process)
        process.kill()
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == -signal.SIGKILL
    left = rows_left(mine)
    assert 0 < left < rows, "it was killed too early or too late to prove anything"
    halfway = replay("rebuild_killed", organizations=mine)
    # What it did not come to is read from the journal, as before it began; no row is half written.
    assert halfway.older == left and halfway.holds
    again = line(
        django_ready, embedded_home, "journal", "rebuild", "--organization", mine[0], "--json", folder=tmp_path
    )
    assert (again.code, again.told["busy"], again.told["failed"]) == (0, 0, []), again.err
    assert again.told["written"] >= left
    after = replay("rebuild_after_kill", organizations=mine)
    assert after.equal and after.older == 0
    rebuild(
        organizations=old.territory.organizations
    )  # the others of it: whoever replays the whole database comes next


def test_books_that_are_not_here_are_not_written_anew(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    old = old_territory()
    said = line(
        django_ready, embedded_home, "journal", "rebuild", "--organization", "nobody", "--json", folder=tmp_path
    )
    assert said.code == 3 and said.told["error"] == "organization_unknown", said
    assert rebuild(organizations=old.territory.organizations).written == old.rows
