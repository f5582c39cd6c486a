"""The Merkle tree of RFC 6962: hashes of leaves and nodes, roots, proofs, and how a proof is checked. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

NodeOf: TypeAlias = Callable[[int, int], bytes]
"""(height, index) -> hash of the complete subtree over leaves index * 2**height up to (index + 1) * 2**height - 1."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1): another prefix than a node's, so that neither passes for the other."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """The roots of the complete subtrees of a growing tree, largest first: enough to append and to tell the root."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, hash_: bytes, *, height: int = 0) -> None:
        """Add a leaf, or a complete subtree of this height. Raises ValueError where it does not fit the size."""
        if self.size & ((1 << height) - 1):
            raise ValueError(f"A subtree of height {height} cannot begin at leaf {self.size}; append smaller ones.")
        at = self.size >> height
        while at & 1:
            hash_, at = node_hash(self._peaks.pop(), hash_), at >> 1
        self._peaks.append(hash_)
        self.size += 1 << height

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def root_of_leaves(hashes: bytes) -> bytes:
    """The root over leaf hashes that stand one after another, 32 bytes each. Raises ValueError for a broken length."""
    if len(hashes) % HASH_BYTES:
        raise ValueError(f"{len(hashes)} bytes are no whole number of hashes of {HASH_BYTES} bytes.")
    growing = Growing()
    for start in range(0, len(hashes), HASH_BYTES):
        growing.append(hashes[start : start + HASH_BYTES])
    return growing.root()


def root_of(start: int, end: int, *, node: NodeOf) -> bytes:
    """The root over the leaves from start up to end, end not counted; start: where RFC 6962 splits, or 0."""
    if start == end:
        return EMPTY_ROOT
    width = end - start
    height = width.bit_length() - 1
    if width == 1 << height:
        return node(height, start >> height)
    middle = start + (1 << height)
    return node_hash(root_of(start, middle, node=node), root_of(middle, end, node=node))


def inclusion_proof(position: int, *, size: int, node: NodeOf) -> tuple[bytes, ...]:
    """The audit path of a leaf in the tree of this size, from the leaf upwards (RFC 6962, 2.1.1)."""
    if not 0 <= position < size:
        raise ValueError(f"Leaf {position} is not in a tree of {size} leaves.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            path.append(root_of(middle, end, node=node))
            end = middle
        else:
            path.append(root_of(start, middle, node=node))
            start = middle
    return tuple(reversed(path))


def consistency_proof(older: int, *, size: int, node: NodeOf) -> tuple[bytes, ...]:
    """The proof that the tree of `older` leaves is the beginning of the tree of `size` (RFC 6962, 2.1.2)."""
    if not 0 <= older <= size:
        raise ValueError(f"A tree of {older} leaves is not the beginning of one of {size}.")
    if older in (0, size):
        return ()
    path: list[bytes] = []
    start, end, is_whole = 0, size, True
    while end - start != older - start:
        middle = start + _split(end - start)
        if older <= middle:
            path.append(root_of(middle, end, node=node))
            end = middle
        else:
            path.append(root_of(start, middle, node=node))
            start, is_whole = middle, False
    if not is_whole:
        path.append(root_of(start, end, node=node))
    return tuple(reversed(path))


def is_included(leaf: bytes, *, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows this leaf hash at this position of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    at, last, hash_ = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hash_ = node_hash(sibling, hash_)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hash_ == root


def is_consistent(older: int, older_root: bytes, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if older > size or older < 0:
        return False
    if older == size:
        return not proof and older_root == root
    if older == 0:
        return not proof and older_root == EMPTY_ROOT
    path = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    return bool(path) and _leads_to(path, older, size=size) == (older_root, root)


def _leads_to(path: Sequence[bytes], older: int, *, size: int) -> tuple[bytes, bytes] | None:
    at, last = older - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1
