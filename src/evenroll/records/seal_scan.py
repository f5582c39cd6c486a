"""Reading a stretch of the sealed log from the journal itself: every leaf hashed anew, and what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, LiteralString

from psycopg import Cursor
from psycopg.sql import SQL

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import COLUMNS, columns_hash
from evenroll.records.merkle import HASH_BYTES, leaf_hash, root_of_leaves
from evenroll.records.seal_tiles import TILE_HASHES, read_tile

STRETCH_HEIGHT: Final = 16
STRETCH: Final = 1 << STRETCH_HEIGHT
"""Leaves at a time: a complete subtree of the tree, so that stretches can be read side by side."""

FAULTS_MAX: Final = 20
_FETCHED: Final = 4000

_FOUND = SQL(
    "SELECT position, {} FROM public.seal_leaf JOIN public.journal_entry ON journal_entry.id = seal_leaf.entry_id "
    "WHERE seal_leaf.organization_id = %(id)s AND journal_entry.organization_id = %(id)s "
    "AND position >= %(start)s AND position < %(end)s"
).format(COLUMNS)
_OPEN: LiteralString = (
    "SELECT id, key, set_config('evenroll.organization', id::text, true) FROM public.organization WHERE key = %s"
)
# Statistics may be older than a bulk load: a stretch is always read by its places, never by the whole journal.
_BY_PLACE: LiteralString = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"


class SealFault(StrEnum):
    """How a place of the sealed log can fail to hold."""

    MISSING = "missing"
    CONTENT = "content"
    SEAL = "seal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """A place that does not hold. entry: organization, kind and key of its stream and its number, "" if it is gone."""

    position: int
    fault: SealFault
    entry: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """What a stretch of the journal says. leaves: the hashes anew, 32 bytes each, zeros where an entry is gone.

    root: over them. misfits: the first ones; misfit_count: all of them.
    """

    start: int
    end: int
    leaves: bytes
    root: bytes
    misfits: tuple[Misfit, ...]
    misfit_count: int


def scan(pen: Cursor[Any], *, organizations: Sequence[OrganizationKey], start: int, end: int) -> Scanned:
    """Hash the entries at the places from start up to end, end not counted. Runs in the open transaction of the pen.

    It sees one organization after another, as the walls demand, and needs no right to look across them.
    """
    leaves, misfits = bytearray(HASH_BYTES * (end - start)), list[Misfit]()
    kept = _kept_leaves(pen, start=start, end=end)
    gone = bytearray(b"\x01" * (end - start))
    pen.execute(_BY_PLACE)
    for key in organizations:
        opened = pen.execute(_OPEN, (key,)).fetchone()
        if opened is None:
            continue
        pen.execute(_FOUND, {"id": opened[0], "start": start, "end": end})
        while rows := pen.fetchmany(_FETCHED):
            for position, *row in rows:
                at = position - start
                anew = columns_hash(tuple(row), organization=key)
                leaf = leaf_hash(bytes.fromhex(anew))
                leaves[at * HASH_BYTES : (at + 1) * HASH_BYTES] = leaf
                gone[at] = 0
                if anew != row[-1] or leaf != kept[at * HASH_BYTES : (at + 1) * HASH_BYTES]:
                    fault = SealFault.CONTENT if anew != row[-1] else SealFault.SEAL
                    entry = f"{key} {row[0]} {row[1]} entry {row[2]}"
                    misfits.append(Misfit(position=position, fault=fault, entry=entry))
    misfits += [
        Misfit(position=start + at, fault=SealFault.MISSING, entry="") for at, is_gone in enumerate(gone) if is_gone
    ]
    misfits.sort(key=lambda each: each.position)
    return Scanned(
        start=start,
        end=end,
        leaves=bytes(leaves),
        root=root_of_leaves(bytes(leaves)),
        misfits=tuple(misfits[:FAULTS_MAX]),
        misfit_count=len(misfits),
    )


def _kept_leaves(pen: Cursor[Any], *, start: int, end: int) -> bytes:
    """The leaf hashes as they were sealed; shorter where a tile is gone or cut."""
    kept = bytearray()
    for number in range(start // TILE_HASHES, -(-end // TILE_HASHES)):
        kept += read_tile(pen, level=0, number=number).ljust(TILE_HASHES * HASH_BYTES, b"\0")
    begin = start % TILE_HASHES * HASH_BYTES
    return bytes(kept[begin : begin + (end - start) * HASH_BYTES])
