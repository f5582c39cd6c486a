"""The hashes of the sealed tree as they are kept, 256 to a tile: reading a subtree's hash, and growing the tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import Cursor

from evenroll.records.merkle import HASH_BYTES, NodeOf, root_of_leaves

TILE_HEIGHT: Final = 8
TILE_HASHES: Final = 1 << TILE_HEIGHT

_TILE: LiteralString = "SELECT hashes FROM public.seal_tile WHERE level = %s AND number = %s"
_KEEP: LiteralString = (
    "INSERT INTO public.seal_tile (level, number, hashes) VALUES (%s, %s, %s) "
    "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
)


class TileMissing(LookupError):
    """A hash of the tree is not where it was kept: somebody removed it."""


def node_reader(pen: Cursor[Any]) -> NodeOf:
    """A reader of complete subtrees by height and index; each tile is fetched once. The reader raises TileMissing."""
    tiles: dict[tuple[int, int], bytes] = {}

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        first = index << above
        number, slot = divmod(first, TILE_HASHES)
        if (level, number) not in tiles:
            tiles[level, number] = read_tile(pen, level=level, number=number)
        wanted = tiles[level, number][slot * HASH_BYTES : (slot + (1 << above)) * HASH_BYTES]
        if len(wanted) != HASH_BYTES << above:
            raise TileMissing(f"Tile {number} of level {level} of the sealed log is not whole. Restore it.")
        return root_of_leaves(wanted)

    return node


def read_tile(pen: Cursor[Any], *, level: int, number: int) -> bytes:
    """The hashes of a tile, 32 bytes each; empty if it is not there."""
    row = pen.execute(_TILE, (level, number)).fetchone()
    return b"" if row is None else bytes(row[0])


def grow(pen: Cursor[Any], hashes: Sequence[bytes], *, size: int) -> None:
    """Add leaf hashes to a tree of this size. The caller holds the lock of the tree."""
    level, start, adding = 0, size, list(hashes)
    while adding:
        filled: list[bytes] = []
        first_filled = start // TILE_HASHES
        written: list[tuple[int, int, bytes]] = []
        done = 0
        while done < len(adding):
            number, slot = divmod(start + done, TILE_HASHES)
            fitting = adding[done : done + TILE_HASHES - slot]
            kept = read_tile(pen, level=level, number=number)[: slot * HASH_BYTES] if slot else b""
            tile = kept + b"".join(fitting)
            written.append((level, number, tile))
            if len(tile) == TILE_HASHES * HASH_BYTES:
                filled.append(root_of_leaves(tile))
            done += len(fitting)
        pen.executemany(_KEEP, written)
        level, start, adding = level + 1, first_filled, filled
