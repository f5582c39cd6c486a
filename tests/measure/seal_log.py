"""Measures the sealed log: seconds to seal and to verify so many entries, against hashing as many plain texts.

Usage: python -m tests.measure.seal_log [entries, 1000000]. No part of the test run: it takes minutes. `make bench-seal`
runs it, on a database of its own. The entries are written as the application writes them, with their hashes.
"""

from __future__ import annotations

import hashlib
import platform
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from psycopg.sql import SQL, Placeholder

from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from tests.measure.own_database import own_database

UTILITY = OrganizationKey("bench-utility")
AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
STREAM_ENTRIES = 8
BATCH = 10_000
DATA = '{"at":"2026-11-23T15:30:00.000000Z","moves":[["case","proving","deciding"]],"rule":"territory","met":true}'


def main(entries: int) -> None:
    """Write the entries, seal them, verify them, print what it took."""
    with own_database() as urls:
        from evenroll.records.organizations import add_organization, shared_transaction
        from evenroll.records.seal_verify import verify_log
        from evenroll.records.sealing import seal_all
        from evenroll.runtime.seal_pool import shared_out

        add_organization(UTILITY, name="Bench", kinds=frozenset({OrganizationKind.UTILITY}), calendar_key="US-LAKELAND")
        _write(entries)
        began = time.perf_counter()
        sealed = seal_all()
        seal_seconds = time.perf_counter() - began
        began = time.perf_counter()
        with shared_transaction() as pen:
            verdict = verify_log(pen, scanner=shared_out(urls.app, organizations=[UTILITY]), checkpoints=())
        verify_seconds = time.perf_counter() - began
    assert sealed == entries and verdict.holds and verdict.size == entries
    plain = _plain(entries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{platform.machine()}, Python {platform.python_version()}, {entries} entries")
    print(f"sealed in {seal_seconds:.1f} s, verified in {verify_seconds:.1f} s, peak of this process {peak} MB")
    print(f"hashing as many plain texts: {plain:.1f} s; verifying takes {verify_seconds / plain:.1f} times that")


def _write(entries: int) -> None:
    from evenroll.records.entries import COLUMNS
    from evenroll.records.organizations import cursor, open_organization

    rows = _rows(entries)
    insert = (
        SQL("INSERT INTO journal_entry (organization_id, {}) VALUES ({})")
        .format(COLUMNS, SQL(", ").join([Placeholder()] * 17))
        .as_bytes()
    )
    for _ in range(0, entries, BATCH):
        with open_organization(UTILITY) as opened, cursor() as pen:
            pen.executemany(insert, [(opened.id, *row) for _, row in zip(range(BATCH), rows, strict=False)])


def _rows(entries: int) -> Iterator[tuple[Any, ...]]:
    from dataclasses import replace

    from evenroll.records.entries import Entry, entry_hash, to_columns
    from evenroll.records.streams import StreamId, StreamKind

    previous = ""
    for at in range(entries):
        stream, number = divmod(at, STREAM_ENTRIES)
        bare = Entry(
            organization=UTILITY,
            stream=StreamId(kind=StreamKind.CASE, key=f"EV-{stream:010d}"),
            number=number + 1,
            row="4a",
            actor_key=ActorKey("desk-1"),
            actor_role=Role.ENROLLMENT_DESK,
            actor_organization=UTILITY,
            event="identity_proved",
            version=1,
            data=DATA,
            business_at=AT,
            business_on=date(2026, 11, 23),
            recorded_at=AT,
            idempotency_key=f"key-{at}",
            previous_hash=previous if number else "",
        )
        previous = entry_hash(bare)
        yield to_columns(replace(bare, hash=previous))


def _plain(count: int) -> float:
    text = DATA * 5
    began = time.perf_counter()
    for _ in range(count):
        hashlib.sha256(text.encode()).hexdigest()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
