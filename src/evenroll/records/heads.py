"""The heads of the sealed log: signing one to give out, and those that were given out from here."""

from __future__ import annotations

from collections.abc import Sequence

from evenroll.records.checkpoints import Checkpoint, sign, verifier
from evenroll.records.keys import Keys
from evenroll.records.merkle import root_of
from evenroll.records.organizations import shared_transaction
from evenroll.records.seal_tiles import node_reader
from evenroll.records.seal_verify import log_size


def give_out(keys: Keys) -> str:
    """Sign the head of what is sealed, keep a copy, and return the note. Nothing new is sealed here.

    The same head is signed once: who asks again gets the same text. Raises TileMissing where the tree is broken.
    """
    with shared_transaction() as pen:
        size = log_size(pen)
        kept = pen.execute("SELECT note FROM seal_checkpoint WHERE size = %s ORDER BY id LIMIT 1", (size,)).fetchone()
        root = root_of(0, size, node=node_reader(pen))
        row = pen.execute("SELECT date_trunc('second', clock_timestamp())").fetchone()
        assert row is not None
        made = Checkpoint(origin=keys.log_name(), size=size, root=root, made_at=row[0])
        note = sign(made, key=keys.log_signing())
        if kept is not None and kept[0].splitlines()[:3] == note.splitlines()[:3]:
            return kept[0]
        pen.execute("INSERT INTO seal_checkpoint (size, note, made_at) VALUES (%s, %s, %s)", (size, note, made.made_at))
    return note


def given_out(*, limit: int = 100) -> Sequence[str]:
    """The notes given out from this database, the newest first."""
    with shared_transaction() as pen:
        rows = pen.execute("SELECT note FROM seal_checkpoint ORDER BY size DESC, id DESC LIMIT %s", (limit,)).fetchall()
    return tuple(row[0] for row in rows)


def own_verifier(keys: Keys) -> str:
    """The public key of this installation's log, to hand out beside its checkpoints."""
    return verifier(keys.log_name(), key=keys.log_signing().public_key())
