"""A thousand tampers by a superuser who makes all hashes anew: every one beneath the checkpoint is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import sealing
from evenroll.records.checkpoints import Checkpoint
from evenroll.records.heads import give_out, own_verifier
from evenroll.records.keys import Keys
from evenroll.records.merkle import leaf_hash
from evenroll.records.seal_tiles import grow
from evenroll.records.seal_verify import HeadFault, LogVerdict, here, verify_log
from evenroll.runtime.embedded_cluster import SUPERUSER
from evenroll.runtime.embedded_server import Server
from tests.records.invented import ESCO, UTILITY, Urls, open_case
from tests.records.tamper import KINDS, Attacker

TAMPERS = 1000
ENTRIES = 24
ABOVE = 6
UNCOVERED = {"change hash", "change previous_hash"}
"""Whoever makes all hashes anew puts these right again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A small log in a transaction of a superuser, and the checkpoint that somebody keeps elsewhere."""

    connection: Connection[Any]
    attacker: Attacker
    checkpoint: Checkpoint
    organizations: tuple[OrganizationKey, ...]

    def verdict(self) -> LogVerdict:
        with self.connection.cursor() as pen:
            scanner = here(pen, organizations=self.organizations)
            return verify_log(pen, scanner=scanner, checkpoints=(self.checkpoint,))


@pytest.fixture
def log(django_ready: Urls, embedded_server: Server) -> Iterator[Log]:
    for _ in range(ENTRIES // 6):
        open_case()
        open_case(organization=ESCO)
    name = psycopg.conninfo.conninfo_to_dict(django_ready.app)["dbname"]
    with psycopg.connect(embedded_server.url(role=SUPERUSER, database=str(name))) as connection:
        keys: dict[int, OrganizationKey] = dict(
            connection.execute("SELECT id, key FROM organization WHERE key = ANY(%s)", ([UTILITY, ESCO],)).fetchall()
        )
        attacker = Attacker(connection=connection, chance=Random(6962), beneath=ENTRIES - ABOVE, organizations=keys)
        attacker.disarm()
        checkpoint = small_log(connection)
        yield Log(connection=connection, attacker=attacker, checkpoint=checkpoint, organizations=tuple(keys.values()))
        connection.rollback()


def small_log(connection: Connection[Any]) -> Checkpoint:
    """The last entries alone, sealed anew; the head as it stood before the newest ones."""
    from datetime import UTC, datetime

    connection.execute("DELETE FROM seal_leaf")
    connection.execute("DELETE FROM seal_tile")
    connection.execute(
        "DELETE FROM journal_entry WHERE id NOT IN (SELECT id FROM journal_entry ORDER BY id DESC LIMIT %s)", (ENTRIES,)
    )
    found = connection.execute("SELECT organization_id, id, hash FROM journal_entry ORDER BY id").fetchall()
    assert len(found) == ENTRIES
    with connection.cursor() as pen:
        pen.executemany(
            "INSERT INTO seal_leaf (organization_id, position, entry_id) VALUES (%s, %s, %s)",
            [(organization, at, entry) for at, (organization, entry, _) in enumerate(found)],
        )
        grow(pen, [leaf_hash(bytes.fromhex(row[2])) for row in found], size=0)
        pen.execute("UPDATE seal_tree SET size = %s", (ENTRIES,))
        from evenroll.records.merkle import root_of
        from evenroll.records.seal_tiles import node_reader

        root = root_of(0, ENTRIES - ABOVE, node=node_reader(pen))
    return Checkpoint(origin="invented", size=ENTRIES - ABOVE, root=root, made_at=datetime(2026, 11, 23, tzinfo=UTC))


def test_a_log_that_nobody_touched_holds(log: Log) -> None:
    found = log.verdict()
    assert found.holds and found.size == ENTRIES and found.compared[0].fault is None


def test_every_tamper_beneath_the_checkpoint_is_found(log: Log) -> None:
    missed: list[str] = []
    for number in range(TAMPERS):
        kind = KINDS[number % len(KINDS)]
        covers_tracks = number // len(KINDS) % 2 == 0 and kind not in UNCOVERED
        with log.connection.transaction(force_rollback=True):
            log.attacker.strike(kind, covers_tracks=covers_tracks)
            found = log.verdict()
            if found.holds:
                missed.append(f"{number}: {kind}, covered {covers_tracks}")
            elif covers_tracks:
                # Nothing in the database contradicts anything else: the checkpoint alone tells.
                assert found.compared[0].fault is not None, kind
    assert missed == [] and log.verdict().holds


def test_a_tamper_above_the_checkpoint_is_said_to_be_uncovered_and_not_denied(log: Log) -> None:
    """Honest about its limit: what nobody keeps a head of can be rewritten without a trace."""
    with log.connection.transaction(force_rollback=True):
        log.connection.execute(
            "UPDATE journal_entry SET actor_key = 'nobody' WHERE id = "
            "(SELECT entry_id FROM seal_leaf ORDER BY position DESC LIMIT 1)"
        )
        assert log.verdict().misfit_count == 1
        log.attacker.cover_tracks(keeps_places=True)
        found = log.verdict()
        assert found.holds and found.size - log.checkpoint.size == ABOVE


def test_a_log_cut_beneath_the_checkpoint_is_shorter_than_it(log: Log) -> None:
    with log.connection.transaction(force_rollback=True):
        log.attacker.strike("cut the tail", covers_tracks=True)
        assert log.verdict().compared[0].fault is HeadFault.SHORTER


def test_a_head_signed_anew_is_not_the_head_that_others_keep(log: Log) -> None:
    """With the signing key stolen as well, a new checkpoint verifies; the old one does not, and was given away."""
    from dataclasses import replace

    with log.connection.transaction(force_rollback=True):
        log.attacker.strike("rewrite a stream", covers_tracks=True)
        with log.connection.cursor() as pen:
            scanner = here(pen, organizations=log.organizations)
            forged = replace(log.checkpoint, size=ENTRIES, root=verify_log(pen, scanner=scanner, checkpoints=()).root)
            found = verify_log(pen, scanner=scanner, checkpoints=(forged, log.checkpoint))
    assert [each.fault for each in found.compared] == [None, HeadFault.OTHER_ROOT]


def test_the_head_given_out_is_signed_and_the_same_until_something_is_sealed(django_ready: Urls) -> None:
    from evenroll.records.checkpoints import opened

    keys = Keys(b"k" * 32)
    open_case()
    sealing.seal_all()
    note = give_out(keys)
    assert give_out(keys) == note
    assert opened(note, verifier=own_verifier(keys)).size > 0
    open_case()
    sealing.seal_all()
    assert give_out(keys) != note
