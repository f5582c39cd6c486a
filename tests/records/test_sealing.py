"""The sealer: everything once, each entry after its predecessor, writers never held, nothing lost behind the floor."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import sealing
from evenroll.records.organizations import cursor, open_organization, shared_transaction
from evenroll.records.seal_verify import here, verify_log
from tests.records.invented import ESCO, UTILITY, Urls, open_case, rows, working

pytestmark = pytest.mark.on_16

ORDER = """
SELECT entry.stream_kind, entry.stream_key, entry.number, leaf.position
FROM journal_entry AS entry JOIN seal_leaf AS leaf ON leaf.entry_id = entry.id ORDER BY 1, 2, 3
"""


def verdict():
    from evenroll.records.organizations import organization_keys

    keys = organization_keys()
    with shared_transaction() as pen:
        return verify_log(pen, scanner=here(pen, organizations=keys), checkpoints=())


def in_order(organization: OrganizationKey) -> bool:
    found = rows(ORDER, organization=organization)
    return all(one[3] < next_[3] for one, next_ in pairwise(found) if one[:2] == next_[:2]) and bool(found)


def test_what_is_committed_is_sealed_once_and_in_the_order_of_its_stream() -> None:
    for _ in range(3):
        open_case()
        open_case(organization=ESCO)
        sealing.seal_all(limit=4)
    assert sealing.seal_all() == 0
    assert sealing.waiting(UTILITY).entries == 0
    assert in_order(UTILITY) and in_order(ESCO)
    found = verdict()
    assert found.holds and found.size == len(places())


def places() -> set[int]:
    """The places taken, over all organizations; each by one entry."""
    from evenroll.records.organizations import organization_keys

    found = [row[0] for key in organization_keys() for row in rows("SELECT position FROM seal_leaf", organization=key)]
    assert len(set(found)) == len(found)
    return set(found)


def test_a_writer_that_commits_late_is_sealed_later_and_never_lost() -> None:
    """Its ids are smaller than those that were sealed meanwhile: the floor must not have passed it."""
    wrote, may_end = threading.Event(), threading.Event()

    writer = threading.Thread(target=write_slowly, args=(wrote, may_end))
    writer.start()
    assert wrote.wait(30)
    try:
        for _ in range(4):
            open_case(organization=ESCO)
            assert sealing.seal_all() > 0
    finally:
        may_end.set()
        writer.join()
    assert sealing.waiting(UTILITY).entries == 3
    assert sealing.seal_all() == 3
    for _ in range(3):
        sealing.seal_all()
    assert sealing.waiting(UTILITY).entries == 0 and verdict().holds


def test_two_sealers_at_once_make_one_tree() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    for _ in range(12):
        open_case()

    def once(_: int) -> int:
        try:
            return sealing.seal_all(limit=3)
        finally:
            connections.close_all()

    sealing_before = sealing.waiting(UTILITY).entries
    with ThreadPoolExecutor(4) as pool:
        sealed = sum(pool.map(once, range(4)))
    assert sealed >= sealing_before and verdict().holds and in_order(UTILITY)


def test_the_floor_moves_when_nobody_writes() -> None:
    open_case()
    for _ in range(3):
        sealing.seal(UTILITY)
    (floor,) = rows("SELECT floor FROM seal_progress")[0]
    (highest,) = rows("SELECT max(id) FROM journal_entry")[0]
    assert floor >= highest


def progress() -> tuple[int, int]:
    """Up to which id the next look passes over everything, and up to which it knows that nothing can come."""
    floor, seen = rows("SELECT floor, seen FROM seal_progress")[0]
    return floor, seen


def sealed_so_far() -> int:
    (highest,) = rows("SELECT max(entry_id) FROM seal_leaf")[0]
    return highest


def test_a_look_at_a_long_log_passes_over_nothing_that_the_one_before_sealed() -> None:
    """Each begins where the last one ended, also while somebody writes for long who came after the log was there."""
    while sealing.seal(UTILITY):
        pass
    for _ in range(8):
        open_case()
    # What there is to seal is known once all who wrote it have ended: the first look finds out who writes.
    sealing.seal(UTILITY, limit=2)
    for _ in range(3):
        assert sealing.seal(UTILITY, limit=2) == 2
        assert progress()[0] == sealed_so_far()
    wrote, may_end = threading.Event(), threading.Event()
    writer = threading.Thread(target=write_slowly, args=(wrote, may_end))
    writer.start()
    assert wrote.wait(30)
    try:
        for _ in range(3):
            assert sealing.seal(UTILITY, limit=2) == 2
            assert progress()[0] == sealed_so_far()
        while sealing.seal(UTILITY, limit=2):
            pass
    finally:
        may_end.set()
        writer.join()
    assert sealing.waiting(UTILITY).entries == 3
    while sealing.seal(UTILITY, limit=2):
        pass
    assert sealing.waiting(UTILITY).entries == 0 and verdict().holds and in_order(UTILITY)


def test_a_look_reads_no_more_leaves_than_it_seals_however_the_tables_are_joined() -> None:
    """A join that walks two indexes side by side reads both from where it is told that nothing can come before."""
    for _ in range(60):
        open_case()
    with open_organization(UTILITY), cursor() as pen:
        pen.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_hashjoin = off")
        pen.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        for _ in range(2):
            sealing.seal(UTILITY, limit=12)
        before = leaves_read(pen)
        for look in range(1, 13):
            assert sealing.seal(UTILITY, limit=12) == 12
            # The planner itself looks at an end of an index now and then: a few, each time. From the beginning of the
            # log it would be all that the looks before have sealed.
            assert leaves_read(pen) - before <= (12 + 8) * look
    sealing.seal_all()


def leaves_read(pen: psycopg.Cursor[Any]) -> int:
    """So many rows of the leaves this transaction has read so far."""
    row = pen.execute(
        "SELECT pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid) + (SELECT "
        "sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = c.oid) "
        "FROM pg_class c WHERE c.oid = 'seal_leaf'::regclass"
    ).fetchone()
    assert row is not None
    return int(row[0])


def write_slowly(wrote: threading.Event, may_end: threading.Event) -> None:
    from django.db import connections

    with working():
        open_case()
        wrote.set()
        assert may_end.wait(30)
    connections.close_all()


def test_what_waits_is_told_with_its_age() -> None:
    sealing.seal_all()
    open_case()
    told = sealing.waiting(UTILITY)
    assert told.entries == 3 and told.oldest_at is not None and told.seconds >= 0


@pytest.mark.parametrize(
    "change", ["UPDATE seal_leaf SET position = 0", "DELETE FROM seal_leaf", "DELETE FROM seal_tile"]
)
def test_the_application_takes_nothing_out_of_the_log(change: str, django_ready: Urls) -> None:
    open_case()
    sealing.seal_all()
    with psycopg.connect(django_ready.app, autocommit=True) as connection:
        connection.execute(
            "SELECT set_config('evenroll.organization', id::text, false) FROM organization WHERE key = %s", (UTILITY,)
        )
        with pytest.raises(InsufficientPrivilege):
            connection.execute(change)  # pyright: ignore[reportArgumentType]


def test_one_organization_learns_no_place_of_another() -> None:
    open_case()
    sealing.seal_all()
    with open_organization(ESCO) as esco:
        pass
    assert rows("SELECT count(*) FROM seal_leaf WHERE organization_id <> %s", esco.id, organization=ESCO) == [(0,)]
