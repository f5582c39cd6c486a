"""The rows of a file as applications: a name that comes again has to say the same; little is remembered of a row."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Final, TypeAlias

from evenroll.intake.application import Application, BadRow, FaultCode, RowFault
from evenroll.intake.file_rows import RawRow, file_rows
from evenroll.intake.file_shape import FileShape
from evenroll.intake.row_reader import RowRules, read_row

Read: TypeAlias = Application | BadRow

_DIGEST: Final = 16
_SLOTS_AT_FIRST: Final = 1 << 10
_EMPTY: Final = 0


class FirstRows:
    """For each name in a file the row that had it first, and what that row said; some 50 bytes a name.

    A file may have a million, and a dict of them takes six times as much: so they lie behind each other in three
    arrays, found by a table of places as large as the next power of two.
    """

    def __init__(self) -> None:
        self._said = bytearray()
        self._rows = array("Q")
        self._slots = _slots(_SLOTS_AT_FIRST)

    def first(self, name: bytes, content: bytes, *, row: int) -> tuple[int, bytes]:
        """The row that had this name first, with its content; this one if none had. Digests of 16 bytes both."""
        slot = self._slot(name)
        place = self._slots[slot] - 1
        if place >= 0:
            begins = (2 * place + 1) * _DIGEST
            return self._rows[place], bytes(self._said[begins : begins + _DIGEST])
        self._said += name + content
        self._rows.append(row)
        self._slots[slot] = len(self._rows)
        if 3 * len(self._rows) >= 2 * len(self._slots):
            self._widen()
        return row, content

    def _slot(self, name: bytes) -> int:
        """Where the name is kept, or would be."""
        mask = len(self._slots) - 1
        slot = int.from_bytes(name[:8], "big") & mask
        while (place := self._slots[slot]) != _EMPTY and not self._said.startswith(name, 2 * (place - 1) * _DIGEST):
            slot = (slot + 1) & mask
        return slot

    def _widen(self) -> None:
        self._slots = _slots(2 * len(self._slots))
        for place in range(len(self._rows)):
            begins = 2 * place * _DIGEST
            self._slots[self._slot(bytes(self._said[begins : begins + _DIGEST]))] = place + 1


def applications_of(shape: FileShape, *, rules: RowRules, ignore: frozenset[str] = frozenset()) -> Iterator[Read]:
    """Every row of a file in order: the application that it tells, or its faults. Raises FileRefused."""
    firsts = FirstRows()
    for raw in file_rows(shape, ignore=ignore):
        if isinstance(raw, tuple):
            yield BadRow(row=raw[0].row, faults=raw)
            continue
        read = read_row(raw, rules=rules)
        if isinstance(read, BadRow) or not read.reference:
            yield read
            continue
        content = _content(raw)
        name = _digest(f"{read.organization}\0{read.reference}")
        number, before = firsts.first(name, content, row=raw.number)
        yield replace(read, content=content) if before == content else _named_twice(read, first=number)


def _content(raw: RawRow) -> bytes:
    """What a row says, in 16 bytes."""
    said = {column: cell for column, cell in raw.cells.items() if cell not in ("", None)}
    return _digest(json.dumps(said, sort_keys=True))


def _digest(text: str) -> bytes:
    # A lone surrogate can stand in JSON Lines; it is no reason to stop here.
    return blake2b(text.encode(errors="surrogatepass"), digest_size=_DIGEST).digest()


def _named_twice(read: Application, *, first: int) -> BadRow:
    fault = RowFault(row=read.row, column="application", code=FaultCode.APPLICATION_TWICE, choices=(str(first),))
    return BadRow(row=read.row, reference=read.reference, faults=(fault,))


def _slots(count: int) -> array[int]:
    return array("I", bytes(4 * count))
