"""Holding the journal against checkpoints: the tree made anew from every entry, compared with each signed head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString, TypeAlias

from psycopg import Cursor

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.checkpoints import Checkpoint
from evenroll.records.merkle import HASH_BYTES, Growing, root_of
from evenroll.records.seal_scan import FAULTS_MAX, STRETCH, STRETCH_HEIGHT, Misfit, Scanned, scan
from evenroll.records.seal_tiles import TileMissing, node_reader

_SIZE: LiteralString = "SELECT max(size) FROM public.seal_tree"

Stretch: TypeAlias = tuple[int, int]
Scanner: TypeAlias = Callable[[Sequence[Stretch]], Iterable[Scanned]]
"""Reads stretches of the log, in any way, and gives what they say in their order."""


class HeadFault(StrEnum):
    """How a checkpoint can fail to be the head of this journal."""

    SHORTER = "shorter"
    OTHER_ROOT = "other_root"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A checkpoint and what the journal says of it; fault: None if it holds."""

    checkpoint: Checkpoint
    fault: HeadFault | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogVerdict:
    """What the check of the sealed log found. size: entries sealed; root: over them, made anew from the journal.

    misfits: the first places that do not hold, misfit_count: all. is_tree_whole: the hashes kept give the same root.
    """

    size: int
    root: bytes
    compared: tuple[Compared, ...]
    misfits: tuple[Misfit, ...]
    misfit_count: int
    is_tree_whole: bool

    @property
    def holds(self) -> bool:
        """Whether nothing beneath any of the checkpoints, and nothing that is sealed, was changed."""
        return not self.misfit_count and self.is_tree_whole and not any(each.fault for each in self.compared)


def stretches(size: int) -> tuple[Stretch, ...]:
    """The log cut into complete subtrees, the last one shorter."""
    return tuple((start, min(start + STRETCH, size)) for start in range(0, size, STRETCH))


def log_size(pen: Cursor[Any]) -> int:
    """How many entries the log says are sealed."""
    row = pen.execute(_SIZE).fetchone()
    return 0 if row is None or row[0] is None else row[0]


def here(pen: Cursor[Any], *, organizations: Sequence[OrganizationKey]) -> Scanner:
    """A scanner that reads one stretch after another through this cursor."""
    return lambda wanted: (scan(pen, organizations=organizations, start=start, end=end) for start, end in wanted)


def verify_log(pen: Cursor[Any], *, scanner: Scanner, checkpoints: Sequence[Checkpoint]) -> LogVerdict:
    """Make the tree anew from the journal and compare it with every checkpoint.

    It believes nothing that is kept beside the entries: not their hashes, not the tree. An attacker who changed an
    entry and all hashes after it has made another root, and the checkpoint is elsewhere.
    """
    size = log_size(pen)
    heads = {each.size: b"" for each in checkpoints if each.size <= size}
    growing, misfits, count = Growing(), list[Misfit](), 0
    if 0 in heads:
        heads[0] = growing.root()
    for scanned in scanner(stretches(size)):
        misfits += scanned.misfits[: FAULTS_MAX - len(misfits)]
        count += scanned.misfit_count
        _grow(growing, scanned, heads)
    return LogVerdict(
        size=size,
        root=growing.root(),
        compared=tuple(Compared(checkpoint=each, fault=_fault(each, heads)) for each in checkpoints),
        misfits=tuple(misfits),
        misfit_count=count,
        is_tree_whole=_is_whole(pen, size=size, root=growing.root()),
    )


def _grow(growing: Growing, scanned: Scanned, heads: dict[int, bytes]) -> None:
    if scanned.end - scanned.start == STRETCH and not any(scanned.start < size < scanned.end for size in heads):
        growing.append(scanned.root, height=STRETCH_HEIGHT)
        heads.update({growing.size: growing.root()} if growing.size in heads else {})
        return
    for at in range(0, len(scanned.leaves), HASH_BYTES):
        growing.append(scanned.leaves[at : at + HASH_BYTES])
        if growing.size in heads:
            heads[growing.size] = growing.root()


def _fault(checkpoint: Checkpoint, heads: dict[int, bytes]) -> HeadFault | None:
    if checkpoint.size not in heads:
        return HeadFault.SHORTER
    return None if heads[checkpoint.size] == checkpoint.root else HeadFault.OTHER_ROOT


def _is_whole(pen: Cursor[Any], *, size: int, root: bytes) -> bool:
    try:
        return root_of(0, size, node=node_reader(pen)) == root
    except TileMissing:
        return False
